"""The Jobs table as a Qt model: open jobs first in their order, then the ended ones, the latest on top; or sorted."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from sigdesk.app.rows import ROW, SORT, JobRow
from sigdesk.app.sorting import Key, Order, job_value
from sigdesk.app.titled_columns import Index, TitledColumns
from sigdesk.pool.jobs import JobState

COLUMNS: Final = ("Job", "Signal", "Model", "State", "Worker", "Queued", "Ran", "")
_GROWS: Final = {"Queued": JobState.QUEUED, "Ran": JobState.RUNNING}
"""Columns whose values grow by themselves while a job stands in the state."""
KEPT_ENDED: Final = 10_000
"""Ended jobs that the table remembers; what it drops is still in the results of its signal."""
_MADE: Final = 256
"""Rows that are kept as they were made: those in view are asked for again with every cell."""
_FEW: Final = 16
_SAME_S: Final = 0.01
"""So long a row's times are as they were: it is asked for with every cell that is painted."""

Places = Callable[[Sequence[str]], Mapping[str, int]]
_STATE: Final = COLUMNS.index("State")
_CHANGING: Final = (_STATE, *map(COLUMNS.index, _GROWS))

STATE_WORDS: Final = {
    JobState.QUEUED: "Queued",
    JobState.RUNNING: "Running",
    JobState.SUCCEEDED: "Done",
    JobState.FAILED: "Failed",
    JobState.TIMED_OUT: "Timed out",
    JobState.CRASHED: "Crashed",
    JobState.CANCELLED: "Cancelled",
    JobState.REJECTED: "Rejected",
    JobState.INTERRUPTED: "Interrupted",
}


class Job(Protocol):
    """What the table itself must know of a job; the rest is in the row that is made of it."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def state(self) -> JobState: ...


def _as_it_is(row: Any) -> JobRow:
    assert isinstance(row, JobRow)
    return row


class JobsModel(TitledColumns):
    """Rows are JobRow under `ROW`. `count_changed` tells the tab how many jobs there are.

    The table holds jobs as they are given to it and makes a row of one when somebody looks at it: of thousands that end
    in a second a dozen are in view.
    """

    titles = COLUMNS

    count_changed = Signal(int)
    forgotten = Signal(object)
    """The ids of ended jobs that the table does not keep any more."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        kept_ended: int = KEPT_ENDED,
        make_row: Callable[[Any], JobRow] = _as_it_is,
        places: Places | None = None,
    ) -> None:
        """`make_row` makes a row of a job as it was given to `update_rows`. `places` tells how far jobs are from their
        start; without it they stand in the order of the table."""
        super().__init__(parent)
        self._kept_ended = kept_ended
        self._make_row = make_row
        self._places = places
        self._made: dict[str, JobRow] = {}
        self._present: dict[str, tuple[JobRow, bool, JobRow]] = {}
        self._present_since = 0.0
        self._unplaced = False
        """Whether jobs have changed that have not found their places yet."""
        self._texts: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._running: dict[str, Job] = {}
        self._queued: dict[str, Job] = {}
        self._ended: dict[str, Job] = {}
        self._filed = 0
        self._shown: list[str] = []
        self._words: list[str] = []
        self._order = Order()
        self._keys: dict[str, Key] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._row(self._shown[index.row()])
        if not row.state.ended and (role == ROW or index.column() in _CHANGING):
            row = self._as_of_now(row, index.row(), placed=self._places is None or index.column() == _STATE)
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cell(row, index.column())
        if role == SORT:
            return row.number
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (f"Job {row.id}", row.cause, *row.warnings) if part)
        return None

    def find(self, job_id: str) -> JobRow | None:
        return self._row(job_id) if self.holds(job_id) else None

    def holds(self, job_id: str) -> bool:
        """Whether the table remembers the job."""
        return job_id in self._ended or job_id in self._running or job_id in self._queued

    def given(self, job_id: str) -> Any:
        """A job as it was given last, None where the table does not remember it."""
        return self._ended.get(job_id) or self._running.get(job_id) or self._queued.get(job_id)

    def open_ids(self) -> list[str]:
        """The jobs that have not ended."""
        return [*self._running, *self._queued]

    def row_of(self, job_id: str) -> int:
        """The row in which a job is shown, -1 when it is not."""
        try:
            return self._shown.index(job_id)
        except ValueError:
            return -1

    def queued_ids(self) -> list[str]:
        return list(self._queued)

    @property
    def some_queued(self) -> bool:
        """Whether a job waits."""
        return bool(self._queued)

    @property
    def some_open(self) -> bool:
        """Whether a job has not ended."""
        return bool(self._queued or self._running)

    def count_waiting(self, model: str, version: str) -> int:
        """How many jobs of a model (by its title) wait."""
        rows = map(self._make_row, self._queued.values())
        return sum((row.model, row.version) == (model, version) for row in rows)

    def update_rows(self, jobs: Iterable[Job], *, more: bool = False) -> None:
        """Take in the present state of jobs, all at once. Where `more` follow at once, jobs find their new places with
        the last of them."""
        given: dict[str, Job] = {}
        for job in jobs:
            given.pop(job.id, None)  # of two words of one job the later counts, at its place
            given[job.id] = job
        before = list(map(self.given, given))
        for kept in (self._made, self._texts):
            for job_id in kept.keys() & given.keys():
                del kept[job_id]
        self._file(given, before)
        moved = [job_id for job_id in given if self._find_key(job_id)] if self._order else []
        if moved or [job and job.state for job in before] != [job.state for job in given.values()]:
            self._unplaced = True
        if more:
            self._unplaced = True
            return
        self._forget_oldest()
        if self._unplaced:
            self._lay_out()
            self.count_changed.emit(len(self._ended) + len(self._running) + len(self._queued))
        elif given:
            self._repaint(given)

    def move_queued(self, job_ids: Iterable[str], *, first: bool) -> None:
        """Waiting jobs were moved before or behind all others, in this order: the natural order shows them so."""
        moved = [job_id for job_id in job_ids if job_id in self._queued]
        wanted = set(moved)
        others = [job_id for job_id in self._queued if job_id not in wanted]
        order = [*moved, *others] if first else [*others, *moved]
        self._queued = {job_id: self._queued[job_id] for job_id in order}
        self._lay_out()

    def tick(self) -> None:
        """Time went by: show how long open jobs have waited and run by now."""
        count = len(self._running) + len(self._queued)
        if self._order and count:
            growing = _GROWS.get(COLUMNS[self._order.column])
            if growing is not None:
                for job_id in self._queued if growing is JobState.QUEUED else self._running:
                    self._find_key(job_id)
                self._lay_out()
            count = len(self._shown)
        last = min(count, len(self._shown)) - 1
        if last >= 0:
            self.dataChanged.emit(self.index(0, 0), self.index(last, len(COLUMNS) - 1))

    def set_filter(self, text: str) -> None:
        """Show jobs whose number, signal, model or state holds every word of `text`."""
        self._words = text.casefold().split()
        if not self._words:
            self._texts.clear()
        self._lay_out()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, whatever the state of the jobs; -1 brings the natural order back."""
        self._order = Order.of(column, order, COLUMNS)
        self._keys.clear()
        if self._order:
            for job_id in chain(self._ended, self._running, self._queued):
                self._find_key(job_id)
        self._lay_out()

    def _row(self, job_id: str) -> JobRow:
        row = self._made.get(job_id)
        if row is None:
            if len(self._made) >= _MADE:
                self._made.clear()
            row = self._made[job_id] = self._make_row(self.given(job_id))
        return row

    def _find_key(self, job_id: str) -> bool:
        """Make the job's sorting key, and say whether it is another one than before."""
        row = self._row(job_id)
        column = COLUMNS[self._order.column]
        value = job_value(row, column)
        growing = _GROWS.get(column)
        if growing is row.state and value is not None:
            value += time.monotonic() - self._told[row.id]
        key = self._order.key(value, row.number)
        before = self._keys.get(row.id)
        self._keys[row.id] = key
        return key != before

    def _as_of_now(self, row: JobRow, place: int, *, placed: bool) -> JobRow:
        now = time.monotonic()
        if now > self._present_since + _SAME_S:
            self._present.clear()
            self._present_since = now
        known = self._present.get(row.id)
        if known is not None and known[0] is row and (known[1] or not placed):
            return known[2]
        age = now - self._told[row.id]
        present = row
        if row.state is JobState.QUEUED:
            waited = None if row.queued_s is None else row.queued_s + age
            present = replace(row, place=self._place(row.id, place) if placed else None, queued_s=waited)
        elif row.run_s is not None:
            present = replace(row, run_s=row.run_s + age)
        self._present[row.id] = row, placed or row.state is not JobState.QUEUED, present
        return present

    def _file(self, given: Mapping[str, Job], before: Sequence[Job | None]) -> None:
        """Put each job among those of its state, at the end where it was not among them. Thousands come in a second."""
        now = time.monotonic()
        self._filed += len(given)
        told, queued, running, ended = self._told, self._queued, self._running, self._ended
        for (job_id, job), was in zip(given.items(), before, strict=True):
            state = job.state
            if was is not None and was.state is not state:
                queued.pop(job_id, None)
                running.pop(job_id, None)
                if was.state.ended:
                    del ended[job_id]
            if state.ended:
                told.pop(job_id, None)
                ended[job_id] = job
            else:
                told[job_id] = now
                (queued if state is JobState.QUEUED else running)[job_id] = job
        for jobs in (told, queued, running):
            if not jobs:
                jobs.clear()  # the room of all that were in it at once, which it keeps when they leave one by one

    def _forget_oldest(self) -> None:
        gone = list(islice(self._ended, max(0, len(self._ended) - self._kept_ended)))
        for job_id in gone:
            del self._ended[job_id]
        if not self.some_open and self._filed > len(self._ended) // 2:
            # A dictionary that some leave while others come has room for four times as many.
            self._ended, self._filed = dict(self._ended), 0
        for kept in (self._keys, self._made, self._texts):
            for job_id in kept.keys() & gone:
                del kept[job_id]
        if gone:
            self.forgotten.emit(gone)

    def _lay_out(self) -> None:
        self._present.clear()
        self._unplaced = False
        shown = [*self._running, *self._queued, *reversed(self._ended)]
        if self._words:
            shown = [job_id for job_id in shown if self._matches(job_id)]
        if self._order:
            shown = self._sorted(shown)
        before = len(self._shown)
        if before and len(shown) >= before and not self.persistentIndexList():
            # No row is held, and none goes: a view need not be laid out anew, with its head.
            self._shown = shown[:before]
            self.dataChanged.emit(self.index(0, 0), self.index(before - 1, len(COLUMNS) - 1))
            if len(shown) > before:
                self.beginInsertRows(QModelIndex(), before, len(shown) - 1)
                self._shown = shown
                self.endInsertRows()
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [self._shown[index.row()] for index in held]
        self._shown = shown
        if held:
            places = _places_of(set(ids), shown)
            for index, job_id in zip(held, ids, strict=True):
                place = places.get(job_id)
                moved = QModelIndex() if place is None else self.index(place, index.column())
                self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _sorted(self, shown: list[str]) -> list[str]:
        """What is in order already is sorted again in no time, so what was shown before comes first."""
        wanted = set(shown)
        known = [job_id for job_id in self._shown if job_id in wanted]
        wanted.difference_update(known)
        known += wanted
        return sorted(known, key=self._keys.__getitem__, reverse=self._order.descending)

    def _repaint(self, wanted: Collection[str]) -> None:
        # What changes without moving is running, and the running ones stand on top of the natural order.
        among = self._shown if self._order else self._shown[: len(self._running)]
        places = [place for place, job_id in enumerate(among) if job_id in wanted]
        first, last = (min(places), max(places)) if places else (0, len(self._shown) - 1)
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _matches(self, job_id: str) -> bool:
        text = self._texts.get(job_id)
        if text is None:
            row = self._row(job_id)
            text = f"{row.number} {row.signal} {row.model} {STATE_WORDS[row.state]} {row.result_text} {row.cause}"
            text = self._texts[job_id] = text.casefold()
        return all(word in text for word in self._words)

    def _place(self, job_id: str, shown_row: int) -> int | None:
        if self._places is not None:
            return self._places((job_id,)).get(job_id)
        return None if self._words or self._order else shown_row - len(self._running) + 1


def _places_of(ids: set[str], shown: list[str]) -> dict[str, int]:
    """Where these jobs stand now. A few are looked for one by one, which a list does faster than Python counts."""
    if len(ids) > _FEW:
        return {job_id: place for place, job_id in enumerate(shown) if job_id in ids}
    return {job_id: shown.index(job_id) for job_id in ids if job_id in shown}


def _cell(row: JobRow, column: int) -> str:
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
        case "Queued":
            return seconds_text(row.queued_s)
        case "Ran":
            return seconds_text(row.run_s)
    return ""


def seconds_text(seconds: float | None) -> str:
    """ "0.14 s", "1.9 s", "03:27", or an en dash where there is none."""
    if seconds is None:
        return "–"
    if seconds < 0.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:02}:{rest:02}"
