"""Archives of jobs, written off the window's thread: the signal is read once more, and the model folder hashed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.errors import SigDeskError
from sigdesk.pool.jobs import JobSnapshot
from sigdesk.pool.reproduction import export_reproduction


class Exporter(QObject):
    """Writes one archive after another. `exported` carries its path, `failed` a SigDeskError."""

    exported = Signal(object)
    failed = Signal(object)

    def __init__(self, temp_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._temp_folder = temp_folder
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)

    def export(self, job: JobSnapshot, target: Path) -> None:
        """Write the archive of an ended job to `target`; the answer comes as a signal."""
        self._threads.start(_Export(job, target, self._temp_folder, self.exported.emit, self.failed.emit))

    def close(self) -> None:
        """Wait for the archive that is being written; leave out those that wait."""
        self._threads.clear()
        self._threads.waitForDone(-1)


class _Export(QRunnable):
    def __init__(
        self,
        job: JobSnapshot,
        target: Path,
        temp_folder: Path,
        done: Callable[[Path], object],
        failed: Callable[[SigDeskError], object],
    ) -> None:
        super().__init__()
        self._job = job
        self._target = target
        self._temp_folder = temp_folder
        self._done = done
        self._failed = failed

    def run(self) -> None:
        try:
            export_reproduction(self._job, self._target, self._temp_folder)
        except SigDeskError as error:
            self._failed(error)
        else:
            self._done(self._target)
