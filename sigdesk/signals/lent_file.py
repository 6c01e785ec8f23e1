"""A file that a library believes to be open all the time, while it is open only when the library is at work.

Some readers parse a file's whole index when they open it and keep it with the open file. A desk with thousands of files
has too few descriptors for that, so such a reader gets this in place of a file: the index stays, the descriptor goes.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path


class LentFile(io.RawIOBase):
    """Reads from `path`, but only inside `lent()`. One thread at a time; the others wait there."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: io.BufferedReader | None = None
        self._lock = threading.RLock()

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Hold the file open. Raises OSError when it cannot be opened."""
        with self._lock, self._path.open("rb") as file:
            self._file = file
            try:
                yield
            finally:
                self._file = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._open().read(size)

    def readinto(self, target: object) -> int:
        return self._open().readinto(target)  # type: ignore[arg-type]

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._open().seek(offset, whence)

    def tell(self) -> int:
        return self._open().tell()

    def _open(self) -> io.BufferedReader:
        if self._file is None:
            raise ValueError("the file is not lent")
        return self._file
