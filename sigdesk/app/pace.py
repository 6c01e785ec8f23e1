"""When the views are brought up to date: at once while little happens, and in turn when much does.

Nobody reads a table that changes sixty times a second. While thousands of jobs end, each view shows the news four times
a second, and never two of them in one turn of the event loop, so that the window takes its events in between. The last
news goes to all of them in as many turns, without a pause. A view that has more news than it takes in at a stretch goes
on in the turns that follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer

from sigdesk.pool.right_of_way import window_at_work

FEW: Final = 24
"""So many jobs of one update are shown at once."""
ROUND_MS: Final = 240
"""While more change, each view has its turn this often."""
_BREATH_MS: Final = 2
"""So long the window has for its events before a view goes on with what it has left."""


class Pace(QObject):
    """Calls the steps that show news, each of which takes what has come together since its last turn.

    A step answers whether it has left some of it, and is called again until it has not.
    """

    def __init__(self, steps: Sequence[Callable[[], bool]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = tuple(steps)
        self._next = 0
        self._left = 0
        self._pause_ms = 0
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._on_turn_timeout)

    def news(self, jobs: int, *, last: bool = False) -> None:
        """There is something to show, of so many jobs; after the `last` news nothing more is to come soon."""
        if jobs <= FEW and not self._turn.isActive():
            for step in self._steps:
                while step():
                    pass
            return
        self._left = len(self._steps)
        pause_ms = 0 if last else ROUND_MS // len(self._steps)
        if not self._turn.isActive() or self._pause_ms != pause_ms:  # else its time would begin anew
            self._pause_ms = pause_ms
            self._turn.start(pause_ms)

    def _on_turn_timeout(self) -> None:
        with window_at_work:
            more = self._steps[self._next]()
        if more:
            self._turn.start(min(_BREATH_MS, self._pause_ms))
            return
        self._next = (self._next + 1) % len(self._steps)
        self._left -= 1
        if self._left <= 0:
            self._turn.stop()
        elif self._turn.interval() != self._pause_ms:
            self._turn.start(self._pause_ms)


class Throttle(QObject):
    """Calls when it is asked to, but no more often than every `interval_ms`: what is asked meanwhile comes to one call
    at the end of that time. All that have the same interval call at one time, and what they change is painted at once.
    """

    def __init__(self, call: Callable[[], object], interval_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._interval_ms = interval_ms
        self._asked = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._on_rest_timeout)

    def ask(self) -> None:
        """Call now, or as soon as it may be called again."""
        if self._rest.isActive():
            self._asked = True
        else:
            self._rest.start(self._interval_ms - round(time.monotonic() * 1000) % self._interval_ms)
            self._call()

    def _on_rest_timeout(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()
