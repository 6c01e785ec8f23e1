"""Cleaning up after runs that died: their folders, and whatever processes they left. A run that lives holds a lock on
its folder, so that two runs on one home (a window and a command line) never sweep each other."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path
from typing import Final

from sigdesk.pool import process_tree
from sigdesk.pool.file_lock import FileLock

RUN_PREFIX: Final = "run-"
_DEAD_PREFIX: Final = "dead-"
LOCK_NAME: Final = ".lock"
_YOUNG_S: Final = 60.0
"""A folder without its lock may belong to a run that is just being started."""


def sweep(parent: Path) -> list[str]:
    """End the processes and remove the folders of dead runs below `parent`; returns the names of those runs."""
    swept = []
    for folder in sorted([*parent.glob(f"{RUN_PREFIX}*"), *parent.glob(f"{_DEAD_PREFIX}{RUN_PREFIX}*")]):
        if not folder.is_dir() or folder.is_symlink() or _may_live(folder):
            continue
        try:
            lock = FileLock.take(folder / LOCK_NAME)
        except FileNotFoundError:  # somebody else has swept it up just now
            continue
        if lock is None:
            continue
        name = folder.name.removeprefix(_DEAD_PREFIX)
        dead = _call_dead(folder)
        process_tree.kill_run(name)
        shutil.rmtree(dead, ignore_errors=True)
        lock.release()
        swept.append(name)
    return swept


def live_runs(parent: Path) -> list[str]:
    """The runs that have a folder: after a sweep, those that live. One that somebody else is still sweeping up, as the
    reaper of a run does that was killed a moment ago, is none of them."""
    return [folder.name.removeprefix(RUN_PREFIX) for folder in parent.glob(f"{RUN_PREFIX}*")]


def _call_dead(folder: Path) -> Path:
    """Give the folder a name by which nobody takes its run for one that lives, however long it takes to sweep up."""
    if folder.name.startswith(_DEAD_PREFIX):
        return folder
    with contextlib.suppress(OSError):  # Windows renames no folder in which a file is open
        return folder.rename(folder.with_name(f"{_DEAD_PREFIX}{folder.name}"))
    return folder


def _may_live(folder: Path) -> bool:
    try:
        return not (folder / LOCK_NAME).exists() and time.time() - folder.stat().st_mtime < _YOUNG_S
    except OSError:
        return True
