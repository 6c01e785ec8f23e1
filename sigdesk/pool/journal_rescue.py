"""Opening the journal, whatever state its file is in: a damaged one is set aside, and what can be read is kept.

What is looked at costs the same however long the journal is: the file's length, the jobs that wait, the newest ones.
Damage elsewhere is found by whoever reads there, and the mark that is left then is seen here at the next start.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson
from isal.isal_zlib import crc32
from msgspec import Struct

from sigdesk.errors import JournalError
from sigdesk.pool.file_lock import FileLock
from sigdesk.pool.journal import (
    Journal,
    damage_mark,
    mark_damaged,
    shows_damage,
    sqlite_in_words,
)
from sigdesk.pool.journal_file import beside, header_of, is_cut, version_in
from sigdesk.pool.journal_layouts import COURSE_COLUMNS, ENDING_COLUMNS, Way, interrupted, layout_of
from sigdesk.pool.journal_reading import Gap, first_of_newest, open_to_read, scan_gap
from sigdesk.pool.journal_requests import Requests, job_row_of
from sigdesk.pool.journal_rows import COLUMNS, Course, course_of, sum_of_ended
from sigdesk.pool.journal_schema import JOBS, OPEN_JOBS, SCHEMA_VERSION, migrate, version_of
from sigdesk.pool.open_spans import in_spans, span_rows

_TURN_S: Final = 60.0
_NEWEST_CHECKED: Final = 100
_ENDED_COLUMNS: Final = ("number", *COURSE_COLUMNS, *ENDING_COLUMNS)
_MOVED: Final = "SELECT number, level, turn FROM moved"
_CHUNK: Final = COLUMNS.index("chunk")
_ENDED: Final = COLUMNS.index("ended")


class _Saved(Struct):
    """What a rescue has kept, the jobs included of which is not known how they ended; `lost` counts what is known to
    be missing; with `cut`, all after `last` is as well."""

    kept: int = 0
    unknown: int = 0
    lost: int = 0
    cut: bool = False
    last: int = 0


def open_journal(file: Path, run: str, *, alone: bool, patient: bool = True) -> tuple[Journal, JournalError | None]:
    """The journal for a run, and what the operator must be told of it if it was damaged.

    `alone` says that no other run uses it; `patient` waits a while for others that hold it. Raises JournalNewer, and
    JournalError when it cannot be used, or is damaged while another run uses it.
    """
    with sqlite_in_words(file, "opened"):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _turn(file, _TURN_S if patient else 0.0):
        with sqlite_in_words(file, "opened"):
            _finish_rescue(file)
            if _is_damaged(file, patient):
                _save(file, alone=alone)
            elif not file.exists():
                _make(file)
        try:
            journal = Journal(file, run, patient=patient)
        except JournalError:  # all rows of an older version are looked at, as they are brought up to date
            if not _is_marked(file):
                raise
            with sqlite_in_words(file, "opened"):
                _save(file, alone=alone)
            journal = Journal(file, run, patient=patient)
        return journal, _take_notice(file)


def _save(file: Path, *, alone: bool) -> None:
    """Keep what can be read of a damaged journal. Raises JournalError where another run uses it."""
    if not alone:
        raise JournalError(
            f"The journal {file} is damaged, and another SigDesk uses it.",
            "Close every other window and command of SigDesk: this one then saves what can be read.",
        )
    _set_aside(file)


@contextlib.contextmanager
def _turn(file: Path, patience_s: float) -> Iterator[None]:
    """Runs that start at the same time look after the file one after the other."""
    end = time.monotonic() + patience_s
    with sqlite_in_words(file, "opened"):
        while (lock := FileLock.take(beside(file, ".lock"))) is None:
            if time.monotonic() > end:
                raise TimeoutError("another SigDesk is busy opening it")
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.release()


def _is_damaged(file: Path, patient: bool) -> bool:
    if not file.exists():
        return _size(beside(file, "-wal")) > 0  # without its file, what stands in the log cannot be told from another's
    header = header_of(file)
    if header is None:
        return True
    if version_in(header) > SCHEMA_VERSION:
        return False  # a newer version's own affair
    if _is_marked(file):
        return True
    try:
        with contextlib.closing(open_to_read(file, patient=patient)) as base:
            return is_cut(file, header, base) or _has_damaged_rows(base)
    except sqlite3.Error as error:
        if shows_damage(error) or error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # its tables are not what they were
            return True
        raise


def _is_marked(file: Path) -> bool:
    """Whether damage was seen, of which nothing is told yet: a mark with words tells of a rescue."""
    return damage_mark(file).exists() and not _size(damage_mark(file))


def _has_damaged_rows(base: sqlite3.Connection) -> bool:
    version = version_of(base)
    if not version:
        return False
    layout = layout_of(version)
    newest = first_of_newest(base, None, _NEWEST_CHECKED)
    waiting = f"number IN (SELECT number FROM {layout.open_jobs})"
    (strays,) = base.execute(layout.strays).fetchone()
    looked_at = (base.execute(f"{layout.select} WHERE {which}") for which in (waiting, f"number >= {newest}"))
    return bool(strays) or not all(map(layout.is_whole, chain.from_iterable(looked_at)))


def _set_aside(file: Path) -> None:
    """Put a new journal, with all that can be read, in the place of a damaged one, which is kept under another name.

    Killed at any instant, it is done again or finished at the next start. What is to be told waits in the mark.
    """
    saved = _copy_readable(file, _rescued(file))
    name = f"{file.stem}.damaged-{datetime.now().astimezone():%Y-%m-%d-%H%M%S-%f}{file.suffix}"
    aside = file.with_name(name)
    damage_mark(file).write_text(_notice(file, aside, saved), encoding="utf-8", errors="surrogateescape")
    if file.exists():
        file.rename(aside)
    if (wal := beside(file, "-wal")).exists():
        wal.rename(beside(aside, "-wal"))
    _finish_rescue(file)


def _finish_rescue(file: Path) -> None:
    rescued = _rescued(file)
    if not rescued.exists():
        return
    if file.exists():  # it has not come far
        mark_damaged(file)
        rescued.unlink()
        return
    for end in ("-wal", "-shm"):  # they belong to the damaged file, and would be taken for the new one's
        beside(file, end).unlink(missing_ok=True)
    rescued.rename(file)


def _make(file: Path) -> None:
    """An empty journal, at first under a name that nobody looks at, so that no file is ever seen half made."""
    new = beside(file, ".new")
    new.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as base:
        migrate(base)
    new.rename(file)


def _copy_readable(damaged: Path, rescued: Path) -> _Saved:
    rescued.unlink(missing_ok=True)
    saved = _Saved()
    with contextlib.closing(sqlite3.connect(rescued, isolation_level=None)) as into:
        migrate(into)
        try:
            with contextlib.closing(open_to_read(damaged)) as base:
                into.execute("BEGIN")
                _copy_rows(base, into, saved)
        except sqlite3.Error as error:
            has_no_tables = error.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CANTOPEN)
            if not shows_damage(error) and not has_no_tables:
                raise  # there is no room for a copy: the damaged file stays where it is until there is
            saved.cut = True
        if into.in_transaction:
            into.execute("COMMIT")
    return saved


def _copy_rows(base: sqlite3.Connection, into: sqlite3.Connection, saved: _Saved) -> None:
    best, *others = layout_of(version_of(base)).ways
    copy = _Copying(base, into)
    try:
        # All of it before the next way: the number of a broken row may be that of a whole one.
        for gap in _copy_gap(base, copy, best, Gap(1, None), saved):
            before, gaps = saved.kept, [gap]
            for way in others:
                gaps = [rest for part in gaps for rest in _copy_gap(base, copy, way, part, saved)]
            if gap.last is not None:
                saved.lost += gap.last - gap.first + 1 - (saved.kept - before)
            else:
                saved.lost += sum(rest.last - rest.first + 1 for rest in gaps if rest.last is not None)
                saved.cut = saved.cut or any(rest.last is None for rest in gaps)
    finally:
        copy.close()
    with contextlib.suppress(sqlite3.Error):  # an older version has none, and of a torn one it is no great loss
        into.executemany("INSERT INTO moved (number, level, turn) VALUES (?, ?, ?)", base.execute(_MOVED).fetchall())


def _copy_gap(base: sqlite3.Connection, copy: _Copying, way: Way, gap: Gap, saved: _Saved) -> list[Gap]:
    """Copy what can be read of a gap in this way; the gaps that are left. Of jobs whose course is not read it is not
    known whether they have ended: they are kept as interrupted."""
    now, left = time.time(), list[Gap]()
    for found in scan_gap(base, way, gap):
        if isinstance(found, Gap):
            left.append(found)
        elif copy.put(found if way.all_of_it else interrupted(found, now)):
            saved.kept += 1
            saved.unknown += not way.all_of_it
            saved.last = max(saved.last, found[0])
        elif gap.last is None:  # else it is counted with its gap
            saved.lost += 1
    return left


class _Copying:
    """Puts rows into another journal, with their samples."""

    def __init__(self, base: sqlite3.Connection, into: sqlite3.Connection) -> None:
        self._base = base
        self._into = into
        self._requests = Requests(into)
        self._open: list[tuple[int, str, Course]] = []
        self._chunk: int | None = None  # the piece of samples that was copied last
        self._samples: bytes | None = None

    def put(self, row: Sequence[Any]) -> bool:
        """False where there is a job of that number, and where it could not be run for want of its samples."""
        chunk = row[_CHUNK]
        if chunk is not None and chunk != self._chunk:
            self._chunk, self._samples = chunk, _copy_samples(self._base, self._into, chunk)
        has_ended = row[_ENDED] is not None  # and is not run again
        if chunk is None or has_ended or _are_whole(row, self._samples):
            return self._insert(row)
        return False

    def _insert(self, row: Sequence[Any]) -> bool:
        """False where there is a job of that number."""
        values = dict(zip(COLUMNS, row, strict=True))
        model = (values["model"], values["version"], values["model_folder"])
        asked = self._requests.row_for(values["run"], model, values["file"], values["request"], 1)
        added = self._into.execute(_INSERT_JOB, (asked.number, values["created"], *job_row_of(asked, row)))
        if not added.rowcount:
            return False
        if values["ended"] is None:
            self._open.append((values["number"], values["owner"], course_of(row)))
        else:
            values["row_sum"] = sum_of_ended(row)
            self._into.execute(_INSERT_ENDING, {name: values[name] for name in _ENDED_COLUMNS})
        return True

    def close(self) -> None:
        """Put what can only be known at the end: which jobs that have not ended stand side by side."""
        self._into.executemany(_INSERT_SPAN, span_rows(in_spans(sorted(self._open))))


def _are_whole(row: Sequence[Any], chunk: bytes | None) -> bool:
    """Whether a row's samples are what they were: where a file is cut, zeros are read in their place."""
    offset, size, request = (row[COLUMNS.index(name)] for name in ("offset", "size", "request"))
    return chunk is not None and crc32(chunk[offset : offset + size]) == orjson.loads(request)["crc32"]


def _copy_samples(base: sqlite3.Connection, into: sqlite3.Connection, chunk: int) -> bytes | None:
    try:
        row: tuple[Any, ...] | None = base.execute("SELECT data FROM samples WHERE chunk = ?", (chunk,)).fetchone()
    except sqlite3.Error as error:
        if not shows_damage(error):
            raise
        return None
    if row is None:
        return None
    into.execute("INSERT OR IGNORE INTO samples (chunk, data) VALUES (?, ?)", (chunk, row[0]))
    return bytes(row[0])


def _take_notice(file: Path) -> JournalError | None:
    """What a rescue that has finished had to tell."""
    mark = damage_mark(file)
    try:
        what, _, way_out = mark.read_text(encoding="utf-8", errors="surrogateescape").partition("\n")
    except OSError:
        return None
    if not what:
        return None  # damage was seen, and nothing done about it yet
    with contextlib.suppress(OSError):  # it is told again, then
        mark.unlink()
    return JournalError(what, way_out)


def _notice(file: Path, aside: Path, saved: _Saved) -> str:
    parts = [f"{saved.kept} {'job was' if saved.kept == 1 else 'jobs were'} kept"]
    way_out = [f"The damaged file is kept as {aside.name}."]
    if saved.unknown:
        parts.append(f"{saved.unknown} of them without {'its result' if saved.unknown == 1 else 'their results'}")
        way_out.append("What has no result is offered to be run again.")
    if saved.lost:
        parts.append(f"{saved.lost} {'is' if saved.lost == 1 else 'are'} lost")
    if saved.cut:
        parts.append(f"all after job {saved.last} are lost" if saved.kept else "nothing in it could be read")
    if saved.lost or saved.cut or not saved.unknown:
        way_out.append("Classify again what is missing in Jobs.")
    return f"The journal {file} was damaged: {', '.join(parts)}.\n{' '.join(way_out)}"


def _rescued(file: Path) -> Path:
    return beside(file, ".rescued")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _insert(table: str, columns: str, values: str) -> str:
    return f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({values})"


_INSERT_JOB: Final = _insert(JOBS.table, f"{JOBS.shared}, {JOBS.own}", ", ".join("?" * 11))
_INSERT_SPAN: Final = _insert(OPEN_JOBS.table, OPEN_JOBS.own, ", ".join("?" * 10))
_INSERT_ENDING: Final = _insert("endings", ", ".join(_ENDED_COLUMNS), ", ".join(f":{name}" for name in _ENDED_COLUMNS))
