"""Making jobs and giving them to the pool off the window's thread: there may be thousands, they are written down first,
and a disk may take its time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal

from sigdesk.errors import JournalError, QueueFull
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.pool import Pool
from sigdesk.pool.right_of_way import PIECE, give_way

_logger = logging.getLogger(__name__)

Waiting = tuple[JournalRow, JobRequest]
"""A job that an earlier run has left."""
Wish = JobRequest | Callable[[], JobRequest | str]
"""A job, or what makes one; it answers with the reason where none can be made."""
_Job = TypeVar("_Job", JobRequest, Waiting)
_Left = list[tuple[int, JobRequest | Waiting]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A signal for which no job was made, and why."""

    signal_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What came of it: job ids with their signals, what the pool has not taken, with its reason if it gave one, and the
    signals for which there is no job."""

    accepted: tuple[tuple[str, int], ...]
    left: Sequence[tuple[int, JobRequest | Waiting]]
    error: JournalError | None
    refused: tuple[Refused, ...] = ()


class HandingOver(QObject):
    """One portion at a time, each job with its signal. `answered` carries a HandedOver."""

    answered = Signal(object)
    _done = Signal(object)

    def __init__(self, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self.signal_ids: frozenset[int] = frozenset()
        """The signals whose jobs are on their way."""
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._done.connect(self._on_done)

    def give(self, new: Sequence[tuple[int, Wish]], again: Sequence[tuple[int, Waiting]]) -> None:
        """Submit new jobs, and resume old ones; nothing else may be on its way."""
        assert not self.signal_ids
        self.signal_ids = frozenset(signal_id for signal_id, _ in (*new, *again))
        if self.signal_ids:
            self._threads.start(partial(self._give, new, again))

    def settle(self) -> None:
        """Wait until what is on its way has arrived, and this was told: before that it is counted on both sides."""
        self._threads.waitForDone(-1)
        QCoreApplication.sendPostedEvents(self)

    def close(self) -> None:
        """Wait for what is on its way."""
        self._threads.waitForDone(-1)

    def _give(self, new: Sequence[tuple[int, Wish]], again: Sequence[tuple[int, Waiting]]) -> None:
        accepted: list[tuple[str, int]] = []
        left: _Left = []
        jobs: list[tuple[int, JobRequest]] = []
        refused: list[Refused] = []
        for place, (signal_id, wish) in enumerate(new):
            if not place % PIECE:
                give_way()
            made = wish if isinstance(wish, JobRequest) else _made(wish)
            if isinstance(made, JobRequest):
                jobs.append((signal_id, made))
            else:
                refused.append(Refused(signal_id, made))
        errors = [
            _submit(jobs, self._pool.submit_many, accepted, left),
            _submit(again, self._pool.resume_many, accepted, left),
        ]
        self._done.emit(HandedOver(tuple(accepted), left, next(filter(None, errors), None), tuple(refused)))

    def _on_done(self, handed: HandedOver) -> None:
        self.signal_ids = frozenset()
        self.answered.emit(handed)


def _made(wish: Callable[[], JobRequest | str]) -> JobRequest | str:
    try:
        return wish()
    except Exception as error:  # the others go on their way, and the next portion must not wait for this one
        _logger.exception("a job could not be made")
        return f"A mistake in SigDesk kept the job from being made ({type(error).__name__}). Its log file says more."


def _submit(
    jobs: Sequence[tuple[int, _Job]],
    accept: Callable[[list[_Job]], list[str]],
    accepted: list[tuple[str, int]],
    left: _Left,
) -> JournalError | None:
    if not jobs:
        return None
    try:
        ids = accept([job for _, job in jobs])
    except QueueFull:  # it closes, or somebody else has filled it
        left += jobs
        return None
    except JournalError as error:
        left += jobs
        return error
    accepted += [(job_id, signal_id) for job_id, (signal_id, _) in zip(ids, jobs, strict=True)]
    return None
