"""The spectrum as a curve: power in dB over frequency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from sigdesk.signals.describe import format_number, format_value
from sigdesk.signals.envelope import envelope
from sigdesk.signals.spectrum import Spectrum
from sigdesk.ui.plots.spectrum.canvas import Canvas
from sigdesk.ui.plots.ticks import Tick, frequency_ticks, value_ticks
from sigdesk.ui.theme.look import Look

_AXIS: Final = 20
_ROOM_DB: Final = 5.0
_DEEPEST_DB: Final = 140.0
_TICK_ROOM: Final = 84


class SpectrumCurve(Canvas):
    """Where a pixel covers several frequencies, it shows all from the lowest power to the highest."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Spectrum")
        self._top = 0.0
        self._unit_of_frequency = "Hz"
        self._decibels: NDArray[np.float64] = np.empty(0)
        self._low, self._high = -1.0, 1.0

    def show_spectrum(self, found: Spectrum, unit: str) -> None:
        """`unit` is that of the frequencies: Hz, or "" where they are cycles a sample."""
        self._top = float(found.frequencies[-1])
        self._unit_of_frequency = unit
        self._decibels = found.decibels
        known = self._decibels[np.isfinite(self._decibels)]
        high = float(known.max()) if len(known) else 0.0
        low = max(float(known.min()), high - _DEEPEST_DB) if len(known) else -1.0
        self._low, self._high = low - _ROOM_DB, high + _ROOM_DB
        self.update()

    def bottom(self) -> int:
        return _AXIS

    def ticks(self) -> Sequence[tuple[float, Tick]]:
        plot = self.plot_rect()
        if not len(self._decibels):
            return []
        return [(self._y(tick.value, plot), tick) for tick in value_ticks(self._low, self._high, plot.height())]

    def reading_at(self, point: QPointF) -> str:
        plot = self.plot_rect()
        if not len(self._decibels):
            return ""
        share = (point.x() - plot.left()) / plot.width()
        place = min(max(round(share * (len(self._decibels) - 1)), 0), len(self._decibels) - 1)
        frequency = self._top * place / max(len(self._decibels) - 1, 1)
        return f"{format_value(frequency, self._unit_of_frequency)}  {format_number(self._decibels[place], 1)} dB"

    def paint_plot(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(self.look.colour("grid"), 1))
        for y, _ in self.ticks():
            painter.drawLine(QPointF(plot.left(), round(y) + 0.5), QPointF(plot.right(), round(y) + 0.5))
        for tick in self._frequencies(plot):
            x = round(self._x(tick.value, plot)) + 0.5
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        count = len(self._decibels)
        if not count or not np.isfinite(self._decibels).any():
            return
        places, values = np.arange(count) / max(count - 1, 1), self._decibels
        pixels = int(plot.width())
        if count > 2 * pixels:
            lows, highs = envelope(values[None, :], pixels)
            places = np.repeat((np.arange(pixels) + 0.5) / pixels, 2)
            values = np.stack((lows[0], highs[0]), axis=1).ravel()
        across = plot.left() + places * plot.width()
        down = plot.top() + (self._high - values) / (self._high - self._low) * plot.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.look.colour("pen"), 1))
        painter.drawPath(pg.arrayToQPath(across, down, connect="finite"))

    def _paint_gutter(self, painter: QPainter) -> None:
        super()._paint_gutter(painter)
        plot = self.plot_rect()
        painter.fillRect(QRectF(0, plot.bottom(), self.width(), 1), self.look.colour("border"))
        metrics = QFontMetricsF(painter.font())
        for tick in self._frequencies(plot):
            x = self._x(tick.value, plot)
            painter.fillRect(QRectF(round(x), plot.bottom() + 1, 1, 4), self.look.colour("border_strong"))
            width = metrics.horizontalAdvance(tick.text) + 1
            left = min(x - width / 2, self.width() - width - 2)
            box = QRectF(left, plot.bottom() + 4, width, _AXIS - 4)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), tick.text)

    def _frequencies(self, plot: QRectF) -> tuple[Tick, ...]:
        return frequency_ticks(self._top, plot.width(), _TICK_ROOM, self._unit_of_frequency)

    def _x(self, frequency: float, plot: QRectF) -> float:
        return plot.left() + frequency / self._top * plot.width()

    def _y(self, level: float, plot: QRectF) -> float:
        return plot.top() + (self._high - level) / (self._high - self._low) * plot.height()
