"""Fingerprints of open files, taken one after another off the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.signals.fingerprint import fingerprint
from sigdesk.signals.stamp import FileStamp


class Fingerprints(QObject):
    """`taken` carries a path, the file's size in bytes and its fingerprint; of a file that cannot be read, nothing."""

    taken = Signal(str, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._known: dict[str, tuple[FileStamp, str]] = {}
        """What was taken, and of which state of the file; the one thread's own."""

    def take(self, paths: Iterable[str]) -> None:
        """Take the fingerprints of these files, when there is time. A file that is as it was is not read again: one of
        many signals is opened portion by portion, and asked for with each."""
        for path in paths:
            self._threads.start(_Take(path, self._known, self.taken.emit), -1)

    def wait(self) -> None:
        """Until all are taken."""
        self._threads.waitForDone(-1)

    def close(self) -> None:
        """Finish the one under way, leave out the others."""
        self._threads.clear()
        self._threads.waitForDone(-1)


class _Take(QRunnable):
    def __init__(
        self, path: str, known: dict[str, tuple[FileStamp, str]], answer: Callable[[str, int, str], object]
    ) -> None:
        super().__init__()
        self._path = path
        self._known = known
        self._answer = answer

    def run(self) -> None:
        try:
            stamp = FileStamp.of(Path(self._path))
            before = self._known.get(self._path)
            found = before[1] if before is not None and before[0] == stamp else fingerprint(Path(self._path))
        except OSError:
            return  # whoever reads the signal will say so
        self._known[self._path] = stamp, found
        self._answer(self._path, stamp.size, found)
