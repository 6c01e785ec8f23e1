"""The way of jobs to the pool. The operator may ask for any number of them at once: each is written down in the
journal, and the pool's queue is filled from this line, which has no end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence, Set
from functools import partial
from itertools import repeat
from typing import Final, TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.handing_over import HandedOver, HandingOver, Portion, Waiting, Wish
from sigdesk.app.orders import Order, job_or_reason
from sigdesk.app.rows import BUSY, SignalState
from sigdesk.app.session import Session
from sigdesk.pool.job_record import Accepted
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.pool import Pool
from sigdesk.pool.right_of_way import window_at_work

LOOKED_AT: Final = 10
"""Priority of what the operator is looking at."""
_PORTION: Final = 512
"""Jobs that are handed over at once; between two portions the window takes its events."""
_SIGNALS_AT_ONCE: Final = 250
"""Signals that are taken at once of what was ordered, and told of; between two such portions the window takes its
events."""

_TRY_AGAIN_MS: Final = 2000
"""While the journal cannot be written, nothing is accepted; this often it is tried again."""
_Job = TypeVar("_Job")


class Queueing(QObject):
    """Jobs that are on their way to the pool, each with its signal."""

    refused = Signal(object)
    """Refused, one for each signal of which no job could be made."""
    submitted = Signal(object)
    """Pairs of a job's id and its signal's."""
    cancelled = Signal(object)
    """The signals whose jobs were cancelled here. Of what stands in the journal it is told once that stands there, too.
    """
    waiting_changed = Signal(int)
    journal_failed = Signal(object)

    def __init__(self, session: Session, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pool = pool
        self._ordered: deque[tuple[int, Order]] = deque()
        """What the operator has ordered a moment ago, for signals that are not shown as waiting yet."""
        self._unwritten: deque[tuple[int, Order | JobRequest]] = deque()
        self._written: deque[tuple[int, Accepted | Waiting]] = deque()
        self._handing = HandingOver(pool, self)
        self._handing.answered.connect(self._on_handed_over)
        self._handing.withdrawn.connect(self._on_withdrawn)
        self._dropped: set[int] = set()  # cancelled while they are on their way
        self._closed = False
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.feed)
        self._untold: deque[int] = deque()
        self._telling = QTimer(self, singleShot=True, interval=0)
        self._telling.timeout.connect(self._tell_queued)
        self._taking = QTimer(self, singleShot=True, interval=0)
        self._taking.timeout.connect(self._take_ordered)
        session.removed.connect(self._on_signals_removed)

    @property
    def waiting(self) -> int:
        """Jobs that wait here because the pool's queue is full, or are on their way to it."""
        return len(self._ordered) + len(self._unwritten) + len(self._written) + len(self._handing.signal_ids)

    @property
    def unwritten(self) -> int:
        """Those of them that do not stand in the journal yet: a portion at most, unless it cannot be written."""
        return len(self._ordered) + len(self._unwritten)

    @property
    def handing_over(self) -> bool:
        """Whether jobs are on their way to the pool, which may tell of them before `submitted` does."""
        return bool(self._handing.signal_ids)

    def order(self, signal_ids: Iterable[int], order: Order, *, looked_at: bool = False) -> None:
        """Classify signals as the operator has ordered; those that are being classified are left to it."""
        pairs = zip(signal_ids, repeat(order), strict=False)
        if looked_at:
            taken = self._taken(self._resting(pairs))
            self._unwritten.extendleft(taken)
            self._go_on(taken)
        else:  # tens of thousands may come at once
            self._ordered.extend(pairs)
            self._take_ordered()

    def resubmit(self, jobs: Iterable[tuple[int, JobRequest, str]], priority: int = LOOKED_AT) -> None:
        """Retry: for each signal and what was asked of it a new job that names the old one."""
        taken = self._taken(
            [
                (signal_id, replace(request, retry_of=old_job_id, priority=priority))
                for signal_id, request, old_job_id in jobs
            ]
        )
        self._unwritten.extend(taken)
        self._go_on(taken)

    def resume(self, jobs: Sequence[tuple[int, Waiting]]) -> None:
        """Run jobs that an earlier run has left, each for its signal."""
        taken = self._taken(jobs)
        self._written.extend(taken)
        self._go_on(taken)

    def drop_waiting(self) -> None:
        """Cancel what waits here."""
        waiting = [signal_id for signal_id, _ in (*self._ordered, *self._unwritten, *self._written)]
        self._drop(self._handing.signal_ids.union(waiting))
        self.waiting_changed.emit(self.waiting)

    def drop_waiting_of(self, signal_id: int) -> bool:
        """Cancel a signal's job that waits here, and say whether there was one; a job that is in the pool already is
        the pool's to cancel."""
        before = self.waiting - len(self._dropped)
        self._drop({signal_id})
        return self.waiting - len(self._dropped) < before

    def feed(self) -> None:
        """Write down what was ordered, and hand it to the pool as that has room, in portions."""
        if self._closed or self.handing_over:
            return
        room = self._pool.room
        entering = [self._written.popleft() for _ in range(min(room, _PORTION, len(self._written)))]
        new = self._next_unwritten()
        if not new and not entering:
            return
        # What comes now does not enter before those that wait already.
        self._handing.give(Portion(self._wishes(new), entering, 0 if self._written else room - len(entering)))
        self.waiting_changed.emit(self.waiting)
        if not self.handing_over:  # the signals of the whole portion are gone
            self._again.start(0)

    def settle(self) -> None:
        """Wait until every job has arrived that is on its way to the pool."""
        self._take_all_ordered()
        self._handing.settle()

    def close(self) -> None:
        """Let nothing more into the pool; what waits is written down, for the next start to offer it."""
        self._take_all_ordered()
        self._closed = True
        self._handing.settle()
        left = -1
        while self._unwritten and left != len(self._unwritten):  # it stays the same while the journal cannot be written
            left = len(self._unwritten)
            self._handing.give(Portion(self._wishes(self._next_unwritten()), [], room=0))
            self._handing.settle()
        self._handing.close()

    def _next_unwritten(self) -> list[tuple[int, Order | JobRequest]]:
        return [self._unwritten.popleft() for _ in range(min(_PORTION, len(self._unwritten)))]

    def _wishes(self, new: Iterable[tuple[int, Order | JobRequest]]) -> list[tuple[int, Wish]]:
        wishes: list[tuple[int, Wish]] = []
        find = self._session.by_id.get
        for signal_id, wish in new:
            entry = find(signal_id)
            if isinstance(wish, JobRequest):
                wishes.append((signal_id, wish))
            elif entry is not None:
                last = None if entry.ended_job is None else entry.ended_job.request
                wishes.append((signal_id, partial(job_or_reason, entry.recording, wish, last)))
        return wishes

    def _on_handed_over(self, handed: HandedOver) -> None:
        self._written.extendleft(reversed(handed.not_entered))
        urgent = [pair for pair in handed.written if pair[1].request.priority > 0]
        self._written.extendleft(reversed(urgent))
        self._written.extend(pair for pair in handed.written if pair[1].request.priority <= 0)
        self._unwritten.extendleft(reversed(handed.not_written))
        refused = tuple(each for each in handed.refused if each.signal_id not in self._dropped)
        if refused:
            self.refused.emit(refused)
        if handed.error is not None:  # while the journal cannot be written, jobs wait here
            self.journal_failed.emit(handed.error)
        self.submitted.emit(handed.accepted)
        dropped, self._dropped = self._dropped, set()
        if dropped:
            self._drop(dropped)
            self.cancelled.emit([each.signal_id for each in handed.refused if each.signal_id in dropped])
            self._pool.cancel([job_id for job_id, signal_id in handed.accepted if signal_id in dropped])
        self.waiting_changed.emit(self.waiting)
        if self._unwritten or (self._written and self._pool.room):
            self._again.start(0 if handed.error is None else _TRY_AGAIN_MS)

    def _drop(self, signal_ids: Set[int]) -> None:
        written = [pair for pair in self._written if pair[0] in signal_ids]
        if written:
            self._written = deque(pair for pair in self._written if pair[0] not in signal_ids)
            self._handing.withdraw(written)
        unwritten = [signal_id for signal_id, _ in (*self._ordered, *self._unwritten) if signal_id in signal_ids]
        if unwritten:
            self._ordered = deque(pair for pair in self._ordered if pair[0] not in signal_ids)
            self._unwritten = deque(pair for pair in self._unwritten if pair[0] not in signal_ids)
            self.cancelled.emit(unwritten)
        self._dropped |= signal_ids & self._handing.signal_ids

    def _on_withdrawn(self, signal_ids: Sequence[int]) -> None:
        """A signal that went with its job may have come back meanwhile, and have a new one."""
        waiting = {signal_id for signal_id, _ in (*self._ordered, *self._unwritten, *self._written)}
        self.cancelled.emit([each for each in signal_ids if each not in waiting | self._handing.signal_ids])

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        self._drop(frozenset(ids))

    def _taken(self, jobs: Iterable[tuple[int, _Job]]) -> list[tuple[int, _Job]]:
        """Those whose signals are on the desk, which are shown as waiting from now on."""
        taken, find = [], self._session.by_id.get
        for pair in jobs:
            entry = find(pair[0])
            if entry is not None:
                entry.state, entry.progress, entry.cause = SignalState.QUEUED, None, ""
                taken.append(pair)
        return taken

    def _resting(self, pairs: Iterable[tuple[int, Order]]) -> list[tuple[int, Order]]:
        """Those whose signals nobody is working on."""
        find = self._session.by_id.get
        return [pair for pair in pairs if (entry := find(pair[0])) is not None and entry.state not in BUSY]

    def _take_ordered(self) -> None:
        """Take the next portion of what was ordered."""
        with window_at_work:
            part = [self._ordered.popleft() for _ in range(min(_SIGNALS_AT_ONCE, len(self._ordered)))]
            taken = self._taken(self._resting(part))
            self._unwritten.extend(taken)
            self._go_on(taken)
        if self._ordered:
            self._taking.start()

    def _take_all_ordered(self) -> None:
        while self._ordered:
            self._take_ordered()
        self._taking.stop()

    def _go_on(self, taken: Iterable[tuple[int, object]]) -> None:
        self._untold.extend([signal_id for signal_id, _ in taken])
        self._tell_queued()
        self.feed()

    def _tell_queued(self) -> None:
        """The views are told of many signals in portions."""
        with window_at_work:
            self._session.touch([self._untold.popleft() for _ in range(min(_SIGNALS_AT_ONCE, len(self._untold)))])
        if self._untold:
            self._telling.start()
