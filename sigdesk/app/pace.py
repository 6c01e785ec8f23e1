"""When the views are brought up to date: at once while little happens, and in turn when much does.

Nobody reads a table that changes sixty times a second. While thousands of jobs end, each view shows the news ten times
a second, and never two of them in one turn of the event loop, so that the window takes its events in between. The last
news goes to all of them in as many turns, without a pause.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer

FEW: Final = 24
"""So many jobs of one update are shown at once."""
ROUND_MS: Final = 100
"""While more change, each view has its turn this often."""


class Pace(QObject):
    """Calls the steps that show news, each of which takes all that has come together since its last turn."""

    def __init__(self, steps: Sequence[Callable[[], None]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = tuple(steps)
        self._next = 0
        self._left = 0
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._on_turn_timeout)

    def news(self, jobs: int, *, last: bool = False) -> None:
        """There is something to show, of so many jobs; after the `last` news nothing more is to come soon."""
        if jobs <= FEW and not self._turn.isActive():
            for step in self._steps:
                step()
            return
        self._left = len(self._steps)
        pause_ms = 0 if last else ROUND_MS // len(self._steps)
        if not self._turn.isActive() or self._turn.interval() != pause_ms:  # else its time would begin anew
            self._turn.start(pause_ms)

    def _on_turn_timeout(self) -> None:
        step = self._steps[self._next]
        self._next = (self._next + 1) % len(self._steps)
        self._left -= 1
        if self._left <= 0:
            self._turn.stop()
        step()
