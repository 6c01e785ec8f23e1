"""A pane of the main window: what changes inside it does not move the others.

A layout of Qt passes on that it was done anew, whether or not it wants another size now, up to the main window, which
then places all its panels again, makes animations for them and paints them all. A number in a chip would do that, and
many change while jobs end.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Pane(QWidget):
    """Gives all its room to one widget, and tells what holds it of another size only where it is another."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setSizePolicy(content.sizePolicy())
        content.setParent(self)
        content.show()
        self._told = self._sizes()

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint().expandedTo(self._content.minimumSize())

    def event(self, event: QEvent) -> bool:
        """A widget that has no layout is sent this when its content was laid out."""
        if event.type() == QEvent.Type.LayoutRequest:
            sizes = self._sizes()
            if sizes != self._told:
                self._told = sizes
                self.updateGeometry()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._content.resize(event.size())

    def _sizes(self) -> tuple[QSize, QSize]:
        return self.sizeHint(), self.minimumSizeHint()
