"""A new file, written from many parts that stay where they are in memory. What differs between systems stands here; the
Windows branch is written with care, but untested on this project's machines."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

from numpy.typing import NDArray

Part = bytes | NDArray[Any]
"""An array stands for the bytes of its values; it is contiguous."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PARTS_AT_ONCE: Final = 1024
"""Linux and macOS take no more in one call."""


def write_new_file(path: Path, *parts: Part) -> None:
    """Write these parts one after the other. Exclusive and for this user alone: a file or link that stands there
    already is an error, never followed. Raises OSError."""
    with io.FileIO(os.open(path, _NEW, 0o600), "wb") as file:
        for begin in range(0, len(parts), _PARTS_AT_ONCE):
            some = parts[begin : begin + _PARTS_AT_ONCE]
            buffers = cast("Sequence[bytes]", some)  # arrays are buffers, which the types of Python 3.11 cannot say
            written = _write_some(file, buffers)
            if written < sum([len(part) if isinstance(part, bytes) else part.nbytes for part in some]):
                rest = memoryview(b"".join(buffers))[written:]  # the system may take less than it was given
                while rest:
                    rest = rest[file.write(rest) :]


def _write_some(file: io.FileIO, parts: Sequence[bytes]) -> int:
    """Write as much of these as the system takes at once; returns how many bytes that was."""
    if sys.platform == "win32":
        return file.write(b"".join(parts))
    return os.writev(file.fileno(), parts)
