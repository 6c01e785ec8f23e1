"""The Problems tab in the whole window: what is wrong now, the way out, and gone once its cause is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ProblemRow
from sigdesk.pool.jobs import JobState, Paused, PoolStats
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_jobs_in_window import SCRIPT, jobs
from tests.end_to_end.test_window import rows, wait_until_idle

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> Desk:
    """One signal, on which the script has failed; its problem is shown."""
    write_model(tmp_path / "home" / "models", "picky", 'sh ./judge.sh "$1"')
    (tmp_path / "home" / "models" / "picky" / "judge.sh").write_text(SCRIPT, encoding="utf-8")
    shutil.copy(SAMPLES / "microwave.csv", tmp_path / "bad.csv")
    desk = make_desk()
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open([tmp_path / "bad.csv"])
    desk.program.classifying.choose_model("picky")
    desk.program.classifying.classify_remaining()
    wait_until_idle(desk, qtbot)
    desk.wiring.desk.show_tab("Problems")
    return desk


def problems(desk: Desk) -> list[ProblemRow]:
    return [row for row in rows(desk.program.feed.problems) if isinstance(row, ProblemRow)]


def link(desk: Desk, qtbot: QtBot, text: str) -> None:
    """Press a link of the first problem."""
    view = desk.window.bottom.problems
    index = desk.program.feed.problems.index(0)
    delegate = view.itemDelegate()
    targets = delegate.targets(problems(desk)[0], view.visualRect(index))  # type: ignore[attr-defined]
    (target,) = (target for way, target in targets if way.text == text)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=target.center())


def test_a_failure_is_gone_once_the_signal_has_its_label(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (problem,) = problems(desk)
    assert "Pressure is stuck at 0.00 bar" in problem.what
    screenshot(desk, request, "told")
    good = 'echo \'OUTPUT: {"label": "good"}\'\n'
    (tmp_path / "home" / "models" / "picky" / "judge.sh").write_text(good, encoding="utf-8")

    link(desk, qtbot, "Retry")
    qtbot.waitUntil(lambda: not problems(desk))
    assert desk.window.bottom.tab == "Problems"


def test_a_retry_that_is_cancelled_leaves_the_problem(desk: Desk, qtbot: QtBot) -> None:
    desk.program.pool.pause()
    link(desk, qtbot, "Retry")
    qtbot.waitUntil(lambda: len(jobs(desk)) == 2)

    desk.program.feed.cancel_queued()
    qtbot.waitUntil(lambda: JobState.CANCELLED in {row.state for row in jobs(desk)})
    assert len(problems(desk)) == 1, "it has failed still"


def test_show_log_leads_to_its_lines_and_removing_the_signal_takes_the_problem(desk: Desk, qtbot: QtBot) -> None:
    link(desk, qtbot, "Show log")
    assert desk.window.bottom.tab == "Log"
    assert "picky was started" in desk.window.bottom.log.list.all_text()

    desk.wiring.actions["remove"].trigger()
    assert not problems(desk)


def test_a_model_that_was_stopped_is_a_problem_until_it_goes_on(desk: Desk) -> None:
    stopped = Paused(("models/picky", "1"), "picky", "Picky", "3 of its processes died within 60 s.")
    stats = PoolStats((), 0, 0, 0.0, (stopped,))
    desk.program.feed.stats_changed.emit(stats)

    told = problems(desk)[0]
    assert told.what == "Picky is paused: its jobs wait."
    assert told.way_out.startswith("3 of its processes died within 60 s.")
    desk.program.feed.stats_changed.emit(PoolStats((), 0, 0, 0.0))
    assert len(problems(desk)) == 1


def test_ctrl_f_goes_to_the_field_of_the_tab_that_is_worked_in(desk: Desk, qtbot: QtBot) -> None:
    desk.wiring.desk.show_tab("Log")
    desk.window.bottom.log.list.setFocus()
    qtbot.keyClick(desk.window, Qt.Key.Key_F, CONTROL)
    assert desk.window.bottom.log_tools.field.hasFocus()

    qtbot.keyClicks(desk.window.bottom.log_tools.field, "stuck")
    assert all("stuck" in line for line in desk.window.bottom.log.list.all_text().splitlines())
    desk.window.signals.setFocus()
    desk.window.plots.setFocus()
    qtbot.keyClick(desk.window, Qt.Key.Key_F, CONTROL)
    assert not desk.window.bottom.log_tools.field.hasFocus(), "elsewhere it is the Signals' filter"
