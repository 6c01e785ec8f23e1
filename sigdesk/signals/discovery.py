"""Which files a drop or an argument means: files as they are given, folders by the signal files in them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sigdesk.errors import RecordingError
from sigdesk.signals.format import NAME_ONLY
from sigdesk.signals.opening import best_confidence, read_head, readable_suffixes

SHARED_SUFFIXES = {".txt", ".json", ".ts", ".bin", ".rec", ".hea", ".trc", ".ms"}
"""Endings that files of quite other kinds have as well (a README, settings, a video, firmware). In a folder such a file
counts only when its content reads as a signal; nobody who drops a folder wants to hear that its licence is no signal.
"""

LABEL_FILES = ".labels.csv"
"""Labels that stand beside a signal; a table, but no signal."""


def signal_files(paths: Iterable[Path], stop: Callable[[], bool] = lambda: False) -> list[Path]:
    """The files that `paths` mean, each once, in order; those of a folder sorted as people count (2 before 10).

    Files are taken as they are given, also missing ones, so that opening them can say what is wrong. In folders, hidden
    files and folders and endings that no format knows are passed over. Where `stop` turns true, the rest is left out:
    a folder may hold a whole disk.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_walk(path, set(), stop) if path.is_dir() else [path]))
    return list(found)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sorting key by which numbers inside names count as numbers."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts if part)


def _walk(folder: Path, seen: set[tuple[int, int]], stop: Callable[[], bool]) -> Iterator[Path]:
    """The signal files of a folder, then those of its folders; `seen` holds the folders that links may lead back to."""
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: natural_key(entry.name))
    except OSError:
        return  # it went away, or may not be read: nothing in it can be opened
    if (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    if stop():
        return
    folders = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            folders.append(folder / entry.name)
        elif _is_signal(folder / entry.name):
            yield folder / entry.name
    for inner in folders:
        yield from _walk(inner, seen, stop)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_signal(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in readable_suffixes() or path.name.endswith(LABEL_FILES):
        return False
    if suffix not in SHARED_SUFFIXES:
        return True
    try:
        return best_confidence(read_head(path), path) > NAME_ONLY
    except (OSError, RecordingError):
        return False
