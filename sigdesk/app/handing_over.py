"""Making jobs and giving them to the pool off the window's thread: there may be thousands, they are written down first,
and a disk may take its time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct, field
from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal

from sigdesk.errors import JournalError, QueueFull
from sigdesk.pool.job_record import Accepted
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.pool import Pool
from sigdesk.pool.right_of_way import PIECE, give_way

_logger = logging.getLogger(__name__)

Waiting = tuple[JournalRow, JobRequest]
"""A job that an earlier run has left."""
Wish = JobRequest | Callable[[], JobRequest | str]
"""A job, or what makes one; it answers with the reason where none can be made."""
_Job = TypeVar("_Job", JobRequest, Waiting, Accepted)


class Portion(Struct, frozen=True):
    """Jobs that are handed over together, each with its signal: new ones, of which the first `room` enter the pool's
    queue and the others are written down only, and such as are to enter that stand in the journal already."""

    new: Sequence[tuple[int, Wish]]
    entering: Sequence[tuple[int, Accepted | Waiting]]
    room: int


class Refused(Struct, frozen=True):
    """A signal for which no job was made, and why."""

    signal_id: int
    reason: str


class HandedOver(Struct):
    """What came of a portion: the ids of the jobs that the pool has taken with their signals, the jobs that were
    written down, and what could not be taken or written, with the journal's reason if it gave one."""

    accepted: list[tuple[str, int]] = field(default_factory=list)
    written: list[tuple[int, Accepted]] = field(default_factory=list)
    not_entered: list[tuple[int, Accepted | Waiting]] = field(default_factory=list)
    not_written: list[tuple[int, JobRequest]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    error: JournalError | None = None


class HandingOver(QObject):
    """One portion at a time. `answered` carries a HandedOver, `withdrawn` the signals whose jobs are cancelled."""

    answered = Signal(object)
    withdrawn = Signal(object)
    _done = Signal(object)
    _kept = Signal(object)

    def __init__(self, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self.signal_ids: frozenset[int] = frozenset()
        """The signals whose jobs are on their way."""
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._done.connect(self._on_done)
        self._kept.connect(self._on_kept)

    def give(self, portion: Portion) -> None:
        """Hand over a portion; nothing else may be on its way."""
        assert not self.signal_ids
        self.signal_ids = frozenset(signal_id for signal_id, _ in (*portion.new, *portion.entering))
        if self.signal_ids:
            self._threads.start(partial(self._give, portion))

    def withdraw(self, jobs: Sequence[tuple[int, Accepted | Waiting]]) -> None:
        """Cancel jobs, each of its signal, that were written down and have not entered."""
        signal_ids = [signal_id for signal_id, _ in jobs]
        rows = [job if isinstance(job, Accepted) else job[0] for _, job in jobs]
        self._threads.start(partial(self._pool.withdraw, rows, partial(self._kept.emit, signal_ids)))

    def settle(self) -> None:
        """Wait until what is on its way has arrived, and this was told: before that it is counted on both sides."""
        self._threads.waitForDone(-1)
        QCoreApplication.sendPostedEvents(self)

    def close(self) -> None:
        """Wait for what is on its way."""
        self._threads.waitForDone(-1)

    def _give(self, portion: Portion) -> None:
        handed = HandedOver()
        entering = [(signal_id, job) for signal_id, job in portion.entering if isinstance(job, Accepted)]
        left_by_others = [(signal_id, job) for signal_id, job in portion.entering if not isinstance(job, Accepted)]
        handed.not_entered += _enter(entering, self._pool.enter_many, handed)
        handed.not_entered += _enter(left_by_others, self._pool.resume_many, handed)
        jobs: list[tuple[int, JobRequest]] = []
        for place, (signal_id, wish) in enumerate(portion.new):
            if not place % PIECE:
                give_way()
            made = wish if isinstance(wish, JobRequest) else _made(wish)
            if isinstance(made, JobRequest):
                jobs.append((signal_id, made))
            else:
                handed.refused.append(Refused(signal_id, made))
        room = 0 if handed.not_entered else portion.room
        handed.not_written += _enter(jobs[:room], self._pool.submit_many, handed)
        self._write_down(jobs[room:], handed)
        self._done.emit(handed)

    def _write_down(self, jobs: Sequence[tuple[int, JobRequest]], handed: HandedOver) -> None:
        if not jobs:
            return
        try:
            written = self._pool.write_down([job for _, job in jobs])
        except JournalError as error:
            handed.error = error
            handed.not_written += jobs
        else:
            handed.written += zip([signal_id for signal_id, _ in jobs], written, strict=True)

    def _on_done(self, handed: HandedOver) -> None:
        self.signal_ids = frozenset()
        self.answered.emit(handed)

    def _on_kept(self, signal_ids: Sequence[int]) -> None:
        self.withdrawn.emit(signal_ids)


def _made(wish: Callable[[], JobRequest | str]) -> JobRequest | str:
    try:
        return wish()
    except Exception as error:  # the others go on their way, and the next portion must not wait for this one
        _logger.exception("a job could not be made")
        return f"A mistake in SigDesk kept the job from being made ({type(error).__name__}). Its log file says more."


def _enter(
    jobs: Sequence[tuple[int, _Job]], accept: Callable[[list[_Job]], list[str]], handed: HandedOver
) -> Sequence[tuple[int, _Job]]:
    """Let jobs into the queue; returns those that it has not taken."""
    if not jobs:
        return ()
    try:
        ids = accept([job for _, job in jobs])
    except QueueFull:  # it closes, or somebody else has filled it
        return jobs
    except JournalError as error:
        handed.error = error
        return jobs
    handed.accepted += [(job_id, signal_id) for job_id, (signal_id, _) in zip(ids, jobs, strict=True)]
    return ()
