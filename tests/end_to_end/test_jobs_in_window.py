"""The Jobs tab in the whole window: all failed jobs again, one job's details, its export, and the log as a file."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow
from sigdesk.pool.jobs import JobState
from sigdesk.ui.start import Desk
from sigdesk.ui.window.job_dialog import JobDialog
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import ARTEFACTS, MakeDesk
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


def named(parent: QWidget, name: str) -> QAbstractButton:
    """The button of that name, whether it has room for its text or not."""
    (found,) = (b for b in parent.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible())
    return found


def jobs(desk: Desk) -> list[JobRow]:
    return [row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow)]


@pytest.mark.parametrize("by", ["button", "menu"])
def test_all_failed_jobs_run_again_and_no_other(desk: Desk, qtbot: QtBot, by: str) -> None:
    failed = {row.id for row in jobs(desk) if row.state is JobState.FAILED}
    assert len(failed) == 2

    if by == "button":
        qtbot.mouseClick(named(desk.window.bottom, "Retry all failed"), LEFT)
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
    assert not named(desk.window.bottom, "Retry all failed").isEnabled()
    assert "No signal has a job that failed" in retry.toolTip()


def choose(desk: Desk, qtbot: QtBot, state: JobState) -> JobRow:
    """Click on one job of a state in the table."""
    row = next(row for row in jobs(desk) if row.state is state)
    table = desk.window.bottom.jobs
    place = table.visualRect(desk.program.feed.jobs.index(desk.program.feed.jobs.row_of(row.id), 1)).center()
    qtbot.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert [chosen.id for chosen in table.selected_jobs()] == [row.id]
    return row


def details(desk: Desk, qtbot: QtBot) -> JobDialog:
    """The details of the chosen job, opened by the keyboard."""
    qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    (dialog,) = (found for found in desk.window.findChildren(JobDialog) if found.isVisible())
    return dialog


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_details_tell_all_of_a_failed_job(
    desk: Desk, qtbot: QtBot, tmp_path: Path, theme: str, request: pytest.FixtureRequest
) -> None:
    desk.program.settings.put("theme", theme)
    row = choose(desk, qtbot, JobState.FAILED)

    dialog = details(desk, qtbot)

    shown = dialog.text
    job = desk.program.feed.outcome_of(row.id)
    assert job is not None
    for told in (
        row.id,
        "Failed",
        "Pressure is stuck at 0.00 bar",
        "Show the script output to the model's author",
        "ERROR",
        str(tmp_path / row.signal),
        "picky",
        "1.0.0",
        str(tmp_path / "home" / "models" / "picky"),
        "careful",
        "picky was started",
        "1 of 1",
        "Whole signal",
    ):
        assert told in shown, told
    assert "Exit code" in shown
    assert dialog.page.horizontalScrollBar().maximum() == 0, "long paths are wrapped, not cut"
    dialog.grab().save(str(artefact(request)))
    qtbot.mouseClick(button(dialog, "Copy all"), LEFT)
    copied = QGuiApplication.clipboard().text()
    assert row.id in copied
    assert "  Code: ERROR" in copied
    qtbot.mouseClick(button(dialog, "Show log"), LEFT)
    qtbot.waitUntil(lambda: desk.window.bottom.tab == "Log")
    assert desk.program.feed.log.job_id == row.id


def test_details_of_a_running_job_follow_it(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "home" / "models" / "picky" / "judge.sh").write_text("sleep 0.7; exit 3\n", encoding="utf-8")
    choose(desk, qtbot, JobState.FAILED)
    qtbot.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: any(row.state is JobState.RUNNING for row in jobs(desk)))
    running = choose(desk, qtbot, JobState.RUNNING)

    dialog = details(desk, qtbot)
    assert "Running" in dialog.text
    assert not button(dialog, "Export reproduction…").isEnabled()

    qtbot.waitUntil(lambda: "Exit code" in dialog.text)
    assert button(dialog, "Export reproduction…").isEnabled()
    assert running.id in dialog.text


def test_a_failed_job_is_exported_from_its_details(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = choose(desk, qtbot, JobState.FAILED)
    asked = answer_file_dialog(monkeypatch, tmp_path / "fails.zip")
    dialog = details(desk, qtbot)

    with qtbot.waitSignal(desk.program.exporter.exported):
        qtbot.mouseClick(button(dialog, "Export reproduction…"), LEFT)

    assert Path(asked[0]).name == f"job-{row.number}-reproduction.zip"
    with zipfile.ZipFile(tmp_path / "fails.zip") as archive:
        assert {Path(name).name for name in archive.namelist()} == {
            "job-1.json", "model.toml", "reproduction.json", "README.txt", "reproduce.py",
        }  # fmt: skip
    assert desk.window.toast.text == "Exported fails.zip"


def test_an_export_that_fails_says_why(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(desk, qtbot, JobState.FAILED)
    answer_file_dialog(monkeypatch, tmp_path / "no such folder" / "fails.zip")

    with qtbot.waitSignal(desk.program.exporter.failed):
        desk.wiring.actions["export-reproduction"].trigger()

    (box,) = (found for found in desk.window.findChildren(QMessageBox) if found.isVisible())
    assert "could not be written" in box.text()
    assert "Choose another folder" in box.text()
    box.accept()


def test_the_log_is_saved_as_it_is_shown(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = choose(desk, qtbot, JobState.FAILED)
    desk.window.bottom.show_log_requested.emit(row.id)
    answer_file_dialog(monkeypatch, tmp_path / "said.txt")

    (save,) = (b for b in desk.window.findChildren(QAbstractButton) if b.accessibleName() == "Save log…")
    qtbot.mouseClick(save, LEFT)

    lines = (tmp_path / "said.txt").read_text(encoding="utf-8").splitlines()
    assert lines == desk.window.bottom.log.list.all_text().splitlines()
    assert any("picky was started" in line for line in lines)
    assert any("Pressure is stuck" in line for line in lines)
    assert len(lines) == desk.program.feed.log.rowCount() < 15, "one job's lines only"
    assert desk.window.toast.text == f"Saved {len(lines)} lines to said.txt"


def answer_file_dialog(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """Answer the system's dialog for a file to save, which a test cannot press; what it proposes comes back."""
    proposed: list[str] = []

    def answer(_parent: object, _title: str, proposal: str, _kinds: str) -> tuple[str, str]:
        proposed.append(proposal)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return proposed


def artefact(request: pytest.FixtureRequest) -> Path:
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / f"{re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)}.png"
