"""A table of rows: widths shared among its columns, whole rows hovered and opened, no search by typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW
from sigdesk.ui.rows.columns import Column, columns_with_room, shared_widths
from sigdesk.ui.rows.table import CellDelegate, RowTable
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown
from tests.ui.painted import name_of, row_colours

COLUMNS = (Column(100, 60, 3), Column(80, 40, 1, goes=1), Column(50, 50, right=True))


@dataclass(frozen=True)
class Pump:
    name: str
    hours: int


class Pumps(QAbstractTableModel):
    rows = (Pump("1 main", 10), Pump("2 spare", 20), Pump("3 old", 30))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == ROW:
            return row
        return (row.name, "", str(row.hours))[index.column()] if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture
def table(look: Look, shown: Shown[RowTable]) -> RowTable:
    made = RowTable(look, COLUMNS, "Pumps")
    made.setItemDelegate(CellDelegate(look, made))
    made.set_model(Pumps(made))
    made.resize(330, 200)
    return shown(made)


def row_middle(table: RowTable, row: int, column: int = 0) -> QPoint:
    return table.visualRect(table.model().index(row, column)).center()


@pytest.mark.parametrize("room", [150, 151, 177, 230, 231, 233, 401])
def test_widths_fill_the_room(room: int) -> None:
    widths = shared_widths(COLUMNS, room)

    assert sum(widths) == room
    assert all(width >= column.least for width, column in zip(widths, COLUMNS, strict=True))


def test_what_is_over_goes_by_weight() -> None:
    assert shared_widths(COLUMNS, 230 + 40) == [130, 90, 50]


def test_the_least_widths_stay_where_there_is_no_room() -> None:
    assert shared_widths(COLUMNS, 20) == [60, 40, 50]


def test_columns_go_before_the_rest_is_cut() -> None:
    assert columns_with_room(COLUMNS, 150) == [0, 1, 2]
    assert columns_with_room(COLUMNS, 149) == [0, 2]


def test_columns_follow_the_width_of_the_table(table: RowTable, qtbot: QtBot) -> None:
    room = table.viewport().width()
    assert sum(table.columnWidth(section) for section in range(3)) == room

    table.resize(130, 200)

    assert table.isColumnHidden(1)
    table.resize(500, 200)
    assert not table.isColumnHidden(1)


def test_a_width_set_by_hand_stays(table: RowTable) -> None:
    table.setColumnWidth(0, 111)
    table.resize(600, 200)

    assert table.columnWidth(0) == 111


def test_the_whole_row_is_hovered(table: RowTable, look: Look, qtbot: QtBot) -> None:
    qtbot.mouseMove(table.viewport(), row_middle(table, 1))

    for column in (0, 2):
        assert name_of(look.theme.hover) in row_colours(table, 1, column)
        assert name_of(look.theme.hover) not in row_colours(table, 0, column)


def test_a_selected_row_has_its_bar_at_the_left(table: RowTable, look: Look, qtbot: QtBot) -> None:
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row_middle(table, 1, 2))
    table.clearFocus()

    assert name_of(look.theme.selected) in row_colours(table, 1, 2)
    assert name_of(look.theme.accent) in row_colours(table, 1, 0)
    assert name_of(look.theme.accent) not in row_colours(table, 1, 2)


def test_the_row_with_the_keyboard_is_ringed(table: RowTable, look: Look, qtbot: QtBot) -> None:
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)

    here = table.currentIndex().row()
    assert name_of(look.theme.accent) in row_colours(table, here, 2)
    assert name_of(look.theme.accent) not in row_colours(table, here + 1, 2)


def test_enter_and_double_click_open_a_row(table: RowTable, qtbot: QtBot) -> None:
    opened: list[object] = []
    table.row_opened.connect(opened.append)
    table.selectRow(2)

    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row_middle(table, 0))

    assert opened == [Pumps.rows[2], Pumps.rows[0]]


def test_digits_choose_no_row(table: RowTable, qtbot: QtBot) -> None:
    table.selectRow(0)

    qtbot.keyClick(table, Qt.Key.Key_3)

    assert table.currentIndex().row() == 0


def test_selected_rows_come_from_top_to_bottom(table: RowTable, qtbot: QtBot) -> None:
    for row in (2, 0):
        qtbot.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, row_middle(table, row)
        )

    assert table.selected_rows() == [Pumps.rows[0], Pumps.rows[2]]


def test_the_theme_is_followed(table: RowTable, look: Look) -> None:
    look.use("dark")

    assert name_of(look.theme.surface) in row_colours(table, 0)
    assert name_of("#FFFFFF") not in row_colours(table, 0)
