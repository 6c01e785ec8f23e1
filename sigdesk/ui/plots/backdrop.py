"""What lies behind a channel's trace: the tints of the classes and the grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
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
        self.setZValue(-10)

    def set_time_ticks(self, ticks: Sequence[Tick]) -> None:
        self._time_ticks = ticks
        self.update()

    def set_runs(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self.update()

    def boundingRect(self) -> QRectF:
        rect = self.viewRect()
        return QRectF() if rect is None else QRectF(rect)

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        rect = self.boundingRect()
        pixel = 1 / max(abs(painter.worldTransform().m11()), 1e-12)
        for run in in_view(self._runs, Stretch(rect.left(), rect.right()), pixel):
            left, right = max(run.start, rect.left()), min(run.stop, rect.right())
            painter.fillRect(QRectF(left, rect.top(), max(right - left, pixel), rect.height()), self._tint(run))
        grid, zero = self._pen("grid"), self._pen("zero_line")
        painter.setPen(grid)
        for tick in self._time_ticks:
            painter.drawLine(QLineF(tick.value, rect.top(), tick.value, rect.bottom()))
        for tick in self._axis.ticks:
            painter.setPen(grid if tick.value else zero)
            painter.drawLine(QLineF(rect.left(), tick.value, rect.right(), tick.value))

    def _tint(self, run: Run) -> QColor:
        colour = QColor(self._look.class_colour(run.mark.slot).fill)
        sure = 1.0 if run.confidence is None else run.confidence
        colour.setAlphaF(_FAINTEST + (_STRONGEST - _FAINTEST) * sure)
        return colour

    def _pen(self, token: str) -> QPen:
        pen = QPen(self._look.colour(token), 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        pen.setCosmetic(True)
        return pen
