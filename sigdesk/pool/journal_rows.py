"""A job's row in the journal: what stands in it, and the checksums by which a flipped bit is found, not believed.

`accepted_sum` covers what never changes, `row_sum` all else but the owner.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import orjson
from isal.isal_zlib import crc32
from msgspec import Struct
from msgspec.structs import replace

from sigdesk.pool.jobs import JobState, LogEntry, Outcome
from sigdesk.pool.requests import Stored

STATES: Final = frozenset(state.value for state in JobState)


def job_id(run: str, number: int) -> str:
    """A job's full id: it names its run and sorts by time."""
    return f"{run}-{str(number).zfill(6)}"


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
    """That of a row, its columns as in `COLUMNS`."""
    return Course(row[2], row[3], row[5], row[23], row[24], row[25])


ACCEPTED: Final = Course("", 1, None, None, 0, "")


def asked_sum(run: str, model: Sequence[str], file: str, request: bytes) -> int:
    """The checksum of what jobs mostly have in common; `model` is its name, version and folder."""
    return crc32(request, crc32(orjson.dumps((run, *model, file))))


def accepted_sum(number: int, created: float, signal: Sequence[Any], asked: int) -> int:
    """The checksum of what never changes; `signal` as in the table: item, signal, chunk, offset and size."""
    return crc32(orjson.dumps((number, created, *signal)), asked)


def course_sum(course: Course) -> int:
    """The checksum of how far a job has come, with which that of its row begins."""
    return crc32(orjson.dumps([*course]))  # it passes over named tuples


def span_sum(first: int, last: int, course: int) -> int:
    """The `row_sum` of jobs that have not ended; `course` is the checksum of how far they have come."""
    return crc32(orjson.dumps((first, last)), course)


def ended_sum(course: int, result: Sequence[Any], outcome: bytes, log: bytes | None) -> int:
    """The `row_sum` of a job that has ended; `course` is the checksum of how it came there, and `result` its number,
    the time of its end, label, confidence and error, and the sum of its input where there is one."""
    total = crc32(outcome, crc32(orjson.dumps(result), course))
    return total if log is None else crc32(log, total)


def is_whole(row: Sequence[Any]) -> bool:
    """Whether a row, its columns as in `COLUMNS`, still is what was written."""
    if row[2] not in STATES or not is_accepted_whole(row):
        return False
    try:
        if row[6] is None:
            return bool(row[12] == span_sum(row[29], row[30], course_sum(course_of(row))))
        return bool(row[12] == sum_of_ended(row))
    except TypeError:  # a value is not even of its kind any more
        return False


def is_accepted_whole(row: Sequence[Any]) -> bool:
    """Whether at least what never changes of a row still is what was written."""
    try:
        asked = asked_sum(row[1], row[16:19], row[13], row[19])
        return bool(row[11] == accepted_sum(row[0], row[4], (row[14], row[15], *row[20:23]), asked))
    except TypeError:
        return False


def sum_of_ended(row: Sequence[Any]) -> int:
    """The `row_sum` of the row of a job that has ended."""
    return ended_sum(course_sum(course_of(row)), _result_of(row), row[10], row[26])


def _result_of(row: Sequence[Any]) -> tuple[Any, ...]:
    """What `ended_sum` calls so, of a row."""
    result = (row[0], *row[6:10])
    return result if row[_INPUT_SUM] is None else (*result, row[_INPUT_SUM])


def decode_row(row: Sequence[Any], base: sqlite3.Connection) -> JournalRow:
    """A job from its columns as in `COLUMNS`, which must be whole."""
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


def ended_row(ending: Ending, course: int) -> tuple[Any, ...]:
    """What is written of a job's end: number, label, confidence, outcome, `row_sum` and the sum of its input; error and
    log, too, where it has one of them. `course` is the checksum of how it came there."""
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
    total = ended_sum(course, result if input_sum is None else (*result, input_sum), document, log)
    # A bytearray is bound as it is; of bytes it is asked first, for each of them, whether somebody adapts such values.
    row = (ending.number, label, confidence, bytearray(document), total, input_sum)
    return row if error is None and log is None else (*row, error, log)


def amended(row: Sequence[Any], outcome: Outcome) -> tuple[Any, ...]:
    """What is written where an ended job, its row as in `COLUMNS`, was said more of: outcome, `row_sum`, number."""
    document = _outcome_document(outcome)
    total = ended_sum(course_sum(course_of(row)), _result_of(row), document, row[26])
    return document, total, row[0]


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
    "offset", "size", "worker", "kills", "history", "log", "owner", "input_sum", "first", "last",
)  # fmt: skip
"""Of a row as it is read: all of a job that the tables hold, and the span in which it stands if it has not ended."""
_INPUT_SUM: Final = COLUMNS.index("input_sum")
