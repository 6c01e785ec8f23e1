"""Reading the journal without changing it, around whatever is damaged in it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal import (
    DAMAGE_WAY_OUT,
    mark_damaged,
    shows_damage,
    sqlite_in_words,
)
from sigdesk.pool.journal_file import header_of, is_cut
from sigdesk.pool.journal_layouts import SELECT_JOBS, Way, layout_of
from sigdesk.pool.journal_rows import JournalRow, decode_row
from sigdesk.pool.journal_schema import SCHEMA_VERSION, version_of

_BUSY_MS: Final = 5000
_FARTHEST: Final = 2**40
"""No journal holds more jobs: whoever has looked this far ahead has looked beyond its end."""


class Gap(Struct, frozen=True):
    """Jobs that cannot be read, by their numbers; `last` is None where nothing after `first` can be read."""

    first: int
    last: int | None


def _raise(error: JournalError) -> None:
    raise error


def read_journal(
    file: Path,
    state: JobState | None = None,
    *,
    newest: int | None = None,
    tell: Callable[[JournalError], None] = _raise,
) -> Iterator[JournalRow]:
    """All jobs of a journal in the order of their numbers, or those in one state, or of these the newest.

    What is damaged goes to `tell` and is passed over, as is word that a newer version wrote the journal. Raises
    JournalError when nothing can be read; there is nothing to read where there is no file.
    """
    if not file.exists():
        return
    with sqlite_in_words(file, "read"), contextlib.closing(open_to_read(file)) as base:
        header = header_of(file)
        if header is None:
            mark_damaged(file)
            raise JournalError(f"The journal {file} is damaged: nothing in it can be read.", DAMAGE_WAY_OUT)
        if is_cut(file, header, base):
            mark_damaged(file)
            tell(JournalError(f"The journal {file} is damaged: its end is missing.", DAMAGE_WAY_OUT))
        checked = version_of(base) <= SCHEMA_VERSION
        if not checked:
            _tell_of_newer(file, base, tell)
        for found in scan(base, first_of_newest(base, state, newest), state, checked=checked):
            row = found if isinstance(found, Gap) else _decoded(found, base)
            if isinstance(row, Gap):
                mark_damaged(file)
                tell(_gap_error(file, row))
            else:
                yield row


def _decoded(row: tuple[Any, ...], base: sqlite3.Connection) -> JournalRow | Gap:
    try:
        return decode_row(row, base)
    except sqlite3.Error as error:
        if not shows_damage(error):
            raise
        return Gap(row[0], row[0])  # its samples cannot be read


def open_to_read(file: Path, *, patient: bool = True) -> sqlite3.Connection:
    """A connection that changes nothing and reads on where a file is shorter than it should be, or its text broken;
    `patient` waits for others that hold the file."""
    base = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    base.text_factory = _text
    base.execute(f"PRAGMA busy_timeout = {_BUSY_MS if patient else 0}")
    base.execute("PRAGMA writable_schema = ON")  # nothing is written; it keeps SQLite from refusing a cut file whole
    return base


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def first_of_newest(base: sqlite3.Connection, state: JobState | None, newest: int | None) -> int:
    """The number of the first of the `newest` jobs; 1 for all of them, and where damage hides the answer."""
    if newest is None:
        return 1
    numbers = layout_of(version_of(base)).numbers_of(state)
    statement = f"SELECT min(number) FROM (SELECT number FROM {numbers} ORDER BY number DESC LIMIT ?)"
    try:
        (number,) = base.execute(statement, (newest,)).fetchone()
    except sqlite3.Error as error:
        if not shows_damage(error):
            raise
        return 1
    return number or 1


def scan(
    base: sqlite3.Connection, first: int = 1, state: JobState | None = None, *, checked: bool = True
) -> Iterator[tuple[Any, ...] | Gap]:
    """Rows from a number on, one by one, and the gaps that damage has torn. Of broken rows even the number may be
    wrong."""
    layout = layout_of(version_of(base))
    is_whole = layout.is_whole if checked else lambda _: True
    return _scan(base, f"{layout.select} WHERE {layout.is_in(state)}", is_whole, first)


def scan_gap(base: sqlite3.Connection, way: Way, gap: Gap) -> Iterator[tuple[Any, ...] | Gap]:
    """What can be read in a gap in this way, and smaller gaps."""
    last = _FARTHEST if gap.last is None else gap.last
    return _scan(base, f"{way.select} WHERE number <= {last}", way.is_whole, gap.first)


def _scan(
    base: sqlite3.Connection, select: str, is_whole: Callable[[Sequence[Any]], bool], first: int
) -> Iterator[tuple[Any, ...] | Gap]:
    at: int | None = first
    while at is not None:
        try:
            for row in base.execute(f"{select} AND number >= ? ORDER BY number", (at,)):
                if row[0] >= at and is_whole(row):
                    at = row[0] + 1
                    yield row
                else:
                    yield Gap(max(at, row[0]), max(at, row[0]))
                    at += 1
            return
        except sqlite3.Error as error:
            if not shows_damage(error):
                raise
        after = _next_readable(base, select, at)
        yield Gap(at, None if after is None else after - 1)
        at = after


def _next_readable(base: sqlite3.Connection, select: str, damaged: int) -> int | None:
    """The first number after a damaged one from which reading works again; found by strides, then by halving."""
    stride = 1
    low = damaged
    while not _readable(base, select, damaged + stride):
        low = damaged + stride
        stride *= 2
        if stride > _FARTHEST:
            return None
    high = damaged + stride
    while high - low > 1:
        middle = (low + high) // 2
        if _readable(base, select, middle):
            high = middle
        else:
            low = middle
    return high


def _readable(base: sqlite3.Connection, select: str, number: int) -> bool:
    try:
        base.execute(f"{select} AND number >= ? ORDER BY number LIMIT 1", (number,)).fetchone()
    except sqlite3.Error as error:
        if not shows_damage(error):
            raise
        return False
    return True


def _tell_of_newer(file: Path, base: sqlite3.Connection, tell: Callable[[JournalError], None]) -> None:
    """Word that a newer version wrote the journal. Raises JournalError when nothing of it can be understood."""
    what = f"The journal {file} was written by a newer SigDesk"
    try:
        base.execute(f"{SELECT_JOBS} LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        raise JournalError(f"{what}, and this one cannot read it ({error}).", "Use the newer version.") from error
    tell(JournalError(f"{what}; only what this one understands is listed.", "Use the newer version to see all of it."))


def _gap_error(file: Path, gap: Gap) -> JournalError:
    if gap.last is None:
        what = f"The journal {file} is damaged: from job {gap.first} on nothing can be read."
    elif gap.last == gap.first:
        what = f"Job {gap.first} in the journal is damaged, and cannot be read."
    else:
        what = f"Jobs {gap.first} to {gap.last} in the journal are damaged: they cannot be read."
    return JournalError(what, DAMAGE_WAY_OUT)
