"""One channel's line, in the pen of the theme or coloured by class, over the tints of the classes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from sigdesk.ui.plots.arrangement import Range
from sigdesk.ui.plots.bands import Bands, Canvas, premultiplied
from sigdesk.ui.plots.points import RAW_BELOW, Points
from sigdesk.ui.plots.runs import Run
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.paper import is_on_paper

_COLOURED_RUNS: Final = 300


class Trace(pg.GraphicsObject):
    """Draws the points of one channel. All pens are cosmetic and 1 px wide, whatever the zoom."""

    def __init__(self, look: Look, channel: int) -> None:
        super().__init__()
        self._look = look
        self._channel = channel
        self._pen = "pen"
        self._to_row = QTransform()
        self._seen: QRectF | None = None
        self._points: Points | None = None
        self._runs: tuple[Run, ...] = ()
        self._coloured = False
        self._paths: list[tuple[QPainterPath, Run | None]] | None = None
        self._canvas = Canvas()
        self._made_for: tuple[object, ...] = ()

    def show_over(self, channel: int, points: Points | None) -> None:
        """Draw this channel over that of another trace, as a reference: quietly."""
        self._channel = channel
        self._pen = "pen_quiet"
        self.set_points(points)

    def draw_between(self, values: Range | None, where: Range) -> None:
        """Draw these values of the channel where the row has the values `where`; None draws it by the row's scale."""
        self.prepareGeometryChange()
        stretch = (where[1] - where[0]) / (values[1] - values[0]) if values is not None else 1.0
        offset = where[0] - values[0] * stretch if values is not None else 0.0
        self._to_row = QTransform(1, 0, 0, stretch, 0, offset)
        self._seen = None
        self.setTransform(self._to_row)

    def set_points(self, points: Points | None) -> None:
        old = self._points
        if points is None:
            self._canvas = Canvas()
        elif old is not None and _agree(old, points):
            self._canvas.keep(old.times[0], old.times[-1])
        else:
            self._canvas.forget()
        self._points, self._paths = points, None
        self.update()

    def set_runs(self, runs: tuple[Run, ...]) -> None:
        """Colour the line by these runs, which lie in order; () draws it in the pen."""
        self._runs, self._paths = runs, None
        self._canvas.forget()
        self.update()

    def boundingRect(self) -> QRectF:
        if self._seen is None:  # Qt asks several times a frame
            box = self.getViewBox()
            if box is None:
                return QRectF()
            inverse, _ = self._to_row.inverted()
            self._seen = inverse.mapRect(QRectF(box.viewRect()))
        return self._seen

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        self._seen = None

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._points is None:
            return
        coloured = 0 < self._runs_in_view() <= _COLOURED_RUNS
        runs = self._runs if coloured else ()
        if self._points.wish.grain > 1 and self._paint_bands(painter, widget, self._points, runs):
            return
        if self._paths is None or coloured != self._coloured:
            self._coloured = coloured
            self._paths = self._make_paths(self._points, runs)
        spacing = _sample_spacing(self._points) * abs(painter.worldTransform().m11())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, spacing > 1 / RAW_BELOW)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, run in self._paths:
            painter.setPen(_pen(self._colour(run), 1))
            painter.drawPath(path)

    def _paint_bands(self, painter: QPainter, screen: QWidget | None, points: Points, runs: Sequence[Run]) -> bool:
        """Draw lows and highs as a picture; False where this must be done in lines: on paper, or where they lie so far
        apart that the lines between them are seen."""
        if is_on_paper() or screen is None:
            return False
        ratio = screen.devicePixelRatioF()
        to_pixels = painter.worldTransform() * QTransform.fromScale(ratio, ratio)
        inside = to_pixels.mapRect(self.boundingRect()).toRect()
        made_for = (self._channel, self._pen, self._look.theme, bool(runs))
        if made_for != self._made_for:
            self._made_for = made_for
            self._canvas.forget()
        picture = self._canvas.picture(points, self._channel, to_pixels, inside, partial(self._colours, runs))
        if picture is None:
            return False
        image, part = picture
        painter.resetTransform()
        left, top = inside.left() / ratio, (inside.top() + part.top()) / ratio
        painter.drawImage(QRectF(left, top, part.width() / ratio, part.height() / ratio), image, QRectF(part))
        return True

    def _colours(self, runs: Sequence[Run], bands: Bands) -> NDArray[np.uint32]:
        """The pen's colour, or that of each column's run."""
        plain = premultiplied(self._colour(None))
        if not runs:
            return np.array([plain], dtype=np.uint32)
        colours = np.full(len(bands.times), plain, dtype=np.uint32)
        for run in reversed(_touching(runs, bands.times)):  # where they overlap, the first is seen
            first, last = np.searchsorted(bands.times, (run.start, run.stop))
            colours[first:last] = premultiplied(self._colour(run))
        return colours

    def _runs_in_view(self) -> int:
        rect = self.boundingRect()
        first = bisect_left(self._runs, rect.left(), key=lambda run: run.stop)
        return bisect_right(self._runs, rect.right(), key=lambda run: run.start) - first

    def _colour(self, run: Run | None) -> QColor:
        return self._look.colour(self._pen) if run is None else QColor(self._look.class_colour(run.mark.slot).line)

    def _make_paths(self, points: Points, runs: Sequence[Run]) -> list[tuple[QPainterPath, Run | None]]:
        values = points.values[self._channel]
        if not len(values):
            return []
        paths: list[tuple[QPainterPath, Run | None]] = []
        done = 0
        for run in _touching(runs, points.times):
            first = max(done, int(np.searchsorted(points.times, run.start)))
            last = int(np.searchsorted(points.times, run.stop))
            # Each part begins with the last point of the one before, so the line is whole.
            if first > done:
                paths.append((_path(points.times[max(done - 1, 0) : first], values[max(done - 1, 0) : first]), None))
            if last > first:
                paths.append((_path(points.times[max(first - 1, 0) : last], values[max(first - 1, 0) : last]), run))
            done = max(done, last)
        if done < len(values):
            paths.append((_path(points.times[max(done - 1, 0) :], values[max(done - 1, 0) :]), None))
        return paths


def _touching(runs: Sequence[Run], times: NDArray[np.float64]) -> Sequence[Run]:
    """Those runs, of several in order, that touch a stretch of times."""
    begin = bisect_left(runs, times[0], key=lambda run: run.stop)
    return runs[begin : bisect_right(runs, times[-1], key=lambda run: run.start)]


def _agree(old: Points, new: Points) -> bool:
    """Whether points have the same buckets where both have some: then what was made of the old ones is still right."""
    if old.wish.grain != new.wish.grain or not len(old.times) or not len(new.times):
        return False
    parts = []
    for points, other in ((old, new), (new, old)):
        first = np.searchsorted(points.times, other.times[0])
        last = np.searchsorted(points.times, other.times[-1], side="right")
        parts.append((points.times[first:last], points.values[:, first:last]))
    (times, values), (new_times, new_values) = parts
    return len(times) > 0 and np.array_equal(times, new_times) and np.array_equal(values, new_values, equal_nan=True)


def _sample_spacing(points: Points) -> float:
    """Time from one sample to the next; 0 when lows and highs are drawn."""
    count = len(points.times)
    if points.wish.grain > 1 or count < 2:
        return 0.0
    return float(points.times[-1] - points.times[0]) / (count - 1)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _path(times: NDArray[np.float64], values: NDArray[np.floating[Any]]) -> QPainterPath:
    path: QPainterPath = pg.arrayToQPath(times, values.astype(np.float64), connect="finite")
    return path
