"""The journal: every job, its states and its result in one SQLite file, committed before anyone is told of them.

WAL with `synchronous` NORMAL: the death of the program at any instant loses nothing, a power cut at most the last
moments and never the file. Several runs (a window, a command line) write to one journal, and each job belongs to a
run. A batch costs one transaction at its begin and one at its end.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import orjson

from sigdesk.errors import JournalDamaged, JournalError, JournalNewer
from sigdesk.pool.checkpoints import Checkpoints
from sigdesk.pool.jobs import JobRequest, JobState, Outcome
from sigdesk.pool.journal_insert import Insert, insert_rows
from sigdesk.pool.journal_layouts import SELECT_JOBS, SPANNED
from sigdesk.pool.journal_requests import Model, Place, Requests, job_row, plain_job_row
from sigdesk.pool.journal_rows import (
    ACCEPTED,
    Course,
    Ending,
    JournalRow,
    amended,
    course_sum,
    decode_row,
    ended_row,
    in_line,
    is_whole,
)
from sigdesk.pool.journal_schema import JOBS, OPEN_JOBS, PLAIN_JOBS, SCHEMA_VERSION, migrate, version_of
from sigdesk.pool.open_spans import Change, OpenSpans, Span, span_rows
from sigdesk.pool.requests import Stored, store_all
from sigdesk.pool.right_of_way import PIECE, give_way

_BUSY_MS: Final = 5000
_TRIAL_BUSY_MS: Final = 20
_CHUNK_BYTES: Final = 64 * 1024 * 1024
_CACHE_KB: Final = 1024  # a window keeps it filled; what waits for longer comes quickly enough from the system's
_Answer = TypeVar("_Answer")
_DAMAGE_CODES: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG)
DAMAGE_WAY_OUT: Final = "Start SigDesk again: it sets the file aside and keeps every job that can still be read."


class Journal:
    """One run's access to the journal. Any thread may call it; calls take turns."""

    def __init__(self, file: Path, run: str, *, patient: bool = True) -> None:
        """Open the journal, or make it; `patient` waits for others that hold it. Raises JournalNewer, and JournalError
        when it cannot be used."""
        self.file = file
        self._run = run
        self._open = OpenSpans()  # of this run's jobs
        self._lock = threading.RLock()
        with self._in_words("opened"):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._base = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        try:
            with self._in_words("opened"):
                self._base.execute(f"PRAGMA busy_timeout = {_BUSY_MS if patient else _TRIAL_BUSY_MS}")
                self._refuse_newer()
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("PRAGMA synchronous = NORMAL")
                self._base.execute("PRAGMA wal_autocheckpoint = 0")
                self._base.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
                migrate(self._base)
                self._base.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        except BaseException:
            self._base.close()
            raise
        self._requests = Requests(self._base)
        self._checkpoints = Checkpoints(file)

    def accept(self, requests: Sequence[JobRequest]) -> list[int]:
        """Enter jobs as QUEUED, all or none; returns their numbers. Raises JournalError."""
        if not requests:
            return []
        now = time.time()
        all_stored = store_all(requests)
        course = ACCEPTED.then(JobState.QUEUED, now)

        def insert() -> Change:
            (last,) = self._base.execute("SELECT coalesce(max(number), 0) FROM jobs").fetchone()
            places = self._put_samples([stored.samples for stored in all_stored])
            by_model: dict[Model, list[tuple[int, Stored, Place]]] = {}
            jobs: list[tuple[int, Stored, Place]] = []
            model: Model | None = None
            for number, stored, place in zip(itertools.count(last + 1), all_stored, places, strict=False):
                # Neighbours mostly have the same.
                if model is None or stored.model_folder is not model[2] or stored.version is not model[1]:
                    model = (stored.model, stored.version, stored.model_folder)
                    jobs = by_model.setdefault(model, [])
                jobs.append((number, stored, place))
            for model, jobs in by_model.items():
                self._put_jobs(model, jobs, now)
            change = Change([], [Span(last + 1, last + len(all_stored), self._run, course)], [])
            self._put_spans(change)
            return change

        with self._lock:
            change = self._transact(insert)
            self._open.apply(change)
        (span,) = change.left
        return list(range(span.first, span.last + 1))

    def begin(self, numbers: Sequence[int], worker: int) -> None:
        """Mark jobs as RUNNING on a worker. Raises JournalError."""
        now = time.time()
        self._move(numbers, lambda course: course.then(JobState.RUNNING, now, started=now, worker=worker))

    def wait_again(self, numbers: Sequence[int], kills: Mapping[int, int] = MappingProxyType({})) -> None:
        """Mark jobs of a failed batch as QUEUED once more; `kills` counts, for those that are suspected, the processes
        that have died of them. Raises JournalError."""
        now = time.time()
        for count in {kills.get(number, 0) for number in numbers}:
            these = [number for number in numbers if kills.get(number, 0) == count]
            again = partial(Course.then, state=JobState.QUEUED, at=now, started=None, kills=count)
            self._move(these, again)

    def end(self, endings: Sequence[Ending]) -> None:
        """Write down how jobs ended; of two endings of one job the first stays. Raises JournalError."""
        # What a batch's jobs have in common is worked out once, for each way in which they came here and ended.
        groups: dict[tuple[int, JobState, float], tuple[Course, int, list[tuple[Any, ...]]]] = {}
        ended = []
        span: Span | None = None
        state, at = JobState.QUEUED, 0.0
        total, rows = 0, list[tuple[Any, ...]]()
        for place, ending in enumerate(endings):
            if not place % PIECE:
                give_way()
            number, outcome = ending.number, ending.outcome
            if span is None or not span.first <= number <= span.last:
                span, state = self._open.at(number), JobState.QUEUED  # which is no ending
                if span is None:
                    continue
            if outcome.state is not state or ending.ended != at:
                state, at = outcome.state, ending.ended
                key = (id(span.course), state, at)
                if key not in groups:
                    after = span.course.then(state, at)
                    groups[key] = (after, course_sum(after), [])
                _, total, rows = groups[key]
            ended.append(number)
            rows.append(ended_row(ending, total))

        def write() -> Change:
            for (_, _, ended_at), (after, _, rows) in groups.items():
                shared = (*after, self._run, ended_at)
                insert_rows(self._base, _ANSWERS, shared, [row for row in rows if len(row) == _OF_ANSWERS])
                insert_rows(self._base, _ENDINGS, shared, [row for row in rows if len(row) > _OF_ANSWERS])
            change = self._open.change(ended, None)
            self._put_spans(change)
            return change

        with self._lock:
            self._open.apply(self._transact(write))

    def amend(self, number: int, outcome: Outcome) -> None:
        """Write down what was said of a job after its end. Raises JournalError."""

        def write() -> None:
            row = self._base.execute(f"{SELECT_JOBS} WHERE number = ?", (number,)).fetchone()
            if row is not None and is_whole(row):
                self._base.execute(_AMEND, amended(row, outcome))

        self._transact(write)

    def move(self, numbers: Sequence[int], level: int) -> None:
        """Note that jobs were moved to this level of the line, in this order, for later runs. Raises JournalError."""

        def write() -> None:
            self._base.execute(_FORGET_MOVED)
            self._base.execute(_MOVED, {"numbers": orjson.dumps(list(numbers)).decode(), "level": level})

        self._transact(write)

    def waiting(self, live_runs: Sequence[str]) -> list[JournalRow]:
        """Jobs of dead runs that have not ended, in the order of their line; what was RUNNING when its run died is
        INTERRUPTED from now on.

        Raises JournalError.
        """
        live = orjson.dumps([*live_runs, self._run]).decode()

        now = time.time()

        def find() -> list[JournalRow]:
            rows = self._base.execute(_SELECT_DEAD, (live,)).fetchall()
            if damaged := [row[0] for row in rows if not is_whole(row)]:
                mark_damaged(self.file)
                raise JournalDamaged(f"Job {damaged[0]} in the journal is damaged.", DAMAGE_WAY_OUT)
            running = [row[0] for row in rows if row[2] == JobState.RUNNING.value]
            if running:
                found = self._spans_of_others()
                self._put_spans(found.change(running, lambda course: course.then(JobState.INTERRUPTED, now)))
            rows = self._base.execute(_SELECT_DEAD, (live,)).fetchall() if running else rows
            moved = dict(self._base.execute(_SELECT_MOVED))
            return in_line([decode_row(row, self._base) for row in rows], moved)

        return self._transact(find)

    def take_over(self, numbers: Sequence[int]) -> None:
        """Make waiting jobs of dead runs this run's own; the attempt of an interrupted one is counted."""
        now = time.time()

        def take() -> Change:
            change = self._spans_of_others().change(numbers, lambda course: _once_more(course, now), self._run)
            self._put_spans(change)
            return change

        with self._lock:
            change = self._transact(take)
            self._open.apply(Change([], [], change.moved))

    def try_to_write(self) -> None:
        """Write a page as it is already, without waiting for others to let go of the file. Raises JournalError."""
        with self._lock, self._in_words("written"):
            self._base.execute(f"PRAGMA busy_timeout = {_TRIAL_BUSY_MS}")
            try:
                self._base.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            finally:
                self._base.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")

    def close(self) -> None:
        """Let go of the file. A second call does nothing."""
        self._checkpoints.close()
        with self._lock:
            self._base.close()

    def _put_jobs(self, model: Model, jobs: Sequence[tuple[int, Stored, Place]], now: float) -> None:
        file, request = jobs[0][1].file, jobs[0][1].request
        asked = self._requests.row_for(self._run, model, file, request, len(jobs))
        plain, others = [], []
        for number, one, place in jobs:
            if one.samples is None and one.file == asked.file and one.request == asked.request:
                plain.append(plain_job_row(asked, number, now, one.item, one.signal))
            else:
                others.append(job_row(asked, number, now, (one.item, one.signal), one.file, one.request, place))
        insert_rows(self._base, PLAIN_JOBS, (asked.number, now), plain)
        insert_rows(self._base, JOBS, (asked.number, now), others)

    def _put_samples(self, all_samples: Sequence[bytes | None]) -> list[Place]:
        """Store samples in few large pieces; for each job its chunk, offset and size in bytes, or Nones."""
        places: list[Place] = []
        piece: list[bytes] = []
        (chunk,) = self._base.execute("SELECT coalesce(max(chunk), 0) + 1 FROM samples").fetchone()
        size = 0
        for samples in all_samples:
            if samples is None:
                places.append((None, None, None))
                continue
            if size and size + len(samples) > _CHUNK_BYTES:
                self._base.execute(_INSERT_SAMPLES, (chunk, b"".join(piece)))
                piece, size, chunk = [], 0, chunk + 1
            places.append((chunk, size, len(samples)))
            piece.append(samples)
            size += len(samples)
        if piece:
            self._base.execute(_INSERT_SAMPLES, (chunk, b"".join(piece)))
        return places

    def _move(self, numbers: Sequence[int], change: Callable[[Course], Course]) -> None:
        """Change the state of jobs of this run."""

        def move() -> Change:
            changed = self._open.change(numbers, change)
            self._put_spans(changed)
            return changed

        with self._lock:
            self._open.apply(self._transact(move))

    def _put_spans(self, change: Change) -> None:
        if change.gone:
            firsts = orjson.dumps([span.first for span in change.gone]).decode()
            self._base.execute(_DELETE_SPANS, (firsts,))
        insert_rows(self._base, OPEN_JOBS, (), span_rows((*change.left, *change.moved)))

    def _spans_of_others(self) -> OpenSpans:
        """Of the jobs of all other runs. Within a transaction."""
        rows = self._base.execute(_SELECT_SPANS, (self._run,))
        return OpenSpans(Span(first, last, owner, Course(*course)) for first, last, owner, *course in rows)

    def _transact(self, work: Callable[[], _Answer]) -> _Answer:
        with self._lock, self._in_words("written"):
            self._base.execute("BEGIN IMMEDIATE")
            try:
                answer = work()
                self._base.execute("COMMIT")
                self._checkpoints.written()
            except BaseException:
                self._requests.forget()
                with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back already
                    self._base.execute("ROLLBACK")
                raise
            return answer

    def _refuse_newer(self) -> None:
        if version_of(self._base) > SCHEMA_VERSION:
            raise JournalNewer(
                f"The journal {self.file} was written by a newer SigDesk.",
                "Use that version, or name another home with --home; the journal stays as it is.",
            )

    def _in_words(self, done: str) -> contextlib.AbstractContextManager[None]:
        return sqlite_in_words(self.file, done)


def _once_more(course: Course, now: float) -> Course:
    """That of a job of a dead run which waits in this one."""
    attempt = course.attempt + (course.state == JobState.INTERRUPTED.value)
    return course.then(JobState.QUEUED, now, attempt=attempt, started=None)


def shows_damage(error: Exception) -> bool:
    """Whether an error means that what stands in the file is broken, rather than that it cannot be reached."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE_CODES


def damage_mark(file: Path) -> Path:
    """The file that stands beside a journal in which damage was seen."""
    return file.with_name(f"{file.name}.damaged")


def mark_damaged(file: Path) -> None:
    """Let the next start set this journal aside and keep of it what can be read."""
    with contextlib.suppress(OSError):  # in a home that nobody may write to, it stays as it is
        damage_mark(file).write_bytes(b"")


@contextlib.contextmanager
def sqlite_in_words(file: Path, done: str) -> Iterator[None]:
    """SQLite's errors as JournalError. A file that shows damage is marked, so that the next start sets it aside."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if shows_damage(error):
            mark_damaged(file)
            raise JournalError(f"The journal {file} is damaged ({error}).", DAMAGE_WAY_OUT) from error
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise JournalError(
            f"The journal {file} could not be {done} ({reason}).",
            "Make room on the disk and check that you may write there; what is in it is kept.",
        ) from error


_ENDINGS: Final = Insert(
    "endings",
    "state, attempt, started, worker, kills, history, owner, ended",
    "number, label, confidence, outcome, row_sum, input_sum, error, log",
    "ON CONFLICT (number) DO NOTHING",
)
_ANSWERS: Final = _ENDINGS._replace(own="number, label, confidence, outcome, row_sum, input_sum")
"""Of those that have neither error nor log, as most."""
_OF_ANSWERS: Final = len(_ANSWERS.own.split())
_INSERT_SAMPLES: Final = "INSERT INTO samples (chunk, data) VALUES (?, ?)"

_DELETE_SPANS: Final = "DELETE FROM open_jobs WHERE first IN (SELECT value FROM json_each(?))"
_SELECT_SPANS: Final = """
SELECT first, last, owner, state, attempt, started, worker, kills, history FROM open_jobs WHERE owner <> ?"""
_AMEND: Final = "UPDATE endings SET outcome = ?, row_sum = ? WHERE number = ?"

_FORGET_MOVED: Final = f"DELETE FROM moved WHERE number NOT IN (SELECT number FROM {SPANNED})"
_MOVED: Final = """
INSERT OR REPLACE INTO moved (number, level, turn)
SELECT value, :level, key + 1 + (SELECT coalesce(max(turn), 0) FROM moved) FROM json_each(:numbers)"""
_SELECT_MOVED: Final = "SELECT number, level FROM moved ORDER BY turn"

_SELECT_DEAD: Final = f"""{SELECT_JOBS}
WHERE number IN (SELECT number FROM {SPANNED} WHERE owner NOT IN (SELECT value FROM json_each(?))) ORDER BY number"""
