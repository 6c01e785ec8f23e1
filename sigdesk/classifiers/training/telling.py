"""How a training tells what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

READ_SHARE, FIT_SHARE = 0.1, 0.95


class Teller(Struct):
    """Where a training tells how it goes on: lines with a level, how much of it is done (0..1), and figures as they
    come, for whoever draws them: of what was read, of the folds so far, of the learning curve so far."""

    log: Callable[[str, str], None]
    progress: Callable[[float], None]
    figures: Callable[[Mapping[str, Any]], None] = lambda _: None
    _steps: int = 1
    _done: int = 0

    def say(self, text: str) -> None:
        self.log(text, "INFO")

    def warn(self, text: str) -> None:
        self.log(text, "WARNING")

    def expect(self, steps: int) -> None:
        """How many steps lie between reading and writing."""
        self._steps = max(1, steps)

    def step(self) -> None:
        """One of them is done."""
        self._done += 1
        share = min(1.0, self._done / self._steps)
        self.progress(READ_SHARE + (FIT_SHARE - READ_SHARE) * share)
