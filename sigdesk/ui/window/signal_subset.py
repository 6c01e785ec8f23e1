"""Signals that were answered somewhere, shown in the Workspace's list alone; their files are opened first. Where the
answer was of a stretch, that stretch is selected on the plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt

from sigdesk.app.model_report import Answered
from sigdesk.app.program import Program
from sigdesk.ui.window.main_window import MainWindow

_LEAST_PART: Final = 0.05
"""A stretch that is a smaller part of its signal is hard to see among the rest, so the plot goes there."""


class SignalSubset(QObject):
    """`show` opens them and then shows them; the list says so above its rows, and has the way back to all. The first
    stretch of a signal is selected whenever the signal is shown, until all are listed again."""

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._wanted: tuple[tuple[Path, str], ...] = ()
        self._title = ""
        self._stretches: dict[tuple[Path, str], tuple[int, int]] = {}
        # Queued, so that the plot shows the signal by then.
        program.session.current_changed.connect(self._select_stretch, Qt.ConnectionType.QueuedConnection)
        program.opened.connect(self._on_opened)
        window.signals.show_all_requested.connect(self._on_show_all_requested)

    def show(self, answered: Sequence[Answered], title: str) -> None:
        """Show these signals, and of them the first one on the plot."""
        self._wanted = tuple(dict.fromkeys((one.path, one.item) for one in answered))
        self._stretches = {(one.path, one.item): (one.start, one.stop) for one in reversed(answered)}
        self._title = title
        missing = [path for path in dict.fromkeys(path for path, _ in self._wanted) if not path.exists()]
        if missing:
            self._window.toast.say(f"{missing[0].name} is not there any more")
        there = [path for path in dict.fromkeys(path for path, _ in self._wanted) if path not in missing]
        if there:
            self._program.open(there)

    def _on_opened(self) -> None:
        if not self._wanted:
            return
        wanted, self._wanted = set(self._wanted), ()
        entries = [one for one in self._program.session.entries if (one.recording.path, one.recording.item) in wanted]
        if not entries:
            return
        self._program.signals.show_only(one.id for one in entries)
        self._window.signals.say_subset(self._title)
        self._window.show_page("Workspace")
        self._window.show_panel("Signals")
        if self._program.session.current is entries[0]:
            self._select_stretch(entries[0].id)
        self._program.session.show(entries[0].id)

    def _select_stretch(self, signal_id: int) -> None:
        recording, plots = self._program.session.recording(signal_id), self._window.plots
        if recording is None or plots.recording is not recording:
            return
        start, stop = self._stretches.get((recording.path, recording.item), (0, recording.length))
        if not 0 <= start < stop <= recording.length or stop - start == recording.length:
            return
        if stop - start < _LEAST_PART * recording.length:
            margin = stop - start
            times = recording.time_base
            plots.show_stretch(
                times.time_of(max(0, start - margin)), times.time_of(min(recording.length, stop + margin))
            )
        plots.set_selection((start, stop))

    def _on_show_all_requested(self) -> None:
        self._stretches = {}
        self._program.signals.show_only(())
        self._window.signals.say_subset("")
