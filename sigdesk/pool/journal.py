"""The journal: every job, its states and its result in one SQLite file, committed before anyone is told of them.

WAL with `synchronous` NORMAL: the death of the program at any instant loses nothing, a power cut at most the last
moments and never the file. Several runs (a window, a command line) write to one journal, and each job belongs to a
run. A batch costs one transaction at its begin and one at its end.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from sigdesk.errors import JournalError
from sigdesk.pool.checkpoints import Checkpoints
from sigdesk.pool.jobs import JobRequest, JobState, LogEntry, Outcome
from sigdesk.pool.journal_schema import SCHEMA_VERSION, migrate, version_of
from sigdesk.pool.requests import Stored, store

_BUSY_MS: Final = 5000
_CHUNK_BYTES: Final = 64 * 1024 * 1024
_ROWS_A_STEP: Final = 256
_Answer = TypeVar("_Answer")
_STATES: Final = frozenset(state.value for state in JobState)
_DAMAGE_CODES: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG)
DAMAGE_WAY_OUT: Final = "Start SigDesk again: it sets the file aside and keeps every job that can still be read."


def job_id(run: str, number: int) -> str:
    """A job's full id: it names its run and sorts by time."""
    return f"{run}-{number:06d}"


class Ending(NamedTuple):
    """How one job ended. `lines` are the log lines that were kept of it; `dropped` counts the others."""

    number: int
    outcome: Outcome
    ended: float
    lines: Sequence[LogEntry] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A job as the journal has it. Times are seconds since the epoch; `stored` is what it takes to run it again."""

    number: int
    run: str
    state: JobState
    attempt: int
    created: float
    started: float | None
    ended: float | None
    label: str | None
    confidence: float | None
    error: str | None
    stored: Stored

    @property
    def id(self) -> str:
        return job_id(self.run, self.number)


class Journal:
    """One run's access to the journal. Any thread may call it; calls take turns."""

    def __init__(self, file: Path, run: str) -> None:
        """Open the journal, or make it. Raises JournalError when it cannot be used or is of a newer version."""
        self.file = file
        self._run = run
        self._lock = threading.Lock()
        with self._in_words("opened"):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._base = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        try:
            with self._in_words("opened"):
                self._base.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
                self._refuse_newer()
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("PRAGMA synchronous = NORMAL")
                self._base.execute("PRAGMA wal_autocheckpoint = 0")
                migrate(self._base)
        except BaseException:
            self._base.close()
            raise
        self._checkpoints = Checkpoints(file)

    def accept(self, requests: Sequence[JobRequest]) -> list[int]:
        """Enter jobs as QUEUED, all or none; returns their numbers. Raises JournalError."""
        now = time.time()
        all_stored = [store(request) for request in requests]

        def insert() -> list[int]:
            (last,) = self._base.execute("SELECT coalesce(max(number), 0) FROM jobs").fetchone()
            places = self._put_samples([stored.samples for stored in all_stored])
            change = _change(JobState.QUEUED, now)
            numbers = range(last + 1, last + 1 + len(all_stored))
            rows = []
            for number, stored, place in zip(numbers, all_stored, places, strict=True):
                columns = (*stored.columns, *place)
                rows.append((number, self._run, self._run, now, *columns, change, _sum(number, now, *columns)))
            self._run_over(rows, *_INSERT)
            return list(numbers)

        return self._transact(insert)

    def begin(self, numbers: Sequence[int], worker: int) -> None:
        """Mark jobs as RUNNING on a worker. Raises JournalError."""
        self._move(_BEGIN, numbers, JobState.RUNNING, worker)

    def wait_again(self, numbers: Sequence[int]) -> None:
        """Mark jobs of a failed batch as QUEUED once more. Raises JournalError."""
        self._move(_WAIT_AGAIN, numbers, JobState.QUEUED)

    def end(self, endings: Sequence[Ending]) -> None:
        """Write down how jobs ended; of two endings of one job the first stays. Raises JournalError."""
        rows = [_ended_row(ending) for ending in endings]
        self._transact(lambda: self._run_over(rows, *_END))

    def waiting(self, live_runs: Sequence[str]) -> list[JournalRow]:
        """Jobs of dead runs that have not ended; what was RUNNING when its run died is INTERRUPTED from now on.

        Raises JournalError.
        """
        live = orjson.dumps([*live_runs, self._run]).decode()

        def find() -> list[JournalRow]:
            self._base.execute(_INTERRUPT, (_change(JobState.INTERRUPTED, time.time(), later=True), live))
            rows = self._base.execute(_SELECT_DEAD, (live,)).fetchall()
            if damaged := [row[0] for row in rows if not is_whole(row)]:
                mark_damaged(self.file)
                raise JournalError(f"Job {damaged[0]} in the journal is damaged.", DAMAGE_WAY_OUT)
            return [decode_row(row, self._base) for row in rows]

        return self._transact(find)

    def take_over(self, numbers: Sequence[int]) -> None:
        """Make waiting jobs of dead runs this run's own; the attempt of an interrupted one is counted."""
        self._move(_TAKE_OVER, numbers, JobState.QUEUED)

    def close(self) -> None:
        """Let go of the file. A second call does nothing."""
        self._checkpoints.close()
        with self._lock:
            self._base.close()

    def _put_samples(self, all_samples: Sequence[bytes | None]) -> list[tuple[int | None, int | None, int | None]]:
        """Store samples in few large pieces; for each job its chunk, offset and size in bytes, or Nones."""
        places: list[tuple[int | None, int | None, int | None]] = []
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

    def _run_over(self, rows: Sequence[tuple[Any, ...]], before: str, row: str, after: str) -> None:
        """Run a statement over many rows in few steps, its text standing before, for and after a row.

        `executemany` would give up the interpreter's lock at every row, and next to a thread that computes it takes
        5 ms to get it back.
        """
        for start in range(0, len(rows), _ROWS_A_STEP):
            part = rows[start : start + _ROWS_A_STEP]
            values = [value for one in part for value in one]
            self._base.execute(f"{before} {', '.join([row] * len(part))} {after}", values)

    def _move(self, statement: str, numbers: Sequence[int], state: JobState, worker: int = 0) -> None:
        now = time.time()
        values = {
            "now": now,
            "worker": worker,
            "run": self._run,
            "change": _change(state, now, later=True),
            "numbers": orjson.dumps(list(numbers)).decode(),
        }
        self._transact(lambda: self._base.execute(statement, values))

    def _transact(self, work: Callable[[], _Answer]) -> _Answer:
        with self._lock, self._in_words("written"):
            self._base.execute("BEGIN IMMEDIATE")
            try:
                answer = work()
                self._base.execute("COMMIT")
                self._checkpoints.written()
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back already
                    self._base.execute("ROLLBACK")
                raise
            return answer

    def _refuse_newer(self) -> None:
        if version_of(self._base) > SCHEMA_VERSION:
            raise JournalError(
                f"The journal {self.file} was written by a newer SigDesk.",
                "Use that version, or name another home with --home; the journal stays as it is.",
            )

    def _in_words(self, done: str) -> contextlib.AbstractContextManager[None]:
        return sqlite_in_words(self.file, done)


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
        raise JournalError(
            f"The journal {file} could not be {done} ({error}).",
            "Make room on the disk and check that you may write there; what is in it is kept.",
        ) from error


def _change(state: JobState, at: float, *, later: bool = False) -> str:
    return f"{'; ' if later else ''}{state.value} {at:.3f}"


def _sum(*values: object) -> int:
    """A checksum over a row's values, so that a flipped bit is found rather than believed."""
    return zlib.crc32(orjson.dumps(values, default=zlib.crc32))  # JSON has no bytes: their own checksum stands there


def _text(words: str) -> str:
    """Words may name a file whose name holds bytes that are no text: they are written as escapes."""
    return words if words.isascii() else words.encode("utf-8", "backslashreplace").decode()


def _ended_row(ending: Ending) -> tuple[Any, ...]:
    outcome = ending.outcome
    output = outcome.output
    state, label, confidence, error = outcome.state.value, None, None, None
    # Most jobs end with an answer and no more to say: it is kept as the script gave it.
    document = output.raw if output is not None and not outcome.warnings else _outcome_document(outcome)
    if output is None:
        error = _text(f"{outcome.what}. {outcome.way_out}".strip()) if outcome.what else None
    elif not output.windowed and output.results:
        label, confidence = output.results[0].label, output.results[0].confidence
    log = None
    if ending.lines or ending.dropped:
        lines = [(line.time, line.origin.value, line.level.value, line.text) for line in ending.lines]
        log = orjson.dumps({"lines": lines, "dropped": ending.dropped})
    total = _sum(ending.number, state, ending.ended, label, confidence, error, document)
    change = f"; {state} {ending.ended:.3f}"
    return (ending.number, state, ending.ended, label, confidence, error, document, log, total, change)


def _outcome_document(outcome: Outcome) -> bytes:
    output = outcome.output
    return orjson.dumps(
        {
            "code": outcome.code,
            "output": None if output is None else output.raw.decode("utf-8", "replace"),
            "what": _text(outcome.what),
            "way_out": _text(outcome.way_out),
            "warnings": [_text(warning) for warning in outcome.warnings],
            "stderr_tail": outcome.stderr_tail,
            "exit_code": outcome.exit_code,
        }
    )


def is_whole(row: Sequence[Any]) -> bool:
    """Whether a row, its columns as in `SELECT_JOBS`, still is what was written."""
    number, _, state, _, created, _, ended, label, confidence, error, outcome, accepted, ending = row[:13]
    if state not in _STATES or accepted != _sum(number, created, *row[13:23]):
        return False
    return ended is None or ending == _sum(number, state, ended, label, confidence, error, outcome)


def decode_row(row: Sequence[Any], base: sqlite3.Connection) -> JournalRow:
    """A job from its columns as in `SELECT_JOBS`, which must be whole."""
    number, run, state, attempt, created, started, ended, label, confidence, error = row[:10]
    columns, (chunk, offset, size) = row[13:20], row[20:23]
    samples: bytes | None = None
    if chunk is not None and ended is None:  # what has ended is not run again
        with base.blobopen("samples", "data", chunk, readonly=True) as blob:
            blob.seek(offset)
            samples = blob.read(size)
    file, item, signal, model, version, folder, request = columns
    stored = Stored(file, item, signal, model, version, folder, request, samples)
    return JournalRow(number, run, JobState(state), attempt, created, started, ended, label, confidence, error, stored)


_INSERT: Final = (
    """
INSERT INTO jobs (number, run, owner, state, attempt, created, file, item, signal, model, version, model_folder,
                  request, chunk, offset, size, history, accepted_sum)
VALUES""",
    "(?, ?, ?, 'QUEUED', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "",
)

_INSERT_SAMPLES: Final = "INSERT INTO samples (chunk, data) VALUES (?, ?)"

_NAMED: Final = "WHERE ended IS NULL AND number IN (SELECT value FROM json_each(:numbers))"
_BEGIN: Final = (
    f"UPDATE jobs SET state = 'RUNNING', started = :now, worker = :worker, history = history || :change {_NAMED}"
)
_WAIT_AGAIN: Final = f"UPDATE jobs SET state = 'QUEUED', started = NULL, history = history || :change {_NAMED}"
_TAKE_OVER: Final = (
    "UPDATE jobs SET owner = :run, attempt = attempt + (state = 'INTERRUPTED'), state = 'QUEUED', started = NULL, "
    f"history = history || :change {_NAMED}"
)
_END: Final = (
    """
UPDATE jobs SET state = column2, ended = column3, label = column4, confidence = column5, error = column6,
                outcome = column7, log = column8, ended_sum = column9, history = history || column10
FROM (VALUES""",
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ") WHERE number = column1 AND ended IS NULL",
)

_DEAD: Final = "ended IS NULL AND owner NOT IN (SELECT value FROM json_each(?))"
_INTERRUPT: Final = f"UPDATE jobs SET state = 'INTERRUPTED', history = history || ? WHERE state = 'RUNNING' AND {_DEAD}"
SELECT_JOBS: Final = """
SELECT number, run, state, attempt, created, started, ended, label, confidence, error, outcome, accepted_sum, ended_sum,
       file, item, signal, model, version, model_folder, request, chunk, offset, size FROM jobs"""
_SELECT_DEAD: Final = f"{SELECT_JOBS} WHERE {_DEAD} ORDER BY number"
