"""The pool's book: every job with its state, what changed since somebody last looked, and the lines to show.

Workers write, one reader takes updates; everything happens under one lock that is never held while anything waits on
a process or a disk.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ulid import ULID

from sigdesk.pool.jobs import (
    JobRequest,
    JobSnapshot,
    JobState,
    LogEntry,
    Note,
    Origin,
    Outcome,
    may_become,
)

LINES_KEPT_FIRST = 1000
LINES_KEPT_LAST = 1000
LINES_OF_A_JOB = LINES_KEPT_FIRST + LINES_KEPT_LAST
LINES_AN_UPDATE = 20_000
_RATE_S = 10.0


@dataclass(slots=True, eq=False)
class JobRecord:
    """A job as the pool works on it; `Ledger` alone changes its state."""

    id: str
    number: int
    request: JobRequest
    created: float
    queued_at: float
    state: JobState = JobState.QUEUED
    in_line: bool = False  # the waiting line's own mark
    alone: bool = False
    progress: float | None = None
    worker: int | None = None
    began_at: float | None = None
    run_s: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None
    lines: int = 0
    last_lines: deque[LogEntry] | None = None  # made when a job says more than is shown at once, which few do

    @property
    def name(self) -> str:
        """How operators read of it: its number."""
        return f"Job {self.number}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update is made of."""

    jobs: tuple[JobSnapshot, ...]
    lines: tuple[LogEntry, ...]
    lines_dropped: int


class Ledger:
    """Knows every job that has not been forgotten. `on_change` is called, outside the lock, when there is news."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._lock = threading.Lock()
        self._run = str(ULID())
        self._count = 0
        self._records: dict[str, JobRecord] = {}
        self._changed: dict[str, JobRecord] = {}
        self._lines: deque[LogEntry] = deque(maxlen=LINES_AN_UPDATE)
        self._lines_dropped = 0
        self._ends: deque[tuple[float, int]] = deque()  # when, and how many; of the last ten seconds
        self._ends_kept = 0
        self._states: Counter[JobState] = Counter()

    def accept(self, requests: Iterable[JobRequest]) -> list[JobRecord]:
        """Enter jobs as QUEUED; their ids sort by the time they were accepted."""
        created, now = time.time(), time.monotonic()
        with self._lock:
            records = [
                JobRecord(f"{self._run}-{number:06d}", number, request, created, now)
                for number, request in enumerate(requests, self._count + 1)
            ]
            self._count += len(records)
            self._states[JobState.QUEUED] += len(records)
            entries = {record.id: record for record in records}
            self._records |= entries
            self._changed |= entries
        self._on_change()
        return records

    def find(self, job_id: str) -> JobRecord | None:
        with self._lock:
            return self._records.get(job_id)

    def begin(self, records: Sequence[JobRecord], worker: int) -> list[JobRecord]:
        """Mark as RUNNING on a worker those that still wait; a job cancelled meanwhile is left out."""
        now = time.monotonic()
        with self._lock:
            started = [record for record in records if self._move(record, JobState.RUNNING)]
            for record in started:
                record.worker, record.began_at, record.progress = worker, now, None
        self._on_change()
        return started

    def wait_again(self, records: Sequence[JobRecord]) -> list[JobRecord]:
        """Back to QUEUED, to be run alone: the batch that they ran in has failed. Those that ended are left out."""
        with self._lock:
            waiting = [record for record in records if self._move(record, JobState.QUEUED)]
            for record in waiting:
                record.alone = True
        self._on_change()
        return waiting

    def end(self, endings: Iterable[tuple[JobRecord, Outcome]]) -> None:
        """End jobs; of two endings of one job the first counts."""
        now, clock = time.monotonic(), time.time()
        with self._lock:
            count = 0
            for record, outcome in endings:
                if self._move(record, outcome.state):
                    count += 1
                    record.outcome, record.ended = outcome, clock
                    record.run_s = None if record.began_at is None else now - record.began_at
                    if record.last_lines:
                        self._flush_last_lines(record, record.last_lines)
            if count:
                self._ends.append((now, count))
                self._ends_kept += count
                self._drop_old_ends(now)
        self._on_change()

    def warn(self, record: JobRecord, warnings: Sequence[str]) -> None:
        """Add warnings to a job that has ended: its script went on talking."""
        with self._lock:
            if record.outcome is not None:
                record.outcome = replace(record.outcome, warnings=(*record.outcome.warnings, *warnings))
                self._changed[record.id] = record
        self._on_change()

    def progress(self, record: JobRecord, fraction: float) -> None:
        with self._lock:
            record.progress = fraction
            self._changed[record.id] = record
        self._on_change()

    def say(self, record: JobRecord | None, worker: int, notes: Sequence[Note]) -> None:
        """Lines for the live log. Of a job's lines the first and the last thousand are kept."""
        now = time.time()
        job_id, number = (record.id, record.number) if record else ("", 0)
        # Of a flood, what cannot be kept is not even made, and nothing is made under the lock: the window waits for it.
        kept = notes if len(notes) <= LINES_OF_A_JOB else [*notes[:LINES_KEPT_FIRST], *notes[-LINES_KEPT_LAST:]]
        entries = [LogEntry(now, job_id, number, worker, note.origin, note.level, note.text) for note in kept]
        with self._lock:
            if record is None or entries[0].origin is Origin.JOB:
                self._keep(entries)
                self._lines_dropped += len(notes) - len(entries)
            elif record.outcome is None:
                shown = max(0, LINES_KEPT_FIRST - record.lines)
                self._keep(entries[:shown])
                if len(entries) > shown:
                    record.last_lines = record.last_lines or deque(maxlen=LINES_KEPT_LAST)
                    record.last_lines.extend(entries[shown:])
                record.lines += len(notes)
            else:  # it has ended, and its script goes on talking
                shown = max(0, LINES_OF_A_JOB - record.lines)
                self._keep(entries[:shown])
                self._lines_dropped += max(0, len(notes) - shown)
                record.lines += len(notes)
        self._on_change()

    @property
    def has_news(self) -> bool:
        """Whether there is something that `take` has not told yet."""
        return bool(self._changed or self._lines)

    def take(self, limit: int | None = None) -> Changes:
        """What changed since the last call, each job once as it is now; no more than `limit` jobs, oldest news first.

        Jobs that have ended are then forgotten; one that is told of again had a late warning.
        """
        now = time.monotonic()
        with self._lock:
            if limit is None or limit >= len(self._changed):
                records, self._changed = list(self._changed.values()), {}
            else:
                records = [self._changed.pop(job_id) for job_id in list(islice(self._changed, limit))]
            jobs = tuple(_snapshot(record, now) for record in records)
            for record in records:
                if record.state.ended:
                    self._records.pop(record.id, None)
            changes = Changes(jobs, tuple(self._lines), self._lines_dropped)
            self._lines.clear()
            self._lines_dropped = 0
        return changes

    def jobs_per_min(self) -> float:
        """Ends a minute, over the last ten seconds."""
        with self._lock:
            self._drop_old_ends(time.monotonic())
            return self._ends_kept * 60.0 / _RATE_S

    def _drop_old_ends(self, now: float) -> None:
        while self._ends and self._ends[0][0] < now - _RATE_S:
            self._ends_kept -= self._ends.popleft()[1]

    def count(self, state: JobState) -> int:
        """How many jobs stand in this state (for the ended ones: since the start)."""
        return self._states[state]

    def open_jobs(self) -> list[JobRecord]:
        """All that have not ended."""
        with self._lock:
            return [record for record in self._records.values() if not record.state.ended]

    def _move(self, record: JobRecord, state: JobState) -> bool:
        if not may_become(record.state, state):
            return False
        self._states[record.state] -= 1
        self._states[state] += 1
        record.state = state
        self._changed[record.id] = record
        return True

    def _keep(self, entries: Collection[LogEntry]) -> None:
        self._lines_dropped += max(0, len(self._lines) + len(entries) - LINES_AN_UPDATE)
        self._lines.extend(entries)

    def _flush_last_lines(self, record: JobRecord, last: deque[LogEntry]) -> None:
        dropped = record.lines - LINES_KEPT_FIRST - len(last)
        if dropped > 0:
            text = f"{dropped:,} lines not kept".replace(",", " ")
            self._keep([replace(last[0], origin=Origin.JOB, text=text)])
        self._keep(last)
        record.last_lines = None


def _snapshot(record: JobRecord, now: float) -> JobSnapshot:
    began = record.began_at
    running = record.state is JobState.RUNNING and began is not None
    return JobSnapshot(
        id=record.id,
        number=record.number,
        request=record.request,
        state=record.state,
        created=record.created,
        progress=record.progress if running else None,
        worker=record.worker,
        queued_s=(now if began is None else began) - record.queued_at,
        run_s=now - began if running and began is not None else record.run_s,
        ended=record.ended,
        outcome=record.outcome,
    )
