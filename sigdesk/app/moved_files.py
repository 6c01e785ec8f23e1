"""Finding files of a session that are not where they were: by what they hold; told apart where only the name fits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sigdesk.app.session_state import FileRecord
from sigdesk.signals.fingerprint import fingerprint

Pairs = tuple[tuple[str, str], ...]
"""(where it was, where it is)"""


class Search(Struct, frozen=True):
    """What a search has found. `others` have the name of a file that is missing, but hold something else."""

    pairs: Pairs
    others: Pairs = ()
    stopped: bool = False


def search_folder(folder: Path, wanted: Mapping[str, FileRecord], stop: Callable[[], bool]) -> Search:
    """Which files below a folder are the wanted ones: of the same size and fingerprint, or, where the session has none
    of it, of the same name."""
    by_size: dict[int, list[str]] = {}
    for path, record in wanted.items():
        if record.size is not None and record.fingerprint:
            by_size.setdefault(record.size, []).append(path)
    by_name: dict[str, list[str]] = {}
    for path in wanted:
        by_name.setdefault(Path(path).name, []).append(path)
    found: dict[str, str] = {}
    others: dict[str, str] = {}
    for file in _files(folder, stop):
        named = [path for path in by_name.get(file.name, ()) if path not in found]
        old = next((path for path in named if not wanted[path].fingerprint), None)
        if old is None:
            candidates = [path for path in by_size.get(_size(file), ()) if path not in found]
            # Two files may hold the same: the one that has kept its name comes first.
            old = _same(file, sorted(candidates, key=lambda path: path not in named), wanted)
        if old is not None:
            found[old] = str(file.absolute())
        elif named:
            others.setdefault(named[0], str(file.absolute()))
        if len(found) == len(wanted):
            break
    left = tuple((old, new) for old, new in others.items() if old not in found)
    return Search(tuple(found.items()), left, stop())


def look_at_file(file: Path, old: str, record: FileRecord) -> Search:
    """Whether a file is the wanted one; one that holds something else is among the `others`."""
    pair = ((old, str(file.absolute())),)
    if not record.fingerprint or (_size(file) == record.size and _same(file, [old], {old: record})):
        return Search(pair)
    return Search((), pair)


def _files(folder: Path, stop: Callable[[], bool]) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if stop():
                return
            yield Path(place) / name


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _same(file: Path, candidates: list[str], wanted: Mapping[str, FileRecord]) -> str | None:
    if not candidates:
        return None
    try:
        print_ = fingerprint(file)
    except OSError:
        return None
    return next((path for path in candidates if wanted[path].fingerprint == print_), None)
