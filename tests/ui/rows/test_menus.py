"""Menus over rows: what cannot be used stays, greyed, and says why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown


def test_an_entry_does_its_work_and_an_obstacle_is_told(look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
    done: list[str] = []
    parent = shown(QWidget())
    entries = (
        Entry("Retry", "arrow-clockwise", lambda: done.append("retry"), "No chosen job has ended"),
        None,
        Entry("Cancel", "x", lambda: done.append("cancel")),
    )
    menu = row_menu(look, entries, parent)
    retry, line, cancel = menu.actions()

    assert not retry.isEnabled()
    assert retry.toolTip() == "No chosen job has ended"
    assert line.isSeparator()

    menu.popup(parent.mapToGlobal(parent.rect().center()))
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)

    assert done == ["cancel"]
    assert cancel.text() == "Cancel"
