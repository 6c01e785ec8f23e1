"""A small button that shows or hides the lines of one level: its word, and how many there are."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.numbers import grouped

HEIGHT = 24
_PADDING = 6
_GAP = 6


class LevelChip(QAbstractButton):
    """Filled while its lines are shown, an outline while they are hidden; errors stand on their own tint."""

    def __init__(self, look: Look, level: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._count = 0
        self._shows_count = True
        self._error = level == "ERROR"
        self._word_font = look.font(12, QFont.Weight.Medium)
        self._count_font = look.font(12)
        self.setText(level)
        self.setCheckable(True)
        self.setChecked(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._describe)
        look.changed.connect(self.update)
        self._describe()

    @property
    def count(self) -> int:
        return self._count

    def set_count(self, count: int) -> None:
        """How many lines the level has."""
        if count != self._count:
            self._count = count
            self._describe()
            self.updateGeometry()
            self.update()

    def show_count(self, shows: bool) -> None:
        """Whether the number has room."""
        if shows != self._shows_count:
            self._shows_count = shows
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        width = 2 * _PADDING + self._width(self._word_font, self.text())
        if self._number():
            width += _GAP + self._width(self._count_font, self._number())
        return QSize(width, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        ink = "error" if self._error and self.isChecked() else "text" if self.isChecked() else "muted"
        left = _PADDING
        for text, font, token in (
            (self.text(), self._word_font, ink),
            (self._number(), self._count_font, "error" if ink == "error" else "muted"),
        ):
            width = self._width(font, text)
            painter.setFont(font)
            painter.setPen(self._look.colour(token))
            painter.drawText(QRect(left, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
            left += width + _GAP

    def _paint_ground(self, painter: QPainter) -> None:
        box = self.rect().toRectF()
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("error_tint" if self._error else "selected"))
        else:
            painter.setPen(QPen(self._look.colour("border_strong"), 1))
            painter.setBrush(self._look.colour("hover" if self.underMouse() else "surface"))
            box = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, 4, 4)

    def _number(self) -> str:
        return grouped(self._count) if self._count and self._shows_count else ""

    def _describe(self) -> None:
        self.setAccessibleName(f"{self.text()} lines, {self._count}")
        self.setToolTip(f"Hide {self.text()} lines" if self.isChecked() else f"Show {self.text()} lines")

    @staticmethod
    def _width(font: QFont, text: str) -> int:
        return round(QFontMetricsF(font).horizontalAdvance(text) + 0.5)
