"""The spectrogram as a picture on the time axis of the channels: magma, from the 1st to the 99th percentile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from sigdesk.signals.describe import format_number, format_value
from sigdesk.signals.spectrum import Spectrogram
from sigdesk.ui.plots.spectrum.canvas import Canvas
from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.plots.ticks import Tick, frequency_ticks
from sigdesk.ui.theme.look import Look

_TICK_ROOM: Final = 24
_LEVELS: Final = 256


class SpectrogramImage(Canvas):
    """`scale` says where times lie; the picture stays at its time while the view moves, until another one comes."""

    def __init__(self, look: Look, scale: Callable[[], Scale]) -> None:
        super().__init__(look, "Spectrogram")
        self._scale = scale
        self._found: Spectrogram | None = None
        self._frequency_unit = "Hz"
        self._picture = QImage()

    def show_spectrogram(self, found: Spectrogram | None, unit: str = "Hz") -> None:
        """`unit` is that of the frequencies: Hz, or "" where they are cycles a sample."""
        self._found = found
        self._frequency_unit = unit
        self._picture = QImage() if found is None else picture_of(found)
        self.update()

    @property
    def picture(self) -> QImage:
        """The spectrogram, a pixel a value, the highest frequency on top."""
        return self._picture

    def ticks(self) -> Sequence[tuple[float, Tick]]:
        if self._found is None:
            return ()
        plot, top = self.plot_rect(), self._found.top
        places = frequency_ticks(top, plot.height(), _TICK_ROOM, self._frequency_unit)
        return [(plot.bottom() - tick.value / top * plot.height(), tick) for tick in places]

    def reading_at(self, point: QPointF) -> str:
        found, plot = self._found, self.plot_rect()
        if found is None:
            return ""
        rows, columns = found.decibels.shape
        row = int((plot.bottom() - point.y()) / plot.height() * rows)
        column = int((self._scale().time(point.x()) - found.start) / (found.stop - found.start) * columns)
        if not (0 <= row < rows and 0 <= column < columns):
            return ""
        level = float(found.decibels[row, column])
        frequency = format_value((row + 0.5) / rows * found.top, self._frequency_unit)
        return f"{frequency}  {format_number(level, 1)} dB"

    def paint_plot(self, painter: QPainter, plot: QRectF) -> None:
        if self._found is None:
            return
        scale = self._scale()
        left, right = scale.x(self._found.start), scale.x(self._found.stop)
        # Painters lose their way beyond some ten thousand pixels, so what is far outside is cut off before.
        width, columns = max(right - left, 1e-9), self._picture.width()
        first = min(max(int((plot.left() - left) / width * columns), 0), columns)
        last = min(max(int(np.ceil((plot.right() - left) / width * columns)), 0), columns)
        if first < last:
            target = QRectF(left + first / columns * width, plot.top(), (last - first) / columns * width, plot.height())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._picture, QRectF(first, 0, last - first, self._picture.height()))


def picture_of(found: Spectrogram) -> QImage:
    """A pixel for each value; what is not known is clear."""
    share = (found.decibels[::-1] - found.low) / (found.high - found.low)
    index = np.clip(np.nan_to_num(share) * (_LEVELS - 1), 0, _LEVELS - 1).astype(np.intp)
    pixels = _magma()[index]
    pixels[~np.isfinite(share)] = 0
    height, width = pixels.shape
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()  # the bytes go with this function


@cache
def _magma() -> NDArray[np.uint32]:
    table = pg.colormap.get("magma").getLookupTable(nPts=_LEVELS).astype(np.uint32)
    colours: NDArray[np.uint32] = 0xFF000000 | table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2]
    return colours
