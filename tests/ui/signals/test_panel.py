"""The Signals panel: filter, chips, sort, menu, and what it says when nothing is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW, SignalRow, SignalState
from sigdesk.app.session import Session
from sigdesk.app.signals_model import SignalsModel
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.signals.panel import SignalsPanel
from sigdesk.ui.widgets.search_field import SearchField

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def field(panel: SignalsPanel) -> SearchField:
    found = panel.findChild(SearchField)
    assert found is not None
    return found


def button(panel: SignalsPanel, name: str) -> QAbstractButton:
    """The visible button of that name, outside the filter field."""
    named = [b for b in panel.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible()]
    (found,) = (b for b in named if not isinstance(b.parent(), SearchField))
    return found


def names(model: SignalsModel) -> list[str]:
    rows = (model.index(place).data(ROW) for place in range(model.rowCount()))
    return [row.name for row in rows if isinstance(row, SignalRow)]


def what_it_says(panel: SignalsPanel) -> str:
    empty = panel.findChild(EmptyState)
    assert empty is not None
    return empty.text if empty.isVisible() else ""


def open_menu(qtbot: QtBot, open_it: Callable[[], None]) -> QMenu:
    open_it()
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, qtbot: QtBot, text: str) -> None:
    (action,) = (action for action in menu.actions() if action.text() == text)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_open_asks_for_files(panel: SignalsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.open_requested):
        qtbot.mouseClick(button(panel, "Open"), LEFT)


def test_typing_filters(panel: SignalsPanel, model: SignalsModel, field: SearchField, qtbot: QtBot) -> None:
    panel.focus_filter()
    qtbot.keyClicks(field, "b1")

    assert names(model) == ["b1.csv"]


def test_down_leaves_the_field_for_the_list(panel: SignalsPanel, field: SearchField, qtbot: QtBot) -> None:
    panel.focus_filter()
    qtbot.keyClick(field, Qt.Key.Key_Down)

    assert panel.list.hasFocus()


def test_nothing_found_says_so_and_offers_the_way_back(
    panel: SignalsPanel, model: SignalsModel, field: SearchField, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "0399")
    assert what_it_says(panel) == 'No signal matches "0399".'

    qtbot.mouseClick(button(panel, "Clear filter"), LEFT)

    assert field.text() == ""
    assert len(names(model)) == 6
    assert what_it_says(panel) == ""


def test_chips_count_and_filter(panel: SignalsPanel, session: Session, model: SignalsModel, qtbot: QtBot) -> None:
    entry = session.find(2)
    assert entry is not None
    entry.state = SignalState.FAILED
    session.touch([2])

    with qtbot.waitSignal(panel.filter_chip_chosen) as chosen:
        qtbot.mouseClick(button(panel, "Failed, 1"), LEFT)

    assert chosen.args == ["Failed"]
    assert names(model) == ["a1.csv"]
    assert button(panel, "All, 6").isVisible()


def test_an_empty_chip_says_what_it_means(panel: SignalsPanel, model: SignalsModel, qtbot: QtBot) -> None:
    qtbot.mouseClick(button(panel, "To check, 0"), LEFT)
    assert what_it_says(panel) == "Nothing to check. No label is unsure."

    qtbot.mouseClick(button(panel, "Show all signals"), LEFT)
    assert len(names(model)) == 6


def test_clear_filter_takes_both_back(
    panel: SignalsPanel, model: SignalsModel, field: SearchField, qtbot: QtBot
) -> None:
    qtbot.mouseClick(button(panel, "Queued, 0"), LEFT)
    field.setText("zzz")

    panel.clear_filter()

    assert (field.text(), model.chip, len(names(model))) == ("", "All", 6)


def test_without_any_signal_it_says_how_to_get_some(panel: SignalsPanel, session: Session, qtbot: QtBot) -> None:
    session.remove([entry.id for entry in session.entries])
    assert what_it_says(panel) == "No signals are open. Drop files or a folder here, or press Ctrl O."

    with qtbot.waitSignal(panel.open_requested):
        qtbot.mouseClick(button(panel, "Open files…"), LEFT)


def test_the_sort_menu_sorts(panel: SignalsPanel, model: SignalsModel, qtbot: QtBot) -> None:
    menu = open_menu(qtbot, lambda: qtbot.mouseClick(button(panel, "Sort"), LEFT))
    assert [a.text() for a in menu.actions()] == ["Order added", "Name", "State", "Duration", "", "Reversed"]

    choose(menu, qtbot, "Duration")

    assert names(model)[:4] == ["a3.csv", "a2.csv", "a1.csv", "a0.csv"]
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Duration"]


def test_the_menu_of_selected_signals(panel: SignalsPanel, qtbot: QtBot) -> None:
    signals = panel.list
    place = signals.visualRect(signals.model().index(2, 0)).center()
    qtbot.mouseClick(signals.viewport(), LEFT, pos=place)
    menu = open_menu(qtbot, lambda: signals.customContextMenuRequested.emit(place))
    away: QPoint = menu.mapToGlobal(QPoint(0, 0)) - signals.viewport().mapToGlobal(place)
    assert away.manhattanLength() < 8, "it opens at the pointer"

    with qtbot.waitSignal(panel.classify_requested) as classify:
        choose(menu, qtbot, "Classify 1 signal")

    assert classify.args == [(2,)]
    menu = open_menu(qtbot, lambda: signals.customContextMenuRequested.emit(place))
    with qtbot.waitSignal(panel.remove_requested) as remove:
        choose(menu, qtbot, "Remove 1 signal from the list")
    assert remove.args == [(2,)]
