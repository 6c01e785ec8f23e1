"""A push button with an icon, a text and its shortcut's hint, painted as one centred row."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import HEIGHT, hint_size, key_words, paint_hint, tooltip

_INK = {"primary": "on_accent", "danger": "on_record", "ghost": "text_2", "link": "accent_text"}
_ICON_INK = {"primary": "on_accent", "danger": "on_record", "link": "accent_text"}
_ICON = 14
_GAP = 6
_HINT_GAP = 8


class ActionButton(QPushButton):
    """`kind`: primary, plain, ghost, danger, link or big (plain, 36 px); `large` makes any kind 36 px high.

    `busy` shows spinner-gap in place of the icon and keeps the width. `icon_token` colours the icon; else it goes
    with the kind. `keys` are in Qt's notation ("Ctrl+O"); they are shown, not bound.
    """

    def __init__(
        self,
        look: Look,
        text: str,
        icon: str = "",
        keys: str = "",
        kind: str = "plain",
        large: bool = False,
        icon_token: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._look = look
        self._icon = icon
        self._keys = keys
        self._icon_token = icon_token
        self._busy = False
        self._large = large or kind == "big"
        self._says = ""
        self.setProperty("kind", kind)
        self.setProperty("large", self._large)
        self.setFont(look.font(13 if self._large else 12))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._describe()
        look.changed.connect(self.update)

    def set_kind(self, kind: str) -> None:
        restyle(self, "kind", kind)

    def set_icon_name(self, icon: str) -> None:
        self._icon = icon
        self.updateGeometry()
        self.update()

    def set_keys(self, keys: str) -> None:
        self._keys = keys
        self._describe()
        self.updateGeometry()
        self.update()

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.update()

    def explain(self, text: str) -> None:
        """The tooltip: why the button is disabled, or what it does. "" gives the text and shortcut again."""
        self._says = text
        self._describe()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._describe()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        padding = 15 if self._large else 11
        if self.property("kind") == "link":
            padding = 4
        return QSize(self._row_width() + 2 * padding, 36 if self._large else 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = QIcon()
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        self._paint_row(painter)

    def _paint_row(self, painter: QPainter) -> None:
        kind = str(self.property("kind"))
        token = "disabled" if not self.isEnabled() else "accent_text" if self.isChecked() else _INK.get(kind, "text")
        left = (self.width() - self._row_width()) // 2
        middle = self.height() // 2
        name = "spinner-gap" if self._busy else self._icon
        if name:
            icon_token = self._icon_token or _ICON_INK.get(kind, "text_2")
            if not self.isEnabled() or self.isChecked():
                icon_token = token
            box = QRect(left, middle - self._icon_pixels // 2, self._icon_pixels, self._icon_pixels)
            self._look.icon(name, icon_token).paint(painter, box)
            left += self._icon_pixels + (_GAP if self.text() else 0)
        painter.setPen(self._look.colour(token))
        painter.setFont(self.font())
        width = self._text_width()
        text_box = QRect(left, 0, width, self.height())
        painter.drawText(text_box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextHideMnemonic), self.text())
        if self._keys:
            hint = hint_size(self._look, self._keys)
            hint_box = QRect(left + width + _HINT_GAP, middle - HEIGHT // 2, hint.width(), HEIGHT)
            plain = self.isEnabled() and kind not in ("primary", "danger")
            paint_hint(painter, hint_box, self._look, self._keys, None if plain else self._look.colour(token))

    @property
    def _icon_pixels(self) -> int:
        return 16 if self._large else _ICON

    def _text_width(self) -> int:
        return round(QFontMetricsF(self.font()).horizontalAdvance(self.text().replace("&", ""))) + 1

    def _row_width(self) -> int:
        width = self._text_width()
        if self._icon or self._busy:
            width += self._icon_pixels + (_GAP if self.text() else 0)
        if self._keys:
            width += _HINT_GAP + hint_size(self._look, self._keys).width()
        return width

    def _describe(self) -> None:
        self.setToolTip(self._says or (tooltip(self.text(), self._keys) if self._keys else ""))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self._says or key_words(self._keys))
