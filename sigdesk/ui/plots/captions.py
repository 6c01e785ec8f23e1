"""Writes what cursor and selection say: on the time axis, on the selection's chip, in the readout."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.reader import CursorValues
from sigdesk.ui.plots.readings import TimeWords, ValueWords
from sigdesk.ui.plots.readout import Readout
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.time_axis import TimeAxis
from sigdesk.ui.plots.view import PlotView


class Captions(QObject):
    """Follows the view; values come from outside, as they have to be read."""

    def __init__(self, view: PlotView, stack: ChannelStack, axis: TimeAxis, readout: Readout, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._stack = stack
        self._axis = axis
        self._readout = readout
        self._channels: Sequence[Channel] = ()
        self._shown: Sequence[int] = ()
        self._times = TimeWords("s", 1.0)
        self._values = ValueWords(())
        view.selection_changed.connect(self.write_selection)
        view.cursor_changed.connect(self._on_view_cursor_changed)

    def begin(self, channels: Sequence[Channel]) -> None:
        """Begin anew with the recording that the view shows now, and with all of its channels."""
        self._channels = channels
        self._shown = range(len(channels))
        self._values = ValueWords(channels)
        self.write_times()
        self._on_view_cursor_changed(None)
        self.write_selection()

    def write_times(self) -> None:
        """Write times anew, by the clock or as they have elapsed."""
        view = self._view
        self._times = TimeWords(view.time_base.unit, view.limits.span / max(view.length, 1), view.clock)
        self.write_selection()

    def show_channels(self, shown: Sequence[int]) -> None:
        """Write the values of these channels only."""
        self._shown = shown
        self._write_values(self._stack.values)

    def show_whole(self, points: Points) -> None:
        """From the whole recording follows how many decimals its values need."""
        self._values = ValueWords(self._channels, points)

    def show_values(self, values: CursorValues) -> None:
        """Values were read; they are dropped when the cursor has moved on."""
        if values.index == self._view.cursor:
            self._stack.set_values(values)
            self._write_values(values)

    def write_selection(self) -> None:
        """Write the selection with the decimals that the present zoom can tell apart."""
        stretch, selection = self._view.selected_stretch, self._view.selection
        if stretch is None or selection is None:
            self._stack.marks.set_selection(None, "")
            self._readout.show_selection("")
            return
        scale = self._stack.time_scale()
        length = self._times.length(stretch, selection[1] - selection[0], scale)
        self._stack.marks.set_selection(stretch, length)
        self._readout.show_selection(self._times.stretch(stretch, scale))

    def _on_view_cursor_changed(self, index: int | None) -> None:
        time = None if index is None else self._view.time_of(index)
        text = "" if time is None else self._times.cursor(time, self._stack.time_scale())
        self._stack.marks.set_cursor(time)
        self._axis.set_cursor(None if time is None else (time, text))
        self._readout.show_time(text)
        if index is None:
            self._stack.set_values(None)
            self._write_values(None)

    def _write_values(self, values: CursorValues | None) -> None:
        self._readout.show_values(self._values.readings(values.values if values else None, self._shown))
