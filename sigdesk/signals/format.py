"""The one interface behind which every file format stands.

A format is a module in `sigdesk/signals/formats/` with a constant `FORMAT`; it is found there, so nothing else has
to be edited to add one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sigdesk.signals.recording import Recording
from sigdesk.signals.shelf import Shelf

HEAD_BYTES = 64 * 1024
"""How much of a file's start a format sees before it is chosen."""

SURE = 1.0
"""The content carries the format's own mark."""
LIKELY = 0.8
"""The content reads as this format, and the name agrees."""
PLAUSIBLE = 0.5
"""The content reads as this format, though nothing marks it."""
NAME_ONLY = 0.1
"""Only the name says so. The format is still asked to open the file, because it can say best what is wrong."""


class Format(Protocol):
    """How files of one kind are recognised and opened."""

    @property
    def name(self) -> str:
        """What operators call it."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of its files, in lower case, with the dot."""
        ...

    def confidence(self, head: bytes, path: Path) -> float:
        """How sure it is, 0 (not mine) to 1, that a file beginning with `head` is of this format."""
        ...

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        """The file's recordings, at least one. Raises RecordingError, or OSError from the file system."""
        ...
