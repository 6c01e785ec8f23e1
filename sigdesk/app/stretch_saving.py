"""Saving a stretch of a signal off the window's thread: a long one takes its time, and can be given up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.errors import RecordingError
from sigdesk.signals.export import Stretch, save
from sigdesk.signals.recording import Recording


class StretchSaving(QObject):
    """Writes one stretch at a time. `progressed` carries the share that is done, `saved` the path, `failed` a
    RecordingError; `cancelled` comes when it was given up. Whatever comes, nothing half is left in place."""

    progressed = Signal(float)
    saved = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._run: _Save | None = None

    def save(self, recording: Recording, start: int, stop: int, rows: Sequence[int], target: Path) -> None:
        """Write samples `start` to `stop` of these channels to `target`, in the format that its name ends in; what is
        there already is replaced."""
        self._run = _Save(recording, start, stop, tuple(rows), target, self)
        self._threads.start(self._run)

    def cancel(self) -> None:
        """Give up what is being written."""
        if self._run is not None:
            self._run.is_over = True

    def close(self) -> None:
        """Give up, and wait until the thread has ended."""
        self.cancel()
        self._threads.waitForDone(-1)


class _GivenUpError(Exception):
    pass


class _Save(QRunnable):
    def __init__(
        self, recording: Recording, start: int, stop: int, rows: tuple[int, ...], target: Path, tell: StretchSaving
    ) -> None:
        super().__init__()
        self.is_over = False
        self._stretch = Stretch(recording, start, stop, rows, self._on_progress)
        self._target = target
        self._tell = tell

    def run(self) -> None:
        name = self._stretch.recording.name
        try:
            save(self._stretch, self._target, self._target.suffix[1:].lower(), overwrite=True)
        except _GivenUpError:
            self._tell.cancelled.emit()
        except RecordingError as error:
            self._tell.failed.emit(error)
        except (ValueError, MemoryError) as error:
            self._tell.failed.emit(RecordingError(f"{name} could not be saved ({error}).", "Save a shorter stretch."))
        else:
            self._tell.saved.emit(self._target)

    def _on_progress(self, done: int, of: int) -> None:
        if self.is_over:
            raise _GivenUpError
        self._tell.progressed.emit(done / of if of else 1.0)
