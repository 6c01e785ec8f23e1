"""The tables of each version of the journal, as they are read: the columns are the present ones in any case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
from isal.isal_zlib import crc32

from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_rows import (
    ACCEPTED,
    COLUMNS,
    STATES,
    course_of,
    course_sum,
    is_accepted_whole,
    is_whole,
    sum_of_ended,
)

ENDING_COLUMNS: Final = ("ended", "label", "confidence", "error", "outcome", "log", "input_sum")
"""Those that only a job has which has ended."""
COURSE_COLUMNS: Final = ("owner", "state", "attempt", "started", "worker", "kills", "history", "row_sum")
"""Those of how far it has come."""
SPAN_COLUMNS: Final = ("first", "last")
_ASKED_COLUMNS: Final = ("run", "model", "version", "model_folder")
_COMMON_COLUMNS: Final = ("file", "request")
"""Those of which a job has none of its own where they are as with most others that were asked the same."""
_IN_SPAN: Final = "first = (SELECT first FROM open_jobs WHERE first <= jobs.number ORDER BY first DESC LIMIT 1)"


def _column(name: str) -> str:
    """Where a column stands in the present tables."""
    if name in ENDING_COLUMNS:
        return f"endings.{name}"
    if name in COURSE_COLUMNS:
        return f"coalesce(endings.{name}, open_jobs.{name}) AS {name}"
    if name in SPAN_COLUMNS:
        return f"open_jobs.{name}"
    if name in _ASKED_COLUMNS:
        return f"requests.{name}"
    return f"coalesce(jobs.{name}, requests.{name}) AS {name}" if name in _COMMON_COLUMNS else f"jobs.{name}"


def _select(requests: str) -> str:
    """All jobs, with what they were asked for from this table."""
    return f"""SELECT {", ".join(COLUMNS)} FROM (
    SELECT {", ".join(map(_column, COLUMNS))} FROM jobs LEFT JOIN {requests} AS requests ON requests.number = asked
    LEFT JOIN endings ON endings.number = jobs.number
    LEFT JOIN open_jobs ON endings.number IS NULL AND last >= jobs.number AND {_IN_SPAN})"""


def _select_accepted(requests: str) -> str:
    """The same without how far they have come, which may be what cannot be read."""
    unread = (*COURSE_COLUMNS, *ENDING_COLUMNS, *SPAN_COLUMNS)
    columns = ("NULL" if name in unread else _column(name) for name in COLUMNS)
    return f"""SELECT * FROM (
    SELECT {", ".join(columns)} FROM jobs LEFT JOIN {requests} AS requests ON requests.number = asked)"""


SELECT_JOBS: Final = _select("requests")
SPANNED: Final = "open_jobs CROSS JOIN jobs ON jobs.number BETWEEN first AND last"
"""Jobs that have not ended; with the words CROSS JOIN, SQLite looks for the jobs of each span, and not the reverse."""


class Way(NamedTuple):
    """A way of reading jobs, and of seeing whether a row is what was written. Where it is not `all_of_it`, how far they
    have come is not read."""

    select: str
    is_whole: Callable[[Sequence[Any]], bool]
    all_of_it: bool = True


class Layout(NamedTuple):
    """How one version of the tables is read.

    `open_jobs` and `endings` are tables (with their conditions) of jobs that have not ended, and of those that have;
    `accepted` is one with the columns of what was accepted. `ways` are those of reading jobs, the best first: the next
    is for where it fails. `strays` counts open jobs of which it is not known what they are.
    """

    ways: tuple[Way, ...]
    open_jobs: str
    endings: str
    accepted: str
    strays: str

    @property
    def select(self) -> str:
        """The statement of the best way, to which conditions may be added."""
        return self.ways[0].select

    @property
    def is_whole(self) -> Callable[[Sequence[Any]], bool]:
        """Whether a row, read in the best way, still is what was written."""
        return self.ways[0].is_whole

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


def accepted_sum_2(row: Sequence[Any]) -> int:
    """The checksum of what never changes of a row, as it was in versions 2 to 5."""
    words = (row[0], row[4], *row[13:19], *row[20:23])
    return crc32(row[19], crc32(orjson.dumps(words)))


def row_sum_2(row: Sequence[Any]) -> int:
    """That of all else, which is what it was for jobs that have ended."""
    return course_sum(course_of(row)) if row[6] is None else sum_of_ended(row)


def _is_accepted_whole_2(row: Sequence[Any]) -> bool:
    try:
        return bool(row[11] == accepted_sum_2(row))
    except TypeError:  # a value is not even of its kind any more
        return False


def _is_whole_2(row: Sequence[Any]) -> bool:
    """Whether a row of versions 2 to 5 still is what was written."""
    try:
        return row[2] in STATES and _is_accepted_whole_2(row) and bool(row[12] == row_sum_2(row))
    except TypeError:
        return False


def _is_whole_1(row: Sequence[Any]) -> bool:
    """In version 1 the checksum of an ended job covered its result only, and one that had not ended had none."""
    number, _, state, _, created, _, ended, label, confidence, error, outcome, accepted, total = row[:13]
    if state not in STATES or accepted != _sum_1(number, created, *row[13:23]):
        return False
    return ended is None or bool(total == _sum_1(number, state, ended, label, confidence, error, outcome))


def _sum_1(*values: object) -> int:
    return crc32(orjson.dumps(values, default=crc32))


def _columns(other: Mapping[str, str], *none: str) -> str:
    """All columns; `other` is how those are read that a version has not, or under another name."""
    return ", ".join("NULL" if name in none else other.get(name, name) for name in COLUMNS)


_NO_SPANS: Final = {"first": "NULL AS first", "last": "NULL AS last"}
_ACCEPTED_2: Final = Way(
    f"SELECT {_columns(_NO_SPANS, *COURSE_COLUMNS, *ENDING_COLUMNS)} FROM jobs", _is_accepted_whole_2, all_of_it=False
)


def _before_5(other: Mapping[str, str], is_whole: Callable[[Sequence[Any]], bool] = _is_whole_2) -> Layout:
    """Until version 5 there was one table."""
    open_jobs, endings = "jobs WHERE ended IS NULL", "jobs WHERE ended IS NOT NULL"
    return Layout(
        (Way(f"SELECT {_columns(other)} FROM jobs", is_whole), _ACCEPTED_2), open_jobs, endings, "jobs", "SELECT 0"
    )


_COLUMNS_2: Final = {"input_sum": "NULL AS input_sum", **_NO_SPANS}
_COLUMNS_1: Final = {"row_sum": "ended_sum AS row_sum", "kills": "0 AS kills", **_COLUMNS_2}


def _version_5() -> Layout:
    """In version 5 each job that had not ended had a row of its own, and each one all of what it was asked for."""
    columns = {name: f"endings.{name}" for name in ENDING_COLUMNS}
    columns |= {name: f"coalesce(endings.{name}, open_jobs.{name}) AS {name}" for name in COURSE_COLUMNS}
    columns |= _NO_SPANS | {"number": "jobs.number"}
    select = f"""SELECT {", ".join(COLUMNS)} FROM (SELECT {_columns(columns)} FROM jobs
    LEFT JOIN endings ON endings.number = jobs.number LEFT JOIN open_jobs ON open_jobs.number = jobs.number)"""
    strays = "SELECT count(*) FROM open_jobs WHERE number NOT IN (SELECT number FROM jobs)"
    return Layout((Way(select, _is_whole_2), _ACCEPTED_2), "open_jobs WHERE true", "endings WHERE true", "jobs", strays)


_LAYOUTS: Final = {
    1: _before_5(_COLUMNS_1, _is_whole_1),
    2: _before_5(_COLUMNS_2),
    3: _before_5(_COLUMNS_2),
    4: _before_5(_NO_SPANS),
    5: _version_5(),
}
_PRESENT: Final = Layout(
    (
        Way(SELECT_JOBS, is_whole),
        Way(_select("requests_again"), is_whole),
        Way(_select_accepted("requests"), is_accepted_whole, all_of_it=False),
        Way(_select_accepted("requests_again"), is_accepted_whole, all_of_it=False),
    ),
    f"{SPANNED} WHERE true",
    "endings WHERE true",
    "jobs JOIN requests ON requests.number = asked",
    f"SELECT coalesce(sum(last - first + 1), 0) - (SELECT count(*) FROM {SPANNED}) FROM open_jobs",
)


def layout_of(version: int) -> Layout:
    """That of a version of the tables; of one that is not known, the present one."""
    return _LAYOUTS.get(version, _PRESENT)


def interrupted(row: Sequence[Any], at: float) -> tuple[Any, ...]:
    """A row of which it was not read how far it has come, as that of an interrupted job."""
    values = dict(zip(COLUMNS, row, strict=True))
    course = ACCEPTED.then(JobState.QUEUED, values["created"]).then(JobState.INTERRUPTED, at)
    return tuple((values | course._asdict() | {"owner": values["run"]}).values())
