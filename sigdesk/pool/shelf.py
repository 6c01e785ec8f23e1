"""Warm processes: those that rest between two batches, and how many of those at work there are.

A worker takes one of its classifier's, or starts one, and puts it back. All of them together stay within a budget of
memory: of those that rest, the ones that nobody waits for go first, the longest unused before the others.
"""

from __future__ import annotations

import contextlib
import threading
import time
from bisect import insort
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Final

import psutil
from msgspec import Struct, field

from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.census import resident_bytes
from sigdesk.pool.line import Key, key_of
from sigdesk.pool.process import WorkerProcess

TURN_S: Final = 5.0
"""A process that was started anew works at least so long before it makes way for another classifier's, where there is
no memory for both: to start one takes a second or more."""
MB: Final = 1024 * 1024
_CONTROL_GROUP_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


def automatic_budget_mb() -> int:
    """Half of the machine's memory, or of what this program's control group may have."""
    limit = psutil.virtual_memory().total
    with contextlib.suppress(OSError, ValueError):  # no such system, or no limit
        limit = min(limit, int(_CONTROL_GROUP_LIMIT.read_text(encoding="ascii")))
    return int(limit // 2 // MB)


class Resting(Struct, eq=False):
    """A process on the shelf. `worker` is the one that used it last; one that is not `ready` is still being started,
    and must be by `ready_by` (monotonic clock)."""

    classifier: Classifier
    process: WorkerProcess
    worker: int
    ready: bool = True
    ready_by: float = 0.0
    since: float = 0.0  # what follows is the shelf's own
    looked_at: float = 0.0
    polled: bool = False

    @property
    def key(self) -> Key:
        return key_of(self.classifier)


class _Known(Struct):
    """What is known of a living process."""

    key: Key
    resident: int
    since: float = field(default_factory=time.monotonic)


class Shelf:
    """Any thread. `wanted` says whether jobs of a classifier wait; `on_change` is called when a process
    comes to rest, or one that is wanted has no place."""

    def __init__(
        self, limit: int, budget_mb: int, wanted: Callable[[Key], bool], on_change: Callable[[], None]
    ) -> None:
        self._limit = limit
        self._budget = budget_mb * MB
        self._wanted = wanted
        self._on_change = on_change
        self._lock = threading.Lock()
        self._resting: deque[Resting] = deque()  # the longest unused first
        self._known: dict[WorkerProcess, _Known] = {}
        self._starting: Counter[Key] = Counter()
        self._typical: dict[Key, int] = {}
        self._unregister: Callable[[Resting], None] = lambda _: None
        self._closed = False

    def set_limit(self, limit: int) -> None:
        """Let so many rest, from the next one on that comes to rest."""
        self._limit = limit

    def set_budget(self, budget_mb: int) -> None:
        """Keep to another budget from the next `measure` on."""
        self._budget = budget_mb * MB

    def put(self, resting: Resting) -> None:
        """Let a healthy process rest; what is too much for the shelf or the budget leaves, all of it when it closed."""
        resting.since = time.monotonic()
        with self._lock:
            self._resting.append(resting)
            self._know(resting.process, resting.key)
            if not (known := self._known[resting.process]).resident:  # the first of its classifier
                known.resident = self._typical[known.key] = resident_bytes(resting.process.tree.script_pid)
            leaving = self._take_too_many()
        self._on_change()
        _leave(leaving)

    def put_again(self, resting: Resting) -> None:
        """Let one rest that was only looked at; it keeps its turn to leave."""
        resting.looked_at = time.monotonic()
        with self._lock:
            insort(self._resting, resting, key=lambda one: one.since)
            leaving = self._take_too_many()
        _leave(leaving)

    def poll(self, rested_s: float, register: Callable[[Resting], None], unregister: Callable[[Resting], None]) -> bool:
        """Have those that have rested for so long since they were last looked at polled for news: `register` is called
        for each, and `unregister`, under the same lock, when it is taken. Returns whether there are others."""
        self._unregister = unregister
        now = time.monotonic()
        with self._lock:
            for resting in self._resting:
                if not resting.polled and max(resting.since, resting.looked_at) + rested_s <= now:
                    resting.polled = True
                    register(resting)
            return not all(resting.polled for resting in self._resting)

    def poll_no_more(self) -> None:
        """Whoever polls them stops."""
        with self._lock:
            for resting in self._resting:
                resting.polled = False

    def take(self, key: Key) -> Resting | None:
        """A process of that classifier, the most recently used; it may have died meanwhile. One that is still being
        started is better than none."""
        with self._lock:
            own = [one for one in self._resting if one.key == key]
            found = next((one for one in reversed(own) if one.ready), own[-1] if own else None)
            return found if found is None or self._take_out(found) else None

    def take_this(self, resting: Resting) -> bool:
        """Take exactly this one; False when somebody else has."""
        with self._lock:
            return self._take_out(resting)

    def gone(self, process: WorkerProcess) -> None:
        """A process that was taken has ended."""
        with self._lock:
            self._known.pop(process, None)

    def reserve(self, key: Key, *, spare: bool = False) -> bool:
        """Whether one more process may be started now; resting ones of others give way to it, unless it is to `spare`
        them. One is always allowed. It counts from now on, until it has `started` or is given up by `release`."""
        with self._lock:
            leaving = [] if spare else self._take_for(key)
            allowed = not self._closed and (not self._alive or self._fits(key))
            self._starting[key] += allowed
        _leave(leaving)
        if not allowed:
            self._on_change()
        return allowed

    def release(self, key: Key) -> None:
        """The process for which there was a place was not started."""
        with self._lock:
            self._starting[key] -= 1

    def started(self, process: WorkerProcess, key: Key) -> None:
        """The process for which there was a place is at work."""
        with self._lock:
            self._starting[key] -= 1
            self._know(process, key)

    def count(self, key: Key) -> int:
        """How many processes of a classifier there are, resting, at work or being started."""
        with self._lock:
            return self._starting[key] + sum(known.key == key for known in self._known.values())

    @property
    def resting(self) -> list[Resting]:
        with self._lock:
            return list(self._resting)

    @property
    def any_at_work(self) -> bool:
        return len(self._known) > len(self._resting)

    def measure(self) -> None:
        """Look how much memory each process holds; those that rest leave until the budget is kept."""
        with self._lock:
            processes = list(self._known)
        found = {process: resident_bytes(process.tree.script_pid) for process in processes}
        with self._lock:
            for process, resident in found.items():
                known = self._known.get(process)
                if known is not None and resident:
                    known.resident = self._typical[known.key] = resident
            leaving = self._take_too_many()
        _leave(leaving)

    def close(self) -> None:
        """End all of them; they are asked at once and leave side by side."""
        with self._lock:
            self._closed = True
            leaving = self._take_too_many()
        _leave(leaving)

    def _know(self, process: WorkerProcess, key: Key) -> None:
        if process not in self._known:
            self._known[process] = _Known(key, self._typical.get(key, 0))

    @property
    def _alive(self) -> int:
        return len(self._known) + self._starting.total()

    def _held(self) -> int:
        starting = sum(self._typical.get(key, 0) * count for key, count in self._starting.items())
        return starting + sum(known.resident for known in self._known.values())

    def _fits(self, key: Key) -> bool:
        return self._held() + self._typical.get(key, 0) <= self._budget

    def _take_out(self, resting: Resting) -> bool:
        try:
            self._resting.remove(resting)
        except ValueError:
            return False
        if resting.polled:
            resting.polled = False
            self._unregister(resting)
        return True

    def _take_too_many(self) -> list[WorkerProcess]:
        """Those that must leave now."""
        leaving = list(self._resting) if self._closed else []
        if len(self._resting) > self._limit:
            leaving = self._order_of_leaving()[: len(self._resting) - self._limit]
        elif (over := self._held() - self._budget) > 0:
            for resting in self._order_of_leaving():
                # The last of all stays while jobs wait for it: another would be started in its place.
                if over > 0 and (len(leaving) + 1 < self._alive or not self._wanted(resting.key)):
                    leaving.append(resting)
                    over -= self._known[resting.process].resident
        return self._take_away(leaving)

    def _take_for(self, key: Key) -> list[WorkerProcess]:
        """Those that give way to a new process of this classifier; none when it would not fit all the same."""
        leaving: list[Resting] = []
        over = self._held() + self._typical.get(key, 0) - self._budget
        turn_began = time.monotonic() - TURN_S
        for resting in self._order_of_leaving():
            if over > 0 and (self._known[resting.process].since < turn_began or not self._wanted(resting.key)):
                leaving.append(resting)
                over -= self._known[resting.process].resident
        return self._take_away(leaving) if over <= 0 or len(leaving) == self._alive else []

    def _order_of_leaving(self) -> list[Resting]:
        """Those that are ready: first those that nobody waits for, and of each kind the longest unused."""
        return sorted((one for one in self._resting if one.ready), key=lambda one: self._wanted(one.key))

    def _take_away(self, leaving: Iterable[Resting]) -> list[WorkerProcess]:
        processes = []
        for resting in leaving:
            self._take_out(resting)
            del self._known[resting.process]
            processes.append(resting.process)
        return processes


def _leave(processes: Collection[WorkerProcess]) -> None:
    for process in processes:
        process.let_go()
    for process in processes:
        process.leave()
