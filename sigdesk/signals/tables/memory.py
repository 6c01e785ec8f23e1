"""What the operator corrected about one table is remembered for the next one that looks the same.

Two tables look the same when the same would be recognised in them: delimiter, decimal mark, columns and their headings.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import orjson

from sigdesk.signals.tables.shape import ShapeError, TableShape

MAX_REMEMBERED = 1_000


class ShapeMemory:
    """Shapes in a file, by what was recognised. Several windows may share it: it is read anew each time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def recall(self, recognised: TableShape) -> TableShape | None:
        """What was remembered for tables like this one; None where nothing was, or where the file cannot be read."""
        entry = self._entries().get(_key(recognised))
        if entry is None:
            return None
        shape, moved = entry
        # How many lines stand above the values differs from file to file, unless the operator set it.
        return shape if moved else replace(shape, first_line=recognised.first_line)

    def remember(self, recognised: TableShape, corrected: TableShape) -> None:
        """Keep `corrected` for all tables in which `recognised` is. Raises ShapeError and OSError."""
        corrected.check()
        entries = self._entries()
        entries.pop(_key(recognised), None)
        entries[_key(recognised)] = (corrected, corrected.first_line != recognised.first_line)
        newest = list(entries.items())[-MAX_REMEMBERED:]
        self._write({key: {**asdict(shape), "moved": moved} for key, (shape, moved) in newest})

    def forget(self, recognised: TableShape) -> None:
        """Read tables like this one as they are recognised again. Raises OSError."""
        entries = self._entries()
        if entries.pop(_key(recognised), None) is not None:
            self._write({key: {**asdict(shape), "moved": moved} for key, (shape, moved) in entries.items()})

    def _entries(self) -> dict[str, tuple[TableShape, bool]]:
        try:
            document = orjson.loads(self._file.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        if not isinstance(document, dict):
            return {}
        found = ((key, _entry(value)) for key, value in document.items())
        return {key: entry for key, entry in found if entry is not None}

    def _write(self, document: dict[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_name(self._file.name + ".part")
        with part.open("wb") as file:
            file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._file)


def _key(recognised: TableShape) -> str:
    looks = (recognised.delimiter, recognised.decimal_comma, recognised.headings, recognised.units)
    return hashlib.sha256(repr(looks).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _entry(value: object) -> tuple[TableShape, bool] | None:
    """A remembered shape; None for one that was damaged, or written by another version."""
    if not isinstance(value, dict):
        return None
    names = {field.name for field in fields(TableShape)}
    try:
        given: dict[str, Any] = {
            key: tuple(each) if isinstance(each, list) else each for key, each in value.items() if key in names
        }
        shape = TableShape(**given)
        shape.check()
    except (TypeError, ShapeError):
        return None
    return shape, bool(value.get("moved", False))
