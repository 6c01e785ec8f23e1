"""What was used and let go of goes back to the system."""

from __future__ import annotations

import sys

import psutil
import pytest

from sigdesk.ui.window.free_memory import give_back

PIECE = 64 * 1024
"""Bytes: too many for Python's own store, too few for a mapping of their own."""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library does this by itself, or offers no way")
def test_memory_that_is_free_between_pieces_in_use_is_given_back() -> None:
    pieces = [bytearray(b"x" * PIECE) for _ in range(1_000)]
    in_use = pieces[1::100]
    del pieces
    held = psutil.Process().memory_info().rss
    give_back()
    assert held - psutil.Process().memory_info().rss > 30_000_000
    assert all(piece.count(b"x") == PIECE for piece in in_use)
