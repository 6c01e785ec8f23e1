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
    """Which columns of a table are filled: those that all rows share, and those of which each has its own, the job's
    number first. The others stay empty."""

    table: str
    shared: str
    own: str
    conflict: str = ""


def insert_rows(
    base: sqlite3.Connection, insert: Insert, shared: Sequence[Any], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, given by their own values. Raises sqlite3.Error."""
    for start in range(0, len(rows), ROWS_A_STEP):
        part = rows[start : start + ROWS_A_STEP]
        size = SIZES[bisect_left(SIZES, len(part))]
        values = [*shared, *itertools.chain.from_iterable(part)]
        values += itertools.repeat(None, (size - len(part)) * len(part[0]))
        base.execute(_text(insert, len(shared), len(part[0]), size), values)


@lru_cache
def _text(insert: Insert, shared: int, own: int, size: int) -> str:
    """The statement for at most `size` rows; a row without a number is none."""
    columns = ", ".join(filter(None, (insert.shared, insert.own)))
    values = [*(f"?{place}" for place in range(1, shared + 1)), *(f"column{place}" for place in range(1, own + 1))]
    row = f"({', '.join('?' * own)})"
    rows = f"(VALUES {', '.join([row] * size)}) WHERE column1 IS NOT NULL"
    return f"INSERT INTO {insert.table} ({columns}) SELECT {', '.join(values)} FROM {rows} {insert.conflict}"
