"""Rows into a table of the journal, hundreds in one statement.

`executemany` would give up the interpreter's lock at every row, and next to a thread that computes it takes 5 ms to get
it back. A value that stands in each of the rows is handed over once: this is most of the work.
"""

from __future__ import annotations

import itertools
import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

ROWS_A_STEP: Final = 512
SIZES: Final = sorted({size for power in range(10) for size in (2**power, 3 * 2**power // 2) if size <= ROWS_A_STEP})
"""So many rows a statement has; those of them that are not needed are none. With a statement for each count of rows,
SQLite would parse most of them anew, and keep a hundred with room for all of their values: 10 MB."""


class Insert(NamedTuple):
    """Which columns of a table are filled, those that all rows of a step share first."""

    name: str
    columns: str
    conflict: str = ""


def insert_rows(
    base: sqlite3.Connection, table: Insert, shared: Sequence[Any], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, which begin with what is `shared`; the first value of each row itself is the job's number. Raises
    sqlite3.Error."""
    for start in range(0, len(rows), ROWS_A_STEP):
        columns = list(zip(*rows[start : start + ROWS_A_STEP], strict=True))
        varies = (True, *map(_varies, columns[1:]))
        same = [column[0] for column, differs in zip(columns, varies, strict=True) if not differs]
        varying = zip(*(column for column, differs in zip(columns, varies, strict=True) if differs), strict=True)
        values = [*shared, *same, *itertools.chain.from_iterable(varying)]
        count = len(columns[0])
        size = SIZES[bisect_left(SIZES, count)]
        values += itertools.repeat(None, (size - count) * sum(varies))
        base.execute(_text(table, len(shared), varies, size), values)


def _varies(column: Sequence[Any]) -> bool:
    """Whether not all of its values are equal; where they differ, the last mostly is another than the first."""
    return column[-1] != column[0] or column.count(column[0]) < len(column)


@lru_cache
def _text(table: Insert, shared: int, varies: tuple[bool, ...], size: int) -> str:
    """The statement for at most `size` rows, of whose values those that vary are given for each; a row without a number
    is none."""
    once, each = itertools.count(1), itertools.count(1)
    values = [f"?{next(once)}" for _ in range(shared)]
    values += [f"column{next(each)}" if differs else f"?{next(once)}" for differs in varies]
    row = f"({', '.join('?' * sum(varies))})"
    rows = f"(VALUES {', '.join([row] * size)}) WHERE column1 IS NOT NULL"
    return f"INSERT INTO {table.name} ({table.columns}) SELECT {', '.join(values)} FROM {rows} {table.conflict}"
