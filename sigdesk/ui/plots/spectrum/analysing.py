"""Keeps the spectrum panel up to date: the selection, or else what is visible, worked on off the window's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.errors import RecordingError
from sigdesk.signals.describe import format_count, format_number, format_value, printable_name, stretch_text
from sigdesk.signals.recording import Recording
from sigdesk.signals.spectrum import Segments, Spectrogram, Spectrum, obstacle, spectrogram, spectrum
from sigdesk.ui.plots.latest import Cancelled, Latest
from sigdesk.ui.plots.spectrum.panel import SPECTRUM, SpectrumPanel
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.view import PlotView
from sigdesk.ui.theme.look import Look

_PAUSE_MS: Final = 60
"""A view that is being moved asks no more often than this."""


class Analysing(QObject):
    """`toggled` tells whether the panel is shown, `drawn` comes with each picture that is complete."""

    toggled = Signal(bool)
    drawn = Signal()

    def __init__(self, look: Look, view: PlotView, stack: ChannelStack, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._stack = stack
        self._recording: Recording | None = None
        self._is_on = False
        self.panel = SpectrumPanel(look, stack.time_scale)
        self._latest = Latest(self)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._latest.answered.connect(self._on_answered)
        self._latest.failed.connect(self._on_failed)
        self.panel.chosen.connect(self._ask_soon)
        self.panel.close_asked.connect(self.toggle)
        view.selection_changed.connect(self._ask_soon)
        view.visible_changed.connect(self._on_view_visible_changed)

    @property
    def is_on(self) -> bool:
        return self._is_on

    def toggle(self) -> None:
        """Show the panel, or hide it."""
        self._is_on = not self._is_on
        self.panel.setVisible(self._is_on)
        if self._is_on:
            self._ask_soon()
        else:
            self._latest.drop()
        self.toggled.emit(self._is_on)

    def show_recording(self, recording: Recording | None) -> None:
        """Work on this recording from now on; the view shows it already."""
        self._recording = recording
        self._latest.drop()
        self.panel.image.show_spectrogram(None)
        self.show_channels(range(len(recording.channels)) if recording else ())

    def replace_recording(self, recording: Recording) -> None:
        """The same signal, seen in another way."""
        self._recording = recording
        self._ask_soon()

    def show_channels(self, shown: Sequence[int]) -> None:
        """Offer these channels."""
        channels = self._recording.channels if self._recording else ()
        self.panel.show_channels([(index, channels[index].name) for index in shown])
        self._ask_soon()

    def close(self) -> None:
        self._pause.stop()
        self._latest.close()

    def _ask_soon(self) -> None:
        if self._is_on and not self._pause.isActive():
            self._pause.start()

    def _on_view_visible_changed(self) -> None:
        self.panel.image.update()
        if self._view.selection is None:
            self._ask_soon()

    def _stretch(self) -> tuple[int, int]:
        view = self._view
        if view.selection is not None:
            return view.selection
        return view.visible_samples

    def _ask(self) -> None:
        recording, channel = self._recording, self.panel.channel
        if not self._is_on or recording is None or channel is None:
            self._latest.drop()
            self.panel.show_notice("Choose a signal first")
            self.panel.show_note("")
            return
        start, stop = self._stretch()
        why = obstacle(recording, start, stop)
        self._title(recording, channel)
        self.panel.show_notice(why)
        if why:
            self._latest.drop()
            self.panel.show_note("")
            return
        cut, columns = self.panel.cut, int(self._stack.time_scale().width)
        is_curve = self.panel.kind == SPECTRUM

        def work(cancelled: Cancelled) -> Iterator[object]:
            if is_curve:
                yield from spectrum(recording, channel, start, stop, cut, cancelled)
            else:
                yield from spectrogram(recording, channel, start, stop, cut, columns, cancelled)

        self._latest.ask(work, recording.name)
        if not self.panel.note:
            self.panel.show_note("Working…")

    def _title(self, recording: Recording, index: int) -> None:
        channel = recording.channels[index]
        unit, per = printable_name(channel.unit), "Hz" if recording.time_base.unit else "cycle per sample"
        density = f"dB, {unit}²/{per}" if unit else "dB"
        self.panel.curve.show_title(printable_name(channel.name), density if recording.time_base.unit else "dB")
        self.panel.image.show_title(printable_name(channel.name), "" if recording.time_base.unit else "per sample")

    def _on_answered(self, found: Spectrum | Spectrogram) -> None:
        if self._recording is None:
            return
        unit = "Hz" if self._recording.time_base.unit else ""
        if isinstance(found, Spectrum):
            self.panel.curve.show_spectrum(found, unit)
            about = "" if found.peak is None else f"peak {format_value(found.peak, unit)}"
        else:
            self.panel.image.show_spectrogram(found, unit)
            levels = (format_number(level, 0) for level in (found.low, found.high))
            about = f"{' to '.join(levels)} dB" if found.segments.used else ""
        parts = (about, segment_words(found.segments), self._stretch_words())
        self.panel.show_note(" · ".join(part for part in parts if part))
        if not found.segments.used and found.segments.share >= 1:
            self.panel.show_notice("Samples are missing everywhere in this stretch, so it has no spectrum.")
        if found.segments.share >= 1:
            self.drawn.emit()

    def _on_failed(self, error: RecordingError) -> None:
        self.panel.show_notice(f"{error.what} {error.way_out}".strip())
        self.panel.show_note("")

    def _stretch_words(self) -> str:
        if self._view.selection is None:
            return ""
        stretch = self._view.selected_stretch
        assert stretch is not None
        return stretch_text(stretch.start, stretch.stop, self._view.time_base.unit)


def segment_words(segments: Segments) -> str:
    """What the picture was made of: "4 096 of 31 249 segments of 512, 3 left out: samples missing"."""
    if segments.share < 1:
        return f"{segments.share:.0%} done"
    read = segments.used + segments.missing
    count = format_count(read) if read == segments.total else f"{format_count(read)} of {format_count(segments.total)}"
    words = f"{count} segment{'' if segments.total == 1 else 's'} of {format_count(segments.length)}"
    return words + (f", {format_count(segments.missing)} left out: samples missing" if segments.missing else "")
