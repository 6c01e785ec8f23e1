"""Models and results as a pump bench has them, and the Inspector that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtWidgets import QAbstractButton, QWidget

from sigdesk.app.rows import ClassMark, LabelSpan, ResultCard
from sigdesk.classifiers.folder import Classifier, ModelState
from sigdesk.classifiers.manifest import Evaluation, Manifest, ParamValue, Run
from sigdesk.signals.recording import Channel
from sigdesk.ui.inspector.panel import Inspector
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown

CHANNELS = (Channel("Current", "A"), Channel("Vibration", "g"), Channel("Pressure", "bar"), Channel("Speed", "rpm"))
CAVITATION = ClassMark("cavitation", "Cavitation", 3)
BEARING = ClassMark("bearing", "Bearing wear", 2)
HEALTHY = ClassMark("healthy", "Healthy", 0)


def model(
    name: str = "pump",
    title: str = "Pump condition",
    params: Mapping[str, ParamValue] | None = None,
    state: ModelState = ModelState.VERIFIED,
    problem: str = "",
) -> Classifier:
    manifest = Manifest(
        name,
        "3.2.0",
        tuple(f"class {number}" for number in range(8)),
        Run(command=("sh", "classify.sh")),
        title=title,
        evaluation=Evaluation(500, 0.964),
        params=MappingProxyType(dict(params or {})),
    )
    return Classifier(Path("/models") / name, manifest, state, problem)


def whole(confidence: float = 0.914, *, unsure: bool = False) -> ResultCard:
    rest = 1 - confidence
    others = tuple((ClassMark(f"c{number}", f"Class {number}", number), rest / 10) for number in range(4, 8))
    return ResultCard(
        "J7", "14:32:07 · 0.14 s · worker 1", False, CAVITATION, confidence, unsure,
        probabilities=((CAVITATION, confidence), (BEARING, rest / 2), (HEALTHY, rest / 10), *others),
    )  # fmt: skip


def windowed() -> ResultCard:
    return ResultCard(
        "J7", "14:32:07 · 1.9 s · worker 1", True, None, None, False,
        segments=tuple(LabelSpan(start, start + 2, HEALTHY if start % 4 else BEARING) for start in range(0, 16, 2)),
        shares=((HEALTHY, 9.0), (BEARING, 3.0)), unsure_count=1,
    )  # fmt: skip


def failed() -> ResultCard:
    return ResultCard(
        "J7", "14:32:07 · 0.04 s · worker 2", False, None, None, False,
        failure=("Job 7 failed: Pressure is stuck at 0.00 bar", "No label was written. Check the sensor cable."),
    )  # fmt: skip


def button(parent: QWidget, text: str) -> QAbstractButton:
    """The one visible button with that text or name."""
    buttons = (b for b in parent.findChildren(QAbstractButton) if b.isVisible())
    (found,) = (b for b in buttons if text in (b.text(), b.accessibleName()))
    return found


@pytest.fixture
def inspector(look: Look, shown: Shown[Inspector]) -> Inspector:
    made = Inspector(look)
    made.set_models([model()])
    made.show_model(model())
    made.show_channels(CHANNELS, "s")
    made.show_windows(0.5, 0.25)
    made.show_unsure_below(60)
    made.show_plan("Classify", "Whole signal, 24.0 s", "", 3)
    made.resize(304, 836)
    return shown(made)
