"""Labels to and from files in the real window, and what is told where that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ProblemRow
from sigdesk.ui.start import Desk
from sigdesk.ui.window.label_files_desk import EDF_KIND, KINDS
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.labels.conftest import CONTROL, SHIFT, Operator, open_files
from tests.end_to_end.test_window import rows


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
