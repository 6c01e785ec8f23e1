"""The jobs of all runs as a Qt model: what a search in the journal has found, the newest first, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from sigdesk.app.jobs_model import STATE_WORDS, seconds_text
from sigdesk.app.rows import ROW, JobRow
from sigdesk.app.titled_columns import Index, TitledColumns
from sigdesk.pool.jobs import JobState

COLUMNS: Final = ("Job", "Signal", "Model", "State", "Worker", "Accepted", "Ran", "")
KEPT_ROWS: Final = 20_000
"""More rows than this nobody scrolls through: a search finds the older ones."""


class HistoryRow(JobRow, frozen=True):
    """A job of any run. `created` is when it was accepted (s since the epoch), `path` where its signal is ("" for one
    that existed only in memory), `error` the whole sentence; `ours` says that this session has it in its table."""

    created: float = 0.0
    path: str = ""
    error: str = ""
    ours: bool = False

    @property
    def can_cancel(self) -> bool:
        return self.ours and not self.state.ended

    @property
    def can_retry(self) -> bool:
        return not self.can_cancel

    @property
    def ended_for_good(self) -> bool:
        """Whether it will not be run again by itself, nor offered to be."""
        return self.state.ended and self.state is not JobState.INTERRUPTED


class HistoryModel(TitledColumns):
    """Rows are HistoryRow under `ROW`. `more_wanted` comes when the view has been scrolled to the end of what is there.

    `live` gives the row that this session's own table has of a job: it is newer than what was read.
    """

    titles = COLUMNS

    more_wanted = Signal()

    def __init__(
        self,
        live: Callable[[str], JobRow | None],
        parent: QObject | None = None,
        *,
        kept_rows: int = KEPT_ROWS,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._kept = kept_rows
        self._rows: list[HistoryRow] = []
        self._has_more = False

    @property
    def is_full(self) -> bool:
        """Whether it keeps no more rows."""
        return len(self._rows) >= self._kept

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._as_of_now(self._rows[index.row()])
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cell(row, index.column())
        return None

    def rows_of(self, job_ids: Collection[str]) -> list[HistoryRow]:
        """The rows of these jobs, as they are now."""
        return [self._as_of_now(row) for row in self._rows if row.id in job_ids]

    def canFetchMore(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        return not parent.isValid() and self._has_more and not self.is_full

    def fetchMore(self, parent: Index = QModelIndex()) -> None:  # noqa: B008
        if self.canFetchMore(parent):
            self._has_more = False  # asked once; the answer says whether there is more
            self.more_wanted.emit()

    def clear(self) -> None:
        """Show nothing: another search has begun."""
        self.beginResetModel()
        self._rows = []
        self._has_more = False
        self.endResetModel()

    def append(self, rows: Sequence[HistoryRow]) -> None:
        """Add what was found further back."""
        rows = rows[: self._kept - len(self._rows)]
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def set_has_more(self, more: bool) -> None:
        """Whether scrolling to the end brings more."""
        self._has_more = more

    def put_on_top(self, rows: Sequence[HistoryRow]) -> None:
        """Take in the newest rows: those that are not there yet come first, the others are shown as they are now."""
        known = {row.id: place for place, row in enumerate(self._rows[: 2 * len(rows)])}
        new = [row for row in rows if row.id not in known]
        for row in rows:
            if row.id in known:
                self._rows[known[row.id]] = row
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows[:0] = new
            self.endInsertRows()
        over = len(self._rows) - self._kept
        if over > 0:
            self.beginRemoveRows(QModelIndex(), self._kept, len(self._rows) - 1)
            del self._rows[self._kept :]
            self.endRemoveRows()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def _as_of_now(self, row: HistoryRow) -> HistoryRow:
        live = self._live(row.id)
        if live is None:
            return row
        return replace(
            row,
            ours=True,
            state=live.state,
            progress=live.progress,
            mark=live.mark,
            result_text=live.result_text,
            confidence=live.confidence,
            unsure=live.unsure,
            cause=live.cause or row.cause,
            worker=live.worker,
            run_s=live.run_s,
            warnings=live.warnings,
        )


def _cell(row: HistoryRow, column: int) -> str:
    match COLUMNS[column]:
        case "Job":
            return str(row.number)
        case "Signal":
            return row.signal
        case "Model":
            return f"{row.model} {row.version}"
        case "State":
            sure = "" if row.confidence is None else f" {row.confidence:.0%}"
            return f"{STATE_WORDS[row.state]} {row.result_text or row.cause}{sure}".rstrip()
        case "Worker":
            return "–" if row.worker is None else str(row.worker)
        case "Accepted":
            return time.strftime("%Y-%m-%d %H:%M", time.localtime(row.created))
        case "Ran":
            return seconds_text(row.run_s)
    return ""
