"""A dense line as a picture: where each column of pixels holds samples, the line is a band from their low to high.

Qt would draw each column as a line of its own, pixel by pixel down the screen, and three times as long.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QTransform

from sigdesk.ui.plots.points import Points

_MOST_ROWS: Final = 2**14
"""Rows are counted in 16 bits."""
_LEAST_A_COLUMN: Final = 0.9
"""Buckets; where there are fewer, the lines between them are seen."""
_ROOM: Final = 1.5
"""How much wider a canvas is than what is seen of it, for the next few steps of a pan."""
_ALIKE: Final = 1e-9
_PIECE: Final = 48_000
"""Pixels that are filled at once."""


class Bands(Struct, frozen=True, eq=False):
    """Neighbouring columns of pixels from `left` on: `times` at which they begin, and their uppermost and lowest rows,
    each of shape (n,). A column that holds no number has its rows below the picture."""

    left: int
    times: NDArray[np.float64]
    tops: NDArray[np.int16]
    bottoms: NDArray[np.int16]

    def columns(self, first: int, last: int) -> Bands:
        """Those from one column to another, all of which there are."""
        part = slice(first - self.left, last - self.left)
        return Bands(first, self.times[part], self.tops[part], self.bottoms[part])


def bands_of(
    times: NDArray[np.float64],
    values: NDArray[np.floating[Any]],
    across: tuple[float, float],
    down: tuple[float, float],
    height: int,
) -> Bands | None:
    """The bands of lows and highs, which follow each other in pairs at the same time, as `Points` has them.

    `across` and `down` are factor and offset from times to pixels and from values to rows, of which there are `height`.
    None where the pairs lie so far apart that the lines between them are seen.
    """
    (x_factor, x_offset), (y_factor, y_offset) = across, down
    buckets = times[::2]
    if not len(buckets) or height > _MOST_ROWS:
        return None
    columns = np.floor(buckets * x_factor + x_offset).astype(np.int64)
    columns -= columns[0]
    if len(columns) < (columns[-1] + 1) * _LEAST_A_COLUMN:
        return None
    counts = np.bincount(columns)
    empty = counts == 0
    if (empty[1:] & empty[:-1]).any():
        return None
    # Buckets are not all of one width. A column in which none has its middle shows the one before.
    ends = np.cumsum(counts) - 1
    begins = np.minimum(np.concatenate(([0], ends[:-1] + 1)), ends)
    highs, lows = np.fmax(values[::2], values[1::2]), np.fmin(values[::2], values[1::2])
    most = counts.max()
    if most == 1 == counts.min():
        pass
    elif most <= 2:
        highs, lows = np.fmax(highs[begins], highs[ends]), np.fmin(lows[begins], lows[ends])
    elif empty.any():
        return None
    else:  # the view has been widened a moment ago
        highs, lows = np.fmax.reduceat(highs, begins), np.fmin.reduceat(lows, begins)
    rows = np.floor(np.stack((highs, lows)).astype(np.float64) * y_factor + y_offset)
    below = height
    finite = np.isfinite(rows).all(axis=0)
    rows[:, ~finite] = below
    # What lies outside is in the row above the picture or below it.
    tops, bottoms = np.maximum(np.minimum(rows, below), -1).astype(np.int16)
    joined_tops, joined_bottoms = tops.copy(), bottoms.copy()
    neighbours = finite[1:] & finite[:-1]  # the line runs on from one to the next
    np.minimum(tops[1:], bottoms[:-1] + np.int16(1), out=joined_tops[1:], where=neighbours)
    np.maximum(bottoms[1:], tops[:-1] - np.int16(1), out=joined_bottoms[1:], where=neighbours)
    left = math.floor(buckets[0] * x_factor + x_offset)
    return Bands(left, buckets[begins], joined_tops, joined_bottoms)


Colouring = Callable[[Bands], NDArray[np.uint32]]
"""The colours of bands, premultiplied ARGB, of shape (n,) or (1,)."""


class Canvas:
    """Bands filled with colour. While the view is panned, only what comes into it is made: the rest is still there, and
    lies off by half a pixel at most."""

    def __init__(self) -> None:
        self._pixels = np.empty((0, 0), dtype=np.uint32)
        self._image = QImage()
        self._inside = QRect()
        self._across = self._down = (1.0, 0.0)
        self._left = 0  # where the first column of pixels lies, as times went to pixels when it was begun
        self._made = (0, 0)  # columns, first and after the last
        self._rows = (0, 0)  # of those that hold something, first and after the last
        self._bands_of: Points | None = None
        self._bands: Bands | None = None  # of all these points, worked out once for all parts of a pan

    def forget(self) -> None:
        """Make all of it anew the next time."""
        self._made = (0, 0)
        self._rows = (self._inside.height(), 0)
        self._bands_of = None

    def keep(self, start: float, stop: float) -> None:
        """Make all of it anew but what lies between two times."""
        factor, offset = self._across
        begin, end = self._made
        begin = max(begin, math.ceil(start * factor + offset) - self._left)
        end = min(end, math.floor(stop * factor + offset) - self._left)
        if begin < end:
            self._made = begin, end
        else:
            self.forget()

    def picture(
        self, points: Points, channel: int, to_pixels: QTransform, inside: QRect, colouring: Colouring
    ) -> tuple[QImage, QRect] | None:
        """An image and the part of it that is seen, whose rows are counted from the top of what is `inside`; they hold
        until the next call. None where lines must be drawn."""
        if inside.isEmpty():
            return None
        across, down = (to_pixels.m11(), to_pixels.dx()), (to_pixels.m22(), to_pixels.dy())
        moved = round(across[1] - self._across[1])
        first = inside.left() - moved - self._left
        serves = self._serves(across, down, inside)
        if not serves or first < 0 or first + inside.width() > self._pixels.shape[1]:
            first = self._begin(across, down, inside, ahead=moved <= 0 or not serves)
        last = first + inside.width()
        begin, end = self._made
        if begin == end or not (begin <= last and first <= end):
            self.forget()
            begin = end = first
        for part in ((first, begin), (end, last)):
            if part[0] < part[1] and not self._make(points, channel, part, colouring):
                self.forget()
                return None
        self._made = min(first, begin), max(last, end)
        top, bottom = max(0, self._rows[0]), min(self._rows[1], inside.height())
        return self._image, QRect(first, top, inside.width(), max(0, bottom - top))

    def _serves(self, across: tuple[float, float], down: tuple[float, float], inside: QRect) -> bool:
        """Whether what was made is of the same scale, and has the same height."""
        pairs = ((across[0], self._across[0]), *zip(down, self._down, strict=True))
        return inside == self._inside and all(math.isclose(*pair, rel_tol=_ALIKE, abs_tol=_ALIKE) for pair in pairs)

    def _begin(self, across: tuple[float, float], down: tuple[float, float], inside: QRect, *, ahead: bool) -> int:
        """Begin anew, with room for the view to go on ahead or back; returns the column of its left edge."""
        size = inside.height(), int(inside.width() * _ROOM)
        if self._pixels.shape != size:
            self._pixels = np.empty(size, dtype=np.uint32)
            form = QImage.Format.Format_ARGB32_Premultiplied
            self._image = QImage(self._pixels.data, size[1], size[0], 4 * size[1], form)
        first = 0 if ahead else size[1] - inside.width()
        self._across, self._down, self._inside = across, down, inside
        self._left = inside.left() - first
        self.forget()
        return first

    def _make(self, points: Points, channel: int, part: tuple[int, int], colouring: Colouring) -> bool:
        """Fill some columns; False where lines must be drawn."""
        if self._bands_of is not points:
            (factor, offset), down = self._across, (self._down[0], self._down[1] - self._inside.top())
            across = factor, offset - self._left
            self._bands_of = points
            self._bands = bands_of(points.times, points.values[channel], across, down, self._inside.height())
        bands = self._bands
        if bands is None:
            return False
        first, last = max(part[0], bands.left), min(part[1], bands.left + len(bands.tops))
        if (first, last) != part:
            self._pixels[:, part[0] : part[1]] = 0
        if first < last:
            some = bands.columns(first, last)
            _fill(self._pixels[:, first:last], some, colouring(some))
            self._rows = min(self._rows[0], int(some.tops.min())), max(self._rows[1], int(some.bottoms.max()) + 1)
        return True


def _fill(pixels: NDArray[np.uint32], bands: Bands, colours: NDArray[np.uint32]) -> None:
    tops, heights = bands.tops, (bands.bottoms - bands.tops).view(np.uint16)
    # In pieces that stay in the processor's cache: to write them to memory and back takes as long again.
    step = _PIECE // len(tops) + 1
    for row in range(0, len(pixels), step):
        rows = np.arange(row, min(row + step, len(pixels)), dtype=np.int16)[:, None]
        # One comparison for both ends: what is above the top is far more than any height, without a sign.
        filled = (rows - tops).view(np.uint16) <= heights
        np.multiply(filled, colours, out=pixels[row : row + step], dtype=np.uint32)


def premultiplied(colour: QColor) -> int:
    """The colour as the pictures have it."""
    alpha = colour.alphaF()
    red, green, blue = (round(part * alpha) for part in (colour.red(), colour.green(), colour.blue()))
    return colour.alpha() << 24 | red << 16 | green << 8 | blue
