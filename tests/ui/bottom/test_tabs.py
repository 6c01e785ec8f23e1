"""The tab bar at the bottom: tabs, counts, what stands beside them, and widths down to 620 px."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QTabBar
from pytestqt.qtbot import QtBot

from sigdesk.pool.jobs import JobState
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.search_field import SearchField
from tests.ui.bottom.conftest import Models, job, line, problem, result
from tests.ui.painted import colours_in, name_of

LEFT = Qt.MouseButton.LeftButton


def bar(tabs: BottomTabs) -> QTabBar:
    found = tabs.findChild(QTabBar)
    assert found is not None
    return found


def visible_names(tabs: BottomTabs) -> set[str]:
    """What can be pressed now."""
    return {b.accessibleName() for b in tabs.findChildren(QAbstractButton) if b.isVisible() and b.accessibleName()}


def button(tabs: BottomTabs, name: str) -> QAbstractButton:
    (found,) = (b for b in tabs.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible())
    return found


def says(tabs: BottomTabs) -> str:
    return " ".join(empty.text for empty in tabs.findChildren(EmptyState) if empty.isVisible())


def test_a_click_on_a_tab_shows_it(tabs: BottomTabs, qtbot: QtBot) -> None:
    qtbot.mouseClick(bar(tabs), LEFT, pos=bar(tabs).tabRect(2).center())

    assert tabs.tab == "Results"
    assert tabs.results.isVisible() or "No results yet." in says(tabs)


@pytest.mark.parametrize(
    ("tab", "text"),
    [
        ("Jobs", "No jobs yet. Choose a model and press Ctrl Enter."),
        ("Log", "Nothing was said yet."),
        ("Results", "No results yet."),
        ("Problems", "No problems."),
        ("Labels", "No labels yet."),
    ],
)
def test_empty_tabs_say_what_belongs_there(tabs: BottomTabs, tab: str, text: str) -> None:
    tabs.show_tab(tab)

    assert says(tabs).startswith(text)


def test_counts_stand_beside_the_names(tabs: BottomTabs, models: Models, look: Look) -> None:
    models.jobs.update_rows([job(number, JobState.QUEUED) for number in range(139)])
    models.problems.put([problem("1")])

    assert bar(tabs).accessibleTabName(0) == "Jobs, 139"
    assert bar(tabs).accessibleTabName(3) == "Problems, 1"
    assert name_of(look.theme.error) in colours_in(bar(tabs), bar(tabs).tabRect(3))
    models.problems.put([], ["1"])
    assert bar(tabs).accessibleTabName(3) == "Problems"
    assert name_of(look.theme.error) not in colours_in(bar(tabs), bar(tabs).tabRect(3))


def test_each_tab_has_its_own_tools(tabs: BottomTabs) -> None:
    for tab, tools in (
        ("Jobs", {"Search the jobs of all runs", "Pause all jobs", "Retry all failed", "Cancel queued"}),
        ("Log", {"LOG lines, 0", "OUT lines, 0", "ERROR lines, 0", "Follow new lines", "Copy lines", "Save log…"}),
        ("Results", {"Copy table", "Export CSV"}),
        ("Problems", set()),
    ):
        tabs.show_tab(tab)
        assert visible_names(tabs) == tools | {"Hide these tabs"}, tab


def test_waiting_jobs_are_cancelled_while_there_are_some(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    cancel = button(tabs, "Cancel queued")
    assert not cancel.isEnabled()
    assert cancel.toolTip() == "No job is waiting"

    models.jobs.update_rows([job(1, JobState.QUEUED)])
    with qtbot.waitSignal(tabs.cancel_queued_requested):
        qtbot.mouseClick(cancel, LEFT)

    models.jobs.update_rows([job(1, JobState.CANCELLED)])
    assert not cancel.isEnabled()


def test_all_failed_jobs_are_retried_while_there_are_some(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    retry = button(tabs, "Retry all failed")
    assert not retry.isEnabled()
    assert retry.toolTip() == "No signal has a job that failed"

    tabs.set_retry_obstacle("")
    with qtbot.waitSignal(tabs.retry_failed_requested):
        qtbot.mouseClick(retry, LEFT)

    models.jobs.update_rows([job(1, JobState.QUEUED)])
    assert retry.isEnabled(), "what waits is another button's affair"


def test_hiding_the_tabs_is_asked_for(tabs: BottomTabs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.collapse_requested):
        qtbot.mouseClick(button(tabs, "Hide these tabs"), LEFT)


def test_jobs_are_filtered_and_nothing_found_says_so(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    models.jobs.update_rows([job(1, JobState.QUEUED), job(2, JobState.FAILED)])
    (field,) = (f for f in tabs.findChildren(SearchField) if f.isVisible())

    qtbot.keyClicks(field, "failed")
    assert models.jobs.rowCount() == 1

    qtbot.keyClicks(field, "zzz")
    assert says(tabs) == 'No job matches "failedzzz".'
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert models.jobs.rowCount() == 2


def fill(tabs: BottomTabs, models: Models) -> None:
    models.jobs.update_rows([job(number, JobState.QUEUED) for number in range(139)])
    models.log.append([line("x")])
    models.results.put([(1, [result(1)])])
    models.problems.put([problem("1")])
    tabs.show_log_job("J4130", 4130, None)


@pytest.mark.parametrize("width", [612, 700, 780, 852, 1332])
@pytest.mark.parametrize("tab", ["Jobs", "Log", "Results", "Problems", "Labels"])
def test_nothing_is_cut_at_any_width(tabs: BottomTabs, models: Models, tab: str, width: int) -> None:
    fill(tabs, models)
    tabs.show_tab(tab)
    tabs.resize(width, 250)
    assert tabs.width() == width, "it never asks for more"

    tools = [b for b in tabs.findChildren(QAbstractButton) if b.isVisible() and b.accessibleName()]
    spans = sorted((left := tool.mapTo(tabs, QPoint(0, 0)).x(), left + tool.width()) for tool in tools)
    assert all(right <= left for (_, right), (left, _) in pairwise(spans)), "a tool covers another"
    assert spans[-1][1] <= width
    assert all(tool.width() >= tool.sizeHint().width() for tool in tools if not isinstance(tool, IconButton))


def test_a_narrow_log_keeps_the_job_and_follow(tabs: BottomTabs, models: Models) -> None:
    fill(tabs, models)
    tabs.show_tab("Log")
    tabs.resize(612, 250)

    assert {"Only the lines of job 4130; show all", "Follow new lines"} <= visible_names(tabs)
    tabs.resize(1000, 250)
    assert {"LOG lines, 1", "Copy lines"} <= visible_names(tabs)


def test_narrow_buttons_keep_name_and_tooltip(tabs: BottomTabs, models: Models) -> None:
    fill(tabs, models)
    tabs.show_tab("Results")
    tabs.resize(612, 250)

    export = button(tabs, "Export CSV")
    assert export.text() == ""
    assert export.toolTip() == "Export CSV (Ctrl E)"
