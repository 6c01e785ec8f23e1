"""A worker: one of the pool's fixed number of runnables. It takes a batch, runs it, cleans up, and is free again."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from isal.isal_zlib import crc32
from PySide6.QtCore import QRunnable

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode
from sigdesk.errors import JobError, JournalError, SigDeskError
from sigdesk.pool.answer import failed
from sigdesk.pool.batch import Batch
from sigdesk.pool.bench import Bench
from sigdesk.pool.command import Command, command_for
from sigdesk.pool.exchange import Exchange, Handover, JobFiles
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import JobState, Outcome, WorkerState
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.line import Key, WaitingLine, key_of
from sigdesk.pool.losses import Losses
from sigdesk.pool.one_shot import run_one_shot
from sigdesk.pool.process import WorkerProcess
from sigdesk.pool.resampling import at_wanted_rate
from sigdesk.pool.right_of_way import PIECE, give_way
from sigdesk.pool.sandbox import Sandbox
from sigdesk.pool.shelf import Resting, Shelf
from sigdesk.pool.shortage import is_shortage, with_second_try
from sigdesk.pool.streams import make_waker
from sigdesk.pool.temp_space import Room, TempSpace
from sigdesk.pool.warden import Warden
from sigdesk.pool.warm import Abandoned, StartFailed, WarmBatch, await_ready, has_died, is_fit, start_warm
from sigdesk.protocol import FailureCode, Level
from sigdesk.signals.checks import unusable_reason
from sigdesk.signals.recording import Samples
from sigdesk.signals.shelf import Reading

_log = logging.getLogger(__name__)


class Worker(QRunnable):
    """Runs until the line closes or has too many workers. `on_state` is called from the worker's thread whenever
    `state` changes, `on_gone` when it takes no more jobs."""

    def __init__(
        self,
        number: int,
        on_gone: Callable[[Worker], None],
        line: WaitingLine,
        ledger: Ledger,
        shelf: Shelf,
        exchange: Exchange,
        temp_space: TempSpace,
        turn: threading.Lock,
        warden: Warden,
        losses: Losses,
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
        self._temp_space = temp_space
        self._losses = losses
        self._sandbox = sandbox
        self._ahead: Batch | None = None
        self._rested: Resting | None = None
        self._has_place = False  # on the shelf, for a process that is still to be started
        self._on_state = on_state
        self._on_gone = on_gone
        self._waker = make_waker()
        self._bench = Bench(number, ledger, self._waker, turn, self._show, warden)

    def wake(self) -> None:
        """Make it look whether its jobs have been cancelled. Any thread."""
        self._waker.wake()

    def run(self) -> None:
        """The life of a worker; called by the thread pool."""
        try:
            while (batch := self._ahead or self._take()) is not None:
                self._ahead = None
                self._show(WorkerState.BUSY)
                self._serve(batch)
                self._line.done(batch.classifier)
                self._show(WorkerState.IDLE)
        finally:
            self._on_gone(self)
            self._waker.close()

    def _show(self, state: WorkerState) -> None:
        if state is not self.state:
            self.state = state
            self._on_state()

    def _take(self) -> Batch | None:
        records = self._line.take()
        return Batch(records) if records else None

    def _serve(self, batch: Batch) -> None:
        """Whatever happens in here, the batch's jobs end and the worker goes on."""
        classifier = batch.classifier
        if classifier.untrusted:
            self._reject(batch.records, classifier)
            return
        try:
            if classifier.manifest.run.mode is RunMode.WARM and not self._find_process(classifier):
                self._put_back(batch.records)
                return
            self._run(batch)
        except Exception as error:  # noqa: BLE001
            self._blame_sigdesk(batch.records, error)
        finally:
            batch.discard_files()
            if self._rested is not None:  # no job was left to give it
                self._shelf.put(self._rested)
                self._rested = None
            if self._has_place:
                self._shelf.release(key_of(classifier))
                self._has_place = False

    def _reject(self, batch: Sequence[JobRecord], classifier: Classifier) -> None:
        """For a model file that the operator has not trusted, or not as it is now, no process is even started."""
        rejected = partial(Outcome, JobState.REJECTED, code=FailureCode.UNTRUSTED)
        self._ledger.end(
            (record, rejected(what=f"{record.name} was not accepted: {classifier.problem}")) for record in batch
        )

    def _blame_sigdesk(self, records: Sequence[JobRecord], error: Exception) -> None:
        """Logged, and told to the operator."""
        _log.error("A worker could not finish its jobs", exc_info=error)
        self._end_all(records, FailureCode.INTERNAL, f"SigDesk itself made a mistake ({error!r})", "Report this.")

    def _run(self, batch: Batch) -> None:
        if batch.handovers is None:
            batch.handovers = self._read(batch.records)
        elif not self._line.may_begin(batch.classifier):
            self._put_back(batch.records)
            return
        usable = batch.usable
        try:
            started = self._ledger.begin(usable, self.number)
        except JournalError:  # nothing begins until it can be written
            self._put_back(usable)
            return
        if not started:
            return
        if len(started) < len(usable):  # some were cancelled since the file was written
            batch.discard_files()
        batch.files = batch.files or self._write(started, batch.handovers)
        batch.handovers.clear()
        if batch.files is not None:
            self._hand_over(started, batch.files)

    def _look_ahead(self, classifier: Classifier) -> None:
        """While its process is at one batch, make the next one ready. What goes wrong here is found again, and told,
        when its turn comes."""
        records = self._line.take_ahead(classifier)
        if not records:
            return
        self._ahead = Batch(records)
        try:
            handovers = self._read(records)
            if handovers:
                self._ahead.files = self._exchange.write(list(handovers.values()))
            self._ahead.handovers = handovers
        except Exception as error:  # noqa: BLE001
            _log.debug("A batch could not be made ready ahead", exc_info=error)

    def _write(self, records: Sequence[JobRecord], handovers: Mapping[str, Handover]) -> JobFiles | None:
        """The job file; None when it cannot be written, which ends the jobs."""
        write = partial(self._exchange.write, [handovers[record.id] for record in records])
        try:
            return with_second_try(write, partial(self._bench.remark, records[0], level=Level.WARNING))
        except OSError as error:
            if is_shortage(error):
                why = f"it could not be handed over ({error.strerror})"
                way_out = "Close other programs or lower the number of workers, then retry."
                self._end_all(records, FailureCode.START, why, way_out)
            else:
                size = sum(handover.samples.nbytes for handover in handovers.values())
                self._give_up_writing(records, size, error)
            return None

    def _give_up_writing(self, records: Sequence[JobRecord], size: int, error: OSError) -> None:
        """The job at hand fails; its neighbours, and those of other workers, wait for as long as nothing can be
        written, each to be written alone. Where only their common file was too much for the disk, each is tried alone.
        """
        room = self._temp_space.failed(size)
        if room is Room.NONE or (room is Room.SOME and len(records) == 1):
            why = f"its job file could not be written ({error.strerror or error})"
            way_out = f"Make room in {self._exchange.folder.parent}, then retry."
            self._end_all(records[:1], FailureCode.TEMP, why, way_out)
            records = records[1:]
        self._put_back(self._ledger.wait_again(records))

    def _read(self, batch: Sequence[JobRecord]) -> dict[str, Handover]:
        """The samples of each job; a signal that cannot be used ends its job here, before any process is started."""
        handovers = {}
        reading = Reading()
        resamples = batch[0].request.classifier.manifest.input.resample
        for place, record in enumerate(batch):
            if not place % PIECE:
                give_way()
            request = record.request
            try:
                samples = reading.read(request.recording, request.start, request.stop)
                if request.channels is not None:
                    samples = samples[list(request.channels)]
            except SigDeskError as error:
                why = failed(record.name, FailureCode.INPUT_CHANGED, error.what, error.way_out)
                self._ledger.end([(record, why)])
                continue
            except Exception as error:  # noqa: BLE001 - it must not end the neighbours
                self._blame_sigdesk([record], error)
                continue
            # A view, for an array that stays keeps a note of each way in which its bytes were lent: 100 bytes a signal.
            samples = samples.view()
            record.input_sum = _sum_of(samples)
            reason = unusable_reason(samples)
            if reason is None:
                if resamples:
                    request, samples = at_wanted_rate(request, samples)
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
        process = self._ready_process(records, key_of(classifier))
        batch = WarmBatch(process, records, self._bench, partial(self._look_ahead, classifier))
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
            self._keep_or_end(process, batch.healthy, classifier)
        self._put_back(self._ledger.wait_again(again))

    def _put_back(self, records: Sequence[JobRecord]) -> None:
        self._line.put_back(records)
        self._line.give_up([record for record in records if record.over])  # cancelled just now

    def _find_process(self, classifier: Classifier) -> bool:
        """Look for a resting process of the classifier, or a place for a new one; False when its jobs must wait:
        because too many have died, or because there is no memory for one more."""
        key = key_of(classifier)
        while (resting := self._shelf.take(key)) is not None:
            process = resting.process
            fit, notes = is_fit(process, self._bench) if resting.ready else (True, [])
            self._bench.say(None, notes)
            if fit:
                self._rested = resting
                return True
            died = has_died(process, self._bench)
            process.end()
            self._shelf.gone(process)
            others = self._shelf.count(key) > 0
            pause_s = self._losses.note(classifier, self.number, others_live=others) if died else 0.0
            if pause_s == math.inf or (pause_s and not others):
                return False
        self._has_place = self._shelf.reserve(key)
        if not self._has_place:
            self._line.short_of_memory(key)
        return self._has_place

    def _ready_process(self, records: Sequence[JobRecord], key: Key) -> WorkerProcess:
        """The process that was found, or a new one. One that a signal ends before it is ready is started once more, for
        its jobs have done nothing yet. Raises JobError, StartFailed, Abandoned.
        """
        resting, self._rested = self._rested, None
        if resting is not None and resting.ready:
            return resting.process
        try:
            return self._start_or_await(resting, records, key)
        except StartFailed as start:
            if not start.killed_by:
                raise
            self._has_place = self._has_place or self._shelf.reserve(key)
            if not self._has_place:
                raise
            text = f"The process was ended by {start.killed_by} before it was ready; it is started once more"
            self._bench.remark(records[0], text, Level.WARNING)
        return self._start_or_await(None, records, key)

    def _start_or_await(self, resting: Resting | None, records: Sequence[JobRecord], key: Key) -> WorkerProcess:
        if resting is None:
            process = start_warm(self._command(records[0]), records, self._bench)
            self._has_place = False
            self._shelf.started(process, key)
            return process
        try:
            await_ready(resting.process, records, self._bench)
        except BaseException:
            self._shelf.gone(resting.process)
            raise
        return resting.process

    def _keep_or_end(self, process: WorkerProcess, healthy: bool, classifier: Classifier) -> None:
        if healthy and process.jobs_done < classifier.manifest.run.max_jobs:
            held = process.swollen_to()
            if not held:
                self._shelf.put(Resting(classifier, process, self.number))
                return
            self._bench.remark(None, f"A process had grown to {held // 1_000_000} MB and is replaced")
        self._shelf.gone(process)
        if healthy:
            process.leave()
        else:
            process.end()

    def _end_all(self, records: Sequence[JobRecord], code: FailureCode, why: str, way_out: str) -> None:
        self._ledger.end((record, failed(record.name, code, why, way_out)) for record in records)


def _sum_of(samples: Samples) -> int:
    """The CRC-32 of samples in C order."""
    try:
        return crc32(samples)
    except ValueError:  # its bytes do not stand one after the other
        return crc32(samples.tobytes())
