"""The Log as a Qt model over a ring of lines: bounded, filtered by job, level and text, appended once a frame."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from sigdesk.app.rows import ROW, LogRow
from sigdesk.pool.jobs import Origin

Index = QModelIndex | QPersistentModelIndex

KEPT_LINES: Final = 50_000
WORDS: Final = ("LOG", "OUT", "ERROR")
"""The chips. WARN goes with LOG, and what SigDesk says itself (JOB) always shows."""


class LogModel(QAbstractListModel):
    """Rows are LogRow under `ROW`. `counts_changed` tells the chips how many lines each level has, of what is shown."""

    counts_changed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, kept_lines: int = KEPT_LINES) -> None:
        super().__init__(parent)
        self._kept = kept_lines
        self._lines: deque[LogRow] = deque(maxlen=kept_lines)
        self._stored: Sequence[LogRow] | None = None
        self._shown: deque[LogRow] = deque()
        self._job_id = ""
        self._levels = set(WORDS)
        self._text = ""
        self._dropped = 0
        self._counts: Counter[str] = Counter()

    @property
    def job_id(self) -> str:
        """The job whose lines are shown, "" for all."""
        return self._job_id

    @property
    def has_lines(self) -> bool:
        """Whether there are lines of what is shown, whatever the levels and the text."""
        return bool(self._counts.total())

    @property
    def dropped(self) -> int:
        """Lines that came too fast or are too old to be kept."""
        return self._dropped

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.clock}  {row.word:<5}  {row.text}"
        return None

    def append(self, rows: Sequence[LogRow], dropped: int = 0) -> None:
        """Add a frame's lines; `dropped` counts those that did not make it here."""
        over = max(0, len(self._lines) + len(rows) - self._kept)
        self._dropped += dropped + over
        self._counts.subtract(self._chips_of(islice(self._lines, over)))
        self._counts.update(self._chips_of(rows[-self._kept :]))
        self._lines.extend(rows)
        new = list(rows) if self._takes_all else [row for row in rows if self._passes(row)]
        new = new[-self._kept :]
        if new:
            self._make_room(len(new))
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._shown.extend(new)
            self.endInsertRows()
        if rows:
            self.counts_changed.emit(self._counts_shown())

    def clear(self) -> None:
        """Forget every line."""
        self._lines.clear()
        self._dropped = 0
        self._rebuild()

    def show_job(self, job_id: str) -> None:
        """Show the lines of one job, or of all ("")."""
        self._job_id, self._stored = job_id, None
        self._rebuild()

    def show_stored(self, rows: Sequence[LogRow]) -> None:
        """Show lines of the job that is shown which are not kept here, until another one is shown."""
        self._stored = rows
        self._rebuild()

    def show_levels(self, words: Sequence[str]) -> None:
        """Show the levels of these chips."""
        self._levels = set(words)
        self._rebuild()

    def find_text(self, text: str) -> None:
        """Show lines that hold `text`."""
        self._text = text.casefold()
        self._rebuild()

    def lines_of(self, job_id: str) -> list[LogRow]:
        """All kept lines of one job."""
        return [row for row in self._lines if row.job_id == job_id]

    @property
    def _takes_all(self) -> bool:
        return not self._job_id and not self._text and len(self._levels) == len(WORDS)

    def _passes(self, row: LogRow) -> bool:
        return (
            (not self._job_id or row.job_id == self._job_id)
            and _chip(row) in self._levels
            and (not self._text or self._text in row.text.casefold())
        )

    def _make_room(self, count: int) -> None:
        over = len(self._shown) + count - self._kept
        if over > 0:
            self.beginRemoveRows(QModelIndex(), 0, over - 1)
            for _ in range(over):
                self._shown.popleft()
            self.endRemoveRows()

    def _rebuild(self) -> None:
        rows = self._lines if self._stored is None else self._stored
        self._counts = Counter(self._chips_of(rows))
        self.beginResetModel()
        self._shown = deque(row for row in rows if self._passes(row))
        self.endResetModel()
        self.counts_changed.emit(self._counts_shown())

    def _chips_of(self, rows: Iterable[LogRow]) -> Iterable[str]:
        """The chips of those lines that are of the job that is shown."""
        return map(_chip, rows if not self._job_id else [row for row in rows if row.job_id == self._job_id])

    def _counts_shown(self) -> dict[str, int]:
        return {word: self._counts[word] for word in WORDS}


def _chip(row: LogRow) -> str:
    """Which chip a line belongs to; SigDesk's own lines go with LOG."""
    origin = row.origin
    if origin is Origin.JOB or origin is Origin.LOG:
        return "LOG"
    return "ERROR" if origin is Origin.ERROR else "OUT"
