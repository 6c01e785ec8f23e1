"""What jobs are asked for, in the journal: written once for all that are asked the same, as thousands are at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sigdesk.pool.journal_rows import accepted_sum, asked_sum

_WORTH_A_ROW: Final = 16
"""So many jobs of another file get a row of their own; fewer have that file's name beside theirs."""
Model = tuple[str, str, str]
"""A model's name, version and folder, as columns have them."""
Place = tuple[int | None, int | None, int | None]
"""Where a job's samples are: chunk, offset and size in bytes; Nones for a signal that a file holds."""


class Asked(NamedTuple):
    """A row of `requests`, and the checksum of what it says."""

    number: int
    run: str
    model: Model
    file: str
    request: bytes
    total: int


class Requests:
    """The rows that later jobs may name. What a transaction has added is to be forgotten when it fails."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        self._known: dict[tuple[str, Model], Asked] = {}

    def row_for(self, run: str, model: Model, file: str, request: bytes, count: int) -> Asked:
        """The row that `count` jobs name, of which at least one is asked this of a signal of this file. Raises
        sqlite3.Error."""
        known = self._known.get((run, model))
        if known is not None and (count < _WORTH_A_ROW or (known.file, known.request) == (file, request)):
            return known
        number = self._base.execute(_INSERT, (run, *model, file, request)).lastrowid
        assert number is not None
        self._base.execute(_AGAIN, (number,))
        asked = self._known[run, model] = Asked(number, run, model, file, request, asked_sum(run, model, file, request))
        return asked

    def forget(self) -> None:
        self._known.clear()


def plain_job_row(asked: Asked, number: int, created: float, item: str, signal: str) -> tuple[Any, ...]:
    """What is written of a job that was asked just this of a signal that a file holds, as in `PLAIN_JOBS`."""
    return number, item, signal, accepted_sum(number, created, (item, signal, None, None, None), asked.total)


def job_row(
    asked: Asked, number: int, created: float, signal: tuple[str, str], file: str, request: bytes, place: Place
) -> tuple[Any, ...]:
    """What is written of any job, as in `JOBS`; `signal` is item and signal."""
    total = asked_sum(asked.run, asked.model, file, request)
    own_file = None if file == asked.file else file
    own_request = None if request == asked.request else request
    return (number, *signal, accepted_sum(number, created, (*signal, *place), total), own_file, own_request, *place)


def job_row_of(asked: Asked, row: Sequence[Any]) -> tuple[Any, ...]:
    """The same of a row as in `COLUMNS`."""
    return job_row(asked, row[0], row[4], (row[14], row[15]), row[13], row[19], (row[20], row[21], row[22]))


_INSERT: Final = "INSERT INTO requests (run, model, version, model_folder, file, request) VALUES (?, ?, ?, ?, ?, ?)"
_AGAIN: Final = "INSERT INTO requests_again SELECT * FROM requests WHERE number = ?"
