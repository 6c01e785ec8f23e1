"""What the mouse does to labels: with the label tool a drag draws one; in the lanes a click chooses, a drag moves, and
an edge is taken hold of with any tool. What would come of a drag is shown while it lasts, and told once, at its end.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from sigdesk.app.rows import ClassMark, LabelSpan
from sigdesk.ui.plots.lanes import LabelLane, LabelLanes
from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.plots.view import PlotView, Tool

_TOGGLES: Final = Qt.KeyboardModifier.ControlModifier
_EXTENDS: Final = Qt.KeyboardModifier.ShiftModifier
_UNNAMED: Final = ClassMark("", "", 8)
"""What a label looks like of which the class is still to be named."""


class _Drag(enum.Enum):
    DRAW = enum.auto()
    MOVE = enum.auto()
    START = enum.auto()
    STOP = enum.auto()


class _Pressed(Struct):
    """Where the button went down, what a drag from there does, and to which labels."""

    drag: _Drag
    x: float
    time: float
    spans: tuple[LabelSpan, ...] = ()
    moved: bool = False


class LabelGestures(QObject):
    """Watches the stack's viewport and the lanes. Times are those of the recording.

    `drawn` carries start and stop of a new label, `moved` ids and by how much, `resized` an id with its new ends,
    `chosen` the ids that a click has chosen, `opened` the id of one that was double clicked, `menu_wanted` a place on
    the screen. `drafts_changed` comes while a drag lasts.
    """

    drawn = Signal(float, float)
    moved = Signal(object, float)
    resized = Signal(str, float, float)
    chosen = Signal(object)
    opened = Signal(str)
    menu_wanted = Signal(QPoint)
    drafts_changed = Signal(object)

    def __init__(
        self, view: PlotView, lanes: LabelLanes, stack: QWidget, pad: QWidget, scale: Callable[[], Scale]
    ) -> None:
        """`stack` has the keyboard for lanes and plot, `pad` is its viewport, `scale` says where times lie on it."""
        super().__init__(stack)
        self._view = view
        self._lanes = lanes
        self._stack = stack
        self._pad = pad
        self._scale = scale
        self._pressed: _Pressed | None = None
        self._drafts: tuple[LabelSpan, ...] = ()
        self._chosen: tuple[str, ...] = ()
        self._anchor = ""
        self._mark = _UNNAMED
        for widget in (pad, stack, lanes.model, lanes.you):
            widget.installEventFilter(self)

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        return self._chosen

    def begin(self) -> None:
        """Another recording is shown: nothing of the last one is held or chosen."""
        self._anchor = ""
        self._end()
        self.show_chosen(())

    def show_chosen(self, ids: Sequence[str]) -> None:
        """These labels are chosen now, whoever chose them."""
        self._chosen = tuple(ids)
        self._lanes.set_chosen(dict.fromkeys(ids))
        self.drafts_changed.emit(self.marked)

    def show_class(self, mark: ClassMark | None) -> None:
        """The class that the label tool gives; None while none is known."""
        self._mark = mark or _UNNAMED

    @property
    def marked(self) -> tuple[LabelSpan, ...]:
        """What stands out over the channels: the drafts of a drag, else the chosen labels."""
        if self._drafts:
            return self._drafts
        return tuple(filter(None, (self._lanes.span_of(label_id) for label_id in self._chosen)))

    def escape(self) -> bool:
        """Give up a drag, or else drop what is chosen; False when there was neither."""
        if self._pressed is not None:
            self._end()
        elif self._chosen:
            self.chosen.emit(())
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._view.length:
            return False
        if isinstance(event, QMouseEvent):
            if watched is self._pad:
                return self._on_plot(event)
            if isinstance(watched, LabelLane):
                return self._on_lane(watched, event)
        elif isinstance(event, QContextMenuEvent):
            return self._on_menu(watched, event)
        elif isinstance(event, QKeyEvent) and watched is self._stack and event.type() == QEvent.Type.KeyPress:
            return event.key() == Qt.Key.Key_Escape and not event.modifiers().value and self.escape()
        return False

    def _on_plot(self, event: QMouseEvent) -> bool:
        """With the label tool a drag over the channels draws; everything else there is the other tools'."""
        x = event.position().x()
        scale = self._scale()
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            if self._view.tool is not Tool.LABEL or not scale.left <= x <= scale.right:
                return False
            self._stack.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed = _Pressed(_Drag.DRAW, x, scale.time(x))
            return True
        if self._pressed is None:
            return False
        if kind == QEvent.Type.MouseMove:
            self._drag_to(x)
            self._view.set_cursor(scale.time(min(max(x, scale.left), scale.right)))
            return True
        return kind == QEvent.Type.MouseButtonRelease and self._release()

    def _on_lane(self, lane: LabelLane, event: QMouseEvent) -> bool:
        x, kind = event.position().x(), event.type()
        if event.button() == Qt.MouseButton.LeftButton and kind == QEvent.Type.MouseButtonPress:
            self._press_lane(lane, x, event.modifiers())
        elif event.button() == Qt.MouseButton.LeftButton and kind == QEvent.Type.MouseButtonDblClick:
            span = lane.span_at(x)
            if span is not None:
                self.opened.emit(span.id)
        elif kind == QEvent.Type.MouseMove:
            self._drag_to(x)
            self._point(lane, x)
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            self._release()
            self._point(lane, x)
        else:
            return False
        return True

    def _press_lane(self, lane: LabelLane, x: float, keys: Qt.KeyboardModifier) -> None:
        self._stack.setFocus(Qt.FocusReason.MouseFocusReason)
        scale = self._scale()
        if not scale.left <= x <= scale.right:
            return
        time = scale.time(x)
        edge = lane.edge_at(x)
        if edge is not None and not keys & (_TOGGLES | _EXTENDS):
            span, side = edge
            self._choose(lane, span, keys)
            self._pressed = _Pressed((_Drag.START, _Drag.STOP)[side], x, time, (span,))
            return
        hit = lane.span_at(x)
        if hit is not None:
            self._choose(lane, hit, keys)
            moving = tuple(filter(None, (self._lanes.span_of(label_id) for label_id in self._chosen)))
            self._pressed = _Pressed(_Drag.MOVE, x, time, moving)
        elif self._view.tool is Tool.LABEL:
            self._pressed = _Pressed(_Drag.DRAW, x, time)
        elif self._chosen and not keys & (_TOGGLES | _EXTENDS):
            self.chosen.emit(())

    def _choose(self, lane: LabelLane, span: LabelSpan, keys: Qt.KeyboardModifier) -> None:
        """Click: this one, unless it is among the chosen, which may be dragged together; Ctrl: also, or no longer this
        one; Shift: all from the one that was clicked last."""
        if keys & _EXTENDS and lane.index.find(self._anchor) is not None:
            self.chosen.emit(tuple(each.id for each in lane.index.between(self._anchor, span.id)))
            return
        self._anchor = span.id
        if keys & _TOGGLES:
            there = span.id in self._chosen
            rest = tuple(label_id for label_id in self._chosen if label_id != span.id)
            self.chosen.emit(rest if there else (*self._chosen, span.id))
        elif span.id not in self._chosen:
            self.chosen.emit((span.id,))

    def _drag_to(self, x: float) -> None:
        pressed = self._pressed
        if pressed is None:
            return
        if not pressed.moved and abs(x - pressed.x) < QApplication.startDragDistance() / 2:
            return
        pressed.moved = True
        scale = self._scale()
        self._show_drafts(self._drafts_at(pressed, scale.time(min(max(x, scale.left), scale.right))))

    def _drafts_at(self, pressed: _Pressed, time: float) -> tuple[LabelSpan, ...]:
        """The labels as they are if the drag ends at a time."""
        snapped = self._view.snapped
        if pressed.drag is _Drag.DRAW:
            start, stop = sorted((snapped(pressed.time), snapped(time)))
            return (LabelSpan(start, stop, self._mark, by_you=True),)
        if pressed.drag is _Drag.MOVE:
            by = self._by(pressed, time)
            return tuple(_yours(span, span.start + by, span.stop + by) for span in pressed.spans)
        (span,) = pressed.spans
        start, stop = (snapped(time), span.stop) if pressed.drag is _Drag.START else (span.start, snapped(time))
        return (_yours(span, min(start, stop), max(start, stop)),)

    def _by(self, pressed: _Pressed, time: float) -> float:
        """How far labels are moved: by whole samples, and no further than the recording goes."""
        limits, by = self._view.limits, self._view.snapped(time) - self._view.snapped(pressed.time)
        first, last = min(span.start for span in pressed.spans), max(span.stop for span in pressed.spans)
        return min(max(by, min(limits.start - first, 0.0)), max(limits.stop - last, 0.0))

    def _release(self) -> bool:
        pressed, drafts = self._pressed, self._drafts
        self._end()
        if pressed is None:
            return False
        if not pressed.moved or not drafts:
            if pressed.drag is _Drag.DRAW:
                self._click(pressed.time)
            return True
        draft = drafts[0]
        if pressed.drag is _Drag.MOVE:
            by = draft.start - pressed.spans[0].start
            if by:
                self.moved.emit(tuple(span.id for span in pressed.spans), by)
        elif draft.stop > draft.start:
            if pressed.drag is _Drag.DRAW:
                self.drawn.emit(draft.start, draft.stop)
            else:
                self.resized.emit(draft.id, draft.start, draft.stop)
        return True

    def _click(self, time: float) -> None:
        """A click of the label tool chooses what lies there: the operator's, or else the model's."""
        scale = self._scale()
        for lane in (self._lanes.you, self._lanes.model):
            span = lane.index.at(scale, scale.x(time))
            if span is not None:
                self._choose(lane, span, Qt.KeyboardModifier.NoModifier)
                return
        self.chosen.emit(())

    def _on_menu(self, watched: QObject, event: QContextMenuEvent) -> bool:
        """Over a label of a lane it is chosen first; by the keyboard, what is chosen is meant."""
        if isinstance(watched, LabelLane):
            span = watched.span_at(event.pos().x())
            if span is not None:
                self._choose(watched, span, Qt.KeyboardModifier.NoModifier)
                self.menu_wanted.emit(event.globalPos())
            return True
        if watched is self._stack and event.reason() is QContextMenuEvent.Reason.Keyboard and self._chosen:
            span = self._lanes.span_of(self._chosen[0])
            if span is not None:
                middle = (max(span.start, self._view.visible.start) + min(span.stop, self._view.visible.stop)) / 2
                place = QPoint(round(self._scale().x(middle)), self._lanes.height() // 2)
                self.menu_wanted.emit(self._lanes.mapToGlobal(place))
                return True
        return False

    def _end(self) -> None:
        self._pressed = None
        self._show_drafts(())

    def _show_drafts(self, drafts: tuple[LabelSpan, ...]) -> None:
        if drafts != self._drafts:
            self._drafts = drafts
            self._lanes.you.set_drafts(drafts)
            self.drafts_changed.emit(self.marked)

    def _point(self, lane: LabelLane, x: float) -> None:
        """The pointer says what pressing here would do."""
        if self._pressed is not None and self._pressed.moved and self._pressed.drag is _Drag.MOVE:
            shape = Qt.CursorShape.ClosedHandCursor
        elif lane.edge_at(x) is not None:
            shape = Qt.CursorShape.SizeHorCursor
        elif lane.span_at(x) is not None:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._view.tool is Tool.LABEL and lane.scale is not None and lane.scale.left <= x <= lane.scale.right:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if lane.cursor().shape() != shape:
            lane.setCursor(shape)


def _yours(span: LabelSpan, start: float, stop: float) -> LabelSpan:
    return replace(span, start=start, stop=stop, by_you=True)
