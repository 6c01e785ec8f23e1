"""A job as the pool works on it, and what others are told of it: the journal its ending, the window how it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, LogEntry, Outcome
from sigdesk.pool.journal_rows import Ending


class Accepted(Struct, frozen=True, gc=False):
    """A job that was written down and has no place in the queue yet. `created` in seconds since the epoch."""

    number: int
    created: float
    request: JobRequest


class Changes(Struct, frozen=True):
    """What an update of the pool is made of."""

    jobs: tuple[JobSnapshot, ...]
    lines: tuple[LogEntry, ...]
    lines_dropped: int


class JobRecord(Struct, eq=False, gc=False):
    """A job as the pool works on it; `Ledger` alone changes its state."""

    id: str
    number: int
    request: JobRequest
    created: float
    queued_at: float
    state: JobState = JobState.QUEUED
    level: int = 0  # its priority until it is moved; this and the next are the waiting line's own marks
    in_line: bool = False
    alone: bool = False
    kills: int = 0  # processes that have died of it, or of a batch that it was in
    progress: float | None = None
    worker: int | None = None
    began_at: float | None = None
    run_s: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None
    held: bool = False  # it has an outcome, which is news once it stands in the journal
    attempt: int = 1
    input_sum: int | None = None  # CRC-32 of the samples that were read for it
    lines: int = 0
    said: tuple[LogEntry, ...] = ()  # the first lines, for the journal
    last_lines: deque[LogEntry] | None = None  # made when a job says more than is shown at once, which few do

    @property
    def name(self) -> str:
        """How operators read of it: its number."""
        return f"Job {self.number}"

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done for it, told or not."""
        return self.held or self.state.ended


def ending_of(record: JobRecord, outcome: Outcome, ended: float) -> Ending:
    """What the journal keeps of a job that ends now, with the lines that were kept."""
    if not record.lines:
        return Ending(record.number, outcome, ended, (), 0, record.input_sum)
    lines = [*record.said, *(record.last_lines or ())]
    dropped = max(0, record.lines - len(lines))
    return Ending(record.number, outcome, ended, lines, dropped, record.input_sum)


def snapshots_of(records: Sequence[JobRecord], states: Sequence[JobState], now: float) -> tuple[JobSnapshot, ...]:
    """Jobs as they stood when these were their states; `now` by the monotonic clock.

    It needs no lock: a job's state is changed last, and what belongs to its end counts only where it had ended.
    """
    snapshots = []
    queued_at, left_at, queued_s = 0.0, 0.0, 0.0
    ran_s: dict[float, float] = {}  # the jobs of a batch have it in common
    for record, state in zip(records, states, strict=True):
        began, progress, run_s, ended, outcome = record.began_at, None, None, None, None
        if state.ended:
            run_s, ended, outcome = record.run_s, record.ended, record.outcome
        elif state is JobState.RUNNING and began is not None:
            progress, run_s = record.progress, ran_s.setdefault(began, now - began)
        if record.queued_at != queued_at or (now if began is None else began) != left_at:  # neighbours mostly share it
            queued_at, left_at = record.queued_at, now if began is None else began
            queued_s = left_at - queued_at
        snapshots.append(
            JobSnapshot(
                record.id,
                record.number,
                record.request,
                state,
                record.created,
                progress,
                record.worker,
                record.attempt,
                queued_s,
                run_s,
                ended,
                outcome,
            )
        )
    return tuple(snapshots)
