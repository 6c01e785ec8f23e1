"""The workers, whose number may change while they work: more begin at once, who is too many goes as it comes free."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from PySide6.QtCore import QThreadPool

from sigdesk.pool.jobs import WorkerState
from sigdesk.pool.line import WaitingLine
from sigdesk.pool.worker import Worker

MakeWorker = Callable[[int, Callable[[Worker], None]], Worker]
"""Makes a worker of a number, which says when it goes."""


class Crew:
    """Any thread. `make` makes the workers, `on_change` is called when one has gone."""

    def __init__(self, line: WaitingLine, make: MakeWorker, on_change: Callable[[], None]) -> None:
        self._line = line
        self._make = make
        self._on_change = on_change
        self._lock = threading.Lock()
        self._workers: dict[int, Worker] = {}
        self._threads = QThreadPool()
        # A worker's thread stays, also when the worker goes: its children may be bound to its life.
        self._threads.setExpiryTimeout(-1)

    @property
    def states(self) -> tuple[WorkerState, ...]:
        """Of all workers, by their numbers; one that is too many counts until it goes."""
        with self._lock:
            return tuple(self._workers[number].state for number in sorted(self._workers))

    def set_count(self, count: int) -> None:
        """Work with so many from now on."""
        with self._lock:
            for _ in range(self._line.set_workers(count)):
                number = next(one for one in range(1, len(self._workers) + 2) if one not in self._workers)
                self._workers[number] = self._make(number, self._on_gone)
                self._threads.setMaxThreadCount(max(self._threads.maxThreadCount(), len(self._workers)))
                self._threads.start(self._workers[number])
        self._on_change()

    def wake(self, numbers: Collection[int | None]) -> None:
        """Make these look whether their jobs have been cancelled."""
        with self._lock:
            for number, worker in self._workers.items():
                if number in numbers:
                    worker.wake()

    def wait(self) -> None:
        """Wait until all have gone, which they do once the line is closed."""
        self._threads.waitForDone(-1)

    def _on_gone(self, worker: Worker) -> None:
        with self._lock:
            del self._workers[worker.number]
        self._on_change()
