"""A worker: one of the pool's fixed number of runnables. It takes a batch, runs it, cleans up, and is free again."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QRunnable

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode
from sigdesk.errors import JobError, SigDeskError
from sigdesk.pool.answer import failed
from sigdesk.pool.bench import Bench
from sigdesk.pool.breaker import DEATHS, WITHIN_S, Breaker
from sigdesk.pool.command import Command, command_for
from sigdesk.pool.exchange import Exchange, Handover, JobFiles
from sigdesk.pool.jobs import JobState, Outcome, WorkerState
from sigdesk.pool.ledger import JobRecord, Ledger
from sigdesk.pool.line import Key, WaitingLine, key_of, paused, title_of
from sigdesk.pool.one_shot import run_one_shot
from sigdesk.pool.process import WorkerProcess
from sigdesk.pool.sandbox import Sandbox
from sigdesk.pool.shelf import Shelf
from sigdesk.pool.shortage import is_shortage, with_second_try
from sigdesk.pool.streams import make_waker
from sigdesk.pool.warden import Warden
from sigdesk.pool.warm import Abandoned, StartFailed, WarmBatch, is_fit, start_warm
from sigdesk.protocol import FailureCode, Level
from sigdesk.signals.checks import unusable_reason

_log = logging.getLogger(__name__)


class Worker(QRunnable):
    """Runs until the line closes. `on_state` is called from the worker's thread whenever `state` changes."""

    def __init__(
        self,
        number: int,
        line: WaitingLine,
        ledger: Ledger,
        shelf: Shelf,
        exchange: Exchange,
        turn: threading.Lock,
        warden: Warden,
        breaker: Breaker,
        sandbox: Sandbox | None,
        on_state: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.number = number
        self.state = WorkerState.IDLE
        self._line = line
        self._ledger = ledger
        self._shelf = shelf
        self._exchange = exchange
        self._breaker = breaker
        self._sandbox = sandbox
        self._rested: WorkerProcess | None = None
        self._on_state = on_state
        self._waker = make_waker()
        self._bench = Bench(number, ledger, self._waker, turn, self._show, warden)

    def wake(self) -> None:
        """Make it look whether its jobs have been cancelled. Any thread."""
        self._waker.wake()

    def run(self) -> None:
        """The life of a worker; called by the thread pool."""
        try:
            while batch := self._line.take():
                self._show(WorkerState.BUSY)
                self._serve(batch)
                self._line.done(batch[0].request.classifier)
                self._show(WorkerState.IDLE)
        finally:
            self._waker.close()

    def _show(self, state: WorkerState) -> None:
        if state is not self.state:
            self.state = state
            self._on_state()

    def _serve(self, batch: list[JobRecord]) -> None:
        """Whatever happens in here, the batch's jobs end and the worker goes on."""
        classifier = batch[0].request.classifier
        try:
            if classifier.manifest.run.mode is RunMode.WARM and not self._take_rested(classifier):
                self._put_back(batch)
                return
            self._run(batch)
        except Exception as error:  # noqa: BLE001
            self._blame_sigdesk(batch, error)
        finally:
            if self._rested is not None:  # no job was left to give it
                self._shelf.put(key_of(classifier), self._rested)
                self._rested = None

    def _blame_sigdesk(self, records: Sequence[JobRecord], error: Exception) -> None:
        """Logged, and told to the operator."""
        _log.error("A worker could not finish its jobs", exc_info=error)
        self._end_all(records, FailureCode.INTERNAL, f"SigDesk itself made a mistake ({error!r})", "Report this.")

    def _run(self, batch: list[JobRecord]) -> None:
        handovers = self._read(batch)
        started = self._ledger.begin([record for record in batch if record.id in handovers], self.number)
        if not started:
            return
        files = self._write(started, handovers)
        handovers.clear()
        if files is None:
            return
        try:
            self._hand_over(started, files)
        finally:
            files.remove()

    def _write(self, records: Sequence[JobRecord], handovers: Mapping[str, Handover]) -> JobFiles | None:
        """The job file; None when it cannot be written, which ends the jobs."""
        write = partial(self._exchange.write, [handovers[record.id] for record in records])
        try:
            return with_second_try(write, partial(self._bench.remark, records[0], level=Level.WARNING))
        except OSError as error:
            if is_shortage(error):
                why = f"it could not be handed over ({error.strerror})"
                self._end_all(records, FailureCode.START, why, "Close other programs or lower the number of workers.")
            else:
                why = f"its job file could not be written ({error.strerror or error})"
                way_out = f"Make room in {self._exchange.folder.parent}, then retry."
                self._end_all(records, FailureCode.TEMP, why, way_out)
            return None

    def _read(self, batch: Sequence[JobRecord]) -> dict[str, Handover]:
        """The samples of each job; a signal that cannot be used ends its job here, before any process is started."""
        handovers = {}
        for record in batch:
            request = record.request
            try:
                samples = request.recording.read(request.start, request.stop)
                if request.channels is not None:
                    samples = samples[list(request.channels)]
            except SigDeskError as error:
                why = failed(record.name, FailureCode.INPUT_CHANGED, error.what, error.way_out)
                self._ledger.end([(record, why)])
                continue
            except Exception as error:  # noqa: BLE001 - it must not end the neighbours
                self._blame_sigdesk([record], error)
                continue
            reason = unusable_reason(samples)
            if reason is None:
                handovers[record.id] = Handover(record.id, request, samples)
                continue
            what = f"{record.name} was not accepted: {request.recording.name} {reason}"
            self._ledger.end([(record, Outcome(JobState.REJECTED, what=what, way_out="Choose another stretch."))])
        return handovers

    def _hand_over(self, records: list[JobRecord], files: JobFiles) -> None:
        try:
            if records[0].request.classifier.manifest.run.mode is RunMode.WARM:
                self._run_warm(records, files)
            else:
                self._run_once(records[0], files)
        except JobError as error:
            self._end_all(records, FailureCode.START, error.what, error.way_out)
        except StartFailed as start:
            self._ledger.end((record, start.outcome_of(record)) for record in records)
        except Abandoned:
            pass  # every job has its ending already

    def _run_once(self, record: JobRecord, files: JobFiles) -> None:
        outcome = run_one_shot(record, self._command(record), files, self._bench)
        if outcome is not None:
            self._ledger.end([(record, outcome)])

    def _command(self, record: JobRecord) -> Command:
        return command_for(record.request.classifier, self._exchange.folder.name, self._sandbox)

    def _run_warm(self, records: list[JobRecord], files: JobFiles) -> None:
        classifier = records[0].request.classifier
        key = key_of(classifier)
        process, self._rested = self._rested, None
        process = process or start_warm(self._command(records[0]), records, self._bench)
        batch = WarmBatch(process, records, self._bench)
        began = time.monotonic()
        self._bench.warden.watch(process)
        try:
            again = batch.run(process.let_see(files))
            if batch.healthy:
                self._line.learn(classifier, len(records), time.monotonic() - began)
            if again:
                self._bench.remark(
                    again[0], "The process failed; what it has not answered runs again, one by one", Level.WARNING
                )
        finally:
            self._bench.warden.leave(process)
            self._keep_or_end(process, batch.healthy, classifier.manifest.run.max_jobs, key)
        self._put_back(self._ledger.wait_again(again))

    def _put_back(self, records: Sequence[JobRecord]) -> None:
        self._line.put_back(records)
        self._line.give_up([record for record in records if record.state.ended])  # cancelled just now

    def _take_rested(self, classifier: Classifier) -> bool:
        """Look for an idle process of the classifier; False when its jobs must wait, because too many have died."""
        key = key_of(classifier)
        pause_s = 0.0
        while (process := self._shelf.take(key)) is not None:
            if is_fit(process, self._bench):
                self._rested = process
                break
            if not process.alive:
                pause_s = max(pause_s, self._breaker.died(key, time.monotonic()))
            process.end()
        if pause_s == math.inf:
            self._pause(classifier)
            return False
        if pause_s and self._rested is None:
            text = f"A process of {title_of(classifier)} died while idle; a new one is started in {pause_s:g} s"
            self._bench.remark(None, text, Level.WARNING)
            self._line.hold(key, pause_s)
            return False
        return True

    def _pause(self, classifier: Classifier) -> None:
        reason = (
            f"{title_of(classifier)} is paused: {DEATHS} of its processes died within {WITHIN_S:g} s "
            "without a job to blame. Its jobs wait."
        )
        self._line.pause(paused(classifier, reason))
        self._bench.remark(None, reason, Level.WARNING)
        self._on_state()

    def _keep_or_end(self, process: WorkerProcess, healthy: bool, max_jobs: int, key: Key) -> None:
        if not healthy:
            process.end()
        elif process.jobs_done >= max_jobs:
            process.leave()
        elif held := process.swollen_to():
            self._bench.remark(None, f"A process had grown to {held // 1_000_000} MB and is replaced")
            process.leave()
        else:
            self._shelf.put(key, process)

    def _end_all(self, records: Sequence[JobRecord], code: FailureCode, why: str, way_out: str) -> None:
        self._ledger.end((record, failed(record.name, code, why, way_out)) for record in records)
