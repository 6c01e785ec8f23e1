"""Scripts that fail, each in its own way, as the operator sees it: in Jobs, in Log, in Problems, and nowhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow, LogRow, ProblemRow, ResultRow
from sigdesk.classifiers.folder import find_classifiers
from sigdesk.pool.jobs import JobState
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_window import open_samples, rows, wait_until_idle

SCRIPTS = {
    "says-error": ("echo 'ERROR: Pressure is stuck at 0.00 bar'", JobState.FAILED, "Pressure is stuck at 0.00 bar"),
    "crashes": ("kill -SEGV $$", JobState.CRASHED, "SIGSEGV"),
    "hangs": ("sleep 60 & wait", JobState.TIMED_OUT, "no answer within 1 s"),
    "says-nothing": ("exit 0", JobState.FAILED, "without a result"),
    "missing": (None, JobState.FAILED, "is not there"),
}


def left_of(desk: Desk) -> list[psutil.Process]:
    """Processes that scripts have left; the pool's reaper stays until the desk is closed."""
    children = psutil.Process().children(recursive=True)
    return [c for c in children if c.pid != desk.program.pool.reaper_pid and c.status() != psutil.STATUS_ZOMBIE]


def write_model(folder: Path, name: str, script: str | None) -> None:
    """A one-shot model in the home's models folder; without a script, one whose program is missing."""
    place = folder / name
    place.mkdir(parents=True)
    command = '["sh", "run.sh"]' if script is not None else '["no-such-program"]'
    (place / "model.toml").write_text(
        f'[model]\nname = "{name}"\nversion = "1.0.0"\n[run]\ncommand = {command}\ntimeout_s = 1\n'
        '[output]\nclasses = ["good"]\n',
        encoding="utf-8",
    )
    if script is not None:
        (place / "run.sh").write_text(f"echo 'LOG: {name} was started'\n{script}\n", encoding="utf-8")


@pytest.fixture
def failing_desk(make_desk: MakeDesk, tmp_path: Path) -> Desk:
    models = tmp_path / "home" / "models"
    for name, (script, _, _) in SCRIPTS.items():
        write_model(models, name, script)
    write_model(models, "good", 'echo \'OUTPUT: {"label": "good", "confidence": 0.9}\'')
    assert len(find_classifiers([models])) == len(SCRIPTS) + 1
    return make_desk()


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_each_failure_is_seen_and_the_next_job_runs(
    failing_desk: Desk, qtbot: QtBot, name: str, request: pytest.FixtureRequest
) -> None:
    _, state, said = SCRIPTS[name]
    desk = failing_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model(name)

    desk.program.classifying.classify_current()
    wait_until_idle(desk, qtbot)

    (job,) = (row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow))
    assert job.state is state
    assert job.cause or state is JobState.TIMED_OUT
    (problem,) = (row for row in rows(desk.program.feed.problems) if isinstance(row, ProblemRow))
    assert said in problem.what
    assert problem.way_out
    qtbot.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    log = [row.text for row in rows(desk.program.feed.log) if isinstance(row, LogRow) and row.job_id == job.id]
    assert any(said in text for text in log)
    if name != "missing":
        assert f"{name} was started" in log
    desk.window.bottom.show_log_requested.emit(job.id)
    assert said in desk.window.bottom.log.card.text
    screenshot(desk, request, "failed")

    desk.program.classifying.choose_model("good")
    desk.program.classifying.classify_current()
    qtbot.waitUntil(lambda: desk.program.feed.results.rowCount() == 1)
    (result,) = (row for row in rows(desk.program.feed.results) if isinstance(row, ResultRow))
    assert result.mark.name == "good"
    assert desk.program.feed.problems.rowCount() == 0, "the signal has a label now: its problem is gone"
    assert not left_of(desk)


def test_other_jobs_go_on_beside_a_failing_one(failing_desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk = failing_desk
    copies = []
    for number in range(6):
        copies.append(tmp_path / f"copy-{number}.csv")
        shutil.copy(SAMPLES / "microwave.csv", copies[-1])
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open(copies)
    desk.program.classifying.choose_model("hangs")
    desk.program.classifying.classify_current()
    desk.program.classifying.choose_model("good")
    desk.program.classifying.classify_remaining()
    wait_until_idle(desk, qtbot)

    states = sorted(row.state.name for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow))
    assert states == ["SUCCEEDED"] * 5 + ["TIMED_OUT"]


def test_cancel_ends_a_running_job_and_its_processes(failing_desk: Desk, qtbot: QtBot) -> None:
    desk = failing_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model("hangs")
    desk.program.classifying.classify_current()

    def running() -> bool:
        return any(row.state is JobState.RUNNING for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow))

    qtbot.waitUntil(running)
    desk.window.bottom.jobs.selectRow(0)
    qtbot.keyClick(desk.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk, qtbot)

    (job,) = (row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow))
    assert job.state is JobState.CANCELLED
    qtbot.waitUntil(lambda: not left_of(desk))
