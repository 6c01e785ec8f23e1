"""The plot area's part for labels: gestures, marks over the channels, fields, and what keys do to view and cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, QRectF, Signal
from PySide6.QtWidgets import QWidget

from sigdesk.app.rows import ClassMark
from sigdesk.ui.plots.inline_field import InlineField
from sigdesk.ui.plots.label_gestures import LabelGestures
from sigdesk.ui.plots.label_marks import LabelMarks
from sigdesk.ui.plots.lanes import LabelLanes
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.view import PlotView
from sigdesk.ui.theme.look import Look


class LabelPart(QObject):
    """Times are those of the recording. The signals are those of `LabelGestures`, which says what they carry."""

    drawn = Signal(float, float)
    moved = Signal(object, float)
    resized = Signal(str, float, float)
    chosen = Signal(object)
    opened = Signal(str)
    menu_wanted = Signal(QPoint)

    def __init__(self, look: Look, view: PlotView, stack: ChannelStack, lanes: LabelLanes, area: QWidget) -> None:
        super().__init__(area)
        self._look = look
        self._view = view
        self._stack = stack
        self._lanes = lanes
        self._area = area
        self._gestures = LabelGestures(view, lanes, stack, stack.viewport(), stack.time_scale)
        self._marks = LabelMarks(look, stack.time_scale, lambda: QRectF(stack.rect()))
        stack.scene().addItem(self._marks)
        self._connect()

    def _connect(self) -> None:
        gestures, marks = self._gestures, self._marks
        gestures.drawn.connect(self.drawn)
        gestures.moved.connect(self.moved)
        gestures.resized.connect(self.resized)
        gestures.chosen.connect(self.chosen)
        gestures.opened.connect(self.opened)
        gestures.menu_wanted.connect(self.menu_wanted)
        gestures.drafts_changed.connect(marks.set_spans)
        self._view.visible_changed.connect(lambda _: marks.fit())
        self._stack.resized.connect(marks.fit)

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """The labels that stand out."""
        return self._gestures.chosen_ids

    def begin(self) -> None:
        """Another recording is shown: nothing of the last one is held or chosen."""
        self._gestures.begin()

    def refresh(self) -> None:
        """The labels are others: mark the chosen ones where they lie now."""
        self._gestures.show_chosen(self._gestures.chosen_ids)

    def show_chosen(self, ids: Sequence[str]) -> None:
        """These labels are chosen now, whoever chose them."""
        self._gestures.show_chosen(ids)

    def show_class(self, mark: ClassMark | None) -> None:
        """The class that the label tool gives; None while none is known."""
        self._gestures.show_class(mark)

    def escape(self) -> bool:
        """Give up a drag, or else drop what is chosen; False when there was neither."""
        return self._gestures.escape()

    @property
    def selected_times(self) -> tuple[float, float] | None:
        """The selection on the time axis."""
        stretch = self._view.selected_stretch
        return None if stretch is None else (stretch.start, stretch.stop)

    @property
    def whole_range(self) -> tuple[float, float]:
        """Start and end of the recording."""
        return self._view.limits.start, self._view.limits.stop

    @property
    def cursor_time(self) -> float | None:
        """The time of the sample under the cursor; None while there is no cursor."""
        return None if self._view.cursor is None else self._view.time_of(self._view.cursor)

    def put_cursor(self, time: float) -> None:
        """Put the cursor at a time, in view."""
        self._view.reveal(Stretch(time, time))
        self._view.set_cursor(time)

    def reveal(self, start: float, stop: float) -> None:
        """Move the view so that a stretch is seen whole, and no smaller than the eye needs it."""
        self._view.reveal(Stretch(start, stop))

    def step_inside(self, by: float, start: float, stop: float) -> float:
        """How far a stretch can be moved by whole samples: about `by`, a sample at least, and not out of the
        recording."""
        return self._view.step_inside(by, Stretch(start, stop))

    def place(self, time: float) -> QPoint:
        """Where on the screen a time lies in the lanes, for menus."""
        visible = self._view.visible
        x = self._stack.time_scale().x(min(max(time, visible.start), visible.stop))
        return self._lanes.mapToGlobal(QPoint(round(x), self._lanes.height() // 2))

    def ask(self, prompt: str, text: str, time: float, *, long: bool = False) -> InlineField:
        """A field over the lanes at a time, with a text to change; it is gone once it was answered or left."""
        field = InlineField(self._look, prompt, text, self._area, long=long)
        field.open_at(self._area.mapFromGlobal(self.place(time)).x(), self._lanes.y())
        return field
