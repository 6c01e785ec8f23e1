"""The Log as a Qt model over a ring of lines: bounded, filtered by job, level and text, appended once a frame."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from sigdesk.app.line_ring import LineRing
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
        self._lines = LineRing(kept_lines)
        self._stored: Sequence[LogRow] = ()
        self._shown: range | deque[int] = range(0)
        """The numbers of lines, from top to bottom; stored ones have negative numbers."""
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
        row = self._row(self._shown[index.row()])
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.clock}  {row.word:<5}  {row.text}"
        return None

    def append(self, rows: Sequence[LogRow], dropped: int = 0) -> None:
        """Add a frame's lines; `dropped` counts those that did not make it here."""
        lines, over = self._lines, max(0, len(self._lines) + len(rows) - self._kept)
        self._dropped += dropped + over
        rows = rows[-self._kept :]
        begin = lines.first + min(over, len(lines))
        self._counts -= self._chips_of_kept(lines.first, begin)
        self._counts += self._chips_of(rows)
        self._drop_shown(begin)
        first, end = len(self._shown), lines.end + len(rows)
        if isinstance(self._shown, range):
            shown: range | deque[int] = range(begin, end)
        else:
            shown = self._shown + deque(number for number, row in enumerate(rows, lines.end) if self._passes(row))
        if len(shown) > first:
            self.beginInsertRows(QModelIndex(), first, len(shown) - 1)
        lines.extend(rows)
        self._shown = shown
        if len(shown) > first:
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
        self._job_id, self._stored = job_id, ()
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
            and _chip(row.origin) in self._levels
            and (not self._text or self._text in row.text.casefold())
        )

    def _row(self, number: int) -> LogRow:
        return self._lines[number] if number >= 0 else self._stored[-1 - number]

    def _drop_shown(self, begin: int) -> None:
        """Take away what is shown of the lines before this one, which make room for others."""
        shown = self._shown
        head = sum(1 for _ in takewhile(lambda number: number < 0, shown))  # stored lines stay
        over = sum(1 for _ in takewhile(lambda number: number < begin, islice(shown, head, None)))
        if over:
            self.beginRemoveRows(QModelIndex(), head, head + over - 1)
            if isinstance(shown, range):
                self._shown = shown[over:]
            else:
                self._shown = deque([*islice(shown, head), *islice(shown, head + over, None)])
            self.endRemoveRows()

    def _rebuild(self) -> None:
        stored = self._stored
        self._counts = self._chips_of(stored or self._lines)
        self.beginResetModel()
        if stored:
            self._shown = deque(-1 - place for place, row in enumerate(stored) if self._passes(row))
        elif self._takes_all:
            self._shown = range(self._lines.first, self._lines.end)
        else:
            numbered = enumerate(self._lines, self._lines.first)
            self._shown = deque(number for number, row in numbered if self._passes(row))
        self.endResetModel()
        self.counts_changed.emit(self._counts_shown())

    def _chips_of(self, rows: Iterable[LogRow]) -> Counter[str]:
        """The chips of those lines that are of the job that is shown, counted."""
        job_id = self._job_id
        return _chips(Counter([row.origin for row in rows if not job_id or row.job_id == job_id]))

    def _chips_of_kept(self, begin: int, end: int) -> Counter[str]:
        """The same of lines of the ring, which makes no rows where none is looked at."""
        if self._job_id:
            return self._chips_of(map(self._lines.__getitem__, range(begin, end)))
        return _chips(self._lines.origins(begin, end))

    def _counts_shown(self) -> dict[str, int]:
        return {word: self._counts[word] for word in WORDS}


def _chips(origins: Counter[Origin]) -> Counter[str]:
    chips = Counter[str]()
    for origin, count in origins.items():
        chips[_chip(origin)] += count
    return chips


def _chip(origin: Origin) -> str:
    """Which chip a line belongs to; SigDesk's own lines go with LOG."""
    if origin is Origin.JOB or origin is Origin.LOG:
        return "LOG"
    return "ERROR" if origin is Origin.ERROR else "OUT"
