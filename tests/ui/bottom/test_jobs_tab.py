"""The Jobs tab around its tables: this session or all runs, and the line below that says what is not shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.history_rows import HistoryStatus
from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobState
from sigdesk.ui.bottom.jobs_tab import foot_words
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.widgets.search_field import SearchField
from tests.app.test_history_model import row
from tests.ui.bottom.conftest import Models, job
from tests.ui.bottom.test_tabs import button

LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (HistoryStatus(shown=1), "1 job"),
        (HistoryStatus(shown=1284, damaged=2), "1\u2009284 jobs · 2 could not be read"),
        (HistoryStatus(shown=200, reached=801), "The newest 200. Scroll down for more"),
        (HistoryStatus(shown=20_000, reached=3, full=True), "The newest 20\u2009000. Search to find older ones"),
        (HistoryStatus(shown=3, searching=True, reached=812), "Searching: 3 found, back to job 812"),
        (HistoryStatus(searching=True, reached=0), "Searching: 0 found"),
        (HistoryStatus(shown=3, exported=5000), "Exporting, 5\u2009000 jobs so far"),
    ],
)
def test_the_foot_says_where_the_search_stands(status: HistoryStatus, words: str) -> None:
    assert foot_words(status) == words


def test_the_switch_shows_one_table_or_the_other(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    tabs.show_tab("Jobs")
    models.jobs.update_rows([job(7, JobState.QUEUED)])
    models.history.append([row(3), row(2)])
    (field,) = (f for f in tabs.findChildren(SearchField) if f.isVisible())

    with qtbot.waitSignal(tabs.all_jobs_chosen) as chosen:
        qtbot.mouseClick(button(tabs, "Search the jobs of all runs"), LEFT)
    tabs.jobs_tab.show_history(HistoryStatus(shown=2))
    assert chosen.args == [True]
    assert (tabs.history.isVisible(), tabs.jobs.isVisible()) == (True, False)
    assert field.placeholderText() == "Search all jobs"

    qtbot.mouseClick(button(tabs, "Search the jobs of all runs"), LEFT)
    assert (tabs.history.isVisible(), tabs.jobs.isVisible()) == (False, True)
    assert field.placeholderText() == "Filter jobs"


def test_down_goes_from_the_field_into_the_table(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    tabs.show_tab("Jobs")
    models.jobs.update_rows([job(7, JobState.QUEUED)])
    assert tabs.focus_field()
    (field,) = (f for f in tabs.findChildren(SearchField) if f.isVisible())

    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert tabs.jobs.hasFocus()


def test_what_waits_outside_the_queue_is_counted_below(tabs: BottomTabs, models: Models) -> None:
    tabs.show_tab("Jobs")
    models.jobs.update_rows([job(7, JobState.QUEUED)])
    tabs.jobs_tab.show_outside(1200)
    assert tabs.jobs_tab.foot_text == "1\u2009200 more wait outside the queue"

    tabs.jobs_tab.show_outside(1)
    assert tabs.jobs_tab.foot_text == "1 more waits outside the queue"
    tabs.jobs_tab.show_outside(0)
    assert tabs.jobs_tab.foot_text == ""


def test_an_export_can_be_cancelled_while_it_is_written(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    tabs.show_tab("Jobs")
    tabs.show_all_jobs(True)
    models.history.append([row(3)])
    tabs.jobs_tab.show_history(HistoryStatus(shown=1))
    with qtbot.waitSignal(tabs.jobs_tab.export_requested):
        qtbot.mouseClick(button(tabs, "Export CSV"), LEFT)

    tabs.jobs_tab.show_history(HistoryStatus(shown=1, exported=0))
    with qtbot.waitSignal(tabs.jobs_tab.cancel_export_requested):
        qtbot.mouseClick(button(tabs, "Cancel export"), LEFT)


def test_a_journal_that_cannot_be_read_says_so_in_the_table_s_place(tabs: BottomTabs) -> None:
    tabs.show_tab("Jobs")
    tabs.show_all_jobs(True)
    tabs.jobs_tab.show_history(HistoryStatus(problem=JournalError("The journal is damaged.", "Start SigDesk again.")))

    assert tabs.jobs_tab.empty.text == "The journal is damaged. Start SigDesk again."


def test_pause_and_resume_take_turns_on_one_button(tabs: BottomTabs, qtbot: QtBot) -> None:
    tabs.show_tab("Jobs")
    with qtbot.waitSignal(tabs.pause_requested):
        qtbot.mouseClick(button(tabs, "Pause all jobs"), LEFT)

    tabs.show_paused(True)
    with qtbot.waitSignal(tabs.resume_requested):
        qtbot.mouseClick(button(tabs, "Resume all jobs"), LEFT)
