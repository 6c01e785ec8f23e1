"""The Jobs tab in the whole window: all failed jobs again, one job's details, its export, and the log as a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow
from sigdesk.pool.jobs import JobState
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, rows, wait_until_idle

LEFT = Qt.MouseButton.LeftButton
SCRIPT = """\
echo 'careful' >&2
grep -q good.csv "$1" && echo 'OUTPUT: {"label": "good", "confidence": 0.9}' && exit 0
echo 'ERROR: Pressure is stuck at 0.00 bar'
exit 1
"""


@pytest.fixture
def desk(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> Desk:
    """Three signals were classified, and on two of them the script has failed."""
    write_model(tmp_path / "home" / "models", "picky", 'sh ./judge.sh "$1"')
    (tmp_path / "home" / "models" / "picky" / "judge.sh").write_text(SCRIPT, encoding="utf-8")
    files = [tmp_path / name for name in ("bad-1.csv", "bad-2.csv", "good.csv")]
    for file in files:
        shutil.copy(SAMPLES / "microwave.csv", file)
    desk = make_desk()
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open(files)
    desk.program.classifying.choose_model("picky")
    desk.program.classifying.classify_remaining()
    wait_until_idle(desk, qtbot)
    return desk


def jobs(desk: Desk) -> list[JobRow]:
    return [row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow)]


@pytest.mark.parametrize("by", ["button", "menu"])
def test_all_failed_jobs_run_again_and_no_other(desk: Desk, qtbot: QtBot, by: str) -> None:
    failed = {row.id for row in jobs(desk) if row.state is JobState.FAILED}
    assert len(failed) == 2

    if by == "button":
        qtbot.mouseClick(button(desk.window.bottom, "Retry all failed"), LEFT)
    else:
        desk.wiring.actions["retry-failed"].trigger()
    assert desk.window.toast.text == "2 failed jobs again in line"
    qtbot.waitUntil(lambda: len(jobs(desk)) == 5)
    wait_until_idle(desk, qtbot)

    again = [desk.program.feed.outcome_of(row.id) for row in jobs(desk)]
    assert {job.request.retry_of for job in again if job and job.request.retry_of} == failed


def test_once_a_signal_has_its_label_its_failed_job_is_left_alone(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    model = tmp_path / "home" / "models" / "picky"
    (model / "judge.sh").write_text('echo \'OUTPUT: {"label": "good"}\'\n', encoding="utf-8")
    retry = desk.wiring.actions["retry-failed"]

    retry.trigger()
    qtbot.waitUntil(lambda: len(jobs(desk)) == 5)
    wait_until_idle(desk, qtbot)

    assert not retry.isEnabled()
    assert not button(desk.window.bottom, "Retry all failed").isEnabled()
    assert "No signal has a job that failed" in retry.toolTip()
