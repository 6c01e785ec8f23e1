"""The whole signal on a strip, its classes under it, and the visible stretch as a region to drag."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.signals.describe import format_count, format_number, format_short_count
from sigdesk.ui.plots.painting import faded, paint_grip
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.runs import Run, in_view
from sigdesk.ui.plots.stretch import GUTTER, Scale, Stretch, row_scale
from sigdesk.ui.plots.ticks import decimals_for
from sigdesk.ui.plots.view import PlotView
from sigdesk.ui.theme.look import Look

HEIGHT: Final = 52
_REGION: Final = (7.0, 47.0)
_TRACE: Final = (10.0, 39.0)
_BAR: Final = (42.0, 4.0)
_GRAB: Final = 6
_DIMMED: Final = 0.55


class _Drag(enum.Enum):
    NONE = enum.auto()
    START = enum.auto()
    STOP = enum.auto()
    BODY = enum.auto()


class OverviewStrip(QWidget):
    """Drag a grip to change an end of the visible stretch, the region to move it; a click beside it centres it."""

    def __init__(self, look: Look, view: PlotView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._view = view
        self._points: Points | None = None
        self._channel = 0
        self._runs: Sequence[Run] = ()
        self._read = 1.0
        self._drag = _Drag.NONE
        self._from = 0.0
        self._pictures: tuple[QPixmap, QPixmap] | None = None
        self._painted = (0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Overview of the whole signal")
        view.visible_changed.connect(self._on_visible_changed)
        look.changed.connect(self._forget_pictures)

    def set_points(self, points: Points | None) -> None:
        """The whole recording in a few points."""
        self._points = points
        if points is None:
            self._read = 1.0
        self._forget_pictures()

    def set_channel(self, channel: int) -> None:
        """Which channel is drawn."""
        self._channel = channel
        self._forget_pictures()

    def set_runs(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._forget_pictures()

    def show_progress(self, share: float) -> None:
        """How much of the recording was read, 0..1."""
        self._read = share
        self._forget_pictures()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._forget_pictures()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if event.button() != Qt.MouseButton.LeftButton or not self._view.length or x < GUTTER - _GRAB:
            return
        time = self._scale().time(x)
        self._drag = self._part_at(x)
        if self._drag is _Drag.NONE:
            self._view.pan(time - self._view.visible.middle)
            self._drag = _Drag.BODY
        self._from = time

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        time, visible = self._scale().time(x), self._view.visible
        limits = self._view.limits
        time_inside = min(max(time, limits.start), limits.stop)
        if self._drag is _Drag.BODY:
            self._view.pan(time - self._from)
            self._from += self._view.visible.start - visible.start
        elif self._drag is _Drag.START:
            self._view.set_visible(Stretch(min(time_inside, visible.stop), visible.stop))
        elif self._drag is _Drag.STOP:
            self._view.set_visible(Stretch(visible.start, max(time_inside, visible.start)))
        self._point(x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = _Drag.NONE
        self._point(event.position().x())

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._view.fit_all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._pictures is None:
            self._pictures = self._painted_pictures()
        veiled, clear = self._pictures
        painter.drawPixmap(0, 0, veiled)
        if self._view.length:
            self._paint_region(painter, clear)

    def _paint_gutter(self, painter: QPainter) -> None:
        painter.setFont(self._look.font(12, QFont.Weight.DemiBold))
        painter.setPen(self._look.colour("text"))
        painter.drawText(QRectF(12, 12, GUTTER - 12, 16), int(Qt.AlignmentFlag.AlignVCenter), "Overview")
        painter.setFont(self._look.font(11))
        painter.setPen(self._look.colour("muted"))
        room = GUTTER - 16
        metrics = QFontMetricsF(painter.font())
        text = self.range_text
        if metrics.horizontalAdvance(text) > room:
            text = self._short_range_text
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(12, 28, room + 1, 16), int(Qt.AlignmentFlag.AlignVCenter), shown)

    @property
    def _short_range_text(self) -> str:
        """What stands where `range_text` has no room."""
        limits, unit = self._view.limits, self._view.time_base.unit
        if unit:
            return f"{format_number(limits.start, 0)} – {format_number(limits.stop, 0)} {unit}"
        return f"0 – {format_short_count(self._view.length)}"

    @property
    def range_text(self) -> str:
        """The times that the strip spans, or how much of the file was read."""
        if not self._view.length:
            return ""
        if self._read < 1:
            return f"Reading {self._read:.0%}"
        limits, unit = self._view.limits, self._view.time_base.unit
        if not unit:
            return f"0 – {format_count(self._view.length)}"
        decimals = decimals_for(limits.span / 100)
        start = format_number(limits.start, decimals) if limits.start else "0"
        return f"{start} – {format_number(limits.stop, decimals)} {unit}"

    def _painted_pictures(self) -> tuple[QPixmap, QPixmap]:
        """All but the region's frame, beside the region and within it: the same until the strip's size, the theme,
        the signal or its labels change."""
        ratio = self.devicePixelRatioF()
        clear = QPixmap(self.size() * ratio)
        clear.setDevicePixelRatio(ratio)
        clear.fill(self._look.colour("sunken"))
        painter = QPainter(clear)
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))
        self._paint_gutter(painter)
        scale = self._scale()
        if self._view.length:
            self._paint_runs(painter, scale)
        if self._points is not None:
            self._paint_trace(painter, self._points, scale)
        painter.end()
        veiled = QPixmap(clear)
        if self._view.length:
            painter.begin(veiled)
            veil = faded(self._look.colour("sunken"), _DIMMED)
            painter.fillRect(QRectF(scale.left, 1, scale.width, HEIGHT - 1), veil)
            painter.end()
            painter.begin(clear)
            tint = faded(self._look.colour("accent"), 0.04)
            painter.fillRect(QRectF(scale.left, _REGION[0], scale.width, _BAR[0] - _REGION[0] - 1), tint)
            painter.end()
        return veiled, clear

    def _paint_trace(self, painter: QPainter, points: Points, scale: Scale) -> None:
        values = points.values[self._channel].astype(np.float64)
        finite = np.isfinite(values)
        if not finite.any():
            return
        low, high = float(values[finite].min()), float(values[finite].max())
        top, bottom = _TRACE
        share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
        xs = scale.left + (points.times - scale.visible.start) / scale.per_pixel
        ys = bottom - share * (bottom - top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("pen_quiet"), 1))
        edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
        for first, last in zip(edges[0::2], edges[1::2], strict=True):
            painter.drawPolyline(pg.functions.arrayToQPolygonF(xs[first:last], ys[first:last]))

    def _paint_runs(self, painter: QPainter, scale: Scale) -> None:
        top, height = _BAR
        for run in in_view(self._runs, scale.visible, scale.per_pixel):
            left, right = max(scale.x(run.start), scale.left), min(scale.x(run.stop), scale.right)
            box = QRectF(round(left), top, max(1.0, round(right) - round(left) - 1.0), height)
            painter.fillRect(box, QColor(self._look.class_colour(run.mark.slot).fill))

    def _paint_region(self, painter: QPainter, clear: QPixmap) -> None:
        left, right = self._painted = self._edges()
        top, bottom = _REGION
        ratio = clear.devicePixelRatio()
        part = QRectF(left * ratio, 0, (right - left) * ratio, clear.height())
        painter.drawPixmap(QPointF(left, 0), clear, part)
        accent = self._look.colour("accent")
        painter.setPen(QPen(accent, 1))
        painter.drawRect(QRectF(left + 0.5, top + 0.5, max(right - left - 1, 1), bottom - top - 1))
        for x in (left, right):
            paint_grip(painter, QPointF(x, (top + bottom) / 2), accent, self._look.colour("on_accent"))

    def _scale(self) -> Scale:
        return row_scale(self._view.limits, self.width())

    def _part_at(self, x: float) -> _Drag:
        scale, visible = self._scale(), self._view.visible
        left, right = scale.x(visible.start), scale.x(visible.stop)
        to_left, to_right = abs(x - left), abs(x - right)
        if min(to_left, to_right) <= _GRAB:
            return _Drag.START if to_left < to_right else _Drag.STOP
        return _Drag.BODY if left < x < right else _Drag.NONE

    def _point(self, x: float) -> None:
        part = self._part_at(x) if self._drag is _Drag.NONE and self._view.length else self._drag
        shapes = {
            _Drag.NONE: Qt.CursorShape.ArrowCursor,
            _Drag.BODY: Qt.CursorShape.OpenHandCursor,
            _Drag.START: Qt.CursorShape.SizeHorCursor,
            _Drag.STOP: Qt.CursorShape.SizeHorCursor,
        }
        self.setCursor(shapes[part])

    def _on_visible_changed(self) -> None:
        """Paint anew what lies between the old edges of the region and the new ones."""
        edges = self._edges()
        for old, new in zip(self._painted, edges, strict=True):
            first, last = min(old, new) - _GRAB, max(old, new) + _GRAB
            self.update(QRect(first, 0, last - first, HEIGHT))

    def _edges(self) -> tuple[int, int]:
        """Where the visible stretch begins and ends on the strip."""
        scale, visible = self._scale(), self._view.visible
        return round(scale.x(visible.start)), round(scale.x(visible.stop))

    def _forget_pictures(self) -> None:
        self._pictures = None
        self.update()
