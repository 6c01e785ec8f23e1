"""The Problems tab: what is wrong and what can be done, for the mouse and for the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import OPEN_SIGNAL, RETRY, ROW, SHOW_LOG, ProblemAction
from sigdesk.ui.bottom.problems import ROW_HEIGHT, ProblemDelegate, ProblemsList
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.theme.look import Look
from tests.ui.bottom.conftest import Models, problem
from tests.ui.painted import has_ink, row_colours

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def problems(tabs: BottomTabs, models: Models) -> ProblemsList:
    """On top a job's, below it one without job and signal."""
    models.problems.put(
        [problem("9", what="settings.toml cannot be written", job_id="", signal_id=None, serious=False)]
    )
    models.problems.put([problem("4130")])
    tabs.show_tab("Problems")
    return tabs.problems


def link(problems: ProblemsList, wanted: ProblemAction, row: int = 0) -> QPoint:
    delegate = problems.itemDelegate()
    assert isinstance(delegate, ProblemDelegate)
    index = problems.model().index(row, 0)
    (target,) = (rect for way, rect in delegate.targets(index.data(ROW), problems.visualRect(index)) if way is wanted)
    return target.center()


def test_serious_ones_are_red_and_others_warn(problems: ProblemsList, look: Look) -> None:
    assert has_ink(row_colours(problems, 0), look.theme.error)
    assert has_ink(row_colours(problems, 1), look.theme.warn, 60)
    assert not has_ink(row_colours(problems, 1), look.theme.error)
    assert problems.visualRect(problems.model().index(0, 0)).height() == ROW_HEIGHT


def test_links_do_what_they_say(tabs: BottomTabs, problems: ProblemsList, qtbot: QtBot) -> None:
    for signal, way, argument in (
        (tabs.retry_requested, RETRY, ("J4130",)),
        (tabs.show_log_requested, SHOW_LOG, "J4130"),
        (tabs.signal_activated, OPEN_SIGNAL, 4130),
    ):
        with qtbot.waitSignal(signal) as asked:
            qtbot.mouseClick(problems.viewport(), LEFT, pos=link(problems, way))
        assert asked.args == [argument]


def test_a_press_that_slips_away_does_nothing(tabs: BottomTabs, problems: ProblemsList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tabs.retry_requested):
        qtbot.mousePress(problems.viewport(), LEFT, pos=QPoint(60, 20))
        qtbot.mouseRelease(problems.viewport(), LEFT, pos=link(problems, RETRY))


def test_the_pointer_says_that_a_link_is_there(problems: ProblemsList, qtbot: QtBot) -> None:
    qtbot.mouseMove(problems.viewport(), link(problems, SHOW_LOG))
    assert problems.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor

    qtbot.mouseMove(problems.viewport(), QPoint(60, 20))
    assert problems.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


def test_enter_opens_the_signal(tabs: BottomTabs, problems: ProblemsList, qtbot: QtBot) -> None:
    problems.setCurrentIndex(problems.model().index(0, 0))

    with qtbot.waitSignal(tabs.signal_activated) as opened:
        qtbot.keyClick(problems, Qt.Key.Key_Return)

    assert opened.args == [4130]


def test_the_menu_offers_all_that_fits(tabs: BottomTabs, problems: ProblemsList, qtbot: QtBot) -> None:
    place = problems.visualRect(problems.model().index(0, 0)).center()
    problems.customContextMenuRequested.emit(place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (retry,) = (action for action in menu.actions() if action.text() == "Retry")

    with qtbot.waitSignal(tabs.retry_requested) as asked:
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(retry).center())
    assert asked.args == [("J4130",)]

    without = {
        action.text(): action.isEnabled() for action in problems.menu(problem("1", job_id="", signal_id=None)).actions()
    }
    assert (without["Retry"], without["Show log"], without["Open signal"], without["Copy"]) == (
        False,
        False,
        False,
        True,
    )


def test_copy_has_both_sentences(tabs: BottomTabs, problems: ProblemsList, qtbot: QtBot) -> None:
    problems.setCurrentIndex(problems.model().index(0, 0))

    with qtbot.waitSignal(tabs.copy_requested) as copied:
        qtbot.keyClick(problems, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert copied.args[0].startswith("Job 4130 failed")
    assert copied.args[0].endswith("record again.")
