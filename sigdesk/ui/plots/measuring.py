"""The measure tool: its cursors, what is read between them off the window's thread, and the strip that tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, QRectF, Signal

from sigdesk.errors import RecordingError
from sigdesk.signals.measure import Measurement, measure
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.latest import Cancelled, Latest
from sigdesk.ui.plots.measure_cursors import Cursors, MeasureCursors
from sigdesk.ui.plots.measure_marks import MeasureMarks
from sigdesk.ui.plots.measure_strip import MeasureStrip
from sigdesk.ui.plots.measure_words import as_table, row_of, span_text, times_text
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.view import PlotView
from sigdesk.ui.theme.look import Look


class Measuring(QObject):
    """Follows the view's tool. `measured` comes when a stretch was read to its end; `copy_asked` carries a text."""

    measured = Signal(object)
    copy_asked = Signal(str)

    def __init__(self, look: Look, view: PlotView, stack: ChannelStack, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._recording: Recording | None = None
        self._shown: tuple[int, ...] = ()
        self._found: Measurement | None = None
        self.strip = MeasureStrip(look)
        self._marks = MeasureMarks(look, stack.time_scale, stack.seen, stack.heights_of)
        stack.scene().addItem(self._marks)
        self._cursors = MeasureCursors(view, stack.time_scale, stack.viewport(), stack)
        self._latest = Latest(self)
        self._cursors.changed.connect(self._on_cursors_changed)
        self._latest.answered.connect(self._on_answered)
        self._latest.failed.connect(self._on_failed)
        self.strip.copy_asked.connect(self._on_copy_asked)
        view.visible_changed.connect(self._on_view_visible_changed)
        stack.resized.connect(lambda: self._marks.set_rect(QRectF(stack.rect())))
        look.changed.connect(self._on_view_visible_changed)

    @property
    def found(self) -> Measurement | None:
        """What is measured so far between the cursors as they stand."""
        return self._found

    @property
    def cursors(self) -> Cursors | None:
        """The samples under the cursors, or None while the tool is not taken."""
        return self._cursors.cursors

    def show_recording(self, recording: Recording | None) -> None:
        """Measure in this recording from now on; the view shows it already."""
        self._recording = recording
        self._shown = tuple(range(len(recording.channels))) if recording else ()
        self._cursors.begin()
        self._measure()

    def replace_recording(self, recording: Recording) -> None:
        """The same signal, seen in another way: measure between the same cursors."""
        self._recording = recording
        self._measure()

    def show_channels(self, shown: Sequence[int]) -> None:
        """Tell of these channels only."""
        self._shown = tuple(shown)
        self._write()

    def close(self) -> None:
        self._latest.close()

    def _on_cursors_changed(self, cursors: Cursors | None) -> None:
        if self._found is None or cursors is None or (self._found.start, self._found.stop) != tuple(sorted(cursors)):
            self._measure()
        self._mark()

    def _measure(self) -> None:
        cursors, recording = self._cursors.cursors, self._recording
        self._found = None
        self.strip.setVisible(cursors is not None and recording is not None)
        if cursors is None or recording is None:
            self._latest.drop()
            return
        start, stop = sorted(cursors)

        def work(cancelled: Cancelled) -> Iterator[object]:
            yield from measure(recording, start, stop, cancelled)

        self._latest.ask(work, recording.name)
        self._mark()

    def _mark(self) -> None:
        cursors, recording = self._cursors.cursors, self._recording
        if cursors is None or recording is None:
            self._marks.show_cursors(None, 1, "")
            return
        times = self._view.time_of(cursors[0]), self._view.time_of(cursors[1])
        text = span_text(abs(times[1] - times[0]), recording)
        self._marks.show_cursors(times, self._cursors.moving, text)
        if self._found is not None:
            self._mark_values(self._found)

    def _mark_values(self, found: Measurement) -> None:
        self._marks.show_values(
            [channel.first for channel in found.channels], [channel.last for channel in found.channels]
        )

    def _on_view_visible_changed(self) -> None:
        self._marks.update()

    def _on_answered(self, found: Measurement) -> None:
        self._found = found
        self._mark_values(found)
        self._write()
        if found.share >= 1:
            self.measured.emit(found)

    def _on_failed(self, error: RecordingError) -> None:
        self._found = None
        self.strip.show_rows((), error.what)

    def _write(self) -> None:
        found, recording = self._found, self._recording
        if found is None or recording is None:
            return
        self.strip.show_times(times_text(found, recording))
        rows = [row_of(found.channels[index], recording.channels[index]) for index in self._shown]
        self.strip.show_rows(rows, "" if found.share >= 1 else f"{found.share:.0%} read")

    def _on_copy_asked(self) -> None:
        if self._found is not None and self._recording is not None:
            rows = [row_of(self._found.channels[index], self._recording.channels[index]) for index in self._shown]
            self.copy_asked.emit(as_table(self._found, self._recording, rows))
