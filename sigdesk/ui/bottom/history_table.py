"""The table of the jobs of all runs: as that of this session, with the day of each job and what can be done with it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from sigdesk.app.history_model import HistoryModel, HistoryRow
from sigdesk.app.rows import ROW, JobRow
from sigdesk.ui.bottom.job_delegate import JobDelegate
from sigdesk.ui.bottom.jobs import JobsTable
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.theme.look import Look

COLUMNS: Final = (
    Column(64, 56),
    Column(148, 108, 3, elide=Qt.TextElideMode.ElideMiddle),
    Column(150, 104, 2, goes=3),
    Column(196, 160, 3),
    Column(60, 56, goes=1),
    Column(136, 132, goes=2),
    Column(60, 60, right=True, goes=4),
    Column(104, 76),
)
"""As those of the Jobs table, but for when each was accepted."""
_ACCEPTED: Final = 5


class HistoryTable(JobsTable):
    """Asks for HistoryRows to be run again or opened: this session may know nothing of their signals."""

    again_requested = Signal(object)
    open_requested = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, COLUMNS, "All jobs", parent)
        self.use_delegate(HistoryDelegate(look, self))
        self.retry_requested.connect(self._on_retry_requested)
        self.job_activated.connect(self._on_job_activated)

    def selected_history(self) -> list[HistoryRow]:
        return [row for row in self.selected_rows() if isinstance(row, HistoryRow)]

    def menu(self) -> QMenu:
        """The menu of the selected jobs."""
        rows = self.selected_history()
        live, others = [row for row in rows if row.can_cancel], [row for row in rows if row.can_retry]
        one = "" if len(rows) == 1 else "Choose one job"
        no_live = "" if live else "No chosen job is of this session and open"
        one_ended = one or ("" if rows[0].ended_for_good else "The job has not ended yet")
        entries = (
            Entry("Details…", "info", lambda: self.details_requested.emit(rows[0].id), one),
            Entry("Show log", "terminal-window", lambda: self.show_log_requested.emit(rows[0].id), one),
            Entry("Open signal", "folder-open", lambda: self.open_requested.emit(rows[0]), one or no_file(rows[0])),
            None,
            Entry("Retry", "arrow-clockwise", lambda: self.again_requested.emit(others), nothing_to_retry(others)),
            Entry("Cancel", "x", lambda: self._cancel(live), no_live),
            None,
            Entry("Copy", "copy", self._copy, "" if rows else "Choose a job"),
            Entry("Export reproduction…", "export", lambda: self.export_requested.emit(rows[0].id), one_ended),
        )
        return row_menu(self._look, entries, self)

    def _on_retry_requested(self, job_ids: tuple[str, ...]) -> None:
        model = self.model()
        assert isinstance(model, HistoryModel)
        self.again_requested.emit(model.rows_of(job_ids))

    def _on_job_activated(self, job_id: str) -> None:
        row = self.currentIndex().data(ROW)
        if isinstance(row, HistoryRow) and row.id == job_id:
            self.details_requested.emit(job_id)


class HistoryDelegate(JobDelegate):
    """The tooltip of a job of any run says where its signal is, and the whole of its error."""

    def shows(self, column: int, number: int, row: object) -> Hashable | None:
        return None if column == _ACCEPTED else super().shows(column, number, row)

    def tip(self, place: QPoint, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> str:
        row = index.data(ROW)
        text = super().tip(place, rect, index)
        if not isinstance(row, HistoryRow) or "\n" not in text:
            return text
        return "\n".join(part for part in (text, row.path, row.error) if part)


def no_file(row: JobRow) -> str:
    """Why the signal of a job cannot be opened from its file."""
    return "" if isinstance(row, HistoryRow) and row.path else "Its signal is in no file"


def nothing_to_retry(rows: Sequence[JobRow]) -> str:
    return "" if rows else "Every chosen job waits or runs"
