"""Signals that were answered somewhere, shown in the Workspace's list alone; their files are opened first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from sigdesk.app.model_report import Answered
from sigdesk.app.program import Program
from sigdesk.ui.window.main_window import MainWindow


class SignalSubset(QObject):
    """`show` opens them and then shows them; the list says so above its rows, and has the way back to all."""

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._wanted: tuple[tuple[Path, str], ...] = ()
        self._title = ""
        program.opened.connect(self._on_opened)
        window.signals.show_all_requested.connect(self._on_show_all_requested)

    def show(self, answered: Sequence[Answered], title: str) -> None:
        """Show these signals, and of them the first one on the plot."""
        self._wanted = tuple(dict.fromkeys((one.path, one.item) for one in answered))
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
        self._program.session.show(entries[0].id)

    def _on_show_all_requested(self) -> None:
        self._program.signals.show_only(())
        self._window.signals.say_subset("")
