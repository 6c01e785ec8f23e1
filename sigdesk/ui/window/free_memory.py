"""What a large piece of work has used and let go of is given back to the system, where the C library keeps it."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """For some milliseconds whoever wants memory waits. Of C libraries glibc alone is known to keep much, with a part
    of its own for each thread; on Windows, macOS and other libraries nothing is done."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
