"""What the operator corrected about one table is remembered for the next one that looks the same.

Two tables look the same when the same would be recognised in them: delimiter, decimal mark, columns and their headings.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import orjson
from msgspec.structs import asdict, replace

from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tables.shape import ShapeError, TableShape, shape_in

MAX_REMEMBERED = 1_000
Entries = dict[str, tuple[TableShape, bool]]
"""Shapes, and whether the operator has set their first line."""


class ShapeMemory:
    """Shapes in a file, by what was recognised, or for one table alone. Several windows may share it: it is read anew
    when it has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[FileStamp, Entries] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever remembered, so that no table need be recognised to be looked up."""
        return not self._entries()

    def recall(self, recognised: TableShape, path: Path | None = None) -> TableShape | None:
        """What was remembered for the table at `path`, or else for tables like this one; None where nothing was, or
        where the memory's file cannot be read."""
        entries = self._entries()
        entry = entries.get(_own_key(path)) if path is not None else None
        if entry is not None and entry[0].columns == recognised.columns:
            return entry[0]
        entry = entries.get(looks_of(recognised))
        if entry is None:
            return None
        shape, moved = entry
        # How many lines stand above the values differs from file to file, unless the operator set it.
        return shape if moved else replace(shape, first_line=recognised.first_line)

    def recall_one(self, path: Path) -> TableShape | None:
        """What was remembered for the table at `path` alone."""
        entry = self._entries().get(_own_key(path))
        return None if entry is None else entry[0]

    def remember(self, recognised: TableShape, corrected: TableShape) -> None:
        """Keep `corrected` for all tables in which `recognised` is. Raises ShapeError and OSError."""
        self._put(looks_of(recognised), corrected, moved=corrected.first_line != recognised.first_line)

    def remember_one(self, path: Path, corrected: TableShape) -> None:
        """Keep `corrected` for the table at `path`. Raises ShapeError and OSError."""
        self._put(_own_key(path), corrected, moved=True)

    def forget(self, recognised: TableShape, path: Path | None = None) -> None:
        """Read the table at `path`, and those like it, as they are recognised again. Raises OSError."""
        entries = self._entries()
        keys = [looks_of(recognised)] if path is None else [looks_of(recognised), _own_key(path)]
        kept = {key: entry for key, entry in entries.items() if key not in keys}
        if len(kept) != len(entries):
            self._write(kept)

    def forget_one(self, path: Path) -> None:
        """Read the table at `path` as those like it. Raises OSError."""
        entries = dict(self._entries())
        if entries.pop(_own_key(path), None) is not None:
            self._write(entries)

    def _put(self, key: str, corrected: TableShape, *, moved: bool) -> None:
        corrected.check()
        kept = {known: entry for known, entry in self._entries().items() if known != key}
        kept[key] = (corrected, moved)
        self._write(dict(list(kept.items())[-MAX_REMEMBERED:]))

    def _entries(self) -> Entries:
        try:
            now = FileStamp.of(self._file)
            if self._read is not None and self._read[0] == now:
                return self._read[1]
            document = orjson.loads(self._file.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        if not isinstance(document, dict):
            return {}
        found = ((key, _entry(value)) for key, value in document.items())
        entries = {key: entry for key, entry in found if entry is not None}
        self._read = (now, entries)
        return entries

    def _write(self, entries: Entries) -> None:
        document = {key: {**asdict(shape), "moved": moved} for key, (shape, moved) in entries.items()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_name(f"{self._file.name}.{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._file)


def looks_of(recognised: TableShape) -> str:
    """The same for all tables in which the same is recognised."""
    looks = (recognised.delimiter, recognised.decimal_comma, recognised.headings, recognised.units)
    return hashlib.sha256(repr(looks).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _own_key(path: Path) -> str:
    return "file:" + hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]


def _entry(value: object) -> tuple[TableShape, bool] | None:
    """A remembered shape; None for one that was damaged, or written by another version."""
    if not isinstance(value, dict):
        return None
    try:
        return shape_in(value), bool(value.get("moved", False))
    except ShapeError:
        return None
