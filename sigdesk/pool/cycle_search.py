"""Python's search for cycles of objects, made rarer while many jobs are on their way.

Jobs are many objects and no cycles. Looking through those that wait, over and over, was a fifth of what a job costs
and the longest of the window's pauses: whoever makes the object that is one too many, everybody waits. So new objects
are looked through in small portions, twice, and what is older nearly never. A setting of the whole process: it holds
while any of its pools has many jobs.
"""

from __future__ import annotations

import gc
import threading
from typing import Final

MANY_JOBS: Final = 1000
RARE: Final = (5_000, 2, 4_000)
"""A portion of new objects, how many of these make a search of the middle generation, and how many of those a full one.
The middle one must stay small: all of it is looked through at once."""

_lock = threading.Lock()
_busy = 0
_usual = gc.get_threshold()


class CycleSearch:
    """What one pool wants of it. Any thread."""

    def __init__(self) -> None:
        self._rare = False

    def suit(self, open_jobs: int) -> None:
        """Make the search rare from many jobs on, until none is left."""
        if open_jobs >= MANY_JOBS and not self._rare:
            self._turn(rare=True)
        elif not open_jobs and self._rare:
            self._turn(rare=False)

    def _turn(self, *, rare: bool) -> None:
        global _busy, _usual
        with _lock:
            if rare == self._rare:
                return
            self._rare = rare
            if rare and not _busy:
                _usual = gc.get_threshold()
            _busy += 1 if rare else -1
            portion, _, oldest = map(max, RARE, _usual)
            gc.set_threshold(*((portion, RARE[1], oldest) if _busy else _usual))
