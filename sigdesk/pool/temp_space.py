"""Whether job files can be written. When the disk of the temp folder is full, read-only or gone, the queue stops, the
operator reads why, and as soon as there is room it goes on by itself."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from typing import Final

from sigdesk.errors import JobError
from sigdesk.pool.exchange import Exchange
from sigdesk.pool.line import WaitingLine

RETRY_S: Final = 1.0
_ORDINARY_BYTES: Final = 1024 * 1024
"""A job file larger than this is no measure: where one of this size can be written, its neighbours may go on."""


class Room(enum.Enum):
    """What there is after a job file could not be written: room for smaller ones, none, or still none, as another
    worker has found out a moment before."""

    SOME = enum.auto()
    NONE = enum.auto()
    STILL_NONE = enum.auto()


class TempSpace:
    """Any thread. `on_change` is called when `trouble` comes and goes; it may be there from the start."""

    def __init__(self, exchange: Exchange, line: WaitingLine, on_change: Callable[[], None]) -> None:
        self._exchange = exchange
        self._line = line
        self._on_change = on_change
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble: JobError | None = None
        try:
            exchange.make()
        except OSError:
            self.failed(0)

    def failed(self, size: int) -> Room:
        """Job files of `size` bytes could not be written; says whether others can, and stops the queue if not."""
        size = min(size, _ORDINARY_BYTES)
        with self._lock:
            if self.trouble is not None:
                return Room.STILL_NONE
            self.trouble = self._try(size)
            if self.trouble is None:
                return Room.SOME
            self._line.set_stopped(True)
            if not self._closing.is_set():
                self._thread = threading.Thread(target=self._wait_for_room, args=(size,), name="room", daemon=True)
                self._thread.start()
        self._on_change()
        return Room.NONE

    def close(self) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _wait_for_room(self, size: int) -> None:
        while not self._closing.wait(RETRY_S):
            trouble = self._try(size)
            if trouble is None:
                with self._lock:
                    self.trouble = None
                    self._line.set_stopped(False)
                self._on_change()
                return

    def _try(self, size: int) -> JobError | None:
        try:
            self._exchange.try_to_write(size)
        except OSError as error:
            return JobError(
                f"No job can be handed to a model: in {self._exchange.folder.parent} nothing can be written "
                f"({error.strerror or error}).",
                "Make room there, and see that you may write there; the jobs that wait then go on by themselves.",
            )
        return None
