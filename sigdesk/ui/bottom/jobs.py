"""The Jobs tab: every job of the session in one table, to cancel, to run again, to follow into its log."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from sigdesk.app.rows import ROW, JobRow
from sigdesk.pool.jobs import JobState
from sigdesk.ui.bottom.job_delegate import ACTIONS, COLUMNS, Action, JobDelegate, action_at
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.rows.states import JOB_STATES
from sigdesk.ui.rows.table import RowTable
from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class JobsTable(RowTable):
    """Says which jobs to cancel or retry, which to show in the log, which was opened, and what to copy."""

    cancel_requested = Signal(tuple)
    retry_requested = Signal(tuple)
    job_activated = Signal(str)
    job_chosen = Signal(str)
    show_log_requested = Signal(str)
    details_requested = Signal(str)
    export_requested = Signal(str)
    copy_requested = Signal(str)

    run_next_requested = Signal(tuple)
    run_last_requested = Signal(tuple)

    def __init__(
        self, look: Look, columns: Sequence[Column] = COLUMNS, name: str = "Jobs", parent: QWidget | None = None
    ) -> None:
        super().__init__(look, columns, name, parent)
        self._look = look
        self.use_delegate(JobDelegate(look, self))
        self.row_opened.connect(self._on_row_opened)
        self.copy_wanted.connect(self._copy)
        self.customContextMenuRequested.connect(self._on_menu_wanted)

    def use_delegate(self, delegate: JobDelegate) -> None:
        """Paint the rows with this delegate."""
        self._delegate = delegate
        self.setItemDelegate(delegate)

    def selected_jobs(self) -> list[JobRow]:
        return [row for row in self.selected_rows() if isinstance(row, JobRow)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._cancel(self.selected_jobs())
        elif event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            row = self.currentIndex().data(ROW)
            if isinstance(row, JobRow):
                self.details_requested.emit(row.id)
        else:
            super().keyPressEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        jobs = self.selected_jobs()
        self.job_chosen.emit(jobs[0].id if len(jobs) == 1 else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index, action = self._action_at(event.position().toPoint())
        if action is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        row = index.data(ROW)
        if action is Action.CANCEL:
            self.cancel_requested.emit((row.id,))
        elif action is Action.RETRY:
            self.retry_requested.emit((row.id,))
        else:
            self.setCurrentIndex(index)
            self._show_menu(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        _, action = self._action_at(event.position().toPoint())
        if action is None:
            super().mouseDoubleClickEvent(event)
        elif action is not Action.MENU:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index, action = self._action_at(event.position().toPoint())
        self._heat(None if action is None else (index.row(), action))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._heat(None)

    def menu(self) -> QMenu:
        """The menu of the selected jobs."""
        jobs = self.selected_jobs()
        live, ended = [job for job in jobs if job.can_cancel], [job for job in jobs if job.can_retry]
        waiting = tuple(job.id for job in jobs if job.state is JobState.QUEUED)
        none_waits = "" if waiting else "No chosen job is waiting"
        one = "" if len(jobs) == 1 else "Choose one job"
        one_ended = one or ("" if ended else "The job has not ended yet")
        not_ended = "" if ended else "No chosen job has ended"
        all_ended = "" if live else "Every chosen job has ended"
        entries = (
            Entry("Open signal", "folder-open", lambda: self.job_activated.emit(jobs[0].id), one),
            Entry("Show log", "terminal-window", lambda: self.show_log_requested.emit(jobs[0].id), one),
            Entry("Details…", "info", lambda: self.details_requested.emit(jobs[0].id), one),
            None,
            Entry("Retry", "arrow-clockwise", lambda: self._retry(ended), not_ended),
            Entry("Cancel", "x", lambda: self._cancel(live), all_ended),
            Entry("Run next", "arrow-line-up", lambda: self.run_next_requested.emit(waiting), none_waits),
            Entry("Run last", "arrow-line-down", lambda: self.run_last_requested.emit(waiting), none_waits),
            None,
            Entry("Copy", "copy", self._copy, "" if jobs else "Choose a job"),
            Entry("Export reproduction…", "export", lambda: self.export_requested.emit(jobs[0].id), one_ended),
        )
        return row_menu(self._look, entries, self)

    def _cancel(self, jobs: Sequence[JobRow]) -> None:
        ids = tuple(job.id for job in jobs if job.can_cancel)
        if ids:
            self.cancel_requested.emit(ids)

    def _retry(self, jobs: Sequence[JobRow]) -> None:
        ids = tuple(job.id for job in jobs if job.can_retry)
        if ids:
            self.retry_requested.emit(ids)

    def _copy(self) -> None:
        jobs = self.selected_jobs()
        if jobs:
            self.copy_requested.emit("\n".join(map(_as_text, jobs)))

    def _show_menu(self, place: QPoint) -> None:
        self.menu().popup(place)

    def _on_menu_wanted(self, place: QPoint) -> None:
        if self.indexAt(place).isValid():
            self._show_menu(self.viewport().mapToGlobal(place))

    def _on_row_opened(self, row: object) -> None:
        if isinstance(row, JobRow):
            self.job_activated.emit(row.id)

    def _action_at(self, place: QPoint) -> tuple[QModelIndex, Action | None]:
        index = self.indexAt(place)
        if not index.isValid() or index.column() != ACTIONS:
            return index, None
        cell: QRect = self.visualRect(index)
        return index, action_at(index.data(ROW), cell, place)

    def _heat(self, hot: tuple[int, Action] | None) -> None:
        """Mark the action under the mouse."""
        if hot == self._delegate.hot:
            return
        for place in (self._delegate.hot, hot):
            if place is not None:
                self.viewport().update(self.visualRect(self.model().index(place[0], ACTIONS)))
        self._delegate.hot = hot


def _as_text(job: JobRow) -> str:
    """A job as one line for the clipboard, with its full id."""
    parts = (job.id, job.signal, f"{job.model} {job.version}", JOB_STATES[job.state].word, job.result_text or job.cause)
    return "\t".join(map(visible, parts))
