"""Looking back through the journal: the newest jobs first, those that hold all words, and all that is kept of one.

Nothing is indexed by words, as that would make every job dearer to accept. A search goes back through the numbers in
stretches instead, each short enough that its reader can stop, and hands out what it finds as it goes.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from msgspec import Struct

from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobState, LogEntry, Origin, Outcome
from sigdesk.pool.journal import mark_damaged, sqlite_in_words
from sigdesk.pool.journal_layouts import layout_of
from sigdesk.pool.journal_reading import open_to_read
from sigdesk.pool.journal_rows import JournalRow, decode_row
from sigdesk.pool.journal_schema import SCHEMA_VERSION, version_of
from sigdesk.protocol import Level

_FIRST_STRETCH: Final = 1_000
_LONGEST_STRETCH: Final = 100_000
_RECENT: Final = 20_000
"""Jobs that are looked at for when a model was used last."""
_MOST_A_PORTION: Final = 2_000
_AIM_S: Final = 0.05
"""How long a stretch should take: whoever has changed the words does not wait for the old ones."""
_FIELDS: Final = ("coalesce(error, '')", "coalesce(label, '')", "version", "model", "item", "signal", "file")
_TEXT: Final = " || char(10) || ".join(_FIELDS)
"""Names of files stand last: they may hold a NUL, and SQLite compares no further than that."""
_OUTCOME_KEYS: Final = frozenset(("code", "output", "what", "way_out", "warnings", "stderr_tail", "exit_code"))
_NO_OUTCOME: Final[Mapping[str, Any]] = {}


class Term(NamedTuple):
    """A word that a job must hold somewhere in its texts; or it is one of these models, labels, states, or this number.

    Those are for what operators read in other words than the journal has.
    """

    word: str
    models: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    states: tuple[JobState, ...] = ()


class FoundJob(NamedTuple):
    """A job of the journal, and the worker that had it last."""

    row: JournalRow
    worker: int | None


class Portion(NamedTuple):
    """Jobs of one stretch, the newest first. All from the start of the search down to number `reached` was looked at;
    `damaged` counts jobs that are passed over, because they are not what was written any more."""

    jobs: tuple[FoundJob, ...]
    reached: int
    damaged: int = 0


class StoredJob(Struct, frozen=True):
    """All that the journal has of one job. `changes` are its states with the times when it came to them."""

    row: JournalRow
    worker: int | None
    changes: tuple[tuple[JobState, float], ...]
    outcome: Outcome | None
    lines: tuple[LogEntry, ...]
    lines_dropped: int
    start: int
    stop: int | None
    windows: int | None
    params: Mapping[str, Any]
    retry_of: str | None
    input_sum: int | None
    model_sha256: str


def search_jobs(
    file: Path, terms: Sequence[Term] = (), *, below: int | None = None, limit: int = 200
) -> Iterator[Portion]:
    """Jobs that hold all terms, from the newest (or from below a number) back, until `limit` are found or none is left.

    The last portion has reached 1 when there is no more. Raises JournalError when the journal cannot be read.
    """
    if not file.exists():
        yield Portion((), 1)
        return
    with sqlite_in_words(file, "read"), contextlib.closing(open_to_read(file)) as base:
        checked = version_of(base) <= SCHEMA_VERSION
        (newest,) = base.execute("SELECT coalesce(max(number), 0) FROM jobs").fetchone()
        upper = newest if below is None else min(newest, below - 1)
        condition, values = _condition(terms)
        layout = layout_of(version_of(base))
        statement = f"{layout.select} WHERE number BETWEEN ? AND ?{condition} ORDER BY number DESC LIMIT ?"
        stretch = _FIRST_STRETCH
        while True:
            lower = max(1, upper - stretch + 1)
            most = min(limit, _MOST_A_PORTION)
            began = time.monotonic()
            rows = base.execute(statement, (lower, upper, *values, most)).fetchall()
            reached = rows[-1][0] if len(rows) >= most else lower
            whole = [row for row in rows if not checked or layout.is_whole(row)]
            yield _portion(file, base, whole, reached, len(rows) - len(whole))
            limit -= len(rows)
            if limit <= 0 or reached <= 1:
                return
            upper = reached - 1
            stretch = _next_stretch(stretch, time.monotonic() - began)


def last_uses(file: Path) -> dict[str, float]:
    """When each model was given its latest job (seconds since the epoch), by its name, as far as the newest jobs tell.

    Raises JournalError when the journal cannot be read.
    """
    if not file.exists():
        return {}
    with sqlite_in_words(file, "read"), contextlib.closing(open_to_read(file)) as base:
        (newest,) = base.execute("SELECT coalesce(max(number), 0) FROM jobs").fetchone()
        accepted = layout_of(version_of(base)).accepted
        statement = f"SELECT model, max(created) FROM {accepted} WHERE jobs.number > ? GROUP BY model"
        return {str(model): float(when) for model, when in base.execute(statement, (newest - _RECENT,))}


def read_job(file: Path, number: int) -> StoredJob | None:
    """All that is kept of one job, None where there is none of that number. Raises JournalError."""
    if not file.exists():
        return None
    with sqlite_in_words(file, "read"), contextlib.closing(open_to_read(file)) as base:
        layout = layout_of(version_of(base))
        found = base.execute(f"{layout.select} WHERE number = ?", (number,)).fetchone()
        if found is None:
            return None
        if version_of(base) <= SCHEMA_VERSION and not layout.is_whole(found):
            mark_damaged(file)
            raise JournalError(f"Job {number} in the journal is damaged.", "What can be read of it is not what it was.")
        worker, _, history, log, _, input_sum = found[23:29]
        return _stored(decode_row(found, base), found[10], worker, history, log, input_sum)


def samples_of(file: Path, number: int) -> bytes | None:
    """The samples of a job whose signal exists only in memory, None for one that a file holds. Raises JournalError."""
    with sqlite_in_words(file, "read"), contextlib.closing(open_to_read(file)) as base:
        place = base.execute("SELECT chunk, offset, size FROM jobs WHERE number = ?", (number,)).fetchone()
        if place is None or place[0] is None:
            return None
        chunk, offset, size = place
        with base.blobopen("samples", "data", chunk, readonly=True) as blob:
            blob.seek(offset)
            return bytes(blob.read(size))


def _next_stretch(stretch: int, took_s: float) -> int:
    """Twice as far while it goes quickly, half as far when it does not."""
    if took_s < _AIM_S:
        return min(_LONGEST_STRETCH, 2 * stretch)
    return max(_FIRST_STRETCH, stretch // 2) if took_s > 2 * _AIM_S else stretch


def _portion(
    file: Path, base: sqlite3.Connection, rows: Sequence[tuple[Any, ...]], reached: int, damaged: int
) -> Portion:
    if damaged:
        mark_damaged(file)
    # What lists jobs has no use for their samples, and these may be large.
    jobs = tuple(FoundJob(decode_row((*row[:20], None, None, None, *row[23:]), base), row[23]) for row in rows)
    return Portion(jobs, reached, damaged)


def _condition(terms: Sequence[Term]) -> tuple[str, list[Any]]:
    """What follows the stretch in WHERE, and its values."""
    text = ""
    values: list[Any] = []
    for term in terms:
        ways = []
        # SQLite knows upper and lower case of ASCII only.
        for word in dict.fromkeys((term.word, term.word.lower(), term.word.upper(), term.word.capitalize())):
            ways.append(f"{_TEXT} LIKE ? ESCAPE '\\'")
            values.append(f"%{_literally(word)}%")
            if word.isascii():
                break
        for column, names in (("model", term.models), ("label", term.labels), ("state", _values(term.states))):
            if names:
                ways.append(f"{column} IN ({', '.join('?' * len(names))})")
                values += names
        if term.word.isdecimal() and len(term.word) < 18:
            ways.append("number = ?")
            values.append(int(term.word))
        text += f" AND ({' OR '.join(ways)})"
    return text, values


def _values(states: Sequence[JobState]) -> tuple[str, ...]:
    return tuple(state.value for state in states)


def _literally(word: str) -> str:
    for sign in "\\%_":
        word = word.replace(sign, f"\\{sign}")
    return word


def _stored(
    row: JournalRow, outcome: bytes | None, worker: int | None, history: str, log: bytes | None, input_sum: int | None
) -> StoredJob:
    asked = orjson.loads(row.stored.request)
    kept: Mapping[str, Any] = orjson.loads(log) if log else {"lines": [], "dropped": 0}
    return StoredJob(
        row=row,
        worker=worker,
        changes=tuple(_change(part) for part in history.split("; ")),
        outcome=_outcome(row.state, outcome) if row.ended is not None else None,
        lines=tuple(
            LogEntry(at, row.id, row.number, worker or 0, Origin(origin), Level(level), text)
            for at, origin, level, text in kept["lines"]
        ),
        lines_dropped=kept["dropped"],
        start=asked["start"],
        stop=asked["stop"],
        windows=None if asked["windows"] is None else len(asked["windows"]),
        params=asked["params"],
        retry_of=asked["retry_of"],
        input_sum=input_sum,
        model_sha256=asked.get("model_sha256", ""),
    )


def _change(part: str) -> tuple[JobState, float]:
    state, _, at = part.partition(" ")
    return JobState(state), float(at)


def _outcome(state: JobState, kept: bytes | None) -> Outcome:
    """The outcome without its result: of one that succeeded, mostly only what the script answered is kept."""
    document = orjson.loads(kept) if kept else _NO_OUTCOME
    if not isinstance(document, dict) or not document.keys() >= _OUTCOME_KEYS:
        document = _NO_OUTCOME
    return Outcome(
        state,
        None,
        document.get("code", ""),
        document.get("what", ""),
        document.get("way_out", ""),
        tuple(document.get("warnings", ())),
        document.get("stderr_tail", ""),
        document.get("exit_code"),
    )
