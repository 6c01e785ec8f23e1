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

    def take(self, paths: Iterable[str]) -> None:
        """Take the fingerprints of these files, when there is time."""
        for path in paths:
            self._threads.start(_Take(path, self.taken.emit), -1)

    def wait(self) -> None:
        """Until all are taken."""
        self._threads.waitForDone(-1)

    def close(self) -> None:
        """Finish the one under way, leave out the others."""
        self._threads.clear()
        self._threads.waitForDone(-1)


class _Take(QRunnable):
    def __init__(self, path: str, answer: Callable[[str, int, str], object]) -> None:
        super().__init__()
        self._path = path
        self._answer = answer

    def run(self) -> None:
        try:
            size = FileStamp.of(Path(self._path)).size
            found = fingerprint(Path(self._path))
        except OSError:
            return  # whoever reads the signal will say so
        self._answer(self._path, size, found)
