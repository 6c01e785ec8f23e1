"""The Jobs tab: states on the screen, actions by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ROW
from sigdesk.pool.jobs import JobState
from sigdesk.ui.bottom.job_delegate import ACTIONS, Action, JobDelegate, targets
from sigdesk.ui.bottom.jobs import JobsTable
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.theme.look import Look
from tests.ui.bottom.conftest import CAVITATION, Models, job
from tests.ui.painted import colours_in, name_of, picture, row_colours

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
STATE = 3


@pytest.fixture
def jobs(tabs: BottomTabs, models: Models) -> JobsTable:
    """4 runs, 5 and 6 wait, 3 has failed, 2 is done."""
    models.jobs.update_rows(
        [
            job(
                2, JobState.SUCCEEDED, mark=CAVITATION, result_text="Cavitation", confidence=0.91, worker=1, run_s=0.14
            ),
            job(3, JobState.FAILED, cause="Pressure stuck", worker=2, run_s=0.04),
            job(4, JobState.RUNNING, progress=0.62, worker=2, queued_s=0.3),
            job(5, JobState.QUEUED),
            job(6, JobState.QUEUED),
        ]
    )
    tabs.show_tab("Jobs")
    return tabs.jobs


def place_of(jobs: JobsTable, models: Models, job_id: str, column: int = 1) -> QPoint:
    return jobs.visualRect(models.jobs.index(models.jobs.row_of(job_id), column)).center()


def cell(jobs: JobsTable, models: Models, job_id: str, column: int) -> QRect:
    return jobs.visualRect(models.jobs.index(models.jobs.row_of(job_id), column))


def action_place(jobs: JobsTable, models: Models, job_id: str, wanted: Action) -> QPoint:
    row = models.jobs.find(job_id)
    assert row is not None
    (target,) = (rect for action, rect in targets(row, cell(jobs, models, job_id, ACTIONS)) if action is wanted)
    return target.center()


def choose(jobs: JobsTable, models: Models, qtbot: QtBot, *ids: str) -> None:
    jobs.clearSelection()
    for job_id in ids:
        qtbot.mouseClick(jobs.viewport(), LEFT, CTRL, place_of(jobs, models, job_id))


def state_colours(jobs: JobsTable, models: Models, job_id: str) -> set[str]:
    return row_colours(jobs, models.jobs.row_of(job_id), STATE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_cells_that_are_copied_look_as_those_that_were_painted(
    tabs: BottomTabs, models: Models, look: Look, theme: str
) -> None:
    done = {"mark": CAVITATION, "result_text": "Cavitation", "worker": 1, "queued_s": 0.3, "run_s": 0.14}
    models.jobs.update_rows([job(number, JobState.SUCCEEDED, confidence=0.9, **done) for number in range(1, 5)])
    models.jobs.update_rows([job(9, JobState.SUCCEEDED, confidence=0.5, unsure=True, **done)])
    tabs.show_tab("Jobs")
    tabs.jobs.selectRow(1)
    picture(tabs.jobs.viewport())  # of the other theme
    look.use(theme)

    painted = tabs.jobs.itemDelegate()
    assert isinstance(painted, JobDelegate)
    copied = [picture(tabs.jobs.viewport()) for _ in range(3)][-1]
    painted.shows = lambda *_: None  # type: ignore[method-assign]

    assert picture(tabs.jobs.viewport()) == copied


def test_each_state_has_its_colour(jobs: JobsTable, models: Models, look: Look) -> None:
    for job_id, token in (("J2", "ok"), ("J3", "error"), ("J4", "accent"), ("J5", "muted")):
        assert name_of(look.colour(token)) in state_colours(jobs, models, job_id), job_id


@pytest.mark.parametrize("progress", [0.25, 1.0])
def test_the_bar_of_a_running_job_is_as_long_as_its_progress(
    jobs: JobsTable, models: Models, look: Look, progress: float
) -> None:
    models.jobs.update_rows([job(4, JobState.RUNNING, progress=progress)])
    row = cell(jobs, models, "J4", STATE)
    track = QRect(row.left() + 12 + 80, row.center().y(), 48, 1)

    middle = track.left() + round(48 * progress) - 3
    assert colours_in(jobs.viewport(), QRect(middle, track.top(), 1, 1)) == {name_of(look.theme.accent)}
    rest = QRect(middle + 6, track.top(), track.right() - middle - 8, 1)
    assert not rest.isValid() or colours_in(jobs.viewport(), rest) == {name_of(look.theme.border)}


def test_an_unsure_result_warns(jobs: JobsTable, models: Models, look: Look) -> None:
    models.jobs.update_rows(
        [job(8, JobState.SUCCEEDED, mark=CAVITATION, result_text="Cavitation", confidence=0.46, unsure=True)]
    )

    assert name_of(look.theme.warn) in state_colours(jobs, models, "J8")
    assert name_of(look.theme.warn) not in state_colours(jobs, models, "J2")


@pytest.mark.parametrize("state", list(JobState))
def test_every_state_can_be_shown(jobs: JobsTable, models: Models, state: JobState) -> None:
    models.jobs.update_rows([job(9, state, cause="Two words", place=1, progress=None)])

    assert len(state_colours(jobs, models, "J9")) > 2


def test_the_cross_cancels_and_the_arrow_retries(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    with qtbot.waitSignal(jobs.cancel_requested) as cancel:
        qtbot.mouseClick(jobs.viewport(), LEFT, pos=action_place(jobs, models, "J5", Action.CANCEL))
    with qtbot.waitSignal(jobs.retry_requested) as retry:
        qtbot.mouseClick(jobs.viewport(), LEFT, pos=action_place(jobs, models, "J3", Action.RETRY))

    assert cancel.args == [("J5",)]
    assert retry.args == [("J3",)]
    assert jobs.selected_jobs() == [], "an action selects nothing"


def test_an_action_lights_up_under_the_mouse(jobs: JobsTable, models: Models, look: Look, qtbot: QtBot) -> None:
    place = action_place(jobs, models, "J5", Action.CANCEL)
    qtbot.mouseMove(jobs.viewport(), place)

    around = QRect(place - QPoint(8, 8), place + QPoint(8, 8))
    assert name_of(look.theme.selected) in colours_in(jobs.viewport(), around)


def test_the_dots_open_the_menu(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    qtbot.mouseClick(jobs.viewport(), LEFT, pos=action_place(jobs, models, "J3", Action.MENU))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    enabled = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}

    assert enabled == {
        "Open signal": True,
        "Show log": True,
        "Details…": True,
        "Retry": True,
        "Cancel": False,
        "Run next": False,
        "Run last": False,
        "Copy": True,
        "Export reproduction…": True,
    }
    (log,) = (action for action in menu.actions() if action.text() == "Show log")
    with qtbot.waitSignal(jobs.show_log_requested) as shown:
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(log).center())
    assert shown.args == ["J3"]


@pytest.mark.parametrize(("text", "signal"), [("Details…", "details_requested"), ("Export reproduction…", "export")])
def test_details_and_export_are_asked_for_by_the_menu(
    jobs: JobsTable, models: Models, qtbot: QtBot, text: str, signal: str
) -> None:
    qtbot.mouseClick(jobs.viewport(), LEFT, pos=action_place(jobs, models, "J3", Action.MENU))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (entry,) = (action for action in menu.actions() if action.text() == text)

    with qtbot.waitSignal(jobs.export_requested if signal == "export" else jobs.details_requested) as asked:
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())

    assert asked.args == ["J3"]


def test_alt_enter_asks_for_details_and_enter_alone_for_the_signal(
    jobs: JobsTable, models: Models, qtbot: QtBot
) -> None:
    choose(jobs, models, qtbot, "J2")

    with qtbot.waitSignal(jobs.details_requested) as details:
        qtbot.keyClick(jobs, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    with qtbot.waitSignal(jobs.job_activated) as opened:
        qtbot.keyClick(jobs, Qt.Key.Key_Return)

    assert (details.args, opened.args) == (["J2"], ["J2"])


def test_what_has_not_ended_cannot_be_exported(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    choose(jobs, models, qtbot, "J5")
    (export,) = (action for action in jobs.menu().actions() if action.text() == "Export reproduction…")

    assert not export.isEnabled()
    assert export.toolTip() == "The job has not ended yet"


def test_the_menu_of_many_jobs_takes_those_that_fit(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    choose(jobs, models, qtbot, "J2", "J3", "J5")
    by_text = {action.text(): action for action in jobs.menu().actions()}

    assert by_text["Open signal"].toolTip() == "Choose one job"
    with qtbot.waitSignal(jobs.retry_requested) as retry:
        by_text["Retry"].trigger()
    with qtbot.waitSignal(jobs.cancel_requested) as cancel:
        by_text["Cancel"].trigger()
    assert set(retry.args[0]) == {"J2", "J3"}
    assert cancel.args == [("J5",)]


def test_delete_cancels_what_has_not_ended(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    choose(jobs, models, qtbot, "J3", "J5", "J6")

    with qtbot.waitSignal(jobs.cancel_requested) as cancel:
        qtbot.keyClick(jobs, Qt.Key.Key_Delete)

    assert set(cancel.args[0]) == {"J5", "J6"}
    choose(jobs, models, qtbot, "J3")
    with qtbot.assertNotEmitted(jobs.cancel_requested):
        qtbot.keyClick(jobs, Qt.Key.Key_Delete)


def test_enter_and_double_click_open_the_signal(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    opened: list[str] = []
    jobs.job_activated.connect(opened.append)
    choose(jobs, models, qtbot, "J2")

    qtbot.keyClick(jobs, Qt.Key.Key_Return)
    qtbot.mouseDClick(jobs.viewport(), LEFT, pos=place_of(jobs, models, "J5"))

    assert opened == ["J2", "J5"]


def test_copy_hands_out_the_full_ids(tabs: BottomTabs, jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    choose(jobs, models, qtbot, "J2", "J3")

    with qtbot.waitSignal(tabs.copy_requested) as copied:
        qtbot.keyClick(jobs, Qt.Key.Key_C, CTRL)

    lines = copied.args[0].splitlines()
    assert "J2\tpump-2.wav\tPump condition 3.2.0\tDone\tCavitation" in lines
    assert "J3\tpump-3.wav\tPump condition 3.2.0\tFailed\tPressure stuck" in lines


def test_one_chosen_job_is_told_of(tabs: BottomTabs, jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    told: list[str] = []
    tabs.job_chosen.connect(told.append)

    choose(jobs, models, qtbot, "J2", "J3")

    assert told[-2:] == ["J2", ""]
    assert {row.id for row in tabs.selected_jobs()} == {"J2", "J3"}


def test_the_selection_follows_a_job_that_moves(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    choose(jobs, models, qtbot, "J6")

    models.jobs.update_rows([job(6, JobState.SUCCEEDED, mark=CAVITATION)])

    assert [row.id for row in jobs.selected_jobs()] == ["J6"]


def test_the_tooltip_holds_the_full_id_and_no_markup(jobs: JobsTable, models: Models) -> None:
    models.jobs.update_rows([job(7, JobState.FAILED, signal="<i>x</i>.wav")])
    place = place_of(jobs, models, "J7")
    QApplication.sendEvent(jobs.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, jobs.mapToGlobal(place)))

    assert "J7" in QToolTip.text()
    assert "&lt;i&gt;x&lt;/i&gt;.wav" in QToolTip.text()
    QToolTip.hideText()


def test_the_actions_have_tooltips(jobs: JobsTable, models: Models) -> None:
    place = action_place(jobs, models, "J5", Action.CANCEL)
    QApplication.sendEvent(jobs.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, jobs.mapToGlobal(place)))

    assert "Cancel job" in QToolTip.text()
    QToolTip.hideText()


def test_a_narrow_table_keeps_what_matters(tabs: BottomTabs, jobs: JobsTable) -> None:
    tabs.resize(620, 250)

    hidden = [jobs.model().headerData(c, Qt.Orientation.Horizontal) for c in range(8) if jobs.isColumnHidden(c)]
    assert hidden == ["Worker", "Queued"]
    assert not jobs.horizontalScrollBar().isVisible()


def click_head(jobs: JobsTable, qtbot: QtBot, column: int) -> None:
    head = jobs.horizontalHeader()
    middle = head.sectionViewportPosition(column) + head.sectionSize(column) // 2
    qtbot.mouseClick(head.viewport(), LEFT, pos=QPoint(middle, head.height() // 2))


def shown_numbers(jobs: JobsTable, models: Models) -> list[int]:
    return [models.jobs.index(place, 0).data(ROW).number for place in range(models.jobs.rowCount())]


def test_clicks_on_a_head_sort_up_then_down_then_not(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    natural = shown_numbers(jobs, models)
    choose(jobs, models, qtbot, "J3")

    click_head(jobs, qtbot, 1)
    assert shown_numbers(jobs, models) == [2, 3, 4, 5, 6]
    click_head(jobs, qtbot, 1)
    assert shown_numbers(jobs, models) == [6, 5, 4, 3, 2]
    assert [job.id for job in jobs.selected_jobs()] == ["J3"], "what is chosen stays chosen"
    click_head(jobs, qtbot, 1)
    assert shown_numbers(jobs, models) == natural


def test_the_head_that_sorts_has_a_caret(jobs: JobsTable, look: Look, qtbot: QtBot) -> None:
    head = jobs.horizontalHeader()
    caption = QRect(head.sectionViewportPosition(1), 0, head.sectionSize(1), head.height())
    assert name_of(look.theme.text) not in colours_in(head.viewport(), caption)

    click_head(jobs, qtbot, 1)
    assert name_of(look.theme.text) in colours_in(head.viewport(), caption)
    click_head(jobs, qtbot, 0)
    assert name_of(look.theme.text) not in colours_in(head.viewport(), caption)


def test_a_click_on_the_head_over_the_actions_sorts_nothing(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    natural = shown_numbers(jobs, models)
    click_head(jobs, qtbot, ACTIONS)

    assert shown_numbers(jobs, models) == natural


def test_the_keyboard_sorts_too(jobs: JobsTable, models: Models, qtbot: QtBot) -> None:
    def shown() -> list[int]:
        return [models.jobs.index(place, 0).data(ROW).number for place in range(models.jobs.rowCount())]

    both = CTRL | Qt.KeyboardModifier.AltModifier
    natural = shown()
    jobs.setFocus()
    qtbot.keyClick(jobs, Qt.Key.Key_Right, both)
    assert shown() == [2, 3, 4, 5, 6], "by their numbers"
    qtbot.keyClick(jobs, Qt.Key.Key_Down, both)
    assert shown() == [6, 5, 4, 3, 2]
    qtbot.keyClick(jobs, Qt.Key.Key_Up, both)
    assert shown() == [2, 3, 4, 5, 6]
    qtbot.keyClick(jobs, Qt.Key.Key_Left, both)
    assert shown() == natural
