"""The list of signals in the window: groups by folder, order, menu and removal, with real keys and mouse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW, GroupRow, SignalRow
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk, drop

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def fill(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True)
    for number in range(1, count + 1):
        rows = "".join(f"{value}\n" for value in range(10 * number))
        (folder / f"run {number}.csv").write_text(f"v\n{rows}", encoding="utf-8")
    return folder


def open_all(desk: Desk, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, *paths)


def shown(desk: Desk) -> list[str]:
    model = desk.program.signals
    rows = [model.index(number).data(ROW) for number in range(model.rowCount())]
    return [row.name for row in rows if isinstance(row, GroupRow | SignalRow)]


def choose(qtbot: QtBot, text: str) -> None:
    """Choose an entry of the menu that is open, by its text."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == text)
    assert action.isEnabled()
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def menu_key(desk: Desk) -> None:
    """The menu key, as the window system tells it: at the place of the row that has the keyboard."""
    table = desk.window.signals.list
    place = table.visualRect(table.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, table.viewport().mapToGlobal(place))
    QApplication.sendEvent(table.viewport(), event)


def test_folders_of_one_name_are_two_groups(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    open_all(desk, qtbot, fill(tmp_path / "monday" / "data", 2), fill(tmp_path / "tuesday" / "data", 1))
    assert shown(desk) == ["data", "run 1.csv", "run 2.csv", "data (tuesday)", "run 1.csv"]


def test_the_order_is_chosen_reversed_and_kept(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk = make_desk()
    folder = fill(tmp_path / "bench", 3)
    open_all(desk, qtbot, *(folder / f"run {number}.csv" for number in (2, 3, 1)))
    sort = desk.window.signals.findChild(QMenu)
    assert sort is not None
    desk.wiring.actions["sort-name"].trigger()
    assert shown(desk)[1:] == ["run 1.csv", "run 2.csv", "run 3.csv"]
    desk.wiring.actions["sort-reverse"].trigger()
    assert shown(desk)[1:] == ["run 3.csv", "run 2.csv", "run 1.csv"]
    assert [action.text() for action in sort.actions() if action.isChecked()] == ["Name", "Reversed"]
    desk.window.close()
    desk.program.close()

    again = make_desk()
    open_all(again, qtbot, folder)
    assert shown(again)[1:] == ["run 3.csv", "run 2.csv", "run 1.csv"]


def test_a_group_has_its_menu_by_mouse_and_by_key(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    open_all(desk, qtbot, fill(tmp_path / "first", 2), fill(tmp_path / "second", 2))
    table = desk.window.signals.list
    table.setFocus()
    table.setCurrentIndex(desk.program.signals.index(3))
    menu_key(desk)
    choose(qtbot, "Fold all groups")
    assert shown(desk) == ["first", "second"]
    table.customContextMenuRequested.emit(table.visualRect(desk.program.signals.index(1)).center())
    choose(qtbot, "Remove 2 signals from the list")
    assert shown(desk) == ["first"]
    qtbot.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    assert shown(desk) == ["first", "second"]


def test_several_are_chosen_by_keys_removed_and_put_back(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    open_all(desk, qtbot, fill(tmp_path / "bench", 5))
    table = desk.window.signals.list
    place = table.visualRect(desk.program.signals.index(2)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.keyClick(table, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(table, Qt.Key.Key_Down, SHIFT)
    assert len(desk.window.signals.selected_ids()) == 3
    menu_key(desk)
    choose(qtbot, "Remove 3 signals from the list")
    assert shown(desk) == ["bench", "run 1.csv", "run 5.csv"]
    qtbot.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    assert shown(desk)[1:] == [f"run {number}.csv" for number in range(1, 6)]


@pytest.mark.skipif(sys.platform != "linux", reason="the programs that Linux has for it")
def test_a_signals_file_is_shown_in_the_file_manager(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "bin" / "dbus-send"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{asked}.part"\nmv "{asked}.part" "{asked}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    open_all(desk, qtbot, fill(tmp_path / "bench", 1))
    table = desk.window.signals.list
    table.setFocus()
    menu_key(desk)
    choose(qtbot, "Show in the file manager")
    qtbot.waitUntil(asked.exists)
    assert "bench/run%201.csv" in asked.read_text()


def test_a_format_that_is_not_installed_says_what_to_install(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asammdf", None)
    path = tmp_path / "run.mf4"
    path.write_bytes(b"MDF     4.10    " + bytes(200))
    open_all(desk, qtbot, path)
    qtbot.waitUntil(desk.window.bottom.problems.isVisible)
    row = desk.program.feed.problems.index(0).data(ROW)
    assert "asammdf, which reads these, is not installed" in row.what
    assert "pip install 'sigdesk[formats]'" in row.way_out
    assert not desk.program.session.entries
