"""Labels in the real window, with mouse and keys: drawn, set by digits, changed, taken back, kept over a restart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.ui.start import Desk
from sigdesk.ui.window.class_keys_dialog import ClassKeysDialog
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.labels.conftest import ALT, CONTROL, LEFT, SHIFT, Operator, open_files
from tests.end_to_end.test_window import button


def test_the_first_label_asks_for_its_class_and_the_next_ones_have_it(operator: Operator) -> None:
    operator.press(Qt.Key.Key_L)
    operator.drag(1, 2)
    assert operator.seen() == []
    operator.type("idle")
    assert operator.seen() == [(1, 2, "idle")]
    operator.drag(3, 5)
    assert operator.seen() == [(1, 2, "idle"), (3, 5, "idle")]
    assert operator.edit_menu() == ("Undo label idle", "Redo")


def test_digits_label_a_selection_and_change_a_chosen_label(operator: Operator) -> None:
    for name in ("idle", "run"):
        operator.desk.program.session.mark(name)
    operator.drag(2, 4)  # with the tool that selects
    operator.press(Qt.Key.Key_2)
    assert operator.seen() == [(2, 4, "run")]
    operator.press(Qt.Key.Key_1)
    assert operator.seen() == [(2, 4, "idle")], "the label that lies there has another class"
    operator.drag(6, 7)
    operator.press(Qt.Key.Key_9)
    assert operator.seen() == [(2, 4, "idle"), (6, 7, "Unknown")]
    operator.click(3)
    operator.press(Qt.Key.Key_2)
    assert operator.seen()[0] == (2, 4, "run")
    operator.press(Qt.Key.Key_8)
    assert operator.seen()[0] == (2, 4, "run")
    assert "No class has the key 8" in operator.desk.window.toast.text


def test_a_digit_with_nothing_chosen_is_for_the_whole_signal(operator: Operator) -> None:
    operator.desk.program.session.mark("idle")
    operator.press(Qt.Key.Key_1)
    assert operator.seen() == [(0, 10, "idle")]
    operator.press(Qt.Key.Key_Escape)
    operator.press(Qt.Key.Key_9)
    assert operator.seen() == [(0, 10, "Unknown")], "the one label that it has"


def test_a_digit_labels_all_signals_that_are_chosen_in_the_list(
    operator: Operator, lab: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    desk, labelling = operator.desk, operator.desk.program.labelling
    for name in ("idle", "run"):
        desk.program.session.mark(name)
    (lab / "mix.csv").write_text("t (s),u\n0,1\n1,2\n2,1\n", encoding="utf-8")
    open_files(desk, qtbot, lab)
    places = {entry.recording.name: entry.id for entry in desk.program.session.entries}
    labelling.create_label(places["mix.csv"], 0, 1, "idle")
    labelling.create_label(places["mix.csv"], 1, 2, "run")
    labelling.create_label(places["fan.csv"], 1, 2, "idle")
    done = len(labelling.book.done)

    def classes(name: str) -> list[tuple[float, float, str]]:
        return [(each.start, each.stop, each.class_name) for each in labelling.labels(places[name])]

    desk.window.signals.list.setFocus()
    operator.press(Qt.Key.Key_A, CONTROL)
    operator.press(Qt.Key.Key_2)
    assert classes("pump.csv") == [(0, 10, "run")]
    assert classes("fan.csv") == [(1, 2, "run")], "the one label that it has"
    assert classes("mix.csv") == [(0, 1, "idle"), (1, 2, "run")]
    assert desk.window.toast.text == "2 signals labelled run, 1 signal with several labels left as they are"
    operator.press(Qt.Key.Key_1)
    assert (classes("pump.csv"), classes("fan.csv")) == ([(0, 10, "idle")], [(1, 2, "idle")])
    assert len(labelling.book.done) == done + 2, "one step of undo for all of them"
    assert labelling.undo_text == "Label 2 signals idle"
    for _ in range(2):
        operator.press(Qt.Key.Key_Z, CONTROL)
    assert (classes("pump.csv"), classes("fan.csv")) == ([], [(1, 2, "idle")])

    operator.drag(2, 4)
    operator.stack.setFocus()
    operator.press(Qt.Key.Key_2)
    assert operator.seen()[-1] == (2, 4, "run"), "the selection on the plot, where the keyboard is"
    assert sum(len(classes(name)) for name in places) == 4


def test_an_own_class_gets_a_key_where_a_model_has_taken_all(
    operator: Operator, make_desk: MakeDesk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk, labelling = operator.desk, operator.desk.program.labelling
    for number in range(11):
        desk.program.session.mark(f"model class {number}")
    operator.drag(2, 4)
    operator.press(Qt.Key.Key_T)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "New class…").trigger()
    menu.close()
    operator.type("surge")
    assert operator.seen() == [(2, 4, "surge")]
    assert desk.window.toast.text == "surge has no key: all are taken"

    qtbot.mouseClick(button(desk.window.toast, "Keys…"), LEFT)
    (dialog,) = desk.window.findChildren(ClassKeysDialog)
    qtbot.waitUntil(dialog.isVisible)
    boxes = {box.accessibleName(): box for box in dialog.findChildren(QComboBox)}
    surge = boxes["Key of surge"]
    assert surge.currentText() == "No key"
    surge.setFocus()
    for _ in range(3):
        qtbot.keyClick(surge, Qt.Key.Key_Down)
    assert surge.currentText() == "3"
    assert boxes["Key of model class 2"].currentText() == "No key", "it was taken from there"
    assert boxes["Key of model class 1"].currentText() == "2", "those passed by have theirs again"
    assert dialog.grab().save(str(screenshot(desk, request, "dialog").with_suffix(".dialog.png")))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()  # offscreen no window manager sees to that
    operator.stack.setFocus()
    operator.drag(6, 7)
    operator.press(Qt.Key.Key_3)
    assert operator.seen()[-1] == (6, 7, "surge")
    assert labelling.book.classes.find("surge").slot != 2, "its colour is its own"  # type: ignore[union-attr]
    operator.press(Qt.Key.Key_Z, CONTROL)
    assert labelling.undo_text == "Keys of classes"
    desk.window.close()
    again = make_desk().program.labelling
    third = again.class_of_key(3)
    assert third is not None
    assert third.name == "surge", "the session keeps it"


def test_digits_in_a_field_are_typed(operator: Operator) -> None:
    operator.desk.program.session.mark("idle")
    operator.press(Qt.Key.Key_F, CONTROL)
    operator.press(Qt.Key.Key_1)
    assert operator.desk.program.signals.filter_text == "1"
    assert operator.desk.program.labelling.undo_text == ""


def test_labels_are_moved_resized_split_merged_and_deleted(operator: Operator) -> None:
    labelling = operator.desk.program.labelling
    labelling.create_label(operator.signal, 1, 3, "idle")
    labelling.create_label(operator.signal, 6, 8, "run")
    operator.settle()
    operator.drag_in_lane(2, 2.5)
    assert operator.seen() == [(1.5, 3.5, "idle"), (6, 8, "run")]
    operator.drag_in_lane(8, 9)
    assert operator.seen()[1] == (6, 9, "run")
    operator.drag_in_lane(6, 5)
    assert operator.seen()[1] == (5, 9, "run")

    operator.point(7)
    operator.press(Qt.Key.Key_K)
    assert operator.seen() == [(1.5, 3.5, "idle"), (5, 7, "run"), (7, 9, "run")]
    operator.click(2)
    operator.click(6, keys=CONTROL)
    operator.press(Qt.Key.Key_J)
    assert operator.seen() == [(1.5, 7, "idle"), (7, 9, "run")] or operator.seen() == [(1.5, 7, "run"), (7, 9, "run")]

    operator.press(Qt.Key.Key_A, CONTROL | SHIFT)
    operator.press(Qt.Key.Key_Delete)
    assert operator.seen() == []
    assert operator.desk.window.toast.text == "2 labels deleted"
    assert operator.edit_menu()[0] == "Undo delete 2 labels"


def test_keys_move_and_stretch_a_label(operator: Operator) -> None:
    operator.desk.program.labelling.create_label(operator.signal, 4, 6, "idle")
    operator.settle()
    operator.press(Qt.Key.Key_Period)
    for key, keys, wanted in (
        (Qt.Key.Key_Right, ALT, (4.05, 6.05)),
        (Qt.Key.Key_Left, ALT, (4.0, 6.0)),
        (Qt.Key.Key_Right, ALT | SHIFT, (4.0, 6.05)),
        (Qt.Key.Key_Left, CONTROL | SHIFT, (3.95, 6.05)),
    ):
        operator.press(key, keys)
        (label,) = operator.desk.program.labelling.labels(operator.signal)
        assert (label.start, label.stop) == pytest.approx(wanted)


def test_undo_and_redo_go_through_labels_and_removed_signals_in_one_order(
    operator: Operator, lab: Path, qtbot: QtBot
) -> None:
    desk = operator.desk
    open_files(desk, qtbot, lab / "fan.csv")
    pump, fan = (entry.id for entry in desk.program.session.entries)
    desk.program.session.show(pump)
    desk.program.labelling.create_label(pump, 1, 2, "idle")
    desk.window.signals.remove_requested.emit((fan,))
    desk.program.labelling.create_label(pump, 3, 4, "run")
    assert operator.edit_menu() == ("Undo label run", "Redo")

    operator.press(Qt.Key.Key_Z, CONTROL)
    assert desk.window.toast.text == "Undone: label run"
    assert operator.edit_menu() == ("Undo remove 1 signal", "Redo label run")
    operator.press(Qt.Key.Key_Z, CONTROL)
    assert [entry.id for entry in desk.program.session.entries] == [pump, fan]
    operator.press(Qt.Key.Key_Z, CONTROL)
    assert operator.seen() == []
    assert operator.edit_menu() == ("Undo", "Redo label idle")

    operator.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert operator.seen() == [(1, 2, "idle")]
    operator.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert [entry.id for entry in desk.program.session.entries] == [pump]
    operator.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert operator.seen() == [(1, 2, "idle"), (3, 4, "run")]
    assert operator.edit_menu() == ("Undo label run", "Redo")


def test_undo_shows_the_signal_that_it_is_about(operator: Operator, lab: Path, qtbot: QtBot) -> None:
    desk, pump = operator.desk, operator.signal
    desk.program.labelling.create_label(pump, 1, 2, "idle")
    open_files(desk, qtbot, lab / "fan.csv")
    assert operator.signal != pump
    operator.press(Qt.Key.Key_Z, CONTROL)
    assert operator.signal == pump


def test_undo_survives_a_restart(make_desk: MakeDesk, lab: Path, qtbot: QtBot) -> None:
    desk = make_desk()
    open_files(desk, qtbot, lab / "pump.csv")
    operator = Operator(desk, qtbot)
    operator.press(Qt.Key.Key_L)
    operator.drag(1, 2)
    (drawn,) = operator.seen()
    operator.press(Qt.Key.Key_Delete)
    assert operator.seen() == []
    assert operator.edit_menu() == ("Undo delete air conditioner", "Redo"), "the class of key 1 is a model's here"
    desk.window.close()

    desk = make_desk()
    open_files(desk, qtbot, *desk.program.last_files())
    operator = Operator(desk, qtbot)
    assert operator.seen() == []
    assert operator.edit_menu() == ("Undo delete air conditioner", "Redo")
    operator.press(Qt.Key.Key_Z, CONTROL)
    assert operator.seen() == [drawn]
    assert operator.edit_menu() == ("Undo label air conditioner", "Redo delete air conditioner")
    operator.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert operator.seen() == []


def test_a_name_a_note_and_another_name_of_the_class(operator: Operator) -> None:
    labelling = operator.desk.program.labelling
    labelling.create_label(operator.signal, 1, 3, "idle")
    labelling.create_label(operator.signal, 6, 8, "idle")
    operator.settle()
    operator.click(2)
    operator.press(Qt.Key.Key_F2)
    operator.type("first run")
    operator.press(Qt.Key.Key_F2, SHIFT)
    operator.type("loose cable")
    first, _ = labelling.labels(operator.signal)
    assert (first.name, first.note) == ("first run", "loose cable")
    operator.desk.wiring.actions["label-class"].trigger()
    operator.type("standby")
    assert operator.seen() == [(1, 3, "standby"), (6, 8, "standby")]


def test_edges_are_walked_with_brackets(operator: Operator) -> None:
    labelling = operator.desk.program.labelling
    labelling.create_label(operator.signal, 1.004, 3.006, "idle")
    labelling.create_label(operator.signal, 6, 8, "run")
    operator.desk.window.plots.show_stretch(0, 4)
    operator.point(0.5)
    found = []
    for key in (Qt.Key.Key_BracketRight,) * 3 + (Qt.Key.Key_BracketLeft,) * 2:
        operator.press(key)
        found.append(operator.desk.window.plots.labels.cursor_time)
    assert found == pytest.approx([1.0, 3.01, 6.0, 3.01, 1.0], abs=0.011)
    for _ in range(4):
        operator.press(Qt.Key.Key_BracketRight)
    assert operator.desk.window.toast.text == "No more label edges in this direction"
    assert operator.desk.window.plots.visible_range.holds(8.0)


def test_a_sample_is_labelled_and_looks_as_designed(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    open_files(desk, qtbot, Path(shutil.copy(SAMPLES / "microwave.csv", tmp_path)))  # labels are written beside it
    operator = Operator(desk, qtbot)
    operator.press(Qt.Key.Key_L)
    operator.drag(0.5, 2)
    operator.press(Qt.Key.Key_8)
    operator.drag(2.5, 4)
    operator.press(Qt.Key.Key_9)
    assert [(start, stop) for start, stop, _ in operator.seen()] == [(0.5, 2), (2.5, 4)]
    assert operator.seen()[1][2] == "Unknown"
    screenshot(desk, request, "labelled")
