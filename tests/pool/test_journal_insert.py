"""Any number of rows is written, each as it was given, with few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from sigdesk.pool.journal_insert import ROWS_A_STEP, SIZES, Insert, insert_rows

TABLE = Insert("things", "run", "number, label, note", "ON CONFLICT (number) DO NOTHING")
Row = tuple[int, str, str | None]


@pytest.fixture
def base() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    made.execute("CREATE TABLE things (run TEXT, number INTEGER PRIMARY KEY, label TEXT, note TEXT)")
    yield made
    made.close()


def rows_of(base: sqlite3.Connection) -> list[tuple[object, ...]]:
    return base.execute("SELECT run, number, label, note FROM things ORDER BY number").fetchall()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 63, 64, 65, 385, ROWS_A_STEP, ROWS_A_STEP + 1, 3 * ROWS_A_STEP + 7])
def test_every_row_is_there_once(base: sqlite3.Connection, count: int) -> None:
    rows: list[Row] = [(number, f"label {number % 3}", None if number % 2 else "noted") for number in range(count)]
    insert_rows(base, TABLE, ("run",), rows)
    assert rows_of(base) == [("run", *row) for row in rows]


def test_columns_that_neither_share_stay_empty(base: sqlite3.Connection) -> None:
    insert_rows(base, Insert("things", "", "number, note"), (), [(number, "noted") for number in range(7)])
    assert rows_of(base) == [(None, number, None, "noted") for number in range(7)]


def test_none_to_write_writes_none(base: sqlite3.Connection) -> None:
    insert_rows(base, TABLE, ("run",), [])
    assert rows_of(base) == []


def test_of_two_rows_with_one_number_the_first_stays(base: sqlite3.Connection) -> None:
    insert_rows(base, TABLE, ("run",), [(1, "first", None)])
    insert_rows(base, TABLE, ("run",), [(1, "second", None), (2, "new", None)])
    assert [row[2] for row in rows_of(base)] == ["first", "new"]


def test_all_counts_of_rows_take_few_statements(base: sqlite3.Connection) -> None:
    asked: set[int] = set()
    base.set_trace_callback(lambda text: asked.add(text.partition("VALUES")[2].count("(")))
    for count in range(1, ROWS_A_STEP + 1):
        base.execute("DELETE FROM things")
        insert_rows(base, TABLE, ("run",), [(number, str(number), str(-number)) for number in range(count)])
    assert len(asked - {0}) <= len(SIZES)
    assert len(SIZES) < 20
