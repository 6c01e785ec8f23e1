"""A job's row in the journal: what stands in it, and the checksums by which a flipped bit is found, not believed.

`accepted_sum` covers what never changes. `row_sum` covers all else but the owner, and is made anew with every change.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import orjson
from msgspec import Struct
from msgspec.structs import replace

from sigdesk.pool.jobs import JobState, LogEntry, Outcome
from sigdesk.pool.requests import Stored

_STATES: Final = frozenset(state.value for state in JobState)


def job_id(run: str, number: int) -> str:
    """A job's full id: it names its run and sorts by time."""
    return f"{run}-{number:06d}"


class Ending(Struct, frozen=True, gc=False):
    """How one job ended. `lines` are the log lines that were kept of it; `dropped` counts the others. `input_sum` is
    the CRC-32 of the samples that were read for it, where it came to that."""

    number: int
    outcome: Outcome
    ended: float
    lines: Sequence[LogEntry] = ()
    dropped: int = 0
    input_sum: int | None = None


class JournalRow(Struct, frozen=True):
    """A job as the journal has it. Times are seconds since the epoch; `stored` is what it takes to run it again,
    `level` its place in the line's order where the operator has moved it."""

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
    kills: int = 0
    level: int | None = None

    @property
    def id(self) -> str:
        return job_id(self.run, self.number)


class Course(NamedTuple):
    """How far a job has come. Jobs of a batch mostly have the same, which is then worked out and written once."""

    state: str
    attempt: int
    started: float | None
    worker: int | None
    kills: int
    history: str

    def then(self, state: JobState, at: float, **changed: Any) -> Course:
        """The same after one more change of state."""
        history = f"{self.history}; {state.value} {at:.3f}" if self.history else f"{state.value} {at:.3f}"
        return self._replace(state=state.value, history=history, **changed)


def course_of(row: Sequence[Any]) -> Course:
    """That of a row, its columns as in `SELECT_JOBS`."""
    return Course(row[2], row[3], row[5], row[23], row[24], row[25])


ACCEPTED: Final = Course("", 1, None, None, 0, "")


def accepted_sum(number: int, created: float, columns: Sequence[Any]) -> int:
    """The checksum of what never changes; `columns` as in the table, from `file` to `size`."""
    file, item, signal, model, version, folder, request, chunk, offset, size = columns
    words = (number, created, file, item, signal, model, version, folder, chunk, offset, size)
    return zlib.crc32(request, zlib.crc32(orjson.dumps(words)))


def accepted_row(
    number: int, created: float, stored: Stored, place: tuple[int | None, int | None, int | None]
) -> tuple[Any, ...]:
    """What is written of a job that is accepted, but for what all of its model have in common: number, file, item,
    signal, request, the place of its samples (chunk, offset and size) and `accepted_sum`."""
    file, item, signal, request = stored.file, stored.item, stored.signal, stored.request
    columns = (file, item, signal, stored.model, stored.version, stored.model_folder, request, *place)
    return (number, file, item, signal, request, *place, accepted_sum(number, created, columns))


def open_sum(course: Course) -> int:
    """The `row_sum` of a job that has not ended."""
    return zlib.crc32(orjson.dumps([*course]))  # it passes over named tuples


def ended_sum(course_sum: int, result: Sequence[Any], outcome: bytes, log: bytes | None) -> int:
    """The `row_sum` of one that has: `result` is its number, the time of its end, label, confidence and error, and the
    sum of its input where there is one."""
    total = zlib.crc32(outcome, zlib.crc32(orjson.dumps(result), course_sum))
    return total if log is None else zlib.crc32(log, total)


def is_whole(row: Sequence[Any]) -> bool:
    """Whether a row, its columns as in `SELECT_JOBS`, still is what was written."""
    state, ended, outcome, total = row[2], row[6], row[10], row[12]
    if state not in _STATES or not is_accepted_whole(row):
        return False
    try:
        course_sum = open_sum(course_of(row))
        if ended is None:
            return bool(total == course_sum)
        return bool(total == ended_sum(course_sum, _result_of(row), outcome, row[26]))
    except TypeError:  # a value is not even of its kind any more
        return False


def is_accepted_whole(row: Sequence[Any]) -> bool:
    """Whether at least what never changes of a row still is what was written."""
    try:
        return bool(row[11] == accepted_sum(row[0], row[4], row[13:23]))
    except TypeError:
        return False


def _result_of(row: Sequence[Any]) -> tuple[Any, ...]:
    """What `ended_sum` calls so, of a row."""
    result = (row[0], *row[6:10])
    return result if row[_INPUT_SUM] is None else (*result, row[_INPUT_SUM])


def decode_row(row: Sequence[Any], base: sqlite3.Connection) -> JournalRow:
    """A job from its columns as in `SELECT_JOBS`, which must be whole."""
    number, run, state, attempt, created, started, ended, label, confidence, error = row[:10]
    columns, (chunk, offset, size), kills = row[13:20], row[20:23], row[24]
    samples: bytes | None = None
    if chunk is not None and ended is None:  # what has ended is not run again
        with base.blobopen("samples", "data", chunk, readonly=True) as blob:
            blob.seek(offset)
            samples = blob.read(size)
    file, item, signal, model, version, folder, request = columns
    stored = Stored(file, item, signal, model, version, folder, request, samples)
    return JournalRow(
        number, run, JobState(state), attempt, created, started, ended, label, confidence, error, stored, kills
    )


def ended_row(ending: Ending, course_sum: int) -> tuple[Any, ...]:
    """What is written of a job's end: number, time, label, confidence, error, outcome, log and `row_sum`."""
    outcome, input_sum = ending.outcome, ending.input_sum
    output = outcome.output
    label, confidence, error, log = None, None, None, None
    # Most jobs end with an answer and no more to say: it is kept as the script gave it.
    document = output.raw if output is not None and not outcome.warnings else _outcome_document(outcome)
    if output is None:
        error = _text(outcome.sentences) if outcome.what else None
    elif not output.windowed and output.results:
        first = output.results[0]
        label, confidence = first.label, first.confidence
    if ending.lines or ending.dropped:
        kept = [(line.time, line.origin.value, line.level.value, line.text) for line in ending.lines]
        log = orjson.dumps({"lines": kept, "dropped": ending.dropped})
    result = (ending.number, ending.ended, label, confidence, error)
    total = ended_sum(course_sum, result if input_sum is None else (*result, input_sum), document, log)
    # A bytearray is bound as it is; of bytes it is asked first, for each of them, whether somebody adapts such values.
    return (*result, bytearray(document), log, total, input_sum)


def amended(row: Sequence[Any], outcome: Outcome) -> tuple[Any, ...]:
    """What is written where an ended job, its row as in `SELECT_JOBS`, was said more of: outcome, `row_sum`, number."""
    document = _outcome_document(outcome)
    return document, ended_sum(open_sum(course_of(row)), _result_of(row), document, row[26]), row[0]


def in_line(rows: Sequence[JournalRow], moved: Mapping[int, int]) -> list[JournalRow]:
    """Waiting jobs in the order of their line: by their priority, or by the level to which they were `moved`, where
    those that were moved to the same one stand in the order of the mapping."""
    turns = {number: turn for turn, number in enumerate(moved)}
    ordered = []
    for row in rows:
        level = moved.get(row.number)
        row = row if level is None else replace(row, level=level)
        rank = orjson.loads(row.stored.request)["priority"] if level is None else level
        ordered.append(((-rank, turns.get(row.number, -1), row.number), row))
    return [row for _, row in sorted(ordered, key=itemgetter(0))]


def _text(words: str) -> str:
    """Words may name a file whose name holds bytes that are no text: they are written as escapes."""
    return words if words.isascii() else words.encode("utf-8", "backslashreplace").decode()


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


COLUMNS: Final = (
    "number", "run", "state", "attempt", "created", "started", "ended", "label", "confidence", "error", "outcome",
    "accepted_sum", "row_sum", "file", "item", "signal", "model", "version", "model_folder", "request", "chunk",
    "offset", "size", "worker", "kills", "history", "log", "owner", "input_sum",
)  # fmt: skip
_INPUT_SUM: Final = COLUMNS.index("input_sum")

ENDING_COLUMNS: Final = ("ended", "label", "confidence", "error", "outcome", "log", "input_sum")
"""Those that only a job has which has ended."""
COURSE_COLUMNS: Final = ("owner", "state", "attempt", "started", "worker", "kills", "history", "row_sum")
"""Those of how far it has come."""
_JOINED: Final = ", ".join(
    [
        f"endings.{name}" if name in ENDING_COLUMNS
        else f"coalesce(endings.{name}, open_jobs.{name}) AS {name}" if name in COURSE_COLUMNS
        else f"jobs.{name}"
        for name in COLUMNS
    ]
)  # fmt: skip
SELECT_JOBS: Final = f"""SELECT {", ".join(COLUMNS)} FROM (
    SELECT {_JOINED} FROM jobs
    LEFT JOIN endings ON endings.number = jobs.number LEFT JOIN open_jobs ON open_jobs.number = jobs.number)"""


SELECT_ACCEPTED: Final = f"""
SELECT {", ".join("NULL" if name in (*COURSE_COLUMNS, *ENDING_COLUMNS) else name for name in COLUMNS)} FROM jobs"""
"""The same columns, of any version, without how far a job has come."""


class Layout(NamedTuple):
    """How the rows of one version of the tables are read, and how their checksums tell whether they are whole. The
    columns are the present ones in any case.

    `open_jobs` and `endings` are tables (with their conditions) of those that have not ended, and of those that have.
    """

    select: str
    is_whole: Callable[[Sequence[Any]], bool]
    open_jobs: str
    endings: str

    def numbers_of(self, state: JobState | None) -> str:
        """Table and conditions of all jobs, or of those in one state, by which an index finds the few that wait or went
        wrong among a million."""
        if state is None:
            return "jobs WHERE true"
        if state in (JobState.QUEUED, JobState.RUNNING, JobState.INTERRUPTED):
            return f"{self.open_jobs} AND state = '{state.value}'"
        if state is JobState.SUCCEEDED:
            return f"{self.endings} AND state = '{state.value}'"
        return f"{self.endings} AND state <> 'SUCCEEDED' AND state = '{state.value}'"

    def is_in(self, state: JobState | None) -> str:
        """The same as a condition on what is selected."""
        if state is None:
            return "true"
        if state is JobState.SUCCEEDED:  # nearly all are: a list of them would be as long as the journal
            return f"state = '{state.value}'"
        return f"number IN (SELECT number FROM {self.numbers_of(state)})"


def _is_whole_1(row: Sequence[Any]) -> bool:
    """In version 1 the checksum of an ended job covered its result only, and one that had not ended had none."""
    number, _, state, _, created, _, ended, label, confidence, error, outcome, accepted, total = row[:13]
    if state not in _STATES or accepted != _sum_1(number, created, *row[13:23]):
        return False
    return ended is None or bool(total == _sum_1(number, state, ended, label, confidence, error, outcome))


def _sum_1(*values: object) -> int:
    return zlib.crc32(orjson.dumps(values, default=zlib.crc32))


def _before_5(other: Mapping[str, str], is_whole: Callable[[Sequence[Any]], bool] = is_whole) -> Layout:
    """Until version 5 there was one table; `other` is how what it has not, or under another name, is read."""
    select = f"SELECT {', '.join(other.get(name, name) for name in COLUMNS)} FROM jobs"
    return Layout(select, is_whole, "jobs WHERE ended IS NULL", "jobs WHERE ended IS NOT NULL")


_COLUMNS_2: Final = {"input_sum": "NULL AS input_sum"}
_COLUMNS_1: Final = {"row_sum": "ended_sum AS row_sum", "kills": "0 AS kills", **_COLUMNS_2}
_LAYOUTS: Final = {
    1: _before_5(_COLUMNS_1, _is_whole_1),
    2: _before_5(_COLUMNS_2),
    3: _before_5(_COLUMNS_2),
    4: _before_5({}),
}
_PRESENT: Final = Layout(SELECT_JOBS, is_whole, "open_jobs WHERE true", "endings WHERE true")


def layout_of(version: int) -> Layout:
    """That of a version of the tables; of one that is not known, the present one."""
    return _LAYOUTS.get(version, _PRESENT)


def interrupted(row: Sequence[Any], at: float) -> tuple[Any, ...]:
    """A row as in `SELECT_ACCEPTED`, of which nobody knows how far it has come, as that of an interrupted job."""
    values = dict(zip(COLUMNS, row, strict=True))
    course = ACCEPTED.then(JobState.QUEUED, values["created"]).then(JobState.INTERRUPTED, at)
    values |= course._asdict() | {"owner": values["run"]}
    return with_present_sums(tuple(values.values()))


def with_present_sums(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row that is whole, of whatever version, with the checksums of the present one."""
    total = open_sum(course_of(row))
    if row[6] is not None:
        total = ended_sum(total, _result_of(row), row[10], row[26])
    return (*row[:11], accepted_sum(row[0], row[4], row[13:23]), total, *row[13:])
