"""What was used and let go of goes back to the system."""

from __future__ import annotations

import subprocess
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


LARGE_PIECES = """
import psutil
from sigdesk.ui.window.free_memory import LARGE_BYTES, map_large_pieces

for _ in range(3):
    bytearray(b"x" * 20_000_000)  # after which glibc itself keeps pieces of this size
map_large_pieces(True)
pieces = [bytearray(b"x" * LARGE_BYTES * 2) for _ in range(100)]
in_use = pieces[1::10]
held = psutil.Process().memory_info().rss
del pieces
print(held - psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library does this by itself, or offers no way")
def test_while_jobs_run_a_large_piece_goes_back_when_it_is_let_go_of() -> None:
    """In a process of its own: one that has as much free already takes it from there, as it should."""
    ran = subprocess.run([sys.executable, "-c", LARGE_PIECES], capture_output=True, text=True, check=True, timeout=60)
    assert int(ran.stdout) > 40_000_000
