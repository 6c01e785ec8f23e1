"""The soak's diary: one file to which the program under test, its scripts and the soak itself append lines, so that all
that happened stands in one order. A line is written with one call, which survives the death of whoever wrote it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

EVENTS_VARIABLE: Final = "SOAK_EVENTS"
"""Names the file to all that the program under test starts."""


class Diary:
    """Appends lines, and reads those that have come since the last look."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._read_to = 0
        self._rest = b""

    def write(self, *words: object) -> None:
        """Any thread; words must hold no newline."""
        os.write(self._descriptor, (" ".join(map(str, words)) + "\n").encode())

    def news(self) -> list[str]:
        """The whole lines that were written since the last call."""
        lines: list[str] = []
        while data := os.pread(self._descriptor, 1 << 20, self._read_to):
            self._read_to += len(data)
            *whole, self._rest = (self._rest + data).split(b"\n")
            lines += [line.decode("utf-8", "replace") for line in whole]
        return lines

    def close(self) -> None:
        os.close(self._descriptor)
