"""What the operator wants classified, and how: choices of the Inspector become jobs, and the pool's room is filled
from a line that has no end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.handing_over import HandedOver, HandingOver, Waiting, Wish
from sigdesk.app.pace import Throttle
from sigdesk.app.rows import SignalState
from sigdesk.app.scope_text import stretch_of, whole_text, windows_text
from sigdesk.app.session import Session, SignalEntry
from sigdesk.app.settings import Settings
from sigdesk.classifiers.fit import refusal, windows_for
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.errors import ModelError
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.pool import Pool
from sigdesk.pool.right_of_way import window_at_work
from sigdesk.signals.describe import duration_text
from sigdesk.signals.recording import Recording

REMAINING: Final = (SignalState.NOT_CLASSIFIED, SignalState.CANCELLED, SignalState.FAILED)
"""Signals in these states have no label, and nobody is working on one; what failed may do with another model."""
BUSY: Final = (SignalState.QUEUED, SignalState.RUNNING)
LOOKED_AT: Final = 10
"""Priority of what the operator is looking at."""
_PORTION: Final = 512
"""Jobs that are handed over at once; between two portions the window takes its events."""
_TOLD_AT_ONCE: Final = 250
_PLAN_MS: Final = 100
"""While jobs end, the plan is told of no more often: it says how many signals remain."""

_TRY_AGAIN_MS: Final = 2000
"""While the journal cannot be written, nothing is accepted; this often it is tried again."""

_Worked = tuple[JobRequest | None, str, str]
"""The job that an order makes of a signal, the text under Apply to, and what stands in the way ("" if nothing)."""


@dataclass(frozen=True, slots=True)
class Order:
    """The choices of the Inspector at the moment when the operator pressed the button."""

    classifier: Classifier | None
    scope: str
    channels: tuple[int, ...] | None
    params: Mapping[str, object]
    selection: tuple[int, int] | None
    windows_s: tuple[float, float]
    windows_samples: tuple[float, float]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What Classify would do now: its button's text, the line under Apply to, and why it cannot ("" when it can)."""

    button: str
    scope_text: str
    obstacle: str
    remaining: int


class Classifying(QObject):
    """The choices in force, and the way from them to the pool. `plan_changed` tells the Inspector."""

    plan_changed = Signal(object)
    model_changed = Signal(object)
    refused = Signal(object)
    submitted = Signal(object)
    waiting_changed = Signal(int)
    journal_failed = Signal(object)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        pool: Pool,
        models: Sequence[Classifier | BrokenFolder],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._pool = pool
        self.models = tuple(models)
        self._classifier: Classifier | None = None
        self._params: dict[str, object] = {}
        self._channels: tuple[int, ...] | None = None
        self._selection: tuple[int, int] | None = None
        self._worked_out: tuple[int, Order, _Worked] | None = None
        self._overflow: deque[tuple[int, Order | JobRequest | Waiting]] = deque()
        self._handing = HandingOver(pool, self)
        self._handing.answered.connect(self._on_handed_over)
        self._dropped: set[int] = set()  # cancelled while they are on their way
        self._closed = False
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.feed)
        self._untold: deque[int] = deque()
        self._telling = QTimer(self, singleShot=True, interval=0)
        self._telling.timeout.connect(self._tell_queued)
        session.current_changed.connect(self._on_current_changed)
        self._seldom = Throttle(self._tell, _PLAN_MS, self)
        session.changed.connect(self._seldom.ask)
        session.added.connect(self._tell)
        session.removed.connect(self._on_signals_removed)
        settings.changed.connect(self._tell)
        self.choose_model(settings.text("model"))
        if self._classifier is None:  # none was ever chosen, or it is not installed any more
            self.choose_model(self._first_model())

    @property
    def classifier(self) -> Classifier | None:
        """The model that is chosen."""
        return self._classifier

    @property
    def waiting(self) -> int:
        """Jobs that wait here because the pool's queue is full, or are on their way to it."""
        return len(self._overflow) + len(self._handing.signal_ids)

    def settle(self) -> None:
        """Wait until every job has arrived that is on its way to the pool."""
        self._handing.settle()

    @property
    def handing_over(self) -> bool:
        """Whether jobs are on their way to the pool, which may tell of them before `submitted` does."""
        return bool(self._handing.signal_ids)

    def choose_model(self, name: str) -> None:
        """Choose a model by its name; its classes get their colours now, in their order."""
        found = [model for model in self.models if isinstance(model, Classifier) and model.name == name]
        self._classifier = found[0] if found else None
        self._params = {}
        if self._classifier is not None:
            self._settings.put("model", name)
            manifest = self._classifier.manifest
            for label in manifest.classes:
                self._session.mark(label, manifest.title_of(label))
        self.model_changed.emit(self._classifier)
        self._tell()

    def set_models(self, models: Sequence[Classifier | BrokenFolder]) -> None:
        """Other models are installed now. The one that is chosen is taken as it is now; jobs keep theirs."""
        self.models = tuple(models)
        if self._classifier not in self.models:
            names = {model.name for model in self.models if isinstance(model, Classifier)}
            chosen = self._settings.text("model")
            self.choose_model(chosen if chosen in names else self._first_model())

    def choose_scope(self, scope: str) -> None:
        """ "whole", "selection" or "windows"."""
        self._settings.put("scope", scope)

    def choose_channels(self, channels: tuple[int, ...] | None) -> None:
        """Channels by index, None for all."""
        self._channels = channels
        self._tell()

    def set_params(self, params: Mapping[str, object]) -> None:
        """Values for the model's parameters; those left out keep the manifest's default."""
        self._params = dict(params)

    def set_windows(self, length: float, step: float) -> None:
        """Length and step of windows, in seconds (in samples where a signal has no time)."""
        unit = self._window_unit()
        self._settings.put(f"window_length_{unit}", float(length))
        self._settings.put(f"window_step_{unit}", float(step))

    def windows(self) -> tuple[float, float]:
        """Length and step of windows, in seconds (in samples where the signal that is shown has no time)."""
        return self._windows_in(self._window_unit())

    def set_selection(self, selection: tuple[int, int] | None) -> None:
        """The stretch (samples) that is selected on the plot."""
        self._selection = selection
        self._tell()

    def classify_current(self) -> None:
        """Classify the signal that is shown, as the Inspector says; one that is being classified is left to it."""
        entry = self._session.current
        if entry is not None and entry.state not in BUSY and not self.plan().obstacle:
            order = self._order(self._settings.text("scope"), LOOKED_AT)
            self._enqueue([(entry.id, order)], looked_at=True)

    def classify_remaining(self) -> None:
        """Classify every signal that has no label yet, whole or in windows."""
        self.classify([entry.id for entry in self._session.entries if entry.state in REMAINING])

    def classify(self, signal_ids: Iterable[int]) -> None:
        """Classify these signals, whole or in windows; those that are being classified are left to it."""
        order = self._order(self._scope_of_many(), 0)
        entries = map(self._session.find, signal_ids)
        self._enqueue([(entry.id, order) for entry in entries if entry is not None and entry.state not in BUSY])

    def resubmit(self, jobs: Iterable[tuple[int, JobRequest, str]], priority: int = LOOKED_AT) -> None:
        """Retry: for each signal and what was asked of it a new job that names the old one."""
        self._enqueue(
            [
                (signal_id, request._replace(retry_of=old_job_id, priority=priority))
                for signal_id, request, old_job_id in jobs
            ]
        )

    def resume(self, jobs: Sequence[tuple[int, Waiting]]) -> None:
        """Run jobs that an earlier run has left, each for its signal."""
        self._enqueue(jobs)

    def drop_waiting(self) -> list[int]:
        """Forget what waits here; returns the signals."""
        dropped = [signal_id for signal_id, _ in self._overflow]
        self._overflow.clear()
        self._dropped |= self._handing.signal_ids
        self.waiting_changed.emit(self.waiting)
        return [*dropped, *self._handing.signal_ids]

    def drop_waiting_of(self, signal_id: int) -> bool:
        """Forget a signal's job that waits here, and say whether there was one; a job that is in the pool already is
        the pool's to cancel."""
        before = self.waiting - len(self._dropped)
        self._drop({signal_id})
        return self.waiting - len(self._dropped) < before

    def feed(self) -> None:
        """Make jobs of what waits here and hand them to the pool, as many as it has room for, in portions."""
        room = self._pool.room
        if not self._overflow or not room or self.handing_over or self._closed:
            return
        new: list[tuple[int, Wish]] = []
        again: list[tuple[int, Waiting]] = []
        for _ in range(min(room, _PORTION, len(self._overflow))):
            signal_id, wish = self._overflow.popleft()
            entry = self._session.find(signal_id)
            if isinstance(wish, JobRequest):
                new.append((signal_id, wish))
            elif isinstance(wish, tuple):
                again.append((signal_id, wish))
            elif entry is not None:
                new.append((signal_id, partial(_job_or_reason, entry.recording, wish)))
        self._handing.give(new, again)
        self.waiting_changed.emit(self.waiting)
        if not self.handing_over and self._overflow:  # the signals of the whole portion are gone
            self._again.start(0)

    def close(self) -> None:
        """Hand over nothing more, and wait for what is on its way."""
        self._closed = True
        self._handing.close()

    def _on_handed_over(self, handed: HandedOver) -> None:
        self._overflow.extendleft(reversed(handed.left))
        refused = tuple(each for each in handed.refused if each.signal_id not in self._dropped)
        if refused:
            self.refused.emit(refused)
        if handed.error is not None:  # while the journal cannot be written, jobs wait here
            self.journal_failed.emit(handed.error)
        self.submitted.emit(handed.accepted)
        dropped, self._dropped = self._dropped, set()
        if dropped:
            self._overflow = deque(pair for pair in self._overflow if pair[0] not in dropped)
            self._pool.cancel([job_id for job_id, signal_id in handed.accepted if signal_id in dropped])
        self.waiting_changed.emit(self.waiting)
        if self._overflow:
            self._again.start(0 if handed.error is None else _TRY_AGAIN_MS)

    def plan(self) -> Plan:
        """What Classify would do now."""
        entry = self._session.current
        remaining = self._session.count(*REMAINING)
        scope = self._settings.text("scope")
        if entry is None:
            return Plan("Classify", "", "Choose a signal on the left", remaining)
        if self._classifier is None or not self._classifier.runnable:
            return Plan("Classify", whole_text(entry.recording), "Choose a model that can run", remaining)
        request, text, obstacle = self._work_out(entry, self._order(scope, LOOKED_AT))
        button = "Classify"
        if scope == "selection":
            button = "Classify selection"
        elif scope == "windows" and request is not None and request.windows is not None:
            button = f"Classify {windows_text(len(request.windows))}"
        return Plan(button, text, obstacle, remaining)

    def _work_out(self, entry: SignalEntry, order: Order) -> _Worked:
        """The plan is asked for in every frame in which a job ends; a hundred thousand windows are cut once."""
        known = self._worked_out
        if known is None or known[:2] != (entry.id, order):
            self._worked_out = known = (entry.id, order, _request(entry.recording, order))
        return known[2]

    def _first_model(self) -> str:
        return next((m.name for m in self.models if isinstance(m, Classifier) and m.runnable), "")

    def _window_unit(self) -> str:
        entry = self._session.current
        return "samples" if entry is not None and not entry.recording.time_base.unit else "s"

    def _windows_in(self, unit: str) -> tuple[float, float]:
        return self._settings.number(f"window_length_{unit}"), self._settings.number(f"window_step_{unit}")

    def _scope_of_many(self) -> str:
        scope = self._settings.text("scope")
        return scope if scope == "windows" else "whole"

    def _order(self, scope: str, priority: int) -> Order:
        return Order(
            classifier=self._classifier,
            scope=scope,
            channels=self._channels,
            params=dict(self._params),
            selection=self._selection,
            windows_s=self._windows_in("s"),
            windows_samples=self._windows_in("samples"),
            priority=priority,
        )

    def _drop(self, signal_ids: Set[int]) -> None:
        self._overflow = deque(pair for pair in self._overflow if pair[0] not in signal_ids)
        self._dropped |= signal_ids & self._handing.signal_ids

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        self._drop(frozenset(ids))
        self._worked_out = None  # one that is read anew comes back with its id, and other samples
        self._tell()

    def _enqueue(self, wishes: Sequence[tuple[int, Order | JobRequest | Waiting]], *, looked_at: bool = False) -> None:
        taken, find = [], self._session.find  # tens of thousands come at once, and the window waits
        for pair in wishes:
            entry = find(pair[0])
            if entry is not None:
                entry.state, entry.progress, entry.cause = SignalState.QUEUED, None, ""
                taken.append(pair)
        if looked_at:
            self._overflow.extendleft(taken)
        else:
            self._overflow.extend(taken)
        self._untold.extend([signal_id for signal_id, _ in taken])
        self._tell_queued()
        self.feed()

    def _tell_queued(self) -> None:
        """The views are told of many signals in portions; between two of them the window takes its events."""
        with window_at_work:
            self._session.touch([self._untold.popleft() for _ in range(min(_TOLD_AT_ONCE, len(self._untold)))])
        if self._untold:
            self._telling.start()

    def _on_current_changed(self, _: int) -> None:
        # Both are of the signal that was shown; the Inspector and the plot show the new one with all channels and none.
        self._selection = self._channels = self._worked_out = None
        self._tell()

    def _tell(self, _: object = None) -> None:
        self.plan_changed.emit(self.plan())


def _job_or_reason(recording: Recording, order: Order) -> JobRequest | str:
    request, _, obstacle = _request(recording, order)
    return request if request is not None and not obstacle else obstacle


def _request(recording: Recording, order: Order) -> _Worked:
    """What an order makes of a signal."""
    classifier = order.classifier
    if classifier is None or not classifier.runnable:
        return None, "", "Choose a model that can run"
    start, stop, text = 0, recording.length, whole_text(recording)
    if order.scope == "selection":
        if order.selection is None:
            return None, "No stretch is selected", "Select a stretch on the plot first (S)"
        start, stop = order.selection
        text = stretch_of(recording, start, stop)
    channels = None
    if order.channels is not None:
        channels = tuple(index for index in order.channels if index < len(recording.channels)) or None
    windows = None
    if order.scope == "windows":
        try:
            length, step = order.windows_s if recording.time_base.unit else order.windows_samples
            windows = windows_for(recording, length, step, start, stop)
        except ModelError as error:
            return None, text, str(error)
        text = f"{windows_text(len(windows))} over {duration_text(recording)}"
    obstacle = refusal(classifier, recording, start, stop, channels, windows) or ""
    request = JobRequest(
        classifier, recording, start, stop, channels, windows, params=order.params, priority=order.priority
    )
    return request, text, obstacle
