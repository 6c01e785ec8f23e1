"""The journal's file from outside: whether it is one at all, and whether it is as long as it should be."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

_MAGIC: Final = b"SQLite format 3\0"
_HEADER: Final = 100


def header_of(file: Path) -> bytes | None:
    """The first bytes of an SQLite file; None for what is none. Raises OSError."""
    with file.open("rb") as stream:
        header = stream.read(_HEADER)
    return header if len(header) == _HEADER and header.startswith(_MAGIC) else None


def version_in(header: bytes) -> int:
    """The version that the header names: what the tables are like, as far as the write-ahead log has no later word."""
    return int.from_bytes(header[60:64], "big", signed=True)


def is_cut(file: Path, header: bytes, base: sqlite3.Connection) -> bool:
    """Whether pages are missing at the file's end that its write-ahead log does not hold either."""
    size = int.from_bytes(header[16:18], "big")
    page = 65536 if size == 1 else size
    if page < 512:
        return True
    base.execute("PRAGMA writable_schema = OFF")  # else SQLite would count what is there
    try:
        (pages,) = base.execute("PRAGMA page_count").fetchone()
    except UnicodeDecodeError:  # SQLite quotes a table's name that is broken, and Python cannot read the message
        return True
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return True
    finally:
        base.execute("PRAGMA writable_schema = ON")
    missing = range(file.stat().st_size // page + 1, pages + 1)
    return bool(missing) and not _pages_in_log(beside(file, "-wal"), page).issuperset(missing)


def _pages_in_log(wal: Path, page: int) -> set[int]:
    found = set()
    with contextlib.suppress(FileNotFoundError), wal.open("rb") as stream:
        salt = stream.read(32)[16:24]
        while len(frame := stream.read(24)) == 24:
            if frame[8:16] == salt:
                found.add(int.from_bytes(frame[:4], "big"))
            stream.seek(page, os.SEEK_CUR)
    return found


def beside(file: Path, end: str) -> Path:
    """The file beside it whose name goes on with `end`."""
    return file.with_name(file.name + end)
