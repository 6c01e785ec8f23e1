"""Which arrays of a file are signals to the operator is remembered for files that hold the same arrays.

Two files hold the same when their arrays have the same names, types and numbers of dimensions; lengths differ.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import orjson

from sigdesk.signals.contents import Content
from sigdesk.signals.stamp import FileStamp

MAX_REMEMBERED = 1_000


class ChoiceMemory:
    """Choices in a file, by what the files hold, or for one file alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[FileStamp, dict[str, list[str]]] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever chosen, so that no file need be looked into for it."""
        return not self._entries()

    def recall(self, contents: Sequence[Content], path: Path) -> tuple[str, ...] | None:
        """What was chosen of the file at `path`, or else of files like it; None where nothing was that it holds."""
        entries = self._entries()
        there = {content.path for content in contents if content.is_signal}
        for key in (_own_key(path), holding_of(contents)):
            chosen = tuple(each for each in entries.get(key, ()) if each in there)
            if chosen:
                return chosen
        return None

    def remember(self, contents: Sequence[Content], chosen: Sequence[str]) -> None:
        """Keep a choice for all files that hold the same. Raises OSError."""
        self._put(holding_of(contents), chosen)

    def remember_one(self, path: Path, chosen: Sequence[str]) -> None:
        """Keep a choice for one file. Raises OSError."""
        self._put(_own_key(path), chosen)

    def forget_one(self, path: Path) -> None:
        """Open the file at `path` as those like it. Raises OSError."""
        entries = dict(self._entries())
        if entries.pop(_own_key(path), None) is not None:
            self._write(entries)

    def _put(self, key: str, chosen: Sequence[str]) -> None:
        kept = {known: entry for known, entry in self._entries().items() if known != key}
        kept[key] = list(chosen)
        self._write(dict(list(kept.items())[-MAX_REMEMBERED:]))

    def _entries(self) -> dict[str, list[str]]:
        try:
            now = FileStamp.of(self._file)
            if self._read is not None and self._read[0] == now:
                return self._read[1]
            document = orjson.loads(self._file.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        if not isinstance(document, dict):
            return {}
        entries = {
            key: [each for each in chosen if isinstance(each, str)]
            for key, chosen in document.items()
            if isinstance(chosen, list)
        }
        self._read = (now, entries)
        return entries

    def _write(self, entries: dict[str, list[str]]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_name(f"{self._file.name}.{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(orjson.dumps(entries, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._file)


def holding_of(contents: Sequence[Content]) -> str:
    """The same for all files that hold the same signals."""
    held = sorted((content.path, content.dtype, len(content.shape)) for content in contents if content.is_signal)
    return hashlib.sha256(repr(held).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _own_key(path: Path) -> str:
    return "file:" + hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
