"""Planted bugs: each breaks the pool in one way, at run time and in the program under test alone. The soak must fail
with every one of them, which is how it proves that it looks."""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from sigdesk.pool import answer, journal, ledger, live_lines, one_shot, process_tree, streams
from sigdesk.pool.answer import Answer
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import STATES_BEFORE, JobState, Outcome
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_layouts import SELECT_JOBS
from sigdesk.pool.journal_rows import Course, JournalRow, decode_row
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.open_spans import OpenSpans, Span
from sigdesk.pool.warm import WarmBatch
from sigdesk.pool.worker import Worker
from sigdesk.protocol import OutputLine


def _change(owner: Any, name: str, changed: Any) -> Any:
    """Replace what must be there, and return what it was."""
    original = getattr(owner, name)
    setattr(owner, name, changed)
    return original


def no_group_kill() -> None:
    """Of a process that is ended, what it has started lives on."""
    _change(process_tree, "signal_group", lambda leader, number: os.kill(leader, number) if _is_there(leader) else None)
    _change(process_tree, "kill_marked", lambda *_, **__: None)


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists()


def tells_before_commit() -> None:
    """Several writes share a transaction, and are told of before it is committed."""
    counter = itertools.count(1)

    def transact(self: Journal, work: Callable[[], Any]) -> Any:
        with self._lock:
            if not self._base.in_transaction:
                self._base.execute("BEGIN IMMEDIATE")
            result = work()
            if next(counter) % 12 == 0:
                self._base.execute("COMMIT")
            return result

    _change(Journal, "_transact", transact)


def reads_by_line() -> None:
    """Reads on until a line has ended, as `for line in stdout` does."""

    def read(self: Any, descriptor: int) -> bytes:
        data = original(self, descriptor)
        while data and not data.endswith(b"\n") and (more := os.read(descriptor, 1 << 18)):
            data += more
        return bytes(data)

    original = _change(streams._PollStreams, "_read", read)


def second_ending_wins() -> None:
    """A job that has ended may end once more."""
    ended = frozenset(state for state in JobState if state.ended)
    again = {then: before | (ended if then.ended else frozenset()) for then, before in STATES_BEFORE.items()}
    _change(ledger, "STATES_BEFORE", again)
    more = journal._ENDINGS.conflict.replace("DO NOTHING", "DO UPDATE SET state = excluded.state")
    _change(journal, "_ENDINGS", journal._ENDINGS._replace(conflict=more))
    ended_before: dict[int, Span] = {}

    def find(self: OpenSpans, number: int) -> Span | None:
        span = original(self, number)
        if span is not None:
            ended_before[number] = span._replace(first=number, last=number)
        return span or ended_before.get(number)

    original = _change(OpenSpans, "at", find)


def keeps_temp_files() -> None:
    """Job files stay when their jobs have ended."""
    _change(JobFiles, "remove", lambda _: None)


def answers_the_neighbour() -> None:
    """In a batch, a result goes to the next job."""

    def start(self: WarmBatch, *args: Any) -> None:
        original(self, *args)
        ids, records = list(self._records), list(self._records.values())
        self._records = dict(zip(ids, records[1:] + records[:1], strict=True))
        self._open = dict(self._records)

    original = _change(WarmBatch, "__init__", start)


def fails_as_one() -> None:
    """When a batch's process dies, all of its jobs end with it."""

    def end_all(self: WarmBatch, outcome_of: Callable[[JobRecord], Outcome]) -> list[JobRecord]:
        self._process.end()
        self._bench.ledger.end((record, outcome_of(record)) for record in self._open.values())
        return []

    _change(WarmBatch, "_rest_of_broken", end_all)


def no_poison() -> None:
    """A job that has ended two processes ends as if it were one."""
    _change(WarmBatch, "_last_word", lambda _, record, outcome_of, **__: outcome_of(record))


def tries_for_ever() -> None:
    """A job that ends its process is run again, however often."""

    def rest(self: WarmBatch, _: object) -> list[JobRecord]:
        return [record for record in self._open.values() if not record.state.ended]

    _change(WarmBatch, "_rest_of_broken", rest)


def loses_the_batch() -> None:
    """What a dead process has not answered is not put back into the line."""
    _change(Worker, "_put_back", lambda *_: None)


def attempt_not_counted() -> None:
    """What a dead program left running is run again as if it had never been begun."""

    def resume(self: Ledger, waiting: Sequence[tuple[JournalRow, Any]]) -> list[JobRecord]:
        records = original(self, waiting)
        for record, (row, _) in zip(records, waiting, strict=True):
            record.attempt = row.attempt
        return list(records)

    def again(course: Course, now: float) -> Course:
        return course.then(JobState.QUEUED, now, started=None)

    _change(journal, "_once_more", again)
    original = _change(Ledger, "resume", resume)


def runs_the_finished_again() -> None:
    """A later run also resumes what has ended."""

    def waiting(self: Journal, live_runs: Sequence[str]) -> list[JournalRow]:
        rows = original(self, live_runs)
        ended = self._base.execute(f"{SELECT_JOBS} WHERE ended IS NOT NULL AND file != '' LIMIT 5")
        return [*rows, *(decode_row(row, self._base) for row in ended.fetchall())]

    original = _change(Journal, "waiting", waiting)


def forgets_errors_pipe() -> None:
    """Standard error is a pipe that nobody drains."""

    def start(self: Any, process: subprocess.Popen[bytes]) -> None:
        original(self, process)
        self._poll.unregister(self._err)

    original = _change(streams._PollStreams, "__init__", start)


def keeps_every_line() -> None:
    """The log of a job has no bound that a flood would soon come to."""
    _change(live_lines, "LINES_KEPT_FIRST", 20_000)
    _change(live_lines, "LINES_OF_A_JOB", 21_000)


def leaks_descriptors() -> None:
    """Each process costs a descriptor."""
    _change(streams._PollStreams, "close", lambda _: None)


def leaves_zombies() -> None:
    """How a process ended is looked at, but it is not waited for."""

    def look(pid: int, options: int) -> tuple[int, int]:
        found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | (os.WNOHANG if options & os.WNOHANG else 0))
        if found is None:
            return 0, 0
        return pid, found.si_status << 8 if found.si_code == os.CLD_EXITED else found.si_status

    def poll(self: Any, *_: Any, **__: Any) -> int | None:
        return original(self, _waitpid=look)  # type: ignore[no-any-return]

    original = _change(subprocess.Popen, "_internal_poll", poll)
    _change(subprocess.Popen, "_try_wait", lambda self, options: look(self.pid, options))


def accepts_nan() -> None:
    """A probability may be anything."""

    def read(line: OutputLine, **wanted: Any) -> Any:
        return original(OutputLine(line.payload.replace(b"NaN", b"1.0"), line.whole), **wanted)

    original = _change(answer, "read_output", read)


def time_stands_still() -> None:
    """Nothing is ever over its time."""
    _change(one_shot, "time", SimpleNamespace(monotonic=lambda: 0.0))


def trusts_the_wall_clock() -> None:
    """Time is taken from a clock that jumps."""
    _change(one_shot, "time", SimpleNamespace(monotonic=lambda: time.time()))


def succeeds_when_crashed() -> None:
    """How a process ended is not looked at."""

    def ended(self: Answer, exit_code: int, *rest: Any, **more: Any) -> Outcome:
        return original(self, 0, *rest, **more)  # type: ignore[no-any-return]

    original = _change(Answer, "ended", ended)


def blocks_the_loop() -> None:
    """The window's thread waits for the disk."""
    tens = 0

    def take(self: Ledger, limit: int | None = None) -> Any:
        nonlocal tens
        if self._states[JobState.SUCCEEDED] // 10 > tens:
            tens = self._states[JobState.SUCCEEDED] // 10
            time.sleep(0.3)
        return original(self, limit)

    original = _change(Ledger, "take", take)


PLANTS: Final[dict[str, Callable[[], None]]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        no_group_kill, tells_before_commit, reads_by_line, second_ending_wins, keeps_temp_files, answers_the_neighbour,
        fails_as_one, no_poison, tries_for_ever, loses_the_batch, attempt_not_counted, runs_the_finished_again,
        forgets_errors_pipe, keeps_every_line, leaks_descriptors, leaves_zombies, accepts_nan, time_stands_still,
        trusts_the_wall_clock, succeeds_when_crashed, blocks_the_loop,
    )
}  # fmt: skip


def plant(name: str) -> None:
    """Plant the bug of this name."""
    PLANTS[name]()
