"""What a model has said, in the real window: accepted, corrected, looked through where it is unsure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW, SignalState
from sigdesk.labels.label import Review
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import screenshot
from tests.end_to_end.labels.conftest import CONTROL, LEFT, SHIFT, Operator, open_files, say
from tests.end_to_end.test_window import button, classify


def open_labels(operator: Operator) -> list[str]:
    labels = operator.desk.program.labelling.labels(operator.signal)
    return [label.class_name for label in labels if label.review is Review.OPEN]


def test_a_accepts_what_is_chosen_or_else_all_of_the_signal(operator: Operator) -> None:
    say(operator.desk, operator.signal, (0, 3, "idle", 0.9), (3, 6, "run", 0.5), (6, 10, "idle", 0.8))
    operator.settle()
    operator.click(4, "Model")
    operator.press(Qt.Key.Key_A)
    assert operator.seen() == [(3, 6, "run")]
    assert operator.desk.window.toast.text == "1 label accepted"
    operator.press(Qt.Key.Key_Escape)
    operator.press(Qt.Key.Key_A)
    assert operator.seen() == [(0, 3, "idle"), (3, 6, "run"), (6, 10, "idle")]
    operator.press(Qt.Key.Key_Z, CONTROL)
    assert open_labels(operator) == ["idle", "idle"]
    operator.press(Qt.Key.Key_Escape)
    assert operator.desk.wiring.actions["label-accept"].isEnabled()


def test_shift_a_accepts_all_that_the_list_shows(operator: Operator, lab: Path, qtbot: QtBot) -> None:
    desk = operator.desk
    open_files(desk, qtbot, lab / "fan.csv")
    pump, fan = (entry.id for entry in desk.program.session.entries)
    for signal_id in (pump, fan):
        say(desk, signal_id, (0, 5, "idle", 0.9), (5, 10, "run", 0.5))
    desk.program.signals.set_filter("fan")
    operator.press(Qt.Key.Key_A, SHIFT)
    assert desk.window.toast.text == "2 labels accepted"
    accepted = [
        sum(label.review is Review.ACCEPTED and label.by_model for label in desk.program.labelling.labels(signal_id))
        for signal_id in (pump, fan)
    ]
    assert accepted == [0, 2]


def test_n_goes_through_unsure_labels_of_all_signals(operator: Operator, lab: Path, qtbot: QtBot) -> None:
    desk = operator.desk
    open_files(desk, qtbot, lab / "fan.csv")
    pump, fan = (entry.id for entry in desk.program.session.entries)
    say(desk, pump, (0, 3, "idle", 0.9), (3, 3.001, "run", 0.5), (6, 10, "idle", 0.8))
    say(desk, fan, (0, 3, "idle", 0.4), (3, 10, "run", 0.3))
    desk.program.session.show(pump)
    found = []
    for key in (Qt.KeyboardModifier.NoModifier,) * 4 + (SHIFT,) * 2:
        operator.press(Qt.Key.Key_N, key)
        (label,) = desk.wiring.desk.labels.choice.labels
        found.append((operator.signal, label.start))
    assert found == [(pump, 3), (fan, 0), (fan, 3), (pump, 3), (fan, 3), (fan, 0)]
    desk.program.session.show(pump)
    operator.press(Qt.Key.Key_N)
    assert desk.window.plots.visible_range.span < 0.1, "what could not be seen is zoomed to"
    desk.program.labelling.accept_all([pump, fan])
    operator.press(Qt.Key.Key_N)
    assert desk.window.toast.text == "No other label is unsure"


def test_the_inspector_accepts_and_corrects_and_the_list_says_whose_label_it_is(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    open_files(desk, qtbot, Path(shutil.copy(SAMPLES / "fan.csv", tmp_path)))
    operator = Operator(desk, qtbot)
    desk.program.classifying.choose_model("appliance-current")
    desk.program.settings.put("unsure_below", 99)
    classify(desk, qtbot)
    qtbot.waitUntil(lambda: open_labels(operator) == ["fan"])
    (entry,) = desk.program.session.entries
    assert entry.state is SignalState.UNSURE

    qtbot.waitUntil(lambda: button(desk.window.inspector, "Accept").isEnabled())
    qtbot.mouseClick(button(desk.window.inspector, "Accept"), LEFT)
    assert operator.seen() == [(0, 2, "fan")]
    qtbot.waitUntil(lambda: entry.state is SignalState.CLASSIFIED)
    row = desk.program.signals.index_of(entry.id).data(ROW)
    assert (row.by_you, row.mark.name) == (True, "fan")
    assert not button(desk.window.inspector, "Accept").isEnabled()
    screenshot(desk, request, "accepted")

    qtbot.mouseClick(button(desk.window.inspector, "Correct…"), LEFT)
    menu = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible())
    next(action for action in menu.actions() if action.text().startswith("Vacuum")).trigger()
    menu.close()
    assert [name for _, _, name in operator.seen()] == ["vacuum"]
    qtbot.waitUntil(lambda: desk.program.signals.index_of(entry.id).data(ROW).mark.name == "vacuum")
    for _ in range(2):
        desk.wiring.actions["undo"].trigger()
    qtbot.waitUntil(lambda: entry.state is SignalState.UNSURE)
    assert entry.you is None


def test_the_menu_of_a_label_corrects_it_and_names_a_new_class(
    operator: Operator, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    say(operator.desk, operator.signal, (0, 5, "idle", 0.9), (5, 10, "run", 0.4))
    operator.settle()
    operator.click(7, "Model")
    operator.desk.window.plots.labels.menu_wanted.emit(QPoint(300, 300))
    menu = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible())
    texts = {action.text().split("\t")[0]: action for action in menu.actions()}
    assert {"Accept label", "Correct…", "Name label…", "Split at the cursor", "Delete label"} <= set(texts)
    classes = texts["Correct…"].menu()
    assert isinstance(classes, QMenu)
    entries = {action.text(): action for action in classes.actions() if action.text()}
    assert list(entries) == ["idle\t1", "run\t2", "New class…", "Keys…"]
    entries["New class…"].trigger()
    menu.close()
    operator.type("surge")
    assert operator.seen() == [(5, 10, "surge")]
    corrected = [label.review for label in operator.desk.program.labelling.labels(operator.signal) if label.by_model]
    assert corrected == [Review.OPEN, Review.CORRECTED]
    screenshot(operator.desk, request, "corrected")
