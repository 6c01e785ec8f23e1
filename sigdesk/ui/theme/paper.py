"""Whether what is painted now is for paper or a file, to be sharp at any size, and not for the screen's own pixels.

The painter's engine would tell what it paints on, but to ask it leaves Python with an object that is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_on_paper: Final[ContextVar[bool]] = ContextVar("on paper", default=False)


@contextmanager
def on_paper() -> Iterator[None]:
    """What is painted within this is made of lines and letters, not of pixels."""
    token = _on_paper.set(True)
    try:
        yield
    finally:
        _on_paper.reset(token)


def is_on_paper() -> bool:
    """Whether lines and letters are wanted now."""
    return _on_paper.get()
