"""Cells that look the same in many rows are painted once and copied from then on.

While thousands of jobs end, a table shows other rows with every painting, but of their cells only number and name are
new: of the model, the state, the worker and the actions there are a few kinds. To copy a picture takes a tenth of what
icon and texts take.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPixmap

from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.sharpness import pixels_per_unit

_KEPT: Final = 128
"""Pictures; one takes some ten kilobytes on a plain screen."""


class CellPictures:
    """Pictures of cells with their ground, each by all that it shows and its width."""

    def __init__(self, look: Look, kept: int = _KEPT) -> None:
        self._look = look
        self._kept = kept
        self._for: tuple[str, float] = "", 0.0
        self._pictures: dict[Hashable, QPixmap | None] = {}

    def suit(self, painter: QPainter) -> None:
        """Called before a painting: pictures are of one theme, and of one sharpness."""
        wanted = self._look.theme.name, pixels_per_unit(painter)
        if wanted != self._for:
            self._for = wanted
            self._pictures.clear()

    def paint(self, painter: QPainter, shows: Hashable, box: QRect, paint: Callable[[QPainter, QRect], None]) -> None:
        """Paint what is shown in a box, as its picture where it comes again."""
        picture = self.find(shows)
        if picture is None and self.comes_again(shows):
            picture = self.make(shows, box.size(), paint)
        if picture is None:
            paint(painter, box)
        else:
            painter.drawPixmap(box.topLeft(), picture)

    def find(self, shows: Hashable) -> QPixmap | None:
        """The picture of what a cell shows, None where there is none."""
        return self._pictures.get(shows)

    def comes_again(self, shows: Hashable) -> bool:
        """Whether this is asked for the second time: what is shown once is not worth a picture."""
        if shows in self._pictures:
            return True
        if len(self._pictures) >= self._kept:
            self._pictures.clear()
        self._pictures[shows] = None
        return False

    def make(self, shows: Hashable, size: QSize, paint: Callable[[QPainter, QRect], None]) -> QPixmap:
        """The picture of a cell; `paint` paints all of it, its ground, too."""
        ratio = self._for[1]
        picture = self._pictures[shows] = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        paint(painter, QRect(0, 0, size.width(), size.height()))
        painter.end()
        return picture
