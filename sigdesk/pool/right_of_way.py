"""The window goes first: threads that work beside it wait between two small pieces of work while it does its own.

Only one Python thread computes at a time. The window's thread lets go of the interpreter with nearly every call of Qt,
hundreds of times while it paints a table, and each time whoever else wants to compute takes it for a tenth of a
millisecond. So a worker that has ten milliseconds of work to do, as for a batch, makes a picture ten milliseconds late.
It does it in small pieces instead, and begins none while the window is at work.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Final

PATIENCE_S: Final = 0.02
"""No longer than this a piece of work waits: a window that is always at work holds up nothing for good."""
PIECE: Final = 32
"""Jobs that are worked on between two looks, where each takes some ten microseconds."""

_free = threading.Event()
_free.set()


def give_way() -> None:
    """Called by a thread that works beside the window, between two pieces of work; never with a lock that the window
    may want. It costs next to nothing while there is no window, or it rests, or does the work itself."""
    if not _free.is_set() and not window_at_work.is_mine:
        _free.wait(PATIENCE_S)


class WindowAtWork:
    """What the window's thread does within this goes before the work of others. It may be nested, and it is that
    thread's alone."""

    def __init__(self) -> None:
        self._depth = 0
        self._thread = 0

    @property
    def is_mine(self) -> bool:
        """Whether it is the caller's own thread that is at work."""
        return self._thread == threading.get_ident()

    def __enter__(self) -> None:
        self._depth += 1
        if self._depth == 1:
            self._thread = threading.get_ident()
            _free.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            _free.set()


window_at_work: Final = WindowAtWork()
