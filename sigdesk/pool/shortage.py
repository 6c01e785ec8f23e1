"""Trying again what the system had no means for at that moment: descriptors, memory or processes."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import Final, TypeVar

PAUSE_S: Final = 0.25
_SHORT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN})
_Made = TypeVar("_Made")


def is_shortage(error: OSError) -> bool:
    """Whether the system was short of something that may soon be there again."""
    return error.errno in _SHORT


def with_second_try(make: Callable[[], _Made], tell: Callable[[str], None]) -> _Made:
    """What `make` makes; when the system is short of something, once more after a pause, which `tell` is told of.

    Raises OSError: that of the second try, or one that no second try would help.
    """
    try:
        return make()
    except OSError as error:
        if not is_shortage(error):
            raise
        tell(f"{error.strerror}: tried again in {PAUSE_S:g} s")
    time.sleep(PAUSE_S)
    return make()
