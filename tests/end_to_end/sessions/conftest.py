"""What an operator does with sessions in the real window: opens, saves, answers dialogs, reads what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW, ProblemRow
from sigdesk.ui.bottom.problems import ProblemDelegate, ProblemsList
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import ARTEFACTS, drop

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PATIENCE = 20_000


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    for name in ("pump.csv", "fan.csv"):
        rows = "".join(f"{number / 100},{number % 7},{number % 5}\n" for number in range(2000))
        (folder / name).write_text(f"time (s),{name},speed\n{rows}", encoding="utf-8")
    return folder


def open_lab(desk: Desk, qtbot: QtBot, *paths: Path) -> list[int]:
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, *paths)
    return [entry.id for entry in desk.program.session.entries]


def dialog_of(desk: Desk, qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    """The dialog of a kind that is open, once it is."""

    def open_ones() -> list[QDialog]:
        return [one for one in desk.window.findChildren(QDialog) if type(one) is kind and one.isVisible()]

    qtbot.waitUntil(lambda: len(open_ones()) == 1, timeout=PATIENCE)
    return open_ones()[0]


def press(qtbot: QtBot, parent: QWidget, text: str) -> None:
    (button,) = (b for b in parent.findChildren(QAbstractButton) if b.text() == text and b.isVisible())
    qtbot.mouseClick(button, LEFT)


def choose_file(desk: Desk, qtbot: QtBot, path: Path) -> None:
    """Type a path into the file dialog that is open, as an operator does, and press the button."""
    dialog = dialog_of(desk, qtbot, QFileDialog)
    (field,) = dialog.findChildren(QLineEdit)
    field.setText(str(path))  # typed, the names that it proposes would lie over the button
    (box,) = dialog.findChildren(QDialogButtonBox)
    (accept,) = (b for b in box.buttons() if box.buttonRole(b) == QDialogButtonBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(accept.isEnabled)
    qtbot.mouseClick(accept, LEFT)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def press_keys(desk: Desk, qtbot: QtBot, modifiers: Qt.KeyboardModifier) -> None:
    """S with these, once the window is the active one again: offscreen no window manager sees to that."""
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_S, modifiers)


def save_as(desk: Desk, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        press_keys(desk, qtbot, CTRL | SHIFT)
        choose_file(desk, qtbot, path)


def saved_words(desk: Desk) -> str:
    return desk.window.status.texts()[-1]


def session_button(desk: Desk) -> QWidget:
    return desk.window.header.session_button


def click_link(qtbot: QtBot, problems: ProblemsList, key: str, text: str) -> None:
    model, delegate = problems.model(), problems.itemDelegate()
    assert isinstance(delegate, ProblemDelegate)
    for place in range(model.rowCount()):
        index = model.index(place, 0)
        row = index.data(ROW)
        assert isinstance(row, ProblemRow)
        if row.key == key:
            targets = delegate.targets(row, problems.visualRect(index))
            (target,) = (rect for way, rect in targets if getattr(way, "text", "") == text)
            qtbot.mouseClick(problems.viewport(), LEFT, pos=target.center())
            return
    raise AssertionError(f"no problem {key}")


def problem_keys(desk: Desk) -> set[str]:
    model = desk.program.feed.problems
    return {model.index(place, 0).data(ROW).key for place in range(model.rowCount())}


def toast_words(desk: Desk) -> str:
    return desk.window.toast.text


def screenshot_of(dialog: QWidget, request: pytest.FixtureRequest, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    assert dialog.grab().save(str(ARTEFACTS / f"{request.node.name}-{name}.png"))
