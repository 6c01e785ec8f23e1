"""The Results tab: classes, confidence, runner-up, copy, and the way to the signal."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from sigdesk.ui.bottom.results import ResultsTable
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.theme.look import Look
from tests.ui.bottom.conftest import BEARING, CAVITATION, Models, result
from tests.ui.painted import name_of, row_colours

LEFT = Qt.MouseButton.LeftButton
LABEL, CONFIDENCE, RUNNER_UP = 2, 3, 4


@pytest.fixture
def results(tabs: BottomTabs, models: Models) -> ResultsTable:
    models.results.put(
        [
            (1, [result(1)]),
            (2, [result(2, confidence=0.46, unsure=True)]),
            (3, [result(3, confidence=None, runner_up=None, runner_up_confidence=None)]),
        ]
    )
    tabs.show_tab("Results")
    return tabs.results


def button(tabs: BottomTabs, name: str) -> QAbstractButton:
    (found,) = (b for b in tabs.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible())
    return found


def test_classes_have_their_swatches(results: ResultsTable, look: Look) -> None:
    assert name_of(look.class_colour(CAVITATION.slot).fill) in row_colours(results, 0, LABEL)
    assert name_of(look.class_colour(BEARING.slot).fill) in row_colours(results, 0, RUNNER_UP)
    assert name_of(look.class_colour(BEARING.slot).fill) not in row_colours(results, 2, RUNNER_UP)


def test_confidence_is_a_bar_that_warns_when_unsure(results: ResultsTable, look: Look) -> None:
    assert name_of(look.theme.pen_quiet) in row_colours(results, 0, CONFIDENCE)
    assert {name_of(look.theme.warn_bar), name_of(look.theme.warn)} <= row_colours(results, 1, CONFIDENCE)
    without = row_colours(results, 2, CONFIDENCE)
    assert not without & {name_of(look.theme.pen_quiet), name_of(look.theme.warn_bar)}


def test_enter_goes_to_the_signal(tabs: BottomTabs, results: ResultsTable, qtbot: QtBot) -> None:
    results.selectRow(1)

    with qtbot.waitSignal(tabs.signal_activated) as activated:
        qtbot.keyClick(results, Qt.Key.Key_Return)

    assert activated.args == [2]


def test_copy_is_a_table_for_a_spreadsheet(tabs: BottomTabs, results: ResultsTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.copy_requested) as copied:
        qtbot.mouseClick(button(tabs, "Copy table"), LEFT)
    head, first, *rest = copied.args[0].splitlines()

    assert head.split("\t") == ["Signal", "Stretch", "Label", "Confidence", "Runner-up", "Model", "Time"]
    assert first.split("\t")[:4] == ["pump-1.wav", "Whole", "Cavitation", "91%"]
    assert len(rest) == 2


def test_copy_takes_what_is_selected(tabs: BottomTabs, results: ResultsTable, qtbot: QtBot) -> None:
    results.selectRow(2)

    with qtbot.waitSignal(tabs.copy_requested) as copied:
        qtbot.keyClick(results, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert [text.split("\t")[0] for text in copied.args[0].splitlines()] == ["Signal", "pump-3.wav"]


def test_export_is_asked_for(tabs: BottomTabs, results: ResultsTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.export_requested):
        qtbot.mouseClick(button(tabs, "Export CSV"), LEFT)


def test_without_results_there_is_nothing_to_export(tabs: BottomTabs) -> None:
    tabs.show_tab("Results")

    export = button(tabs, "Export CSV")
    assert not export.isEnabled()
    assert export.toolTip() == "Nothing was classified yet"
