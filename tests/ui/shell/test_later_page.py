"""Pages that are not there yet say so, and the models that are installed can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.classifiers.manifest import Evaluation, Manifest, Run
from sigdesk.ui.shell.later_page import LaterPage
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import Chip
from tests.ui.conftest import Shown

PUMP = Classifier(
    Path("models/pump-condition"),
    Manifest(
        name="pump-condition",
        version="3.2.0",
        title="Pump condition",
        classes=("healthy", "imbalance"),
        class_titles={"healthy": "Healthy", "imbalance": "Imbalance"},
        run=Run(),
        evaluation=Evaluation(test_size=1106, accuracy=0.964),
    ),
)


def texts(widget: QWidget) -> list[str]:
    QApplication.processEvents()  # lays out what was just added
    return [found.text() for found in widget.findChildren(QLabel) if found.isVisible()]


def chips(widget: QWidget) -> list[tuple[str, str]]:
    return [(chip.text, chip.status) for chip in widget.findChildren(Chip) if chip.isVisible()]


@pytest.mark.parametrize("page", ["Record", "Review", "Models"])
def test_a_page_says_that_it_comes_later_and_leads_back(
    look: Look, shown: Shown[LaterPage], qtbot: QtBot, page: str
) -> None:
    later = shown(LaterPage(look, page))
    assert page in texts(later)
    assert ("Comes in a later version", "accent") in chips(later)

    with qtbot.waitSignal(later.workspace_requested):
        qtbot.mouseClick(later.findChild(QPushButton), Qt.MouseButton.LeftButton)


def test_installed_models_are_listed(look: Look, shown: Shown[LaterPage]) -> None:
    later = shown(LaterPage(look, "Models"))

    later.set_models([PUMP])

    assert {"1 model installed", "Pump condition", "3.2.0", "96.4%", "Healthy, Imbalance"} <= set(texts(later))
    assert ("Verified", "ok") in chips(later)


def test_a_model_that_cannot_run_says_why(look: Look, shown: Shown[LaterPage]) -> None:
    later = shown(LaterPage(look, "Models"))

    later.set_models(
        [
            replace(PUMP, state=ModelState.BLOCKED, problem="It could run code when opened."),
            BrokenFolder(Path("models/half"), ("model.toml, line 3: version is missing.", "classes is empty.")),
        ]
    )

    assert {"It could run code when opened.", "classes is empty."} <= set(texts(later))
    assert {("Blocked", "error"), ("Cannot be used", "error")} <= set(chips(later))


def test_a_second_list_replaces_the_first(look: Look, shown: Shown[LaterPage]) -> None:
    later = shown(LaterPage(look, "Models"))
    later.set_models([PUMP])

    later.set_models([])

    assert "No model is installed" in texts(later)
    assert "Pump condition" not in texts(later)
