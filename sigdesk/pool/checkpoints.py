"""Moves what was written from the journal's log into its file, beside the work.

SQLite would do it in whichever commit makes the log long, and wait for the disk there. No commit should: workers wait
for each other's, and a death of the program loses nothing of the log anyway.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import Final

EVERY_S: Final = 1.0
"""What a power cut may take at most, and the disk's own delays."""
_LONG_LOG_PAGES: Final = 16_384  # 64 MB; while others write on, a log only grows, so then they wait for a moment


class Checkpoints:
    """A thread with a connection of its own. `written` tells that there is something to move."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal checkpoints", daemon=True)
        self._thread.start()

    def written(self) -> None:
        """Something was committed. Any thread."""
        if not self._written.is_set():
            self._written.set()

    def close(self) -> None:
        """End the thread. What is in the log by then is moved by whoever closes the journal last."""
        self._closing.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        while self._written.wait() and not self._closing.wait(EVERY_S):
            self._written.clear()
            with contextlib.suppress(sqlite3.Error):  # whoever writes next meets the same trouble, and tells of it
                self._move()

    def _move(self) -> None:
        with contextlib.closing(sqlite3.connect(self._file, isolation_level=None)) as base:
            _, pages, _ = base.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages > _LONG_LOG_PAGES:
                base.execute("PRAGMA wal_checkpoint(RESTART)")
