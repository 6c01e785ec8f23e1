"""What the operator wants classified, and how: the Inspector's choices become orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from sigdesk.app.orders import Order, Worked, work_out
from sigdesk.app.pace import ROUND_MS, Throttle
from sigdesk.app.queueing import LOOKED_AT, Queueing
from sigdesk.app.rows import BUSY, SignalState
from sigdesk.app.scope_text import whole_text, windows_text
from sigdesk.app.session import Session, SignalEntry
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import BrokenFolder, Classifier

REMAINING: Final = (SignalState.NOT_CLASSIFIED, SignalState.CANCELLED, SignalState.FAILED)
"""Signals in these states have no label, and nobody is working on one; what failed may do with another model."""


class Plan(Struct, frozen=True):
    """What Classify would do now: its button's text, the line under Apply to, and why it cannot ("" when it can)."""

    button: str
    scope_text: str
    obstacle: str
    remaining: int


class Classifying(QObject):
    """The choices in force, and what is ordered by them. `plan_changed` tells the Inspector."""

    plan_changed = Signal(object)
    model_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        queueing: Queueing,
        models: Sequence[Classifier | BrokenFolder],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._queueing = queueing
        self.models = tuple(models)
        self._classifier: Classifier | None = None
        self._params: Mapping[str, object] = {}
        self._channels: tuple[int, ...] | None = None
        self._selection: tuple[int, int] | None = None
        self._worked_out: tuple[int, Order, Worked] | None = None
        session.current_changed.connect(self._on_current_changed)
        self._seldom = Throttle(self._tell, ROUND_MS, self)  # while jobs end, it says how many signals remain
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
            self._queueing.order([entry.id], order, looked_at=True)

    def classify_remaining(self) -> None:
        """Classify every signal that has no label yet, whole or in windows."""
        self.classify([entry.id for entry in self._session.entries if entry.state in REMAINING])

    def classify(self, signal_ids: Iterable[int]) -> None:
        """Classify these signals, whole or in windows; those that are being classified are left to it."""
        self._queueing.order(signal_ids, self._order(self._scope_of_many(), 0))

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

    def _work_out(self, entry: SignalEntry, order: Order) -> Worked:
        """The plan is asked for in every frame in which a job ends; a hundred thousand windows are cut once."""
        known = self._worked_out
        if known is None or known[:2] != (entry.id, order):
            self._worked_out = known = (entry.id, order, work_out(entry.recording, order))
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
            params=self._params,
            selection=self._selection,
            windows_s=self._windows_in("s"),
            windows_samples=self._windows_in("samples"),
            priority=priority,
        )

    def _on_signals_removed(self, _: object) -> None:
        self._worked_out = None  # one that is read anew comes back with its id, and other samples
        self._tell()

    def _on_current_changed(self, _: int) -> None:
        # Both are of the signal that was shown; the Inspector and the plot show the new one with all channels and none.
        self._selection = self._channels = self._worked_out = None
        self._tell()

    def _tell(self, _: object = None) -> None:
        self.plan_changed.emit(self.plan())
