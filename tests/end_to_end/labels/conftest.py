"""An operator who labels signals in the real window, with mouse and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import LabelSpan
from sigdesk.labels.label import Author, Label, Review
from sigdesk.labels.label_book import LabelBook
from sigdesk.ui.plots.lanes import LabelLane
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.start import Desk

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
