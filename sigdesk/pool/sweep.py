"""Cleaning up after runs that died: their folders, and whatever processes they left. A run that lives holds a lock on
its folder, so that two runs on one home (a window and a command line) never sweep each other."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Final

from sigdesk.pool import process_tree
from sigdesk.pool.file_lock import FileLock

RUN_PREFIX: Final = "run-"
LOCK_NAME: Final = ".lock"
_YOUNG_S: Final = 60.0
"""A folder without its lock may belong to a run that is just being started."""


def sweep(parent: Path) -> list[str]:
    """End the processes and remove the folders of dead runs below `parent`; returns the names of those runs."""
    swept = []
    for folder in sorted(parent.glob(f"{RUN_PREFIX}*")):
        if not folder.is_dir() or folder.is_symlink() or _may_live(folder):
            continue
        lock = FileLock.take(folder / LOCK_NAME)
        if lock is None:
            continue
        process_tree.kill_run(folder.name)
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        swept.append(folder.name)
    return swept


def live_runs(parent: Path) -> list[str]:
    """The runs that have a folder: after a sweep, those that live."""
    return [folder.name.removeprefix(RUN_PREFIX) for folder in parent.glob(f"{RUN_PREFIX}*")]


def _may_live(folder: Path) -> bool:
    try:
        return not (folder / LOCK_NAME).exists() and time.time() - folder.stat().st_mtime < _YOUNG_S
    except OSError:
        return True
