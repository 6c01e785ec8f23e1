"""The history of all jobs in the window: shown while somebody looks, searched as they type, opened, run again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from sigdesk.app.history_model import HistoryRow
from sigdesk.app.history_rows import HistoryStatus
from sigdesk.app.program import Program
from sigdesk.errors import SigDeskError
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.window.job_desk import JobDesk
from sigdesk.ui.window.main_window import MainWindow


class HistoryWiring(QObject):
    """Connects the program's history with the Jobs tab."""

    def __init__(self, program: Program, window: MainWindow, jobs: JobDesk) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._jobs = jobs
        self._connect()

    def _connect(self) -> None:
        history, bottom = self._program.history, self._window.bottom
        bottom.all_jobs_chosen.connect(self._on_all_jobs_chosen)
        bottom.jobs_filter_changed.connect(history.search)
        bottom.history.again_requested.connect(history.retry)
        bottom.history.open_requested.connect(self._on_open_requested)
        bottom.jobs_tab.export_requested.connect(self._jobs.export_jobs)
        bottom.jobs_tab.cancel_export_requested.connect(history.cancel_export)
        history.changed.connect(self._on_changed)
        history.retried.connect(self._on_retried)
        history.failed.connect(self._on_failed)

    def _on_all_jobs_chosen(self, all_jobs: bool) -> None:
        if all_jobs:
            self._program.history.open()
        else:
            self._program.history.shut()

    def _on_changed(self, status: HistoryStatus) -> None:
        self._window.bottom.jobs_tab.show_history(status)

    def _on_open_requested(self, row: HistoryRow) -> None:
        path = Path(row.path)
        if path.exists():
            self._program.open([path])
        else:
            self._window.toast.say(f"{path.name} is not there any more")

    def _on_retried(self, count: int) -> None:
        self._window.toast.say(f"{counted(count, 'job')} again in line")

    def _on_failed(self, error: SigDeskError) -> None:
        self._jobs.warn("Not done", error.what, error.way_out)
