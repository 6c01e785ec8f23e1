"""A small word with an icon on a tint: the state of a signal, a model, a job."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.stylesheet import status_ink

HEIGHT = 20
_ICON = 12
_PADDING = 8


class Chip(QWidget):
    """20 px high. `status`: ok, warn, error, accent or muted (on the window's ground)."""

    def __init__(
        self, look: Look, text: str = "", icon: str = "", status: str = "muted", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._font = look.font(11, QFont.Weight.Medium)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(text, icon, status)
        look.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._text

    @property
    def status(self) -> str:
        return self._status

    def show_state(self, text: str, icon: str = "", status: str = "muted") -> None:
        self._text = text
        self._icon = icon
        self._status = status
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(chip_width(self._font, self._text, self._icon), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_chip(QPainter(self), self.rect(), self._look, self._text, self._icon, self._status)


def chip_width(font: QFont, text: str, icon: str) -> int:
    """Pixels that a chip of that text takes."""
    padding = _PADDING if icon else _PADDING - 2
    return round(QFontMetricsF(font).horizontalAdvance(text)) + 1 + 2 * padding + (_ICON + 4 if icon else 0)


def paint_chip(painter: QPainter, rect: QRect, look: Look, text: str, icon: str, status: str) -> None:
    """Paint a chip that fills `rect`."""
    theme = look.theme
    tint = theme.window if status == "muted" else getattr(theme, f"{status}_tint")
    ink = "accent_text" if status == "accent" else "text_2" if status == "muted" else status
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tint))
    painter.drawRoundedRect(rect.toRectF(), 4, 4)
    left = rect.left() + (_PADDING if icon else _PADDING - 2)
    if icon:
        look.icon(icon, ink).paint(painter, QRect(left - 1, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON))
        left += _ICON + 4 - 1
    painter.setPen(QColor(theme.text_2 if status == "muted" else status_ink(theme, status)))
    painter.setFont(look.font(11, QFont.Weight.Medium))
    box = QRect(left, rect.top(), rect.right() - left + 1, rect.height())
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
    painter.restore()
