"""Ctrl K, driven by the keyboard as an operator does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.shell.palette import MOST_FOUND, Palette, PaletteRow, find_rows
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown

ROWS = (
    PaletteRow("Open files…", "File", "Ctrl+O", "open", "folder-open"),
    PaletteRow("pump-a_0318.wav", "Signal", "", 318),
    PaletteRow("pump-a_0319.wav", "Signal", "", 319),
    PaletteRow("Settings…", "File", "Ctrl+,", "settings"),
    PaletteRow("Show a pump", "View", "", "show"),
)


def opened(look: Look, shown: Shown[QWidget]) -> tuple[Palette, QLineEdit]:
    window = QWidget()
    window.resize(900, 600)
    shown(window)
    palette = Palette(look, window)
    palette.open_with(ROWS)
    field = palette.findChild(QLineEdit)
    assert field is not None
    return palette, field


def test_it_opens_with_everything_and_an_empty_field(look: Look, shown: Shown[QWidget]) -> None:
    palette, field = opened(look, shown)

    assert palette.isVisible()
    assert field.text() == ""
    assert palette.shown == list(ROWS)


def test_typing_filters_and_enter_runs_the_best(look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
    palette, field = opened(look, shown)
    qtbot.keyClicks(field, "pump")
    assert [row.payload for row in palette.shown] == [318, 319, "show"]

    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert chosen.args == [318]
    assert not palette.isVisible()


def test_the_arrows_move_and_stop_at_the_ends(look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
    palette, field = opened(look, shown)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    for _ in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Down)

    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert chosen.args == [319]


def test_a_click_runs(look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
    palette, _ = opened(look, shown)
    found = palette.findChild(QListView)
    assert found is not None
    place = found.visualRect(found.model().index(3, 0)).center()

    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert chosen.args == ["settings"]


def test_escape_closes_and_runs_nothing(look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
    palette, field = opened(look, shown)
    qtbot.keyClicks(field, "pump")

    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(field, Qt.Key.Key_Escape)

    assert not palette.isVisible()


def test_nothing_found_is_said_and_enter_does_nothing(look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
    palette, field = opened(look, shown)
    qtbot.keyClicks(field, "xyz")
    assert palette.shown == []

    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert palette.isVisible()


class TestFinding:
    def test_every_word_must_be_there_also_in_the_subtitle(self) -> None:
        assert [row.payload for row in find_rows(ROWS, "signal 0319")] == [319]

    def test_case_does_not_matter(self) -> None:
        assert [row.payload for row in find_rows(ROWS, "SETT")] == ["settings"]

    def test_thousands_of_rows_are_cut(self) -> None:
        rows = [PaletteRow(f"signal {number}") for number in range(5000)]

        assert len(find_rows(rows, "signal")) == MOST_FOUND
        assert [row.title for row in find_rows(rows, "4999")] == ["signal 4999"]
