"""What the mouse means on the plot: dragging is the tool, the wheel scrolls, Ctrl and the wheel zoom, a double click
shows everything. Both edges of the selection can be taken hold of with any tool.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.plots.view import ZOOM_STEP, PlotView, Tool

_GRAB: Final = 6
"""Pixels around an edge in which it is taken hold of."""
_NOTCH: Final = 120.0


class _Drag(enum.Enum):
    NONE = enum.auto()
    PAN = enum.auto()
    SELECT = enum.auto()


class Gestures(QObject):
    """Watches a widget and changes the view. `scale` tells where times lie on it right now."""

    def __init__(self, view: PlotView, scale: Callable[[], Scale], widget: QWidget) -> None:
        super().__init__(widget)
        self._view = view
        self._scale = scale
        self._widget = widget
        self._drag = _Drag.NONE
        self._pointer: float | None = None
        self._from_x = 0.0
        self._anchor = 0.0
        self._moved = False
        widget.setMouseTracking(True)
        widget.installEventFilter(self)
        view.visible_changed.connect(self._on_visible_changed)
        view.tool_changed.connect(self._on_tool_changed)
        self._on_tool_changed()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if not self._view.length:
            return False
        if isinstance(event, QMouseEvent):
            return self._on_mouse(kind, event)
        if isinstance(event, QWheelEvent):
            return self._on_wheel(event)
        if kind == QEvent.Type.Leave:
            self._pointer = None
            self._view.set_cursor(None)
        return False

    def _on_mouse(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        x = event.position().x()
        if kind == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
            self._view.fit_all()
        elif kind == QEvent.Type.MouseButtonPress:
            self._press(event)
        elif kind == QEvent.Type.MouseMove:
            self._move(x)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._drag = _Drag.NONE
            self._point(x)
        else:
            return False
        return True

    def _press(self, event: QMouseEvent) -> None:
        x = event.position().x()
        self._widget.setFocus(Qt.FocusReason.MouseFocusReason)
        self._moved = False
        self._from_x = x
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag.PAN
        elif event.button() == Qt.MouseButton.LeftButton and self._is_on_plot(x):
            edge = self._edge_at(x)
            if edge is not None:
                # The other edge stays; it is what the new selection is anchored to.
                self._drag, self._anchor, self._moved = _Drag.SELECT, edge, True
            elif self._view.tool is Tool.SELECT:
                self._drag, self._anchor = _Drag.SELECT, self._scale().time(x)
            else:
                self._drag = _Drag.PAN
        self._point(x)

    def _move(self, x: float) -> None:
        if self._drag is not _Drag.NONE and not self._moved:
            if abs(x - self._from_x) < QApplication.startDragDistance() / 2:
                return
            self._moved = True
        scale = self._scale()
        if self._drag is _Drag.PAN:
            self._view.pan((self._from_x - x) * scale.per_pixel)
            self._from_x = x
        elif self._drag is _Drag.SELECT:
            self._view.select_times(self._anchor, scale.time(min(max(x, scale.left), scale.right)))
        self._track(x)
        self._point(x)

    def _track(self, x: float) -> None:
        self._pointer = x
        scale = self._scale()
        inside = self._is_on_plot(x)
        self._view.set_cursor(scale.time(x) if inside and self._drag is not _Drag.PAN else None)

    def _on_wheel(self, event: QWheelEvent) -> bool:
        position = event.position()
        if not self._is_on_plot(position.x()):
            return False  # over the names the wheel scrolls the channels
        pixels, notches = _wheel_way(event)
        scale = self._scale()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view.zoom(ZOOM_STEP**notches, scale.time(position.x()))
        elif pixels:
            self._view.pan(-pixels * scale.per_pixel)
        else:
            self._view.pan_steps(-notches)
        self._track(position.x())
        event.accept()
        return True

    def _is_on_plot(self, x: float) -> bool:
        scale = self._scale()
        return scale.left <= x <= scale.right

    def _edge_at(self, x: float) -> float | None:
        """The time of the selection's far edge when `x` is on its near one."""
        stretch = self._view.selected_stretch
        if stretch is None:
            return None
        scale = self._scale()
        near = sorted((abs(scale.x(edge) - x), other) for edge, other in _edges(stretch.start, stretch.stop))
        return near[0][1] if near[0][0] <= _GRAB else None

    def _point(self, x: float) -> None:
        """The pointer says what pressing here would do."""
        if self._drag is _Drag.PAN:
            shape = Qt.CursorShape.ClosedHandCursor
        elif not self._is_on_plot(x):
            shape = Qt.CursorShape.ArrowCursor
        elif self._edge_at(x) is not None:
            shape = Qt.CursorShape.SizeHorCursor
        elif self._view.tool is Tool.PAN:
            shape = Qt.CursorShape.OpenHandCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        if self._widget.cursor().shape() != shape:
            self._widget.setCursor(shape)

    def _on_visible_changed(self) -> None:
        # The signal moved under a pointer that stands still, so another sample lies under it now.
        if self._pointer is not None and self._view.cursor is not None:
            self._track(self._pointer)

    def _on_tool_changed(self) -> None:
        position = QPointF(self._widget.mapFromGlobal(self._widget.cursor().pos()))
        self._point(position.x())


def _edges(start: float, stop: float) -> tuple[tuple[float, float], tuple[float, float]]:
    return (start, stop), (stop, start)


def _wheel_way(event: QWheelEvent) -> tuple[float, float]:
    """How far the wheel was turned: in pixels where the device knows them (else 0), and in notches."""
    pixels, angle = event.pixelDelta(), event.angleDelta()
    sideways = abs(angle.x()) > abs(angle.y())
    if sideways:
        return float(pixels.x()), angle.x() / _NOTCH
    return float(pixels.y()), angle.y() / _NOTCH
