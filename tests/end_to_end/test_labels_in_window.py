"""Labels in the real window, with mouse and keys: drawn, set by digits, changed, taken back, kept over a restart."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QMenu, QMessageBox, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW, LabelSpan, ProblemRow, SignalState
from sigdesk.labels.label import Author, Label, Review
from sigdesk.labels.label_book import LabelBook
from sigdesk.ui.plots.lanes import LabelLane
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.start import Desk
from sigdesk.ui.window.class_keys_dialog import ClassKeysDialog
from sigdesk.ui.window.label_files_desk import EDF_KIND, KINDS
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_window import button, classify, rows

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def open_files(desk: Desk, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open(paths)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Signals of 10 s in a folder where the test may write: pump.csv and fan.csv."""
    folder = tmp_path / "lab"
    folder.mkdir()
    table = np.column_stack([np.arange(1000) / 100, np.sin(np.arange(1000) / 20)])
    for name in ("pump.csv", "fan.csv"):
        np.savetxt(folder / name, table, delimiter=",", header="t (s),Current (A)", comments="")
    return folder


class Operator:
    """Hands on a desk that shows a signal."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk = desk
        self.qtbot = qtbot
        stack = desk.window.plots.findChild(ChannelStack)
        assert stack is not None
        self.stack = stack
        self.stack.setFocus()

    @property
    def signal(self) -> int:
        current = self.desk.program.session.current
        assert current is not None
        return current.id

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.desk.window, key, keys)

    def x(self, time: float) -> int:
        return round(self.stack.time_scale().x(time))

    def drag(self, start: float, stop: float) -> None:
        self.drag_on(self.stack.viewport(), start, stop, 40)

    def drag_in_lane(self, start: float, stop: float, lane: str = "You") -> None:
        self.drag_on(self.lane(lane), start, stop, 14)

    def drag_on(self, widget: QWidget, start: float, stop: float, y: int) -> None:
        begin, end = QPoint(self.x(start), y), QPoint(self.x(stop), y)
        QTest.mousePress(widget, LEFT, pos=begin)
        for part in (0.3, 0.6, 1.0):
            QTest.mouseMove(widget, begin + (end - begin) * part)
        QTest.mouseRelease(widget, LEFT, pos=end)
        self.settle()

    def click(self, time: float, lane: str = "You", keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.lane(lane), LEFT, keys, QPoint(self.x(time), 14))
        self.settle()

    def point(self, time: float) -> None:
        QTest.mouseMove(self.stack.viewport(), QPoint(self.x(time), 40))

    def lane(self, name: str) -> LabelLane:
        lanes = self.desk.window.plots.findChildren(LabelLane)
        return next(lane for lane in lanes if lane.accessibleName() == f"{name} labels")

    def type(self, text: str) -> None:
        """Answer the field that has opened."""
        field = self.desk.window.plots.findChild(QPlainTextEdit)
        assert field is not None
        assert field.hasFocus()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.desk.window.plots.findChild(QPlainTextEdit) is None)

    def settle(self) -> None:
        """Wait until the lanes show what the labels are."""
        labelling = self.desk.program.labelling
        self.qtbot.waitUntil(
            lambda: set(labelling.spans(self.signal)) == {*self.lane("You").spans, *self.lane("Model").spans}
        )

    def seen(self) -> list[tuple[float, float, str]]:
        """The operator's labels as the lane shows them, to a tenth of a second."""
        self.settle()
        return [_seen(span) for span in self.lane("You").spans]

    def edit_menu(self) -> tuple[str, str]:
        actions = self.desk.wiring.actions
        return actions["undo"].text(), actions["redo"].text()


def _seen(span: LabelSpan) -> tuple[float, float, str]:
    return round(span.start, 1), round(span.stop, 1), span.mark.name


def say(desk: Desk, signal_id: int, *labels: tuple[float, float, str, float]) -> None:
    """Let a model have said this of a signal."""
    key = desk.program.labelling.key_of(signal_id)
    assert key is not None
    said = [
        Label(start, stop, name, Author.MODEL, confidence, "model", "1.0", review=Review.OPEN)
        for start, stop, name, confidence in labels
    ]
    desk.program.labelling.book.replace_model(key, said, 0, 10)
    desk.program.labelling.tell([signal_id])


@pytest.fixture
def operator(desk: Desk, lab: Path, qtbot: QtBot) -> Operator:
    open_files(desk, qtbot, lab / "pump.csv")
    desk.program.labelling.use_book(LabelBook())  # without the classes of the model that was chosen
    return Operator(desk, qtbot)


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


def test_the_list_of_labels_chooses_filters_and_works_on_them(
    operator: Operator, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk, labelling = operator.desk, operator.desk.program.labelling
    say(desk, operator.signal, (0, 3, "idle", 0.9), (3, 6, "run", 0.5))
    for start, name in ((1.0, "idle"), (4.0, "run"), (8.0, "run")):
        labelling.create_label(operator.signal, start, start + 0.5, name)
    operator.settle()
    operator.press(Qt.Key.Key_5, ALT)
    tab = desk.window.bottom.labels_tab
    assert desk.window.bottom.tab == "Labels"
    assert tab.table.model().rowCount() == 5
    desk.window.plots.show_stretch(0, 2)

    tab.table.setFocus()
    QTest.mouseClick(tab.table.viewport(), LEFT, pos=tab.table.visualRect(tab.table.model().index(4, 2)).center())
    assert [label.start for label in desk.wiring.desk.labels.choice.labels] == [8]
    assert desk.window.plots.visible_range.holds(8.2)
    operator.press(Qt.Key.Key_Up, SHIFT)
    operator.press(Qt.Key.Key_1)
    operator.settle()
    assert [name for _, _, name in operator.seen()] == ["idle", "idle", "idle"]
    screenshot(desk, request, "list")

    operator.press(Qt.Key.Key_F, CONTROL)
    assert tab.field.hasFocus()
    QTest.keyClicks(tab.field, "model unsure")
    qtbot.waitUntil(lambda: tab.table.model().rowCount() == 1)
    operator.press(Qt.Key.Key_Return)
    operator.press(Qt.Key.Key_A)
    qtbot.waitUntil(lambda: tab.table.model().rowCount() == 0)
    assert (3, 6, "run") in operator.seen()
    empty = tab.findChild(EmptyState)
    assert empty is not None
    assert "No label matches" in empty.text
    tab.field.clear()
    tab.table.setFocus()
    tab.table.selectAll()
    operator.press(Qt.Key.Key_Delete)
    assert operator.seen() == []
    assert desk.window.toast.text == "5 labels deleted"


def test_what_is_chosen_on_the_plot_is_chosen_in_the_list(operator: Operator, qtbot: QtBot) -> None:
    labelling, tab = operator.desk.program.labelling, operator.desk.window.bottom.labels_tab
    ids = [labelling.create_label(operator.signal, start, start + 1, "idle") for start in (1, 3, 5)]
    operator.settle()
    operator.press(Qt.Key.Key_5, ALT)
    operator.click(3.5)
    assert [span.id for span in tab.table.selected_rows() if isinstance(span, LabelSpan)] == [ids[1]]
    operator.click(5.5, keys=CONTROL)
    assert len(tab.table.selected_rows()) == 2
    tab.field.setText("run")
    assert operator.desk.wiring.desk.labels.choice.ids == (ids[1], ids[2]), "a filter changes no choice"


def test_the_list_has_the_labels_of_all_signals_and_opens_them(
    operator: Operator, lab: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk, labelling = operator.desk, operator.desk.program.labelling
    pump = operator.signal
    open_files(desk, qtbot, lab / "fan.csv")
    fan = operator.signal
    desk.program.session.show(pump)
    own = labelling.create_label(pump, 1, 2, "idle")
    other = labelling.create_label(fan, 6, 7, "run")
    say(desk, fan, (0, 3, "idle", 0.9))
    operator.press(Qt.Key.Key_5, ALT)
    tab = desk.window.bottom.labels_tab
    model = tab.table.model()
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=30_000)
    QTest.mouseClick(button(tab.tools, "All signals"), LEFT)
    qtbot.waitUntil(lambda: model.rowCount() == 3, timeout=30_000)
    names = [str(model.index(row, 0).data()) for row in range(3)]
    assert names == ["pump.csv", "fan.csv", "fan.csv"]
    assert desk.program.session.current is not None
    screenshot(desk, request, "all")

    place = tab.table.visualRect(model.index(2, 3)).center()
    QTest.mouseClick(tab.table.viewport(), LEFT, pos=place)
    assert operator.signal == fan
    assert desk.wiring.desk.labels.choice.ids == (other,)
    QTest.mouseDClick(tab.table.viewport(), LEFT, pos=place)
    assert desk.window.plots.visible_range.span < 1.5, "zoomed to the label"
    tab.table.setFocus()
    operator.press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: "run" in str(model.index(2, 3).data()))
    operator.press(Qt.Key.Key_A, CONTROL)
    assert own not in desk.wiring.desk.labels.choice.ids, "what is chosen is what keys work on"
    desk.program.session.remove([fan])
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=30_000)
    labelling.create_label(pump, 3, 4, "idle")
    qtbot.waitUntil(lambda: model.rowCount() == 2, timeout=30_000)
    QTest.mouseClick(button(tab.tools, "All signals"), LEFT)
    assert tab.table.isColumnHidden(0)


def test_ten_thousand_labels_can_be_worked_on(operator: Operator) -> None:
    labelling = operator.desk.program.labelling
    labels = [Label(n / 1000, (n + 0.8) / 1000, ("idle", "run")[n % 2]) for n in range(10_000)]
    labelling.add_labels(operator.signal, labels)
    operator.settle()
    assert len(list(operator.lane("You").spans_in_view())) < 2000
    operator.press(Qt.Key.Key_5, ALT)
    assert operator.desk.window.bottom.labels_tab.table.model().rowCount() == 10_000
    operator.desk.window.plots.show_stretch(4.0, 4.02)
    operator.click(4.0104)
    operator.press(Qt.Key.Key_9)
    operator.settle()
    (label,) = operator.desk.wiring.desk.labels.choice.labels
    assert (label.start, label.class_name) == (4.01, "Unknown")
    operator.press(Qt.Key.Key_A, CONTROL | SHIFT)
    assert len(operator.desk.wiring.desk.labels.choice.ids) == 10_000
    operator.press(Qt.Key.Key_Delete)
    assert operator.seen() == []
    operator.press(Qt.Key.Key_Z, CONTROL)
    operator.settle()
    assert len(operator.lane("You").spans) == 10_000


def answer_dialog(monkeypatch: pytest.MonkeyPatch, which: str, file: Path, kind: str = "") -> None:
    """Answer the system's dialog for a file, which a test cannot press."""
    monkeypatch.setattr(QFileDialog, which, lambda *_: (str(file), kind))


def warning(desk: Desk) -> QMessageBox:
    (box,) = (box for box in desk.window.findChildren(QMessageBox) if box.isVisible())
    return box


@pytest.mark.parametrize(
    "kind", ["CSV (*.csv)", "Audacity label track (*.txt)", "Raven selection table", "Label Studio"]
)
def test_labels_go_to_a_file_and_come_back(
    operator: Operator, lab: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    desk, actions = operator.desk, operator.desk.wiring.actions
    assert not actions["label-export"].isEnabled()
    assert "This signal has no labels" in actions["label-export"].toolTip()
    kind = next(each for each in KINDS if each.startswith(kind.split(" (")[0]))
    for start, name in ((1, "idle"), (5, "run")):
        desk.program.labelling.create_label(operator.signal, start, start + 2, name)
    operator.settle()
    answer_dialog(monkeypatch, "getSaveFileName", lab / "out", kind)
    actions["label-export"].trigger()
    qtbot.waitUntil(lambda: desk.window.toast.text.startswith("2 labels written to out."))
    (written,) = lab.glob("out.*")
    actions["label-export"].trigger()
    assert "is there already" in warning(desk).text(), "the dialog had asked about a name without its ending"
    warning(desk).accept()

    operator.press(Qt.Key.Key_A, CONTROL | SHIFT)
    operator.press(Qt.Key.Key_Delete)
    answer_dialog(monkeypatch, "getOpenFileName", written)
    actions["label-import"].trigger()
    assert operator.seen() == [(1, 3, "idle"), (5, 7, "run")]
    assert desk.window.toast.text == f"2 labels imported from {written.name}"
    assert operator.edit_menu()[0] == f"Undo import {written.name}"
    actions["label-import"].trigger()
    assert "all are there already" in desk.window.toast.text


def test_a_file_that_cannot_be_read_is_told_with_its_line(
    operator: Operator, lab: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lab / "bad.txt").write_text("0.5\t1.5\tidle\nx\t2.5\trun\n", encoding="utf-8")
    answer_dialog(monkeypatch, "getOpenFileName", lab / "bad.txt")
    operator.desk.wiring.actions["label-import"].trigger()
    assert "line 2" in warning(operator.desk).text()
    warning(operator.desk).accept()
    assert operator.seen() == []


def test_a_folder_that_is_not_there_is_told_and_the_signal_is_never_overwritten(
    operator: Operator, lab: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.desk.program.labelling.create_label(operator.signal, 1, 2, "idle")
    operator.settle()
    for kind, file, said in (
        (next(iter(KINDS)), lab / "gone" / "out.csv", "could not be written"),
        (EDF_KIND, lab / "pump.csv" / "out.edf", "cannot be written"),
        (next(iter(KINDS)), lab / "pump.csv", "is the signal itself"),
    ):
        answer_dialog(monkeypatch, "getSaveFileName", file, kind)
        operator.desk.wiring.actions["label-export"].trigger()
        qtbot.waitUntil(lambda: any(box.isVisible() for box in operator.desk.window.findChildren(QMessageBox)))
        assert said in warning(operator.desk).text()
        warning(operator.desk).accept()
    assert (lab / "pump.csv").read_text(encoding="utf-8").startswith("t (s),Current (A)")


def test_where_no_label_file_can_be_written_the_session_keeps_them(
    make_desk: MakeDesk, lab: Path, qtbot: QtBot
) -> None:
    signal = lab / ("x" * 244 + ".csv")  # its label file's name is too long, which root meets too
    (lab / "pump.csv").rename(signal)
    desk = make_desk()
    open_files(desk, qtbot, signal)
    operator = Operator(desk, qtbot)
    with qtbot.waitSignal(desk.program.keeping.label_files.failed, timeout=20_000):
        operator.drag(1, 2)
        operator.press(Qt.Key.Key_9)
    (problem,) = rows(desk.program.feed.problems)
    assert isinstance(problem, ProblemRow)
    assert "kept in the session" in problem.way_out
    desk.window.close()

    desk = make_desk()
    open_files(desk, qtbot, *desk.program.last_files())
    operator = Operator(desk, qtbot)
    assert operator.seen() == [(1, 2, "Unknown")]
    assert operator.edit_menu()[0] == "Undo label Unknown"
