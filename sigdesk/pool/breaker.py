"""The breaker: how long a classifier waits before a process that died while idle is started anew, and when it is
paused. It is told the time."""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import Final

from msgspec import Struct, field

from sigdesk.pool.line import Key

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 10.0
DEATHS: Final = 3
WITHIN_S: Final = 60.0
_FORGIVEN_AFTER_S: Final = 600.0


class _Record(Struct):
    streak: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))


class Breaker:
    """Remembers the deaths of each classifier's processes. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[Key, _Record] = {}

    def died(self, key: Key, now_s: float) -> float:
        """A process died while idle. How many seconds to wait for the next; infinite when none is to be started."""
        with self._lock:
            return self._pause_after(self._records.setdefault(key, _Record()), now_s)

    def forgive(self, key: Key) -> None:
        """Begin anew: the operator has resumed the classifier."""
        with self._lock:
            self._records.pop(key, None)

    def _pause_after(self, record: _Record, now_s: float) -> float:
        if record.recent and now_s - record.recent[-1] > _FORGIVEN_AFTER_S:
            record.streak = 0
        record.streak += 1
        record.recent.append(now_s)
        if len(record.recent) == DEATHS and now_s - record.recent[0] <= WITHIN_S:
            return math.inf
        return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (record.streak - 1)))
