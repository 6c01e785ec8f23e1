"""Warm processes between two batches. A worker takes one of its classifier's, or starts one, and puts it back."""

from __future__ import annotations

import threading
from collections import deque

from sigdesk.pool.line import Key
from sigdesk.pool.process import WorkerProcess


class Shelf:
    """Idle warm processes, the longest unused first to go when there are more than `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._idle: deque[tuple[Key, WorkerProcess]] = deque()
        self._closed = False

    def put(self, key: Key, process: WorkerProcess) -> None:
        """Keep a healthy process; the oldest leaves when the shelf is full, this one when the pool closes."""
        with self._lock:
            closed = self._closed
            if not closed:
                self._idle.append((key, process))
            leaving = self._idle.popleft()[1] if len(self._idle) > self._limit else None
        if closed:
            process.leave()
        if leaving is not None:
            leaving.leave()

    def close(self) -> None:
        """End all of them; they are asked at once and leave side by side."""
        with self._lock:
            self._closed = True
            processes = [process for _, process in self._idle]
            self._idle.clear()
        for process in processes:
            process.let_go()
        for process in processes:
            process.leave()

    def take(self, key: Key) -> WorkerProcess | None:
        """A process of that classifier, the most recently used; it may have died meanwhile."""
        with self._lock:
            for index in range(len(self._idle) - 1, -1, -1):
                if self._idle[index][0] == key:
                    process = self._idle[index][1]
                    del self._idle[index]
                    return process
        return None
