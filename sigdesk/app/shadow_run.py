"""A shadow run: the open signals are classified by two versions of a model, and nothing of it touches the session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.app.session import Session
from sigdesk.app.settings import Settings
from sigdesk.classifiers.fit import refusal
from sigdesk.classifiers.folder import Classifier
from sigdesk.errors import SigDeskError
from sigdesk.places import Places
from sigdesk.pool.isolation import SANDBOX_SETTING
from sigdesk.pool.jobs import JobRequest, Outcome
from sigdesk.pool.pool import Pool
from sigdesk.signals.recording import Recording

_WORKERS: Final = 1
"""It runs beside what the operator waits for."""
_LOOK_S: Final = 0.2

Answer = tuple[str, float | None]
"""A label, and the confidence (0..1) where the model states one."""


class ShadowRow(Struct, frozen=True):
    """A signal with what both versions said of it; None where one gave no answer."""

    recording: Recording
    old: Answer | None = None
    new: Answer | None = None

    @property
    def differs(self) -> bool:
        return (self.old and self.old[0]) != (self.new and self.new[0])


class ShadowState(Struct, frozen=True):
    """Where a run stands: `done` of `total` signals were put to both; `refused` do not fit one of the versions.
    `failed` jobs gave no answer, the first of them for the reason `failure`."""

    old: Classifier
    new: Classifier
    total: int
    refused: int = 0
    done: int = 0
    rows: tuple[ShadowRow, ...] = ()
    running: bool = True
    error: str = ""
    failed: int = 0
    failure: str = ""

    @property
    def differences(self) -> tuple[ShadowRow, ...]:
        return tuple(row for row in self.rows if row.differs)


class _Asked(Struct):
    """The signals of a run; answers by their place, the old version's first."""

    recordings: list[Recording]
    answers: dict[tuple[int, int], Answer | None] = field(default_factory=dict)
    failure: str = ""

    def rows(self) -> tuple[ShadowRow, ...]:
        places = [place for place in range(len(self.recordings)) if {(place, 0), (place, 1)} <= self.answers.keys()]
        return tuple(
            ShadowRow(self.recordings[place], self.answers[place, 0], self.answers[place, 1]) for place in places
        )

    def told(self, state: ShadowState) -> ShadowState:
        """The state with the answers so far."""
        rows = self.rows()
        failed = sum(answer is None for answer in self.answers.values())
        return replace(state, done=len(rows), rows=rows, failed=failed, failure=self.failure)


class ShadowRun(QObject):
    """One run at a time, in a pool of its own: its jobs stand in no journal. `changed` carries a ShadowState."""

    changed = Signal(object)
    _told = Signal(object)

    def __init__(self, places: Places, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self._session = session
        self._settings = settings
        self.state: ShadowState | None = None
        self._stop = threading.Event()
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._told.connect(self._on_told)

    @property
    def running(self) -> bool:
        return self.state is not None and self.state.running

    def start(self, old: Classifier, new: Classifier) -> None:
        """Classify all open signals that fit both versions, whole; nothing while another run goes on."""
        if self.running:
            return
        open_ones = [entry.recording for entry in self._session.entries]
        fitting = [one for one in open_ones if _fits(old, one) and _fits(new, one)]
        self.state = ShadowState(old, new, len(fitting), len(open_ones) - len(fitting), running=bool(fitting))
        self._stop.clear()
        self.changed.emit(self.state)
        if fitting:
            sandboxed = self._settings.flag(SANDBOX_SETTING)
            make = partial(Pool, self._places.temp_folder, workers=_WORKERS, sandboxed=sandboxed, steps=False)
            self._threads.start(_Task(self.state, _Asked(fitting), make, self._stop, self._told.emit))

    def cancel(self) -> None:
        """Stop it; what was answered by then stays."""
        self._stop.set()

    def close(self) -> None:
        """Stop it, and wait until its processes are gone."""
        self.cancel()
        self._threads.waitForDone(-1)

    def _on_told(self, state: ShadowState) -> None:
        self.state = state
        self.changed.emit(state)


class _Task(QRunnable):
    def __init__(
        self,
        state: ShadowState,
        asked: _Asked,
        make_pool: Callable[[], Pool],
        stop: threading.Event,
        tell: Callable[[ShadowState], object],
    ) -> None:
        super().__init__()
        self._state = state
        self._asked = asked
        self._make_pool = make_pool
        self._stop = stop
        self._tell = tell

    def run(self) -> None:
        error = ""
        try:
            with self._make_pool() as pool:
                self._attend(pool)
        except SigDeskError as trouble:
            error = str(trouble)
        except OSError as trouble:
            error = f"The run could not be started: {trouble.strerror or trouble}."
        self._tell(replace(self._asked.told(self._state), running=False, error=error))

    def _attend(self, pool: Pool) -> None:
        waiting = [(place, side) for place in range(len(self._asked.recordings)) for side in (0, 1)][::-1]
        open_jobs: dict[str, tuple[int, int]] = {}
        while (waiting or open_jobs) and not self._stop.is_set():
            portion = [waiting.pop() for _ in range(min(pool.room, len(waiting)))]
            if portion:
                open_jobs |= dict(zip(pool.submit_many([self._request(one) for one in portion]), portion, strict=True))
            update = pool.take_update(timeout_s=_LOOK_S)
            for job in update.jobs:
                key = open_jobs.pop(job.id, None) if job.state.ended else None
                if key is not None and job.outcome is not None:
                    self._take(key, job.outcome)
            if update.jobs:
                self._tell(self._asked.told(self._state))
            if pool.is_stuck:
                reasons = " ".join(one.reason for one in pool.stats().paused)
                raise SigDeskError(f"A version was paused: {reasons}", "Look into its script.")

    def _take(self, key: tuple[int, int], outcome: Outcome) -> None:
        """The answer of one version to one signal, or that there is none."""
        if outcome.output is None:
            self._asked.failure = self._asked.failure or outcome.sentences
            self._asked.answers[key] = None
        else:
            result = outcome.output.results[0]
            self._asked.answers[key] = (result.label, result.confidence)

    def _request(self, key: tuple[int, int]) -> JobRequest:
        place, side = key
        recording = self._asked.recordings[place]
        return JobRequest((self._state.old, self._state.new)[side], recording, 0, recording.length)


def _fits(model: Classifier, recording: Recording) -> bool:
    return refusal(model, recording, 0, recording.length, None) is None
