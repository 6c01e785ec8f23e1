"""Which sessions were open before, with what a glance at the list wants to know, and the copies kept of those that gave
way to another before they were saved: whoever opens a second session must not lose the first.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict, replace
from PySide6.QtCore import QObject, Signal

from sigdesk.errors import SessionError
from sigdesk.labels.writing import replace_file

MOST: Final = 30
"""Sessions in the list. A copy that falls off its end goes with it."""
_LIST: Final = "recent.json"


class RecentSession(Struct, frozen=True):
    """A session by its file. `kept` says that the file is SigDesk's own copy, which holds what was not saved."""

    path: Path
    name: str
    at: float
    signals: int = 0
    classified: int = 0
    unsure: int = 0
    kept: bool = False


class RecentSessions(QObject):
    """The list, newest first, in a file of its own; `changed` when it is another. One that cannot be read is empty."""

    changed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._rows = _read(folder / _LIST)

    @property
    def rows(self) -> Sequence[RecentSession]:
        """Those whose files are there now."""
        return [row for row in self._rows if row.path.exists()]

    def is_kept(self, path: Path) -> bool:
        """Whether a file is one of SigDesk's copies."""
        return path.parent == self._folder

    def keep(self, row: RecentSession, document: bytes, old: str = "") -> Path:
        """Write a copy of a session that gives way, in place of its `old` one, put it first. Raises SessionError."""
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(row.at))
        path = Path(old) if old and self.is_kept(Path(old)) else self._free_path(f"{_plain(row.name)} {stamp}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(path, document)
        except OSError as error:
            raise SessionError(
                f"{row.name} has changes that are in no file, and they could not be kept ({error.strerror or error}).",
                "It stays open. Save it under a name, or make room on the disk.",
            ) from error
        self.put(replace(row, path=path, kept=True))
        return path

    def put(self, row: RecentSession) -> None:
        """Put a session first. Raises SessionError when the disk does not take the list."""
        self._store([row, *(other for other in self._rows if other.path != row.path)])

    def forget(self, path: Path) -> None:
        """Take a session off the list, with its copy if SigDesk made that. Raises SessionError as `put`."""
        self._store([row for row in self._rows if row.path != path])
        if self.is_kept(path):
            self._remove(path)

    def _store(self, rows: Sequence[RecentSession]) -> None:
        self._rows = tuple(rows[:MOST])
        self.changed.emit()
        values = [{**asdict(row), "path": str(row.path)} for row in self._rows]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._folder / _LIST, json.dumps(values, indent=1).encode("ascii"))
        except OSError as error:
            raise SessionError(
                f"The list of recent sessions could not be stored ({error.strerror or error}).",
                "Sessions are opened all the same with Open session….",
            ) from error
        for row in rows[MOST:]:
            if row.kept and self.is_kept(row.path):
                self._remove(row.path)

    @staticmethod
    def _remove(path: Path) -> None:
        with contextlib.suppress(OSError):  # it does no harm
            path.unlink()

    def _free_path(self, name: str) -> Path:
        paths = (self._folder / f"{name}{number}.sigdesk" for number in ("", *(f"-{n}" for n in range(2, 10_000))))
        return next(path for path in paths if not path.exists())


def _plain(name: str) -> str:
    """A name without what names of files cannot have."""
    return "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip(" .")[:60] or "session"


def _read(file: Path) -> tuple[RecentSession, ...]:
    try:
        values = json.loads(file.read_bytes())
        return tuple(_row(value) for value in values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()  # a convenience: whoever misses a session opens its file


def _row(value: dict[str, object]) -> RecentSession:
    path, name = value["path"], value["name"]
    if not isinstance(path, str) or not isinstance(name, str) or not os.path.isabs(path):  # noqa: PTH117
        raise ValueError(path)
    at, signals, classified, unsure = (value.get(key, 0) for key in ("at", "signals", "classified", "unsure"))
    if not isinstance(at, int | float) or not all(isinstance(count, int) for count in (signals, classified, unsure)):
        raise ValueError(path)
    return RecentSession(
        Path(path), name, float(at), int(str(signals)), int(str(classified)), int(str(unsure)), bool(value.get("kept"))
    )
