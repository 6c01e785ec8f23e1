"""What the operator sees of a recording: the visible stretch, the selection, the cursor and the tool.

One object holds it and every row of the plot follows it, so no row needs to know another.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.ui.plots.stretch import Stretch

ZOOM_STEP: Final = 1.5
_PAN_SHARE: Final = 0.1
_EXTEND_SHARE: Final = 0.01
_LEAST_SAMPLES: Final = 8
_LEAST_SHARE: Final = 0.01
"""Of what is visible; below it a stretch is no more than a line."""

Selection = tuple[int, int]


class Tool(enum.Enum):
    """What dragging on the plot does."""

    PAN = "pan"
    SELECT = "select"
    LABEL = "label"
    MEASURE = "measure"


class PlotView(QObject):
    """The state of the plot. Times are in the recording's own unit, selection and cursor are sample indices."""

    visible_changed = Signal(object)
    selection_changed = Signal(object)
    cursor_changed = Signal(object)
    tool_changed = Signal(str)
    clock_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._base = TimeBase()
        self._length = 0
        self._limits = Stretch(0.0, 1.0)
        self._visible = self._limits
        self._start: datetime | None = None
        self._by_clock = False
        self._selection: Selection | None = None
        self._moving_edge = 1
        self._cursor: int | None = None
        self._tool = Tool.SELECT

    @property
    def limits(self) -> Stretch:
        """The whole recording."""
        return self._limits

    @property
    def visible(self) -> Stretch:
        return self._visible

    @property
    def selection(self) -> Selection | None:
        """First sample and the sample after the last, or None."""
        return self._selection

    @property
    def cursor(self) -> int | None:
        """The sample under the pointer, or None when it is not over the plot."""
        return self._cursor

    @property
    def tool(self) -> Tool:
        return self._tool

    @property
    def length(self) -> int:
        """Samples of the recording; 0 when none is shown."""
        return self._length

    @property
    def time_base(self) -> TimeBase:
        return self._base

    @property
    def clock(self) -> datetime | None:
        """When the recording began, where times are to be told by the clock and it says when; else None."""
        return self._start if self._by_clock and self._base.unit else None

    def tell_by_clock(self, by_clock: bool) -> None:
        """Tell times by the clock where the recording says when it began, or as they have elapsed."""
        if by_clock != self._by_clock:
            self._by_clock = by_clock
            self.clock_changed.emit()

    def time_of(self, index: int) -> float:
        """The time of a sample, or of the end of the last one."""
        times = self._base.times
        # Recording's own function interpolates over all explicit times, which a moving pointer cannot wait for.
        if times is not None:
            return float(times[min(index, len(times) - 1)]) if len(times) else 0.0
        return self._base.time_of(index)

    def nearest(self, time: float) -> int:
        """The sample nearest to a time; the recording has at least one."""
        after = self._index(time)
        before = max(after - 1, 0)
        if after >= self._length:
            return before
        return before if time - self.time_of(before) < self.time_of(after) - time else after

    def show(self, recording: Recording | None) -> None:
        """Begin anew with another recording: all of it visible, nothing selected."""
        self._base = recording.time_base if recording else TimeBase()
        self._length = recording.length if recording else 0
        self._start = recording.start_time if recording else None
        start, stop = self.time_of(0), self.time_of(self._length)
        self._limits = Stretch(start, stop if stop > start else start + 1.0)
        self._visible = self._limits
        self.set_cursor(None)
        self._set_selection(None)
        self.visible_changed.emit(self._visible)

    def set_tool(self, tool: Tool) -> None:
        if tool is not self._tool:
            self._tool = tool
            self.tool_changed.emit(tool.value)

    def set_cursor(self, time: float | None) -> None:
        """Put the cursor on the sample nearest to a time; None takes it away."""
        cursor = None if time is None or not self._length else self.nearest(time)
        if cursor != self._cursor:
            self._cursor = cursor
            self.cursor_changed.emit(cursor)

    def set_visible(self, stretch: Stretch) -> None:
        """Show a stretch, or the nearest one that the recording has."""
        least = self._limits.span * min(1.0, _LEAST_SAMPLES / max(self._length, 1))
        visible = stretch.inside(self._limits, least)
        if visible != self._visible:
            self._visible = visible
            self.visible_changed.emit(visible)

    def pan(self, by: float) -> None:
        """Move by a time; at the ends it stops."""
        self.set_visible(self._visible.moved(by))

    def pan_steps(self, steps: float) -> None:
        """Move by tenths of what is visible; below 0 to the left."""
        self.pan(steps * _PAN_SHARE * self._visible.span)

    def zoom(self, factor: float, about: float | None = None) -> None:
        """Zoom in by `factor` about a time; about the cursor, or else the middle, when none is given."""
        if about is None:
            at = None if self._cursor is None else self.time_of(self._cursor)
            about = at if at is not None and self._visible.holds(at) else self._visible.middle
        self.set_visible(self._visible.zoomed(factor, about))

    def fit_all(self) -> None:
        self.set_visible(self._limits)

    def fit_selection(self) -> None:
        """Show the selection with a little room on both sides; without one, everything."""
        stretch = self.selected_stretch
        if stretch is None:
            self.fit_all()
        else:
            room = 0.05 * stretch.span
            self.set_visible(Stretch(stretch.start - room, stretch.stop + room))

    def go_to_start(self) -> None:
        self.pan(self._limits.start - self._visible.start)

    def go_to_end(self) -> None:
        self.pan(self._limits.stop - self._visible.stop)

    @property
    def visible_samples(self) -> Selection:
        """The visible samples, first and after the last."""
        start = min(max(self._base.index_of(self._visible.start), 0), self._length)
        return start, max(self._index(self._visible.stop), start)

    @property
    def selected_stretch(self) -> Stretch | None:
        """The selection on the time axis."""
        if self._selection is None:
            return None
        start, stop = self._selection
        return Stretch(self.time_of(start), self.time_of(stop))

    def snapped(self, time: float) -> float:
        """The time of the sample that begins nearest to a time; at the end, that of the end."""
        index = self._index(time)
        if index and time - self.time_of(index - 1) < self.time_of(index) - time:
            index -= 1
        return self.time_of(index)

    def step_inside(self, by: float, stretch: Stretch) -> float:
        """About `by`, so that the start of a stretch moves by whole samples, by one at least, and none of it leaves the
        recording."""
        here = self._index(stretch.start)
        there = self._index(self.snapped(stretch.start + by))
        if there == here:
            there = min(max(here + (1 if by > 0 else -1), 0), self._length)
        way = self.time_of(there) - self.time_of(here)
        limits = self._limits
        return min(max(way, min(limits.start - stretch.start, 0.0)), max(limits.stop - stretch.stop, 0.0))

    def reveal(self, stretch: Stretch) -> None:
        """Move the view to a stretch that is not all in it; one that has no room, or could not be seen, is zoomed to,
        but for a mere moment."""
        span = self._visible.span
        if stretch.span and not span * _LEAST_SHARE <= stretch.span <= span:
            room = stretch.span * (0.05 if stretch.span > span else 2.0)
            self.set_visible(Stretch(stretch.start - room, stretch.stop + room))
        elif not self._visible.covers(stretch):
            self.pan(stretch.middle - self._visible.middle)

    def select_times(self, first: float, second: float) -> None:
        """Select all samples between two times; `second` is the edge that the keyboard goes on with."""
        start, stop = sorted((self._index(first), self._index(second)))
        self._moving_edge = 1 if second >= first else 0
        self._set_selection((start, stop) if stop > start else None)

    def select(self, selection: Selection | None) -> None:
        """Select samples; what lies outside the recording is cut off."""
        if selection is not None:
            start, stop = max(0, selection[0]), min(self._length, selection[1])
            selection = (start, stop) if stop > start else None
        self._moving_edge = 1
        self._set_selection(selection)

    def extend_selection(self, steps: float) -> None:
        """Move the edge that was moved last by hundredths of what is visible; without a selection, begin at the cursor.

        It moves by a sample at least.
        """
        if not self._length:
            return
        if self._selection is None:
            middle = self._index(self._visible.middle)
            anchor = edge = middle if self._cursor is None else self._cursor
        else:
            edge = self._selection[self._moving_edge]
            anchor = self._selection[1 - self._moving_edge]
        time = self.time_of(edge) + steps * _EXTEND_SHARE * self._visible.span
        direction = 1 if steps > 0 else -1
        moved = self._index(time)
        edge = max(moved, edge + 1) if direction > 0 else min(moved, edge - 1)
        edge = min(max(edge, 0), self._length)
        self._moving_edge = 1 if edge >= anchor else 0
        self._set_selection((min(edge, anchor), max(edge, anchor)) if edge != anchor else None)
        self._reveal(self.time_of(edge))

    def escape(self) -> bool:
        """Drop any tool but select, or else the selection; False when there was neither."""
        if self._tool is not Tool.SELECT:
            self.set_tool(Tool.SELECT)
        elif self._selection is not None:
            self.select(None)
        else:
            return False
        return True

    def _reveal(self, time: float) -> None:
        if time > self._visible.stop:
            self.pan(time - self._visible.stop)
        elif time < self._visible.start:
            self.pan(time - self._visible.start)

    def _set_selection(self, selection: Selection | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)

    def _index(self, time: float) -> int:
        if time >= self._limits.stop:
            return self._length
        return min(max(self._base.index_of(time), 0), self._length)
