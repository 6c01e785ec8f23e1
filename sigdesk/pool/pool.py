"""The pool: accepts jobs, lets workers run them, and tells what changed, at most once a frame.

It owns the one QObject with signals. With an event loop, connect to `updated`; without one, call `take_update` until
`is_idle`. Use one of the two.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal, Slot

from sigdesk.classifiers.folder import Classifier
from sigdesk.errors import JournalError, SigDeskError
from sigdesk.pool.command import command_for
from sigdesk.pool.crew import Crew
from sigdesk.pool.exchange import Exchange
from sigdesk.pool.idle_watch import IdleWatch
from sigdesk.pool.isolation import isolation_of
from sigdesk.pool.job_record import Accepted, JobRecord
from sigdesk.pool.jobs import JobRequest, JobState, Outcome, PoolStats, PoolUpdate
from sigdesk.pool.journal import Journal, sqlite_in_words
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.journal_search import read_job
from sigdesk.pool.journal_writer import DISCARDED, end_unentered
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.line import Key, WaitingLine, key_of, paused, title_of
from sigdesk.pool.losses import Losses
from sigdesk.pool.reaper import Reaper
from sigdesk.pool.run_id import new_run_id
from sigdesk.pool.sandbox import Sandbox
from sigdesk.pool.shelf import Shelf, automatic_budget_mb
from sigdesk.pool.sweep import live_runs
from sigdesk.pool.temp_space import TempSpace
from sigdesk.pool.warden import Warden
from sigdesk.pool.worker import Worker

FRAME_S = 1 / 60
JOBS_A_FRAME = 192
"""An update holds no more jobs than this, and the next comes a frame later: the window has its turn in between,
whatever the pool carries. What is over comes with the frames after."""
QUEUE_LIMIT = 20_000
_RESTING_A_WORKER: Final = 4
"""Processes of a few models, used by turns, are all kept, as far as the memory budget reaches."""


class Pool(QObject):
    """A pool of workers behind a bounded queue. Any thread may submit and cancel jobs. `close` ends every process; use
    the pool as a context manager where possible."""

    updated = Signal(object)
    """A PoolUpdate, in the pool's own thread, at most once a frame."""
    _news = Signal()

    def __init__(
        self,
        temp_folder: Path,
        *,
        workers: int | None = None,
        queue_limit: int = QUEUE_LIMIT,
        journal: Path | None = None,
        sandboxed: bool = False,
        memory_budget_mb: int | None = None,
        steps: bool = True,
        parent: QObject | None = None,
    ) -> None:
        """Start the workers (as many as there are cores when None). With a `journal` file every job is written down;
        `sandboxed` scripts have no network, and read nothing but their model and their job. Warm processes hold no
        more than `memory_budget_mb` together (half of the machine's memory when None), but one there may always be.
        Without `steps` updates tell of ended jobs alone, which costs less. Where `temp_folder` or the journal cannot be
        used this is a `trouble`, until they can be. Raises JournalNewer when a newer version wrote it, StartError.
        """
        super().__init__(parent)
        count = workers or os.cpu_count() or 1
        self._changed = threading.Condition()
        self._pending = False
        self._taken = False
        self._closed = False
        self._last_update = 0.0
        self._frame = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._send_update)
        self._news.connect(self._schedule_update, Qt.ConnectionType.QueuedConnection)
        run = new_run_id()
        self._exchange = Exchange(temp_folder, run)
        self._reaper = Reaper(self._exchange.folder)
        self._line = WaitingLine(queue_limit)
        self._temp_space = TempSpace(self._exchange, self._line, self._on_news)
        self._journal: Journal | None = None
        self.journal_notice: JournalError | None = None
        """What the operator must be told of the journal: that it was damaged, and what was kept."""
        self._ledger = self._make_ledger(run, journal, steps=steps)
        budget_mb = memory_budget_mb or automatic_budget_mb()
        self._shelf = Shelf(_RESTING_A_WORKER * count, budget_mb, self._line.wants, lambda: self._idle_watch.look())
        self._warden = Warden()
        self._losses = Losses(self._line, self._ledger, self._on_news)
        turn = threading.Lock()
        sandbox = Sandbox(self._exchange.folder) if sandboxed else None
        self.isolation = isolation_of(sandbox)
        """What scripts are kept from."""
        command = partial(command_for, run_name=self._exchange.folder.name, sandbox=sandbox)
        self._idle_watch = IdleWatch(self._shelf, self._line, self._ledger, self._warden, self._losses, turn, command)
        self._clerk = QThreadPool(maxThreadCount=1)
        self._crew = self._make_crew(turn, sandbox)
        self._crew.set_count(count)
        if self.trouble is not None:
            self._on_news()

    def _make_ledger(self, run: str, journal: Path | None, *, steps: bool) -> Ledger:
        """Raises JournalNewer, and then there is no pool."""
        keep = None if journal is None else partial(self._open_journal, journal, run)
        try:
            return Ledger(run, self._on_news, keep, self._line.set_stopped, steps=steps)
        except JournalError:
            self._temp_space.close()
            self._exchange.close()
            self._reaper.close()
            raise

    def _make_crew(self, turn: threading.Lock, sandbox: Sandbox | None) -> Crew:
        make = partial(
            Worker,
            line=self._line,
            ledger=self._ledger,
            shelf=self._shelf,
            exchange=self._exchange,
            temp_space=self._temp_space,
            turn=turn,
            warden=self._warden,
            losses=self._losses,
            sandbox=sandbox,
            on_state=self._on_news,
        )
        return Crew(self._line, make, self._on_news)

    def _open_journal(self, file: Path, run: str, patient: bool) -> Journal:
        """In any thread. Raises JournalError."""
        with sqlite_in_words(file, "opened"):
            self._exchange.make()  # by it others see that this run lives
        others = set(live_runs(self._exchange.folder.parent)) - {run}
        self._journal, self.journal_notice = open_journal(file, run, alone=not others, patient=patient)
        return self._journal

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def temp_folder(self) -> Path:
        """The private folder of this run."""
        return self._exchange.folder

    @property
    def room(self) -> int:
        """How many more jobs the queue takes now."""
        return self._line.room

    @property
    def is_idle(self) -> bool:
        """Whether every accepted job has ended."""
        return not (self._ledger.count(JobState.QUEUED) or self._ledger.count(JobState.RUNNING))

    @property
    def has_news(self) -> bool:
        """Whether there is something that no update has told yet."""
        return self._ledger.has_news

    @property
    def is_stuck(self) -> bool:
        """Whether nothing runs, and all that waits will go on only after a resume."""
        if self._ledger.count(JobState.RUNNING) or not (self._line.paused or self._line.halted):
            return False
        return 0 < self._ledger.count(JobState.QUEUED) == self._line.held_back()

    def submit(self, request: JobRequest) -> str:
        """Accept one job and return its id. Raises QueueFull, JournalError."""
        return self.submit_many([request])[0]

    def submit_many(self, requests: Sequence[JobRequest]) -> list[str]:
        """Accept all of these jobs or, raising QueueFull or JournalError, none; returns their ids in order."""
        records = self._line.add(len(requests), lambda: self._ledger.accept(requests))
        return [record.id for record in records]

    def write_down(self, requests: Sequence[JobRequest]) -> list[Accepted]:
        """Note in the journal jobs for which the queue has no room yet, all or, raising JournalError, none. They run
        once they are entered; what is not, by the end of this run, is left for a later one to resume."""
        return self._ledger.write_down(requests)

    def enter_many(self, accepted: Sequence[Accepted]) -> list[str]:
        """Let jobs that were written down into the queue, all of them or, raising QueueFull, none; returns their ids
        in order."""
        records = self._line.add(len(accepted), lambda: self._ledger.enter(accepted))
        return [record.id for record in records]

    def withdraw(self, jobs: Sequence[Accepted | JournalRow], kept: Callable[[], None]) -> None:
        """Cancel jobs that were never entered: written down here, or left by earlier runs. `kept` is called, in any
        thread, once this is in the journal."""
        self._ledger.withdraw(jobs, DISCARDED, kept)

    def input_sum(self, job_id: str, number: int) -> int | None:
        """The CRC-32 of the samples that were read for a job, None where it has not come to that or is not known."""
        record = self._ledger.find(job_id)
        if record is not None or self._journal is None:
            return None if record is None else record.input_sum
        with contextlib.suppress(JournalError):
            stored = read_job(self._journal.file, number)
            return None if stored is None else stored.input_sum
        return None

    def waiting(self) -> list[JournalRow]:
        """Jobs of runs that died or were closed before these jobs had ended. Raises JournalError."""
        return self._ledger.left_waiting(live_runs(self._exchange.folder.parent))

    def resume_many(self, waiting: Sequence[tuple[JournalRow, JobRequest]]) -> list[str]:
        """Run such jobs now, all of these or, raising QueueFull or JournalError, none; they keep their ids."""
        records = self._line.add(len(waiting), lambda: self._ledger.resume(waiting))
        return [record.id for record in records]

    def discard(self, waiting: Sequence[JournalRow], outcome: Outcome | None = None) -> None:
        """End such jobs without running them: as CANCELLED, or as `outcome` says. Raises JournalError."""
        if self._journal is not None:
            end_unentered(self._journal, waiting, outcome or DISCARDED, time.time())

    @property
    def trouble(self) -> SigDeskError | None:
        """What stops the work until it is gone by itself: the journal cannot be written, and nothing new is accepted
        meanwhile; or no job file can be, and no job begins."""
        return self._ledger.trouble or self._temp_space.trouble

    def set_memory_budget(self, memory_budget_mb: int | None) -> None:
        """Keep warm processes within another budget from now on, without waiting for those that must end; None: half of
        the machine's memory."""
        self._shelf.set_budget(memory_budget_mb or automatic_budget_mb())
        self._idle_watch.measure()

    def set_workers(self, workers: int | None) -> None:
        """Work with so many workers from now on (as many as there are cores when None); of those that are too many each
        goes when its jobs have ended."""
        count = workers or os.cpu_count() or 1
        self._shelf.set_limit(_RESTING_A_WORKER * count)
        self._crew.set_count(count)

    def set_queue_limit(self, limit: int) -> None:
        """Let so many jobs wait from now on; those that wait beyond it stay."""
        self._line.set_limit(limit)

    @property
    def reaper_pid(self) -> int:
        """The process that ends what this run has started, should this program die."""
        return self._reaper.pid

    def cancel(self, job_ids: Iterable[str]) -> None:
        """Cancel jobs, waiting or running; those that have ended stay as they are. They end a moment later, once the
        journal knows of it."""
        self._cancel_soon(self._find(job_ids))

    def cancel_queued(self) -> None:
        """Cancel every job that still waits."""
        self._cancel_soon([record for record in self._ledger.open_jobs() if record.state is JobState.QUEUED])

    def run_next(self, job_ids: Iterable[str]) -> None:
        """Let waiting jobs go before all others that wait now, in this order; those that run or ended stay as they are.
        What waits at the end of the program is offered again in its order."""
        self._move(job_ids, first=True)

    def run_last(self, job_ids: Iterable[str]) -> None:
        """Let waiting jobs go behind all others, in this order; also behind those that come later."""
        self._move(job_ids, first=False)

    def places_in_line(self, job_ids: Iterable[str]) -> dict[str, int]:
        """How far each of these jobs is from its start: 1 is the next. Jobs that do not wait, or wait for a paused
        classifier, are left out. It costs little however long the line is; no more is asked than is shown."""
        return self._line.places(self._find(job_ids))

    def pause(self) -> None:
        """Begin no job until `resume`; those that run go on."""
        self._line.halt()
        self._on_news()

    def resume(self) -> None:
        """Begin jobs again; classifiers that are paused by themselves stay so."""
        self._line.go_on()
        self._on_news()

    def pause_classifier(self, classifier: Classifier) -> None:
        """Begin no job of this classifier until it is resumed; those that run, and other classifiers, go on."""
        self._line.pause(paused(classifier, f"{title_of(classifier)} was paused by the operator.", by_operator=True))
        self._on_news()

    def resume_classifier(self, which: Classifier | Key | str) -> None:
        """Begin this classifier's jobs again: one, the key of one, or all that have this name."""
        for one in self._line.paused:
            if which in (one.key, one.name) or (isinstance(which, Classifier) and key_of(which) == one.key):
                self._losses.forgive(one.key)
                self._line.resume(one.key)
        self._on_news()

    def stats(self) -> PoolStats:
        """The pool at this instant."""
        return PoolStats(
            workers=self._crew.states,
            queued=self._ledger.count(JobState.QUEUED),  # not those that are being written down
            running=self._ledger.count(JobState.RUNNING),
            jobs_per_min=self._ledger.jobs_per_min(),
            paused=self._line.paused,
            halted=self._line.halted,
        )

    def take_update(self, timeout_s: float) -> PoolUpdate:
        """Wait for news, at most `timeout_s`, and return what changed; empty when nothing did. Needs no event loop."""
        with self._changed:
            self._taken = True
            self._changed.wait_for(lambda: self._pending, timeout_s)
            self._pending = False
        return self._update()

    def close(self, *, keep_waiting: bool = False) -> None:
        """End every process and thread and remove the temp folder; a second call does nothing. What has not ended is
        cancelled, or, with `keep_waiting`, left in the journal for a later run to resume."""
        if self._closed:
            return
        self._closed = True
        self._clerk.waitForDone(-1)  # what was cancelled before is not left open
        if keep_waiting:
            self._ledger.leave_open()
        self._line.close()
        self._cancel(self._ledger.open_jobs(), "cancelled, because SigDesk was closed")
        self._crew.wait()
        self._ledger.close()
        self._temp_space.close()
        self._idle_watch.close()
        self._warden.close()
        self._shelf.close()
        if self._journal is not None:
            self._journal.close()
        self._exchange.close()
        self._reaper.close()
        self._frame.stop()

    def _find(self, job_ids: Iterable[str]) -> list[JobRecord]:
        return [record for job_id in job_ids if (record := self._ledger.find(job_id)) is not None]

    def _move(self, job_ids: Iterable[str], *, first: bool) -> None:
        self._soon(partial(self._ledger.note_moved, self._line.move(self._find(job_ids), first=first)))
        self._on_news()

    def _cancel_soon(self, records: Sequence[JobRecord]) -> None:
        self._line.give_up(records)
        self._soon(partial(self._cancel, records, "cancelled by the operator"))

    def _soon(self, write: Callable[[], None]) -> None:
        """Have something written down, which a caller need not wait for, after what was asked for before."""
        if not self._closed:
            self._clerk.start(write)

    def _cancel(self, records: Sequence[JobRecord], why: str) -> None:
        self._ledger.end((record, Outcome(JobState.CANCELLED, what=f"{record.name} was {why}")) for record in records)
        self._line.give_up(records)
        self._crew.wake({record.worker for record in records})  # asked last: a job may have begun a moment ago

    def _on_news(self) -> None:
        """Called in any thread. Only the first news since the last update costs a signal."""
        with self._changed:
            first = not self._pending
            self._pending = True
            if first:
                self._changed.notify_all()
        if first and not self._taken:  # without an event loop, signals would pile up
            self._news.emit()

    @Slot()
    def _schedule_update(self) -> None:
        if not self._frame.isActive() and not self._closed:
            wait_s = max(0.0, self._last_update + FRAME_S - time.monotonic())
            self._frame.start(math.ceil(wait_s * 1000))

    @Slot()
    def _send_update(self) -> None:
        with self._changed:
            self._pending = False
        self.updated.emit(self._update(JOBS_A_FRAME))
        # The pause is counted from the update's end: who listens must not leave the window without time of its own.
        self._last_update = time.monotonic()
        if self._ledger.has_news:
            self._on_news()

    def _update(self, limit: int | None = None) -> PoolUpdate:
        changes = self._ledger.take(limit)
        return PoolUpdate(changes.jobs, changes.lines, changes.lines_dropped, self.stats())
