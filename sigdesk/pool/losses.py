"""What follows when a warm process dies and no job is to blame: its classifier waits for a while, or is paused."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.breaker import DEATHS, WITHIN_S, Breaker
from sigdesk.pool.jobs import Note, Origin
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.line import Key, WaitingLine, key_of, paused, title_of
from sigdesk.protocol import Level


class Losses:
    """Counts deaths, holds the classifier's jobs back, and tells the operator. Any thread."""

    def __init__(self, line: WaitingLine, ledger: Ledger, on_pause: Callable[[], None]) -> None:
        self._line = line
        self._ledger = ledger
        self._on_pause = on_pause
        self._breaker = Breaker()

    def note(self, classifier: Classifier, worker: int, *, others_live: bool) -> float:
        """A process that `worker` was the last to use has died. How many seconds to wait for a new one; infinite when
        none is to be started. Where others of the classifier live, its jobs go on meanwhile."""
        key, title = key_of(classifier), title_of(classifier)
        pause_s = self._breaker.died(key, time.monotonic())
        if pause_s < math.inf:
            self._tell(worker, f"A process of {title} died while idle; a new one is started in {pause_s:g} s")
            if not others_live:
                self._line.hold(key, pause_s)
            return pause_s
        reason = (
            f"{title} is paused: {DEATHS} of its processes died within {WITHIN_S:g} s "
            "without a job to blame. Its jobs wait."
        )
        self._line.pause(paused(classifier, reason))
        self._tell(worker, reason)
        self._on_pause()
        return pause_s

    def forgive(self, key: Key) -> None:
        """Begin anew: the operator has resumed the classifier."""
        self._breaker.forgive(key)

    def _tell(self, worker: int, text: str) -> None:
        self._ledger.say(None, worker, [Note(Origin.JOB, Level.WARNING, text)])
