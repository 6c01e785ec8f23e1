"""Open files that change on the disk are noticed, by looking off the window's thread at how large and old they are.

Looking is done in turns, because a system can watch few files at once, none on most network drives, and ten thousand
may be open: the file that is shown and those that are followed at every turn, of the others a portion. A drive that
does not answer holds up the looking and nothing else.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from sigdesk.app.reloading import Reloaded, Reloading
from sigdesk.app.session import Session
from sigdesk.signals.stamp import FileStamp

TURN_MS: Final = 1000
PORTION: Final = 200
"""Files that nobody looks at, a turn."""
_REST: Final = 5.0
"""A file that is followed is left alone for so many times as long as reading it takes."""


class DiskState(enum.Enum):
    """What has become of a file since it was opened."""

    SAME = "is as it was opened"
    GROWN = "has grown on the disk"
    CHANGED = "has changed on the disk"
    GONE = "is no longer where it was opened"


class FileNews(Struct, frozen=True):
    """Files whose state is another now."""

    states: tuple[tuple[Path, DiskState], ...]


class FileWatch(QObject):
    """`news` carries a FileNews, at most one a turn. Files that are followed are read again whenever they change."""

    news = Signal(object)
    _looked = Signal(object)

    def __init__(self, session: Session, reloading: Reloading, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reloading = reloading
        self._stamps: dict[Path, FileStamp] = {}
        self._outdated = True
        self._states: dict[Path, DiskState] = {}
        self._followed: set[Path] = set()
        self._resting: dict[Path, float] = {}
        self._started: dict[Path, float] = {}
        self._turn_from = 0
        self._looking = False
        self._closed = False
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._turn = QTimer(self, interval=TURN_MS)
        self._connect()

    def _connect(self) -> None:
        self._session.added.connect(self._on_session_changed)
        self._session.removed.connect(self._on_session_changed)
        self._session.current_changed.connect(lambda _: self.look())
        self._reloading.done.connect(self._on_reloaded)
        self._looked.connect(self._on_looked)
        self._turn.timeout.connect(self.look)
        self._turn.start()

    def state_of(self, path: Path) -> DiskState:
        """What has become of a file, as far as it was looked at."""
        return self._states.get(path, DiskState.SAME)

    def is_followed(self, path: Path) -> bool:
        return path in self._followed

    def follow(self, path: Path, on: bool) -> None:
        """Read a file again whenever it has changed, or leave it from now on."""
        if on:
            self._followed.add(path)
            self.look()
        else:
            self._followed.discard(path)

    def look(self) -> None:
        """Take a turn now, unless one is under way."""
        if self._looking or self._closed:
            return
        self._refresh()
        due = self._due()
        if due:
            self._looking = True
            self._threads.start(partial(self._work, due))

    def close(self) -> None:
        """Look no more, and wait for the look that is under way."""
        self._closed = True
        self._turn.stop()
        self._threads.waitForDone(-1)

    def _due(self) -> list[FileStamp]:
        paths = list(self._stamps)
        current = self._session.current
        first = [current.recording.path] if current is not None else []
        begin = self._turn_from if self._turn_from < len(paths) else 0
        self._turn_from = begin + PORTION
        wanted = dict.fromkeys([*first, *self._followed, *paths[begin : begin + PORTION]])
        return [self._stamps[path] for path in wanted if path in self._stamps]

    def _refresh(self) -> None:
        """The stamps of the files that are open, as they were when they were read."""
        if not self._outdated:
            return
        self._outdated = False
        self._stamps = {}
        for entry in self._session.entries:
            stamp = getattr(entry.recording.source, "stamp", None)
            if isinstance(stamp, FileStamp):
                self._stamps.setdefault(entry.recording.path, stamp)
        self._states = {path: state for path, state in self._states.items() if path in self._stamps}
        self._followed &= self._stamps.keys()

    def _work(self, stamps: Sequence[FileStamp]) -> None:
        self._looked.emit([(stamp, _state_of(stamp)) for stamp in stamps])

    def _on_looked(self, found: Iterable[tuple[FileStamp, DiskState]]) -> None:
        self._looking = False
        self._refresh()
        by_stamp = {id(stamp): path for path, stamp in self._stamps.items()}
        changed = []
        for stamp, state in found:
            path = by_stamp.get(id(stamp))
            if path is None:
                continue  # closed or read again since
            if state is not DiskState.SAME and path in self._followed:
                self._read_again(path, state)
            elif state is not self.state_of(path):
                self._states[path] = state
                changed.append((path, state))
        if changed:
            self.news.emit(FileNews(tuple(changed)))

    def _read_again(self, path: Path, state: DiskState) -> None:
        if state is DiskState.GONE or self._reloading.is_reading(path) or time.monotonic() < self._resting.get(path, 0):
            return  # one that is written anew is gone for a moment
        self._started[path] = time.monotonic()
        self._reloading.reload([path])

    def _on_session_changed(self, _: object) -> None:
        self._outdated = True

    def _on_reloaded(self, reloaded: Reloaded) -> None:
        now = time.monotonic()
        for path in (*reloaded.paths, *(refusal.path for refusal in reloaded.refusals)):
            started = self._started.pop(path, None)
            if started is not None:
                self._resting[path] = now + _REST * (now - started)
        well = [path for path in reloaded.paths if self._states.pop(path, DiskState.SAME) is not DiskState.SAME]
        if well:
            self.news.emit(FileNews(tuple((path, DiskState.SAME) for path in well)))


def _state_of(stamp: FileStamp) -> DiskState:
    try:
        now = FileStamp.of(stamp.path)
    except OSError:
        return DiskState.GONE
    if (now.size, now.modified_ns) == (stamp.size, stamp.modified_ns):
        return DiskState.SAME
    return DiskState.GROWN if now.size > stamp.size else DiskState.CHANGED
