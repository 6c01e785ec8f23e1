"""The Jobs tab: the jobs of this session, or those of all runs; below them, what the table does not show."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from sigdesk.app.history_model import HistoryModel
from sigdesk.app.history_rows import HistoryStatus
from sigdesk.app.jobs_model import JobsModel
from sigdesk.ui.bottom.foot import Foot
from sigdesk.ui.bottom.history_table import HistoryTable
from sigdesk.ui.bottom.jobs import JobsTable
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.numbers import grouped

EXPORT: Final = "Export CSV"
CANCEL: Final = "Cancel export"
_NONE: Final = ("No jobs yet.", "Choose a model and press Ctrl Enter.")


class JobsTab(QFrame):
    """`table` has the session's jobs, `history` those of all runs; `show_all` says which of them is seen."""

    export_requested = Signal()
    cancel_export_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.table = JobsTable(look)
        self.history = HistoryTable(look)
        self._empty, self._nothing_found = EmptyState(look, *_NONE), EmptyState(look, *_NONE)
        self._foot, self._history_foot = Foot(look), Foot(look, (EXPORT, CANCEL))
        self._jobs: JobsModel | None = None
        self._status = HistoryStatus()
        self._text = ""
        self._outside = 0
        self._pages = QStackedWidget()
        for page in (self._empty, self.table, self._nothing_found, self.history):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self._foot)
        column.addWidget(self._history_foot)
        self._all = False
        self._history_foot.acted.connect(self._on_foot_acted)

    @property
    def shows_all(self) -> bool:
        """Whether the jobs of all runs are shown."""
        return self._all

    @property
    def empty(self) -> EmptyState:
        """What stands where the shown table has no rows."""
        return self._nothing_found if self._all else self._empty

    @property
    def foot_text(self) -> str:
        """What the line below the shown table says."""
        return (self._history_foot if self._all else self._foot).text

    def set_models(self, jobs: JobsModel, history: HistoryModel) -> None:
        """Give both tables what they show."""
        self._jobs = jobs
        self.table.set_model(jobs)
        self.history.set_model(history)
        for signal in (jobs.rowsInserted, jobs.modelReset, jobs.layoutChanged):
            signal.connect(self._show)
        self._show()

    def show_all(self, all_jobs: bool) -> None:
        """Show the jobs of all runs, or of this session."""
        had_keyboard = self.table.hasFocus() or self.history.hasFocus()
        self._all = all_jobs
        self._show()
        if had_keyboard:
            (self.history if all_jobs else self.table).setFocus()

    def say_filter(self, text: str) -> None:
        """What the tables are filtered by, for the words where nothing is found."""
        self._text = text
        self._empty.say(*((f'No job matches "{text}".', "") if text else _NONE))
        self._show()

    def show_outside(self, count: int) -> None:
        """Say how many jobs wait because the pool's queue is full."""
        self._outside = count
        self._show()

    def show_history(self, status: HistoryStatus) -> None:
        """Say where the search in the history stands."""
        self._status = status
        if self._all:
            self._show()

    def _show(self) -> None:
        if self._all:
            self._foot.setVisible(False)
            self._history_foot.setVisible(False)
            self._show_found()
        else:
            self._history_foot.setVisible(False)
            self._pages.setCurrentIndex(1 if self._jobs is not None and self._jobs.rowCount() else 0)
            more = "waits" if self._outside == 1 else "wait"
            self._foot.say(f"{grouped(self._outside)} more {more} outside the queue" if self._outside else "")

    def _show_found(self) -> None:
        status = self._status
        self._pages.setCurrentIndex(3 if status.shown else 2)
        if status.problem is not None:
            self._nothing_found.say(status.problem.what, status.problem.way_out)
        elif status.searching:
            self._nothing_found.say("Searching…", "All jobs are looked through, the newest first.")
        elif self._text:
            self._nothing_found.say(f'No job matches "{self._text}".', "Of all that the journal holds.")
        else:
            self._nothing_found.say(*_NONE)
        self._history_foot.say(foot_words(status))
        running = status.exported is not None
        self._history_foot.offer(CANCEL, running)
        self._history_foot.offer(EXPORT, not running, "" if status.shown else "There is nothing to export")

    def _on_foot_acted(self, link: str) -> None:
        (self.export_requested if link == EXPORT else self.cancel_export_requested).emit()


def foot_words(status: HistoryStatus) -> str:
    """Where a search in the history stands, in one line."""
    if status.exported is not None:
        return f"Exporting, {counted(status.exported, 'job')} so far"
    if status.searching:
        back = f", back to job {grouped(status.reached)}" if status.reached > 1 else ""
        return f"Searching: {grouped(status.shown)} found{back}"
    damaged = f" · {grouped(status.damaged)} could not be read" if status.damaged else ""
    if status.full:
        return f"The newest {grouped(status.shown)}. Search to find older ones{damaged}"
    if status.reached > 1:
        return f"The newest {grouped(status.shown)}. Scroll down for more{damaged}"
    return f"{counted(status.shown, 'job')}{damaged}"
