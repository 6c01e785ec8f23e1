"""A disk that takes only so much: the system itself refuses what a program, or a library in it, writes beyond that."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes meanwhile; skips where the system cannot say so."""
    if sys.platform == "win32":
        pytest.skip("needs a limit to the size of files, which Windows has not")
    else:
        import resource

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
