"""Labels that the stylesheet dresses by role, one that elides, and one that shows an icon in a token's colour."""

from __future__ import annotations

import html
import re
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look

_LONG_WORD: Final = re.compile(r"[^\s\u200b]{25,}")
_BREAK: Final = "\u200b"
"""Takes no room, and a line may end there."""


def label(text: str, role: str = "", status: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A plain-text label of a role and status that the stylesheet knows."""
    made = WrappedLabel(text, parent) if wrap else QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if status:
        made.setProperty("status", status)
    return made


class WrappedLabel(QLabel):
    """Plain text over as many lines as it takes. A word that is longer than a line, as names of files can be, is broken
    too: the label never makes its panel wider."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._whole = text
        super().setText(_LONG_WORD.sub(lambda found: _BREAK.join(found[0]), text))
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._whole


def plain_tooltip(text: str) -> str:
    """A tooltip of text that others wrote, such as a file's name: Qt would take its "<b>" for markup."""
    return f"<p>{html.escape(text)}</p>" if Qt.mightBeRichText(text) else text


class ElidedLabel(QLabel):
    """One line of plain text that ends in … where the room ends; the tooltip then has it whole."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._whole = ""
        if role:
            self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def whole_text(self) -> str:
        return self._whole

    def set_text(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.ensurePolished()
        shown = self.fontMetrics().elidedText(self._whole, self._mode, max(self.width(), 24))
        self.setText(shown)
        self.setToolTip(plain_tooltip(self._whole) if shown != self._whole else "")


class IconLabel(QWidget):
    """An icon in a token's colour."""

    def __init__(
        self, look: Look, icon: str, token: str = "muted", pixels: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = icon
        self._token = token
        self.setFixedSize(pixels, pixels)
        look.changed.connect(self.update)

    def show_icon(self, icon: str, token: str) -> None:
        self._icon = icon
        self._token = token
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._look.icon(self._icon, self._token).paint(QPainter(self), QRect(0, 0, self.width(), self.height()))
