"""The two cursors of the measure tool: where they stand, and how mouse and keyboard move them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from sigdesk.ui.plots.stretch import Scale, Stretch
from sigdesk.ui.plots.view import PlotView, Tool

GRAB: Final = 6
"""Pixels around a cursor in which it is taken hold of."""
_STEP_SHARE: Final = 0.01
_IGNORED: Final = Qt.KeyboardModifier.KeypadModifier
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_ARROWS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}

Cursors = tuple[int, int]
"""The samples under the two cursors, in the order in which they were put down. The recording's length is its end."""


class MeasureCursors(QObject):
    """Dragging puts both down or moves one; Shift and an arrow key move the one that was moved last by a hundredth of
    what is visible, Ctrl and an arrow key by a sample, and Space goes on with the other one.

    `changed` carries the cursors, or None while the tool is not taken.
    """

    changed = Signal(object)

    def __init__(self, view: PlotView, scale: Callable[[], Scale], pad: QWidget, keys: QWidget) -> None:
        """`pad` is where the mouse works, `keys` the widget that has the keyboard."""
        super().__init__(pad)
        self._view = view
        self._scale = scale
        self._pad = pad
        self._cursors: Cursors | None = None
        self._moving = 1
        self._pressed_at: float | None = None
        self._dragged = False
        self._grabbed = False
        # The last filter is asked first, so with this tool the plot's usual gestures get what is left over.
        pad.installEventFilter(self)
        keys.installEventFilter(self)
        view.tool_changed.connect(self.begin)

    @property
    def cursors(self) -> Cursors | None:
        return self._cursors

    @property
    def moving(self) -> int:
        """Which of them, 0 or 1, the keyboard moves."""
        return self._moving

    def begin(self) -> None:
        """Put the cursors on the selection's edges, or else a third from both ends of what is visible."""
        self._pressed_at = None
        self._moving = 1
        view = self._view
        if view.tool is not Tool.MEASURE or not view.length:
            self._set(None)
        elif view.selection is not None:
            self._set(view.selection)
        else:
            third = view.visible.span / 3
            self._set((self._sample(view.visible.start + third), self._sample(view.visible.stop - third)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._cursors is None:
            return False
        if isinstance(event, QMouseEvent) and watched is self._pad:
            return self._on_mouse(event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is not self._pad:
            return self._on_key(event)
        return False

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind, x = event.type(), event.position().x()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            return self._press(x)
        if kind == QEvent.Type.MouseMove:
            return self._drag(x) if self._pressed_at is not None else self._hover(event)
        if kind == QEvent.Type.MouseButtonRelease and self._pressed_at is not None:
            self._release(x)
            return True
        return False

    def _press(self, x: float) -> bool:
        scale = self._scale()
        near = self._near(x)
        if not scale.left <= x <= scale.right or (near is None and self._is_on_selection(x)):
            return False
        self._pad.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed_at, self._dragged = x, False
        self._grabbed = near is not None
        if near is not None:
            self._take(near)
        return True

    def _drag(self, x: float) -> bool:
        assert self._pressed_at is not None
        if not self._dragged and abs(x - self._pressed_at) < QApplication.startDragDistance() / 2:
            return True
        if not self._dragged and not self._grabbed:
            anchor = self._sample(self._scale().time(self._pressed_at))
            self._cursors, self._moving = (anchor, anchor), 1
        self._dragged = True
        self._view.set_cursor(self._inside(x))
        self._put(self._sample(self._inside(x)))
        return True

    def _release(self, x: float) -> None:
        """A click without a drag brings the nearer cursor."""
        assert self._cursors is not None
        if not self._dragged and not self._grabbed:
            scale = self._scale()
            ways = [abs(scale.x(self._view.time_of(cursor)) - x) for cursor in self._cursors]
            self._moving = ways.index(min(ways))
            self._put(self._sample(self._inside(x)))
        self._pressed_at = None

    def _hover(self, event: QMouseEvent) -> bool:
        if event.buttons() or self._near(event.position().x()) is None:
            return False
        self._view.set_cursor(self._inside(event.position().x()))
        self._pad.setCursor(Qt.CursorShape.SizeHorCursor)
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        assert self._cursors is not None
        modifiers = event.modifiers() & ~_IGNORED
        way = _ARROWS.get(Qt.Key(event.key()), 0)
        now = self._cursors[self._moving]
        if way and modifiers == _SHIFT:
            time = self._view.time_of(now) + way * _STEP_SHARE * self._view.visible.span
            moved = self._sample(time)
            self._put(max(moved, now + 1) if way > 0 else min(moved, now - 1))
        elif way and modifiers == _CTRL:
            self._put(now + way)
        elif event.key() == Qt.Key.Key_Space and modifiers == Qt.KeyboardModifier.NoModifier:
            self._take(1 - self._moving)
        else:
            return False
        self._reveal()
        return True

    def _reveal(self) -> None:
        assert self._cursors is not None
        time, visible = self._view.time_of(self._cursors[self._moving]), self._view.visible
        if not visible.holds(time):
            self._view.pan(time - (visible.stop if time > visible.stop else visible.start))

    def _take(self, which: int) -> None:
        if which != self._moving:
            self._moving = which
            self.changed.emit(self._cursors)

    def _put(self, sample: int) -> None:
        """Put the moving cursor on a sample, or on the end."""
        assert self._cursors is not None
        sample = min(max(sample, 0), self._view.length)
        other = self._cursors[1 - self._moving]
        self._set((sample, other) if self._moving == 0 else (other, sample))

    def _set(self, cursors: Cursors | None) -> None:
        if cursors != self._cursors:
            self._cursors = cursors
            self.changed.emit(cursors)

    def _sample(self, time: float) -> int:
        limits = self._view.limits
        return self._view.length if time >= limits.stop else self._view.nearest(time)

    def _inside(self, x: float) -> float:
        scale = self._scale()
        return scale.time(min(max(x, scale.left), scale.right))

    def _near(self, x: float) -> int | None:
        """Which cursor lies under a pixel; of two on one another, the one that moved last."""
        assert self._cursors is not None
        scale = self._scale()
        ways = [abs(scale.x(self._view.time_of(cursor)) - x) for cursor in self._cursors]
        which = self._moving if ways[0] == ways[1] else ways.index(min(ways))
        return which if ways[which] <= GRAB else None

    def _is_on_selection(self, x: float) -> bool:
        """Whether an edge of the selection can be taken hold of here, as with every tool."""
        stretch: Stretch | None = self._view.selected_stretch
        scale = self._scale()
        return stretch is not None and min(abs(scale.x(edge) - x) for edge in (stretch.start, stretch.stop)) <= GRAB
