"""A word in the middle of the plot where there is no trace to see: nothing chosen, still reading, unreadable."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sigdesk.ui.theme.look import Look

_WIDTH = 520


class Notice(QWidget):
    """Covers its parent as long as there is something to say. Lets the mouse through."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._title = ""
        self._text = ""
        self._covering = True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.installEventFilter(self)
        look.changed.connect(self.update)
        self.hide()

    @property
    def text(self) -> str:
        return f"{self._title} {self._text}".strip()

    def say(self, title: str, text: str = "", *, covering: bool = True) -> None:
        """Show a line and a second one below it; `covering` hides what lies under it. "" ends it."""
        self._title, self._text = title, text
        self._covering = covering
        self.setAccessibleName(self.text)
        self.setVisible(bool(title))
        self._fill()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fill()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._covering:
            painter.fillRect(self.rect(), self._look.colour("plot"))
            painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))
        width = min(_WIDTH, self.width() - 24)
        middle = self.height() / 2
        left = (self.width() - width) / 2
        painter.setFont(self._look.font(13, QFont.Weight.DemiBold))
        painter.setPen(self._look.colour("text"))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        above = QRectF(left, middle - 100, width, 96)
        painter.drawText(above, int(flags | Qt.AlignmentFlag.AlignBottom), self._title)
        painter.setFont(self._look.font(12))
        painter.setPen(self._look.colour("muted"))
        below = QRectF(left, middle + 4, width, 96)
        painter.drawText(below, int(flags | Qt.AlignmentFlag.AlignTop), self._text)

    def _fill(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            self.raise_()
