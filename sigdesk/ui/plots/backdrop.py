"""What lies behind a channel's trace: the tints of the classes and the grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from sigdesk.ui.plots.gutter import ChannelAxis
from sigdesk.ui.plots.runs import Run, in_view
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.ticks import Tick
from sigdesk.ui.theme.look import Look

_FAINTEST: Final = 0.05
_STRONGEST: Final = 0.12


class Backdrop(pg.GraphicsObject):
    """Tints are stronger where the model is surer. The grid stands at the ticks of both axes."""

    def __init__(self, look: Look, axis: ChannelAxis) -> None:
        super().__init__()
        self._look = look
        self._axis = axis
        self._time_ticks: Sequence[Tick] = ()
        self._runs: Sequence[Run] = ()
        self._seen: QRectF | None = None
        self.setZValue(-10)

    def set_time_ticks(self, ticks: Sequence[Tick]) -> None:
        self._time_ticks = ticks
        self.update()

    def set_runs(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self.update()

    def boundingRect(self) -> QRectF:
        if self._seen is None:  # Qt asks several times a frame
            rect = self.viewRect()
            if rect is None:
                return QRectF()
            self._seen = QRectF(rect)
        return self._seen

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        self._seen = None

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        rect = self.boundingRect()
        pixel = 1 / max(abs(painter.worldTransform().m11()), 1e-12)
        for run in in_view(self._runs, Stretch(rect.left(), rect.right()), pixel):
            left, right = max(run.start, rect.left()), min(run.stop, rect.right())
            painter.fillRect(QRectF(left, rect.top(), max(right - left, pixel), rect.height()), self._tint(run))
        self._paint_grid(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        """In the pixels of the view, where lines are drawn in half the time."""
        to_view = painter.worldTransform()
        painter.resetTransform()
        box = to_view.mapRect(self.boundingRect()).toRect()
        left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
        (x_factor, x_offset), (y_factor, y_offset) = (to_view.m11(), to_view.dx()), (to_view.m22(), to_view.dy())
        painter.setPen(self._look.colour("grid"))
        for tick in self._time_ticks:
            x = math.floor(x_factor * tick.value + x_offset)
            if left <= x <= right:
                painter.drawLine(x, top, x, bottom)
        for tick in self._axis.ticks:
            y = math.floor(y_factor * tick.value + y_offset)
            if top <= y <= bottom:
                painter.setPen(self._look.colour("grid" if tick.value else "zero_line"))
                painter.drawLine(left, y, right, y)

    def _tint(self, run: Run) -> QColor:
        colour = QColor(self._look.class_colour(run.mark.slot).fill)
        sure = 1.0 if run.confidence is None else run.confidence
        colour.setAlphaF(_FAINTEST + (_STRONGEST - _FAINTEST) * sure)
        return colour
