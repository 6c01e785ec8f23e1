"""A training in the program: started from a plan, heard live, stopped, and told of when it has ended."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from sigdesk.app.log_model import LogModel
from sigdesk.app.model_report import CurvePoint, ModelReport, curve_points, read_report
from sigdesk.app.models_library import ModelsLibrary
from sigdesk.app.outcomes import clock_text
from sigdesk.app.rows import LogRow
from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.training.plan import MethodName, Plan
from sigdesk.classifiers.versions import next_version
from sigdesk.errors import ModelError
from sigdesk.pool.jobs import Origin
from sigdesk.pool.training_run import TrainingEnd, TrainingNews, TrainingRun
from sigdesk.protocol import Level

_FRAME_MS: Final = 50
_TICK_MS: Final = 500
_KEPT_LINES: Final = 5_000
_SOONEST_S: Final = 3.0
"""Before that, how long it will take is a guess that nobody should read."""


class TrainingState(Struct, frozen=True):
    """Where a training stands. `version` is the one that it will write, `present` the version in use now, if any.

    `confusion` has shape (classes, classes): of the signals of the folds so far, a row a label. `left_s` is None while
    nobody can say.
    """

    title: str
    version: str
    present: Classifier | None
    running: bool = True
    share: float = 0.0
    elapsed_s: float = 0.0
    classes: tuple[str, ...] = ()
    labels: int = 0
    signals: int = 0
    fold: int = 0
    folds: int = 0
    method: str = ""
    confusion: NDArray[np.int64] | None = None
    curve: tuple[CurvePoint, ...] = ()

    @property
    def left_s(self) -> float | None:
        if not self.running or self.elapsed_s < _SOONEST_S or self.share < 0.05:
            return None
        return self.elapsed_s / self.share * (1 - self.share)


class TrainingOutcome(Struct, frozen=True):
    """How a training ended: `model` is the version that it wrote, None where it wrote none; then `error` says why,
    or it was `cancelled`. `in_use` tells whether the version is the one in use."""

    name: str
    model: Classifier | None = None
    report: ModelReport = field(default_factory=ModelReport)
    in_use: bool = False
    error: str = ""
    cancelled: bool = False


class Training(QObject):
    """One training at a time. `changed` comes at most once a frame, `ended` once, when the library knows the model."""

    started = Signal()
    changed = Signal()
    ended = Signal(object)
    _heard = Signal(object)
    _finished = Signal(object)

    def __init__(self, library: ModelsLibrary, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log = LogModel(self, kept_lines=_KEPT_LINES)
        self.state: TrainingState | None = None
        self._library = library
        self._run: TrainingRun | None = None
        self._began = 0.0
        self._compares = False
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self.changed)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._heard.connect(self._on_heard)
        self._finished.connect(self._on_finished)

    @property
    def running(self) -> bool:
        return self._run is not None

    def start(self, plan: Plan) -> None:
        """Train. Raises ModelError while another training runs."""
        if self._run is not None:
            raise ModelError("A model is being trained already.", "Wait for its end, or stop it.")
        model = self._library.find(plan.name)
        present = model if isinstance(model, Classifier) and model.folder.parent == plan.models_folder else None
        version = next_version(plan.models_folder / plan.name)
        self.log.clear()
        self.state = TrainingState(plan.title or plan.name, version, present)
        self._began = time.monotonic()
        self._compares = plan.method is MethodName.AUTO
        self._run = TrainingRun(plan, self._heard.emit)
        self._threads.start(_Task(plan, self._run, self._finished.emit))
        self._tick.start()
        self.started.emit()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop it; nothing of it is written."""
        if self._run is not None:
            self._run.cancel()

    def close(self) -> None:
        """Stop it, and wait until its process is gone."""
        self.cancel()
        self._threads.waitForDone(-1)
        self._tick.stop()
        self._frame.stop()

    def _on_heard(self, news: TrainingNews) -> None:
        if self.state is None:
            return
        clock = clock_text(time.time())
        rows = [LogRow(clock, "", 0, 0, _origin(level), level, self._shortened(text)) for level, text in news.lines]
        if rows:
            self.log.append(rows)
        state = self.state
        for figures in news.figures:
            state = _with_figures(state, figures)
        if news.progress is not None:
            state = replace(state, share=max(state.share, news.progress))
        self.state = state
        if not self._frame.isActive():
            self._frame.start()

    def _shortened(self, text: str) -> str:
        """Where one method alone is trained, its name need not stand before every fold."""
        _, found, rest = text.partition(": fold ")
        return f"Fold {rest}" if found and not self._compares else text

    def _on_tick(self) -> None:
        if self.state is not None and self._run is not None:
            self.state = replace(self.state, elapsed_s=time.monotonic() - self._began)
            self.changed.emit()

    def _on_finished(self, outcome: TrainingOutcome) -> None:
        self._run = None
        self._tick.stop()
        if self.state is not None:
            share = 1.0 if outcome.model is not None else self.state.share
            elapsed = time.monotonic() - self._began
            self.state = replace(self.state, running=False, share=share, elapsed_s=elapsed)
        if outcome.error:
            self.log.append([LogRow(clock_text(time.time()), "", 0, 0, Origin.ERROR, Level.WARNING, outcome.error)])
        self._library.refresh()
        self.changed.emit()
        self.ended.emit(outcome)


class _Task(QRunnable):
    def __init__(self, plan: Plan, run: TrainingRun, done: Any) -> None:
        super().__init__()
        self._plan = plan
        self._run = run
        self._done = done

    def run(self) -> None:
        self._done(_outcome(self._plan, self._run.run()))


def _outcome(plan: Plan, end: TrainingEnd) -> TrainingOutcome:
    if end.result is None:
        return TrainingOutcome(plan.name, error=end.error, cancelled=end.cancelled)
    folder = Path(str(end.result["folder"]))
    try:
        model = read_classifier(folder)
    except ModelError as error:
        return TrainingOutcome(plan.name, error=str(error))
    return TrainingOutcome(plan.name, model, read_report(folder), bool(end.result["in_use"]))


def _with_figures(state: TrainingState, figures: Mapping[str, Any]) -> TrainingState:
    """What the figures of a training add; those of a kind that is not known here are passed over."""
    match figures.get("of"):
        case "read":
            return replace(
                state,
                classes=tuple(map(str, figures["classes"])),
                labels=int(figures["labels"]),
                signals=int(figures["signals"]),
            )
        case "folds":
            return replace(
                state,
                method=str(figures["method"]),
                fold=int(figures["fold"]),
                folds=int(figures["folds"]),
                confusion=np.array(figures["confusion"], np.int64),
            )
        case "curve":
            return replace(state, curve=curve_points(figures["points"]))
        case _:
            return state


def _origin(level: Level) -> Origin:
    return Origin.STDERR if level is Level.DEBUG else Origin.LOG
