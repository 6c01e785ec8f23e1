"""The idle watch: one thread for the whole pool that hears what warm processes say and do while they rest.

One that dies is noticed at once and started anew after a pause; one that gives an answer unasked is replaced. It also
keeps the shelf within its budget of memory. Processes are polled only once they have rested for a moment, so that
batches that follow each other cost it, and the workers, nothing.
"""

from __future__ import annotations

import contextlib
import logging
import math
import selectors
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.classifiers.folder import Classifier
from sigdesk.errors import SigDeskError
from sigdesk.pool.bench import Bench, error_notes, stray_notes
from sigdesk.pool.command import Command
from sigdesk.pool.jobs import Note
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.line import WaitingLine, key_of, title_of
from sigdesk.pool.losses import Losses
from sigdesk.pool.shelf import Resting, Shelf
from sigdesk.pool.streams import make_waker
from sigdesk.pool.warden import Warden
from sigdesk.pool.warm import has_died, is_fit, launch
from sigdesk.protocol import ErrorLine, Level, ReadyLine

RESTED_S: Final = 0.05
_MEASURE_EVERY_S: Final = 0.25
_MEASURE_RESTING_EVERY_S: Final = 2.0
_log = logging.getLogger(__name__)


class _Due(Struct, frozen=True):
    """A process to be started anew, unless there are `count` of its classifier's by then."""

    at: float
    classifier: Classifier
    worker: int
    count: int


class IdleWatch:
    """Lives from its making to `close`. `command` says how a process of a classifier is started."""

    def __init__(
        self,
        shelf: Shelf,
        line: WaitingLine,
        ledger: Ledger,
        warden: Warden,
        losses: Losses,
        turn: threading.Lock,
        command: Callable[[Classifier], Command],
    ) -> None:
        self._shelf = shelf
        self._line = line
        self._losses = losses
        self._command = command
        self._bench = Bench(0, ledger, make_waker(), turn, lambda _: None, warden)
        self._selector = selectors.DefaultSelector()
        self._call, self._called = socket.socketpair()  # a pipe cannot be polled everywhere
        self._call.setblocking(False)
        self._selector.register(self._called, selectors.EVENT_READ)
        self._due: list[_Due] = []
        self._measured_at = 0.0
        self._dozing = False
        self._closing = False
        self._thread = threading.Thread(target=self._live, name="idle watch", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Something came to rest. Called for every batch, so it costs next to nothing unless there was peace."""
        if self._dozing:
            self._dozing = False
            with contextlib.suppress(BlockingIOError):
                self._call.send(b"!")

    def measure(self) -> None:
        """Measure what processes hold, soon and in the watch's own thread: ending them takes longer than a frame."""
        self._measured_at = 0.0
        with contextlib.suppress(BlockingIOError):
            self._call.send(b"!")

    def close(self) -> None:
        self._closing = True
        self._call.send(b"!")
        self._thread.join()
        self._shelf.poll_no_more()
        self._selector.close()
        self._call.close()
        self._called.close()
        self._bench.waker.close()

    def _live(self) -> None:
        while not self._closing:
            try:
                self._round()
            except Exception:  # noqa: BLE001 - it must go on
                _log.exception("The watch over idle processes could not finish a round")
                time.sleep(_MEASURE_EVERY_S)

    def _round(self) -> None:
        self._dozing = True  # before the look at the shelf: what comes later calls
        timeout_s = self._timeout_s(unpolled=self._shelf.poll(RESTED_S, self._register, self._unregister))
        if timeout_s <= RESTED_S:
            self._dozing = False
        news = {key.data for key, _ in self._selector.select(None if timeout_s == math.inf else timeout_s)}
        self._dozing = False
        if None in news:
            self._called.recv(4096)
        now = time.monotonic()
        for resting in self._shelf.resting:
            late = not resting.ready and resting.ready_by <= now
            if (resting in news or late or not resting.process.descriptors) and self._shelf.take_this(resting):
                self._look_at(resting)
        for due in [due for due in self._due if due.at <= now]:
            self._due.remove(due)
            self._start(due)
        if now - self._measured_at >= self._measure_every_s():
            self._measured_at = now
            self._shelf.measure()
            self._line.try_again()

    def _register(self, resting: Resting) -> None:
        for descriptor in resting.process.descriptors:
            self._selector.register(descriptor, selectors.EVENT_READ, resting)

    def _unregister(self, resting: Resting) -> None:
        for descriptor in resting.process.descriptors:
            self._selector.unregister(descriptor)

    def _timeout_s(self, *, unpolled: bool) -> float:
        now = time.monotonic()
        times = [self._measured_at + self._measure_every_s(), *(due.at for due in self._due)]
        times += [resting.ready_by for resting in self._shelf.resting if not resting.ready]
        if unpolled:
            times.append(now + RESTED_S)
        return max(0.0, min(times) - now)

    def _measure_every_s(self) -> float:
        resting = self._shelf.resting
        blind = any(not one.process.descriptors for one in resting)
        if self._shelf.any_at_work or self._line.is_short_of_memory or blind:
            return _MEASURE_EVERY_S
        return _MEASURE_RESTING_EVERY_S if resting else math.inf

    def _look_at(self, resting: Resting) -> None:
        """A process that was taken from the shelf because there is news of it, or because its time is over."""
        bench = replace(self._bench, number=resting.worker)
        fit, notes = is_fit(resting.process, bench) if resting.ready else self._starts_well(resting, bench)
        if fit:  # told after it is back: who reads of it may send the next job at once
            self._shelf.put_again(resting)
        bench.say(None, notes)
        if not fit:
            self._replace(resting, bench)

    def _starts_well(self, resting: Resting, bench: Bench) -> tuple[bool, list[Note]]:
        said = resting.process.wait(0.0, bench.waker, bench.turn)
        notes = stray_notes(said.lines) + error_notes(said.errors)
        resting.ready = any(isinstance(line, ReadyLine) for line in said.lines)
        if resting.ready:
            bench.warden.leave(resting.process)
            return not said.ended, notes
        failed = said.ended or said.out_ended or any(isinstance(line, ErrorLine) for line in said.lines)
        return not failed and time.monotonic() < resting.ready_by, notes

    def _replace(self, resting: Resting, bench: Bench) -> None:
        """Start another in its place, after a pause if it has died; one that had not worked yet is not worth it."""
        process, classifier, key = resting.process, resting.classifier, resting.key
        died = not resting.ready or has_died(process, bench)
        count = self._shelf.count(key)
        bench.warden.leave(process)
        process.end(grace_s=0.0)
        self._shelf.gone(process)
        pause_s = 0.0
        if died:
            pause_s = self._losses.note(classifier, resting.worker, others_live=count > 1)
        else:
            title = title_of(classifier)
            bench.remark(None, f"A process of {title} gave an answer that nobody asked for and is ended", Level.WARNING)
        if pause_s < math.inf and (died or process.jobs_done):
            self._due.append(_Due(time.monotonic() + pause_s, classifier, resting.worker, count))

    def _start(self, due: _Due) -> None:
        """It comes to rest at once; READY is heard as other news of it."""
        key = key_of(due.classifier)
        if any(one.key == key for one in self._line.paused) or self._shelf.count(key) >= due.count:
            return
        if not self._shelf.reserve(key, spare=True):
            return
        bench = replace(self._bench, number=due.worker)
        tell = partial(bench.remark, None, level=Level.WARNING)
        try:
            process = launch(self._command(due.classifier), due.classifier.manifest.run, tell, bench.warden)
        except SigDeskError as error:
            self._shelf.release(key)
            tell(str(error))
            return
        self._shelf.started(process, key)
        ready_by = time.monotonic() + process.run.start_timeout_s
        self._shelf.put(Resting(due.classifier, process, due.worker, ready=False, ready_by=ready_by))
