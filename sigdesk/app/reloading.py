"""Open files read anew, because they have changed or are to be read in another way: off the window's thread.

Labels stay, as they belong to the file and not to what was read of it; results go, as they were of other samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject, QThreadPool, Signal

from sigdesk.app.opening import Refusal
from sigdesk.app.session import Session
from sigdesk.errors import SigDeskError
from sigdesk.signals.recording import Recording
from sigdesk.signals.remembered import RememberedReading, may_be_table
from sigdesk.signals.shelf import Shelf

Open = Callable[[Path, Shelf], list[Recording]]


class Reloaded(Struct, frozen=True):
    """Files that were read anew, and those that could not be. `added` counts signals that were not open before."""

    paths: tuple[Path, ...]
    refusals: tuple[Refusal, ...]
    added: int = 0


class Reloading(QObject):
    """`starting` carries the paths of what is about to change, so that a view can note where it stood; `done` a
    Reloaded once it has."""

    starting = Signal(object)
    done = Signal(object)
    _read = Signal(object, object)

    def __init__(
        self, session: Session, remembered: RememberedReading, shelf: Shelf, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._remembered = remembered
        self._shelf = shelf
        self._under_way: set[Path] = set()
        self._once_more: set[Path] = set()
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._read.connect(self._on_read)

    def reload(self, paths: Iterable[Path]) -> None:
        """Read files again as they are now. One that is being read already is read once more after that."""
        wanted = dict.fromkeys(paths)
        self._once_more.update(path for path in wanted if path in self._under_way)
        new = [path for path in wanted if path not in self._under_way]
        self._under_way.update(new)
        if new:
            self._threads.start(partial(self._work, new))

    def is_reading(self, path: Path) -> bool:
        """Whether a file is being read anew."""
        return path in self._under_way

    def take(self, recordings: list[Recording], refusals: Iterable[Refusal] = ()) -> None:
        """Put recordings that were read elsewhere in the place of what is open of their files."""
        paths = tuple(dict.fromkeys(recording.path for recording in recordings))
        self.starting.emit(frozenset(paths))
        newest = self._session.newest_id
        added = sum(signal_id > newest for signal_id in self._session.reload(recordings))
        self.done.emit(Reloaded(paths, tuple(refusals), added))

    def close(self) -> None:
        """Wait for the file that is being read."""
        self._threads.clear()
        self._threads.waitForDone(-1)

    def _work(self, paths: list[Path]) -> None:
        self._read.emit(paths, read_all(paths, self._remembered.open, self._shelf))

    def _on_read(self, paths: list[Path], read: tuple[list[Recording], list[Refusal]]) -> None:
        self._under_way.difference_update(paths)
        still_open = set(self._session.files)
        self.take([recording for recording in read[0] if recording.path in still_open], read[1])
        again = self._once_more.intersection(paths)
        self._once_more -= again
        self.reload(again)


def read_all(paths: Iterable[Path], read: Open, shelf: Shelf) -> tuple[list[Recording], list[Refusal]]:
    """What files hold, and why some cannot be read."""
    recordings: list[Recording] = []
    refusals: list[Refusal] = []
    for path in paths:
        try:
            recordings += read(path, shelf)
        except SigDeskError as error:
            refusals.append(Refusal(path, error.what, error.way_out, table=may_be_table(path)))
    return recordings, refusals
