"""The pool's book: every job with its state, what changed since somebody last looked, and the lines to show.

Workers write, one reader takes updates. What readers see is guarded by one lock that is never held while anything
waits on a process or a disk: whoever changes jobs takes turns by another, and writes the journal in between. An ending
that cannot be written down is held back, and no news until it is.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, repeat

from msgspec.structs import replace

from sigdesk.errors import JournalError
from sigdesk.pool.cycle_search import CycleSearch
from sigdesk.pool.job_record import Accepted, Changes, JobRecord, ending_of, snapshots_of
from sigdesk.pool.jobs import STATES_BEFORE, JobRequest, JobState, LogEntry, Note, Outcome
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_rows import JournalRow, job_id
from sigdesk.pool.journal_writer import JournalWriter, end_unentered
from sigdesk.pool.live_lines import LiveLines, worth_keeping
from sigdesk.pool.rate import Rate


class Ledger:
    """Knows every job that has not been forgotten. `on_change` is called, outside the lock, when there is news."""

    def __init__(
        self,
        run: str,
        on_change: Callable[[], None],
        open_journal: Callable[[bool], Journal] | None = None,
        on_trouble: Callable[[bool], None] = lambda _: None,
        *,
        steps: bool = True,
    ) -> None:
        """`run` goes into the jobs' ids. With a journal, what is told was written down before; `on_trouble` is called
        in any thread when it cannot be opened or written, and when it can be again. Without `steps` a job is told of
        when it has ended, and not before. Raises JournalNewer."""
        self._on_change = on_change
        self._steps = steps
        self._writing = threading.Lock()  # held by whoever changes states, from reading them until they are changed
        self._lock = threading.Lock()
        self._run = run
        self._writer = JournalWriter(open_journal, self._writing, on_trouble, on_change) if open_journal else None
        self._left_open = False
        self._count = 0
        self._records: dict[str, JobRecord] = {}
        self._changed: dict[str, JobRecord] = {}
        self._lines = LiveLines()
        self._rate = Rate()
        self._states: Counter[JobState] = Counter()
        self._cycle_search = CycleSearch()

    @property
    def trouble(self) -> JournalError | None:
        """Why the journal cannot be opened or written; nothing new is accepted meanwhile, and nothing begins."""
        return self._writer.trouble if self._writer is not None else None

    def accept(self, requests: Sequence[JobRequest]) -> list[JobRecord]:
        """Enter jobs as QUEUED; their ids sort by the time they were accepted. Raises JournalError, and enters none."""
        with self._accepting():
            numbers, created = self._write_down(requests)
            records = self._records_of(zip(numbers, repeat(created), requests, strict=False))
            self._enter(records)
        return records

    def write_down(self, requests: Sequence[JobRequest]) -> list[Accepted]:
        """Note in the journal jobs that are to be entered later; no update tells of them until then. Raises
        JournalError, and notes none."""
        with self._accepting():
            numbers, created = self._write_down(requests)
        return [Accepted(number, created, request) for number, request in zip(numbers, requests, strict=True)]

    def enter(self, accepted: Iterable[Accepted]) -> list[JobRecord]:
        """Enter jobs as QUEUED that were written down before."""
        records = self._records_of((one.number, one.created, one.request) for one in accepted)
        with self._writing:
            self._enter(records)
        self._on_change()
        return records

    def withdraw(self, jobs: Sequence[Accepted | JournalRow], outcome: Outcome, kept: Callable[[], None]) -> None:
        """End jobs that will never be entered: such as were written down here, and such as dead runs have left. `kept`
        is called, in any thread, once the journal has it."""
        with self._writing:
            if self._writer is None or self._writer.write_or_hold(
                partial(end_unentered, self._writer.journal, jobs, outcome, time.time()), kept
            ):
                kept()
        self._on_change()

    @contextlib.contextmanager
    def _accepting(self) -> Iterator[None]:
        """That nothing could be accepted is news, too."""
        try:
            with self._writing:
                yield
        finally:
            self._on_change()

    def _write_down(self, requests: Sequence[JobRequest]) -> tuple[Sequence[int], float]:
        """The numbers of these jobs, and when they were accepted."""
        created = time.time()
        if self._writer is not None:
            numbers = self._writer.write(partial(self._writer.journal.accept, requests))
        else:
            numbers = list(range(self._count + 1, self._count + 1 + len(requests)))
        self._count += len(requests)
        return numbers, created

    def _records_of(self, jobs: Iterable[tuple[int, float, JobRequest]]) -> list[JobRecord]:
        """Of each its number, when it was accepted, and what it asks for."""
        now = time.monotonic()
        return [
            JobRecord(job_id(self._run, number), number, request, created, now, level=request.priority)
            for number, created, request in jobs
        ]

    def left_waiting(self, live_runs: Sequence[str]) -> list[JournalRow]:
        """Jobs of dead runs that have not ended, in the order of their line. Raises JournalError."""
        if self._writer is None:
            return []
        with self._accepting():
            return self._writer.write(partial(self._writer.journal.waiting, live_runs))

    def resume(self, waiting: Sequence[tuple[JournalRow, JobRequest]]) -> list[JobRecord]:
        """Enter jobs of dead runs again: the same jobs, with their ids and one more attempt where one was interrupted.
        Raises JournalError, and enters none."""
        now = time.monotonic()
        with self._accepting():
            if self._writer is not None:
                numbers = [row.number for row, _ in waiting]
                self._writer.write(partial(self._writer.journal.take_over, numbers))
            records = [
                JobRecord(
                    row.id,
                    row.number,
                    request,
                    row.created,
                    now,
                    level=request.priority if row.level is None else row.level,
                    alone=row.kills > 0,  # what is suspected of a death takes no neighbour with it
                    kills=row.kills,
                    attempt=row.attempt + (row.state is JobState.INTERRUPTED),
                )
                for row, request in waiting
            ]
            self._enter(records)
        return records

    def note_moved(self, records: Sequence[JobRecord]) -> None:
        """Write down for later runs that waiting jobs were moved, all to the same level, in this order."""
        with self._writing:
            if self._writer is not None and records:
                numbers = [record.number for record in records]
                self._writer.write_or_hold(partial(self._writer.journal.move, numbers, records[0].level))

    def leave_open(self) -> None:
        """Begin nothing from now on, and let what ends be no news: what has not ended stays in the journal, for a later
        run to resume."""
        self.close()
        with self._writing:
            self._left_open = self._writer is not None

    def close(self) -> None:
        """Try a last time to write down what could not be. What cannot be then is never told, and stays open in the
        journal."""
        if self._writer is not None:
            self._writer.close()

    def find(self, job_id: str) -> JobRecord | None:
        with self._lock:
            return self._records.get(job_id)

    def begin(self, records: Sequence[JobRecord], worker: int) -> list[JobRecord]:
        """Mark as RUNNING on a worker those that still wait; a job cancelled meanwhile is left out.

        Raises JournalError, and marks none: what was running unnoted would be run again as if it had never been.
        """
        now = time.monotonic()
        with self._writing:
            before = STATES_BEFORE[JobState.RUNNING]
            started = [record for record in records if record.state in before and not record.held]
            if self._left_open:
                return []
            if self._writer is not None and started:
                numbers = [record.number for record in started]
                self._writer.write(partial(self._writer.journal.begin, numbers, worker))
            with self._lock:
                for record in started:
                    record.worker, record.began_at, record.progress = worker, now, None
                self._move(started, JobState.RUNNING)
        if self._steps:
            self._on_change()
        return started

    def wait_again(self, records: Sequence[JobRecord]) -> list[JobRecord]:
        """Back to QUEUED, to be run alone: the batch that they ran in has failed. Those that ended are left out; while
        the journal cannot be written, what is told of the others is still that they run."""
        with self._writing:
            before = STATES_BEFORE[JobState.QUEUED]
            waiting = [record for record in records if record.state in before and not record.held]
            for record in waiting:
                record.alone = True

            def tell() -> None:
                with self._lock:
                    self._move(waiting, JobState.QUEUED)

            kept = not self._left_open
            if self._writer is not None and waiting and kept:
                kills = {record.number: record.kills for record in waiting}
                kept = self._writer.write_or_hold(partial(self._writer.journal.wait_again, list(kills), kills), tell)
            if kept:
                tell()
        self._on_change()
        return waiting

    def end(self, endings: Iterable[tuple[JobRecord, Outcome]]) -> None:
        """End jobs; of two endings of one job the first counts. While the journal cannot be written they are over, and
        nobody is told until it can be."""
        now, clock = time.monotonic(), time.time()
        with self._writing:
            first: dict[JobRecord, Outcome] = {}
            state, before = JobState.SUCCEEDED, STATES_BEFORE[JobState.SUCCEEDED]
            for record, outcome in endings:
                if outcome.state is not state:
                    state, before = outcome.state, STATES_BEFORE[outcome.state]
                if record.state in before and not record.held:
                    first.setdefault(record, outcome)
            kept = not self._left_open
            if self._writer is not None and first and kept:
                with self._lock:  # its worker may go on talking of a job that is being cancelled
                    written = [ending_of(record, outcome, clock) for record, outcome in first.items()]
                tell = partial(self._tell_held, tuple(first), now, clock)
                kept = self._writer.write_or_hold(partial(self._writer.journal.end, written), tell)
            with self._lock:
                if kept:
                    self._end_all(first, now, clock)
                else:
                    for record, outcome in first.items():
                        record.held, record.outcome = True, outcome
        self._on_change()

    def _tell_held(self, records: Sequence[JobRecord], now: float, clock: float) -> None:
        """They stand in the journal now, as they ended then."""
        with self._lock:
            for record in records:
                record.held = False
            self._end_all({record: record.outcome for record in records if record.outcome is not None}, now, clock)

    def _end_all(self, endings: Mapping[JobRecord, Outcome], now: float, clock: float) -> None:
        by_state: dict[JobState, list[JobRecord]] = {}
        run_s: dict[float, float] = {}  # the jobs of a batch began at one moment, and have the same number in common
        ran = 0
        for record, outcome in endings.items():
            by_state.setdefault(outcome.state, []).append(record)
            record.outcome, record.ended = outcome, clock
            # Of a thousand waiting jobs that were cancelled none was worked on: they are no measure of the pool's pace.
            if record.began_at is not None:
                record.run_s = run_s.setdefault(record.began_at, now - record.began_at)
                ran += 1
            if record.lines:
                self._lines.end(record)
        for state, records in by_state.items():
            self._move(records, state)
        self._suit_cycle_search()
        if ran:
            self._rate.add(now, ran)

    def warn(self, record: JobRecord, warnings: Sequence[str]) -> None:
        """Add warnings to a job that has ended: its script went on talking."""
        with self._writing:
            if record.outcome is None:
                return
            warned = replace(record.outcome.whole, warnings=(*record.outcome.warnings, *warnings))
            tell = partial(self._tell_warned, record, warned)
            if self._writer is None or self._writer.write_or_hold(
                partial(self._writer.journal.amend, record.number, warned), tell
            ):
                tell()
        self._on_change()

    def _tell_warned(self, record: JobRecord, warned: Outcome) -> None:
        with self._lock:
            record.outcome, self._changed[record.id] = warned, record

    def progress(self, record: JobRecord, fraction: float) -> None:
        with self._lock:
            record.progress = fraction
            if not self._steps:
                return
            self._changed[record.id] = record
        self._on_change()

    def say(self, record: JobRecord | None, worker: int, notes: Sequence[Note]) -> None:
        """Lines for the live log. Of a job's lines the first and the last thousand are kept."""
        now = time.time()
        job_id, number = (record.id, record.number) if record else ("", 0)
        # Nothing is made under the lock: the window waits for it.
        entries = [
            LogEntry(now, job_id, number, worker, note.origin, note.level, note.text) for note in worth_keeping(notes)
        ]
        with self._lock:
            self._lines.add(record, entries, len(notes), for_journal=self._writer is not None)
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
            states = [record.state for record in records]
            for record, state in zip(records, states, strict=True):
                if state.ended:
                    self._records.pop(record.id, None)
            self._records = self._records or {}  # an emptied one keeps the room of all that were in it at once
            lines, dropped = self._lines.take()
        return Changes(snapshots_of(records, states, now), lines, dropped)

    def jobs_per_min(self) -> float:
        """Ends a minute, over the last ten seconds."""
        with self._lock:
            return self._rate.per_min(time.monotonic())

    def count(self, state: JobState) -> int:
        """How many jobs stand in this state (for the ended ones: since the start)."""
        return self._states[state]

    def open_jobs(self) -> list[JobRecord]:
        """All that have not ended."""
        with self._lock:
            return [record for record in self._records.values() if not record.over]

    def _enter(self, records: Sequence[JobRecord]) -> None:
        entries = {record.id: record for record in records}
        with self._lock:
            self._states[JobState.QUEUED] += len(records)
            self._records |= entries
            if self._steps:
                self._changed |= entries
        self._suit_cycle_search()

    def _move(self, records: Sequence[JobRecord], state: JobState) -> None:
        self._states.subtract(Counter([record.state for record in records]))  # by one counts in Python
        self._states[state] += len(records)
        for record in records:
            record.state = state
        if self._steps or state.ended:
            self._changed.update({record.id: record for record in records})

    def _suit_cycle_search(self) -> None:
        self._cycle_search.suit(self._states[JobState.QUEUED] + self._states[JobState.RUNNING])
