"""Formats whose libraries are heavy or seldom needed come as an extra; one that is missing says what to install."""

from __future__ import annotations

import importlib
import struct
import zlib
from pathlib import Path
from typing import Any, Final

from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Samples
from sigdesk.signals.refusal import refusal

MAX_WHOLE_BYTES: Final = 512 * 1024**2
"""Some libraries can only load a file whole, and take a few times its size for it."""
_LONGEST_WHY: Final = 140
BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, RuntimeError,
                 AssertionError, struct.error, zlib.error)  # fmt: skip
"""What those libraries raise on files that they did not expect, besides errors of their own."""


def library(path: Path, module: str, kind: str) -> Any:
    """A library of the extra `formats`. Raises RecordingError that says how to get it where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise refusal(
            path,
            f"is a {kind} file, and {package}, which reads these, is not installed.",
            "Install it with: pip install 'sigdesk[formats]'",
        ) from error


def check_size(path: Path, size: int, kind: str) -> None:
    """Refuse a file that could only be loaded whole and is too large for it."""
    if size > MAX_WHOLE_BYTES:
        raise refusal(
            path,
            f"has {size:,} bytes; {kind} can only be loaded whole, up to {MAX_WHOLE_BYTES:,}.",
            "Cut it into smaller files, or convert it to a format that is read in pieces.",
        )


def broken(path: Path, kind: str, error: BaseException) -> Exception:
    """The refusal of a file that its library could not read."""
    text = " ".join(str(error).replace(str(path), path.name).split())
    why = printable_name(text if len(text) <= _LONGEST_WHY else f"{text[:_LONGEST_WHY].rpartition(' ')[0]}…")
    return refusal(
        path,
        f"cannot be read as {kind} ({why.rstrip('.') or type(error).__name__}); it ends at byte {path.stat().st_size}.",
        "Copy the file again from where it was recorded.",
    )


def same_length(path: Path, samples: Samples, length: int) -> Samples:
    """`samples`, which must be as long as they were when the file was opened."""
    if samples.shape[1] != length:
        raise refusal(path, "no longer holds what it did when it was opened.", "Open it again.")
    return samples
