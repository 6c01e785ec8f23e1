"""The lines for the live log that no update has told yet: bounded, with the count of what was dropped.

Of a job the first thousand lines are told as they come, and the last thousand when it ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import LogEntry, Note, Origin

LINES_KEPT_FIRST = 1000
LINES_KEPT_LAST = 1000
LINES_OF_A_JOB = LINES_KEPT_FIRST + LINES_KEPT_LAST
LINES_AN_UPDATE = 20_000


def worth_keeping(notes: Sequence[Note]) -> Sequence[Note]:
    """Of a flood, what cannot be kept is not even made."""
    return notes if len(notes) <= LINES_OF_A_JOB else [*notes[:LINES_KEPT_FIRST], *notes[-LINES_KEPT_LAST:]]


class LiveLines:
    """Whoever calls it holds the lock that guards the records, too."""

    def __init__(self) -> None:
        self._lines: deque[LogEntry] = deque(maxlen=LINES_AN_UPDATE)
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, record: JobRecord | None, entries: Sequence[LogEntry], count: int, *, for_journal: bool) -> None:
        """Lines of a job, or of none, of which there were `count` before a flood was cut. `for_journal`: the job keeps
        its first ones until they can be written down."""
        if record is None or entries[0].origin is Origin.JOB:
            self._keep(entries)
            self._dropped += count - len(entries)
        elif record.outcome is None:
            shown = max(0, LINES_KEPT_FIRST - record.lines)
            self._keep(entries[:shown])
            if for_journal:
                record.said += tuple(entries[:shown])
            if len(entries) > shown:
                record.last_lines = record.last_lines or deque(maxlen=LINES_KEPT_LAST)
                record.last_lines.extend(entries[shown:])
            record.lines += count
        else:  # it has ended, and its script goes on talking
            shown = max(0, LINES_OF_A_JOB - record.lines)
            self._keep(entries[:shown])
            self._dropped += max(0, count - shown)
            record.lines += count

    def end(self, record: JobRecord) -> None:
        """Tell the last lines of a job that ends."""
        record.said = ()
        last = record.last_lines
        if not last:
            return
        dropped = record.lines - LINES_KEPT_FIRST - len(last)
        if dropped > 0:
            text = f"{dropped:,} lines not kept".replace(",", " ")
            self._keep([replace(last[0], origin=Origin.JOB, text=text)])
        self._keep(last)
        record.last_lines = None

    def take(self) -> tuple[tuple[LogEntry, ...], int]:
        """All of them, and how many were dropped since the last call."""
        taken = tuple(self._lines), self._dropped
        self._lines.clear()
        self._dropped = 0
        return taken

    def _keep(self, entries: Collection[LogEntry]) -> None:
        self._dropped += max(0, len(self._lines) + len(entries) - LINES_AN_UPDATE)
        self._lines.extend(entries)
