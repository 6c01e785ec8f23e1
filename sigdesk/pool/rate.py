"""How many jobs end a minute, over the last ten seconds."""

from __future__ import annotations

from collections import deque
from typing import Final

_LAST_S: Final = 10.0


class Rate:
    """Counts ends; not to be used by several threads at once. Times are those of the monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, int]] = deque()  # when, and how many
        self._count = 0

    def add(self, now: float, count: int) -> None:
        """So many have ended now."""
        self._ends.append((now, count))
        self._count += count
        self._drop_old(now)

    def per_min(self, now: float) -> float:
        """Ends a minute."""
        self._drop_old(now)
        return self._count * 60.0 / _LAST_S

    def _drop_old(self, now: float) -> None:
        while self._ends and self._ends[0][0] < now - _LAST_S:
            self._count -= self._ends.popleft()[1]
