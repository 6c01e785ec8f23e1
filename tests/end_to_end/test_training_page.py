"""Training in the real window: from labels of the session to a model that classifies, stopped, and closed upon."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QMessageBox, QTableView
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW, SignalRow
from sigdesk.app.training_sources import chosen_paths
from sigdesk.classifiers.folder import Classifier
from sigdesk.ui.models.train_page import TrainPage
from sigdesk.ui.start import Desk
from tests.classifiers.training.labelled_files import write_folders, write_ts
from tests.end_to_end.conftest import drop, screenshot
from tests.end_to_end.test_models_page import card, press
from tests.end_to_end.test_window import button, words

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
LONG_MS = 100_000


def form_of(desk: Desk, qtbot: QtBot) -> TrainPage:
    qtbot.keyClick(desk.window, Qt.Key.Key_T, CONTROL)
    assert desk.window.page == "Models"
    return desk.window.models_page.train


def fill(page: TrainPage, qtbot: QtBot, name: str) -> None:
    """A forest of that name, judged by cross-validation alone."""
    combo(page, "Method").setCurrentIndex(1)
    combo(page, "Method").activated.emit(1)
    combo(page, "Held out for testing").setCurrentIndex(3)
    combo(page, "Held out for testing").activated.emit(3)
    field = next(one for one in page.form.findChildren(QLineEdit) if one.accessibleName() == "Name")
    qtbot.keyClicks(field, name)


def combo(page: TrainPage, name: str) -> QComboBox:
    return next(one for one in page.form.findChildren(QComboBox) if one.accessibleName() == name)


def label_everything(desk: Desk, qtbot: QtBot, folder: Path) -> None:
    """Open a folder with a folder a class, and label each signal with the name of its own."""
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window.welcome, folder)
    for entry in desk.program.session.entries:
        desk.program.labelling.create_label(entry.id, 0.0, 2.0, entry.recording.path.parent.name)


def test_from_the_labels_of_the_session_to_a_model_that_is_used(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    label_everything(desk, qtbot, write_folders(tmp_path / "bench", {"slow": 4, "quick": 4}))
    page = form_of(desk, qtbot)
    assert combo(page, "Labels").currentText().replace("\u2009", " ") == "This session · 8 segments"
    assert not button(page, "Train").isEnabled()
    assert button(page, "Train").toolTip() == "Name the model"
    fill(page, qtbot, "Bench motor")
    screenshot(desk, request, "form")

    with qtbot.waitSignals([desk.program.training.ended, desk.program.library.changed], timeout=LONG_MS):
        qtbot.keyClick(desk.window, Qt.Key.Key_T, CONTROL)
        assert desk.program.training.running
        assert not button(page, "Train").isEnabled(), "a second click starts no second one"
        assert not combo(page, "Labels").isEnabled()
        assert "1.0.0 draft" in words(desk.window.models_page.list)

    screenshot(desk, request, "ended")
    assert "Version 1.0.0 of Bench motor is trained" in page.outcome.text
    assert "It is in use." in page.outcome.text
    model = desk.program.library.find("bench-motor")
    assert isinstance(model, Classifier)
    assert model in desk.program.classifying.models, "the Inspector has it at once"
    assert card(desk, "bench-motor").isVisible()
    matrix = next(one for one in page.findChildren(QTableView) if one.accessibleName() == "Confusion matrix")
    page.ensureWidgetVisible(matrix)
    place = matrix.visualRect(matrix.model().index(0, 0)).center()
    qtbot.mouseClick(matrix.viewport(), LEFT, pos=place)
    press(qtbot, page, "Show them")
    qtbot.waitUntil(lambda: desk.window.page == "Workspace")
    rows = [desk.program.signals.index(place).data(ROW) for place in range(desk.program.signals.rowCount())]
    shown = [row.name for row in rows if isinstance(row, SignalRow)]
    assert 0 < len(shown) < 8
    assert "From the training" in words(desk.window.signals)
    press(qtbot, desk.window.signals, "Show all")
    assert len([one for one in desk.program.session.entries if desk.program.signals.index_of(one.id).isValid()]) == 8


def test_stop_writes_nothing_and_leaves_the_form(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page = form_of(desk, qtbot)
    page.form.add_source(chosen_paths([write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})]))
    fill(page, qtbot, "Bench")
    press(qtbot, page, "Train")
    qtbot.waitUntil(lambda: desk.program.training.log.rowCount() > 0, timeout=LONG_MS)

    with qtbot.waitSignal(desk.program.training.ended, timeout=LONG_MS):
        press(qtbot, page, "Stop training")

    assert page.outcome.text == "The training was stopped. Nothing was written."
    assert not (tmp_path / "home" / "models" / "bench").exists()
    assert button(page, "Train").isEnabled()
    assert not button(page, "Stop training").isEnabled()


def test_what_cannot_be_trained_is_said_before_anything_starts(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page = form_of(desk, qtbot)
    assert button(page, "Train").toolTip().startswith("No stretch has a label of yours yet")

    page.form.add_source(chosen_paths([write_ts(tmp_path / "one.ts", {"slow": 3})]))
    fill(page, qtbot, "Appliance current")
    press(qtbot, page, "Train")

    assert "There is a model named Appliance current already." in page.outcome.text
    assert not desk.program.training.running


def test_closing_while_a_model_is_trained_is_asked_and_stops_it(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page = form_of(desk, qtbot)
    page.form.add_source(chosen_paths([write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})]))
    fill(page, qtbot, "Bench")
    press(qtbot, page, "Train")

    desk.window.close()
    box = desk.window.findChild(QMessageBox)
    assert box is not None
    assert desk.window.isVisible()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert desk.window.isVisible()
    assert desk.program.training.running
    desk.window.close()
    again = next(one for one in desk.window.findChildren(QMessageBox) if one.isVisible())
    press(qtbot, again, "Stop training and close")

    assert not desk.window.isVisible()
    assert not (tmp_path / "home" / "models" / "bench").exists()
