"""What stands where a list has no rows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown


def test_it_says_what_belongs_here_and_how_to_get_it(look: Look, shown: Shown[EmptyState], qtbot: QtBot) -> None:
    empty = shown(EmptyState(look, "No jobs yet.", "Choose a model and press Ctrl Enter.", "Open files…"))
    button = empty.findChild(QPushButton)
    assert button is not None

    assert empty.text == "No jobs yet. Choose a model and press Ctrl Enter."
    with qtbot.waitSignal(empty.acted):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_without_an_action_there_is_no_button(look: Look, shown: Shown[EmptyState]) -> None:
    empty = shown(EmptyState(look, "No problems."))
    button = empty.findChild(QPushButton)
    assert button is not None

    assert not button.isVisible()
