"""What a large piece of work has used and let go of is given back to the system, where the C library keeps it.

Of C libraries glibc alone is known to keep much, with a part of its own for each thread; on Windows, macOS and other
libraries nothing is done.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

LARGE_BYTES: Final = 256 * 1024
_MOST_MAPPED_BYTES: Final = 32 * 1024 * 1024
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3


def map_large_pieces(always: bool) -> None:
    """Whether what has 256 kB or more is mapped for itself from now on, and goes back as soon as it is let go of.

    Tables that grow with jobs move again and again, and leave holes of their old sizes between what stays: half of what
    100,000 jobs took outside Python's own store. The arrays of a plot are as large and the same with every picture: to
    map them anew each time makes pictures half as slow again. So glibc is left to what it comes to by itself, which is
    to map what has over 32 MB, but while jobs run.
    """
    mallopt = _of_c_library("mallopt")
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES if always else _MOST_MAPPED_BYTES)
        mallopt(_M_TRIM_THRESHOLD, LARGE_BYTES if always else 2 * _MOST_MAPPED_BYTES)


def give_back() -> None:
    """Give back all that is free. For some milliseconds whoever wants memory waits."""
    trim = _of_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_c_library(function: str) -> Any:
    """A function that glibc has, None where there is another library."""
    return getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
