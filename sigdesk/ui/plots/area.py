"""The plot area of the Workspace: the widget that a page puts in its middle. It knows no controllers.

A change of what is visible goes one way: mouse, key or action → `PlotView` → `visible_changed` → every row paints what
it has, and, where that is not enough, `PlotFeed` has more read. Its answer comes later and is painted in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from sigdesk.app.rows import LabelSpan
from sigdesk.errors import RecordingError
from sigdesk.signals.describe import printable_name
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.captions import Captions
from sigdesk.ui.plots.feed import PlotFeed
from sigdesk.ui.plots.gestures import Gestures
from sigdesk.ui.plots.head import PlotHead, facts_text
from sigdesk.ui.plots.instruments import Instruments
from sigdesk.ui.plots.keyboard import PlotKeys
from sigdesk.ui.plots.label_part import LabelPart
from sigdesk.ui.plots.lanes import LabelLanes
from sigdesk.ui.plots.notice import Notice
from sigdesk.ui.plots.overview import OverviewStrip
from sigdesk.ui.plots.picture import Picture
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.presenting import Presenting
from sigdesk.ui.plots.readout import Readout
from sigdesk.ui.plots.runs import Run, merged_runs
from sigdesk.ui.plots.stack import ChannelStack, StackScroller
from sigdesk.ui.plots.state_chip import StateChip
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.time_axis import TimeAxis
from sigdesk.ui.plots.view import ZOOM_STEP, PlotView, Selection, Tool
from sigdesk.ui.theme.look import Look

_NOTHING: Final = ("No signal is shown.", "Choose a signal on the left, or drop files on the window.")
_NO_VALUES: Final = ("This signal has no values to show.", "Every sample is missing or infinite.")
_NO_SAMPLES: Final = ("This signal has no samples.", "Its file names channels, but nothing stands below them.")


class PlotArea(QWidget):
    """Shows one recording. Selection is in samples, first and after the last; times are in the recording's own unit.

    `settled` comes when a signal was read to its end and its traces are drawn as sharp as the screen allows.
    """

    selection_changed = Signal(object)
    visible_changed = Signal(object)
    tool_changed = Signal(str)
    channels_shown_changed = Signal(object)
    scrolled = Signal(int)
    read_failed = Signal(object)
    settled = Signal()

    def __init__(self, look: Look, store: PyramidStore | None = None, parent: QWidget | None = None) -> None:
        """`store` keeps what was computed of long recordings for the next time."""
        super().__init__(parent)
        self._look = look
        self._recording: Recording | None = None
        self._has_values = True
        self._spans: tuple[LabelSpan, ...] = ()
        self._run_of: tuple[LabelSpan, ...] = ()
        self._runs: tuple[Run, ...] = ()
        self._coloured = False
        self._view = PlotView(self)
        self._feed = PlotFeed(self._view, store, self)
        self._head = PlotHead(look)
        self._overview = OverviewStrip(look, self._view)
        self._stack = ChannelStack(look)
        self._axis = TimeAxis(look)
        self._lanes = LabelLanes(look)
        self._readout = Readout(look)
        self._captions = Captions(self._view, self._stack, self._axis, self._readout, self)
        column = self._lay_out()
        self._connect()
        Gestures(self._view, self._stack.time_scale, self._stack.viewport())
        PlotKeys(self._view, self.fit_height, self._stack)
        self.instruments = Instruments(look, self._view, self._stack, self)
        for panel in self.instruments.panels():
            column.insertWidget(column.count() - 1, panel)
        self._parts = (self._scroller, self._axis, self._lanes, *self.instruments.panels(), self._readout)
        self._head.spectrum_asked.connect(self.instruments.analysing.toggle)
        self.instruments.analysing.toggled.connect(self._head.show_spectrum)
        self.presenting = Presenting(
            look, self, self._feed, self._stack, self._overview, self._head, self._captions, self.instruments
        )
        self.presenting.channels_changed.connect(self.channels_shown_changed)
        self.labels = LabelPart(look, self._view, self._stack, self._lanes, self)
        self.setAccessibleName("Plot")
        self.setFocusProxy(self._stack)
        self.show_recording(None)

    def show_recording(self, recording: Recording | None, chip: StateChip | None = None) -> None:
        """Show a recording from its start to its end, without labels; None shows how to get one."""
        self._recording = recording
        recording = self.presenting.begin(recording)
        self._has_values = True  # until the whole of it is known
        channels = recording.channels if recording else ()
        self._stack.show_recording(recording)
        self._overview.set_points(None)
        self._view.show(recording)
        self._stack.tell_by_clock(self._view.clock)
        self._feed.open(recording)
        self._captions.begin(channels)
        self._head.show_recording(recording, chip)
        self.instruments.show_recording(recording)
        self.presenting.show()
        self.labels.begin()
        self.set_labels(())
        self._on_view_visible_changed(self._view.visible)
        self._notice.say(*self._missing())

    def set_chip(self, chip: StateChip | None) -> None:
        """The state beside the signal's name."""
        self._head.show_chip(chip)

    def show_error(self, what: str, way_out: str) -> None:
        """Say in place of the traces why there are none."""
        self._notice.say(what, way_out)

    def set_labels(self, spans: Sequence[LabelSpan]) -> None:
        """The labels of the recording that is shown."""
        self._spans = tuple(spans)
        self._lanes.set_spans(self._spans)
        self.labels.refresh()
        self._show_runs()

    def set_coloured(self, coloured: bool) -> None:
        """Whether traces and their ground have the colours of the labels' classes."""
        if coloured != self._coloured:
            self._coloured = coloured
            self._show_runs()

    @property
    def recording(self) -> Recording | None:
        """The signal as it was recorded."""
        return self._recording

    @property
    def shown_recording(self) -> Recording | None:
        """The signal as it is seen: `recording`, with what is done to its channels."""
        return self.presenting.recording

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being read that the view needs."""
        return self._feed.is_settled

    @property
    def selection(self) -> Selection | None:
        return self._view.selection

    def set_selection(self, selection: Selection | None) -> None:
        self._view.select(selection)

    @property
    def visible_range(self) -> Stretch:
        """The stretch of time that the channels show."""
        return self._view.visible

    @property
    def visible_samples(self) -> Selection:
        """The visible samples, first and after the last."""
        return self._view.visible_samples

    def picture(self) -> Picture:
        """What is visible, to be copied or saved."""
        recording = self._recording
        title, facts = (printable_name(recording.name), facts_text(recording)) if recording else ("", "")
        return Picture(self._look, title, facts, self._parts)

    def tell_by_clock(self, by_clock: bool) -> None:
        """Tell times by the clock where the signal says when it began, or as they have elapsed."""
        self._view.tell_by_clock(by_clock)

    def set_more_menu(self, menu: QMenu) -> None:
        """What the head's "…" opens."""
        self._head.set_more_menu(menu)

    def show_stretch(self, start: float, stop: float) -> None:
        """Show a stretch of time, as far as the recording has it."""
        self._view.set_visible(Stretch(start, stop))

    @property
    def tool(self) -> str:
        return self._view.tool.value

    def use_tool(self, tool: str) -> None:
        """Take a tool by its name, as `Tool` has it."""
        self._view.set_tool(Tool(tool))

    @property
    def channels_shown(self) -> tuple[int, ...]:
        """Indices of the channels that are shown, in the order in which they stand."""
        return self.presenting.channels

    def show_channels(self, shown: Sequence[int]) -> None:
        """Show only these channels of the recording; at least one."""
        self.presenting.show_channels(shown)

    @property
    def scroll_place(self) -> int:
        """By how many pixels the channels are scrolled down."""
        return self._scroller.verticalScrollBar().value()

    def scroll_to(self, pixels: int) -> None:
        self._scroller.scroll_to(pixels)

    @property
    def readout_text(self) -> str:
        """What the line under the plot says."""
        return self._readout.text

    @property
    def notice_text(self) -> str:
        """What stands in place of the traces, or ""."""
        return self._notice.text

    def zoom_in(self) -> None:
        self._view.zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        self._view.zoom(1 / ZOOM_STEP)

    def pan_steps(self, steps: float) -> None:
        """Move by tenths of what is visible; below 0 to the left."""
        self._view.pan_steps(steps)

    def extend_selection(self, steps: float) -> None:
        """Move the selection's edge by hundredths of what is visible."""
        self._view.extend_selection(steps)

    def fit_all(self) -> None:
        self._view.fit_all()

    def fit_selection(self) -> None:
        self._view.fit_selection()

    def fit_height(self) -> None:
        """Let the values of the visible stretch fill each channel's height."""
        self._stack.fit_height()

    def go_to_start(self) -> None:
        self._view.go_to_start()

    def go_to_end(self) -> None:
        self._view.go_to_end()

    def open_channels_menu(self) -> None:
        self._head.open_channels_menu()

    def escape(self) -> bool:
        """Drop the drag or choice of labels, or else the tool, or else the selection; False when there was none."""
        return self.labels.escape() or self._view.escape()

    def stop_reading(self) -> None:
        """End the reading threads; call it before the window goes."""
        self._feed.close()
        self.instruments.close()

    def sizeHint(self) -> QSize:
        return QSize(852, 574)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour("surface"))

    def _lay_out(self) -> QVBoxLayout:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._scroller = StackScroller(self._stack)
        self._notice = Notice(self._look, self._scroller)
        column.addWidget(self._head)
        column.addWidget(self._overview)
        column.addWidget(self._scroller, 1)
        column.addWidget(self._axis)
        column.addWidget(self._lanes)
        column.addWidget(self._readout)
        return column

    def _connect(self) -> None:
        view, feed, head = self._view, self._feed, self._head
        view.visible_changed.connect(self._on_view_visible_changed)
        view.visible_changed.connect(self.visible_changed)
        view.selection_changed.connect(self.selection_changed)
        view.clock_changed.connect(self._on_view_clock_changed)
        view.tool_changed.connect(self._on_view_tool_changed)
        feed.points.connect(self._stack.set_points)
        feed.whole.connect(self._on_feed_whole)
        feed.values.connect(self._captions.show_values)
        feed.progressed.connect(self._overview.show_progress)
        feed.failed.connect(self._on_feed_failed)
        feed.settled.connect(self._on_feed_settled)
        head.tool_chosen.connect(view.set_tool)
        head.zoom_in_asked.connect(self.zoom_in)
        head.zoom_out_asked.connect(self.zoom_out)
        head.fit_asked.connect(self.fit_all)
        head.channels_chosen.connect(self.show_channels)
        self._stack.resized.connect(self._on_stack_resized)
        self._scroller.verticalScrollBar().valueChanged.connect(self.scrolled)
        head.show_tool(view.tool)

    def _on_stack_resized(self) -> None:
        self._feed.set_pixels(self._stack.time_scale().width * self.devicePixelRatioF())
        self._captions.write_selection()

    def _on_view_visible_changed(self, visible: Stretch) -> None:
        self._stack.set_visible(visible)
        shown = visible if self._recording else None
        self._axis.set_visible(shown, self._view.time_base.unit, self._view.clock)
        self._lanes.set_visible(shown)
        self._captions.write_selection()

    def _on_view_clock_changed(self) -> None:
        self._stack.tell_by_clock(self._view.clock)
        self._captions.write_times()
        self._on_view_visible_changed(self._view.visible)

    def _on_view_tool_changed(self, tool: str) -> None:
        self._head.show_tool(Tool(tool))
        self.tool_changed.emit(tool)

    def _on_feed_whole(self, points: Points) -> None:
        self._stack.set_whole(points)
        self._overview.set_points(points)
        self._captions.show_whole(points)
        self._has_values = bool(np.isfinite(points.values).any())

    def _on_feed_settled(self) -> None:
        """The whole recording is known now: where it holds no number, empty axes would leave the operator guessing."""
        if not self._has_values:
            self._notice.say(*_NO_VALUES)
        self.settled.emit()

    def _on_feed_failed(self, error: RecordingError) -> None:
        self._notice.say(error.what, error.way_out)
        self._overview.show_progress(1.0)  # nothing is being read any more
        self.read_failed.emit(error)

    def _show_runs(self) -> None:
        # What the operator says stands in a lane of its own; the signal itself has the model's colours.
        spans = tuple(span for span in self._spans if not span.by_you) or self._spans
        if spans != self._run_of:
            self._run_of, self._runs = spans, merged_runs(spans)
            self._overview.set_runs(self._runs)
        self._stack.set_runs(self._runs, self._coloured)

    def _missing(self) -> tuple[str, str]:
        if self._recording is None:
            return _NOTHING
        return ("", "") if self._recording.length else _NO_SAMPLES
