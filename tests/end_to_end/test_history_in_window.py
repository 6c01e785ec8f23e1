"""The jobs of all runs in the Jobs tab: found while somebody types, looked into, run again, and written as CSV."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from sigdesk.app.history_model import HistoryRow
from sigdesk.pool.jobs import JobState
from sigdesk.ui.start import Desk
from sigdesk.ui.widgets.search_field import SearchField
from sigdesk.ui.window.job_dialog import JobDialog
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_jobs_in_window import SCRIPT, answer_file_dialog, named
from tests.end_to_end.test_window import button, rows, wait_until_idle

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALL_JOBS = "Search the jobs of all runs"


@pytest.fixture
def desk(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> Desk:
    """A second run; the first one has classified good.csv, and has failed on bad-1.csv and bad-2.csv."""
    write_model(tmp_path / "home" / "models", "picky", 'sh ./judge.sh "$1"')
    folder = tmp_path / "home" / "models" / "picky"
    (folder / "judge.sh").write_text(SCRIPT, encoding="utf-8")
    manifest = (folder / "model.toml").read_text(encoding="utf-8")
    (folder / "model.toml").write_text(manifest.replace("timeout_s = 1", "timeout_s = 30"), encoding="utf-8")
    files = [tmp_path / name for name in ("bad-1.csv", "bad-2.csv", "good.csv")]
    for file in files:
        shutil.copy(SAMPLES / "microwave.csv", file)
    first = make_desk()
    first.program.settings.put("reopen_files", False)
    with qtbot.waitSignal(first.program.opened):
        first.program.open(files)
    first.program.classifying.choose_model("picky")
    first.program.classifying.classify_remaining()
    wait_until_idle(first, qtbot)
    first.window.close()
    second = make_desk()
    qtbot.keyClick(second.window, Qt.Key.Key_F, CONTROL | SHIFT)
    wait_for(second, qtbot, 3)
    return second


def found(desk: Desk) -> list[HistoryRow]:
    return [row for row in rows(desk.program.history.jobs) if isinstance(row, HistoryRow)]


def wait_for(desk: Desk, qtbot: QtBot, count: int) -> list[HistoryRow]:
    """Until the search is done and so many jobs are shown."""

    def done() -> bool:
        return not desk.program.history.status.searching and len(found(desk)) == count

    qtbot.waitUntil(done)
    return found(desk)


def field(desk: Desk) -> SearchField:
    (found,) = (f for f in desk.window.bottom.findChildren(SearchField) if f.isVisible())
    return found


def choose(desk: Desk, qtbot: QtBot, signal: str) -> HistoryRow:
    """Click on the newest job of a signal."""
    place, row = next((place, row) for place, row in enumerate(found(desk)) if row.signal == signal)
    table = desk.window.bottom.history
    cell = table.visualRect(desk.program.history.jobs.index(place, 1))
    qtbot.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, cell.center())
    assert [chosen.id for chosen in table.selected_history()] == [row.id]
    return row


def press(desk: Desk, qtbot: QtBot, entry: str) -> None:
    """Choose an entry of the chosen job's menu."""
    table = desk.window.bottom.history
    table.customContextMenuRequested.emit(table.visualRect(table.currentIndex()).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == entry)
    assert action.isEnabled(), action.toolTip()
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_jobs_of_an_earlier_run_are_listed_the_newest_first(
    desk: Desk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    assert field(desk).hasFocus(), "what is typed next is searched for"
    assert [row.number for row in found(desk)] == [3, 2, 1]
    by_signal = {row.signal: row for row in found(desk)}
    assert by_signal["good.csv"].state is JobState.SUCCEEDED
    assert (by_signal["good.csv"].result_text, by_signal["good.csv"].confidence) == ("good", 0.9)
    assert by_signal["bad-1.csv"].state is JobState.FAILED
    assert "Pressure is stuck" in by_signal["bad-1.csv"].cause
    assert desk.window.bottom.jobs_tab.foot_text == "3 jobs"
    assert desk.program.session.count() == 0, "nothing was opened for it"
    for theme in ("light", "dark"):
        desk.program.settings.put("theme", theme)
        for size in ((1440, 900), (1100, 700)):
            desk.window.resize(*size)
            screenshot(desk, request, f"{theme}-{size[0]}")


def test_words_are_searched_for_while_they_are_typed(desk: Desk, qtbot: QtBot) -> None:
    bad, good = {"bad-1.csv", "bad-2.csv"}, {"good.csv"}
    for typed, signals in (
        ("good", good), ("bad-2", {"bad-2.csv"}), ("pressure", bad), ("failed", bad), ("done picky", good),
        ("0.00 bad", bad),
    ):  # fmt: skip
        field(desk).clear()
        qtbot.keyClicks(field(desk), typed)
        shown = wait_for(desk, qtbot, len(signals))
        assert {row.signal for row in shown} == signals, typed


def test_nothing_found_is_said_and_escape_brings_all_back(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(field(desk), "nowhere")
    wait_for(desk, qtbot, 0)
    assert desk.window.bottom.jobs_tab.empty.text.startswith('No job matches "nowhere".')

    qtbot.keyClick(field(desk), Qt.Key.Key_Escape)
    wait_for(desk, qtbot, 3)


def test_the_button_leads_there_and_back(desk: Desk, qtbot: QtBot) -> None:
    bottom = desk.window.bottom
    assert bottom.history.isVisible()

    qtbot.mouseClick(named(bottom, ALL_JOBS), LEFT)
    assert not bottom.history.isVisible()
    assert bottom.jobs_tab.empty.isVisible(), "this session has no job yet"

    qtbot.mouseClick(named(bottom, ALL_JOBS), LEFT)
    wait_for(desk, qtbot, 3)
    assert bottom.history.isVisible()


def test_details_of_an_earlier_job_come_from_the_journal(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    row = choose(desk, qtbot, "bad-1.csv")
    with qtbot.waitSignal(desk.program.history.job_read):
        qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)

    (dialog,) = (found for found in desk.window.findChildren(JobDialog) if found.isVisible())
    for told in (
        row.id,
        "Failed",
        "Pressure is stuck at 0.00 bar",
        "Exit code",
        "Queued",
        "Running",
        str(tmp_path / "bad-1.csv"),
        "careful",
        "picky was started",
        "Attempt",
    ):
        assert told in dialog.text, told
    screenshot(desk, request, "behind")
    dialog.grab().save(str(screenshot(desk, request, "dialog")))
    qtbot.mouseClick(button(dialog, "Show log"), LEFT)
    qtbot.waitUntil(lambda: "picky was started" in desk.window.bottom.log.list.all_text())
    assert desk.window.bottom.tab == "Log"
    assert "Pressure is stuck" in desk.window.bottom.log.card.text, "the card above says why it failed"


def test_an_earlier_job_is_run_again_where_its_file_is(desk: Desk, qtbot: QtBot) -> None:
    row = choose(desk, qtbot, "bad-1.csv")
    with qtbot.waitSignal(desk.program.history.retried):
        qtbot.keyClick(desk.window, Qt.Key.Key_R, CONTROL | SHIFT)
    assert desk.window.toast.text == "1 job again in line"
    wait_until_idle(desk, qtbot)

    (entry,) = desk.program.session.entries
    assert entry.recording.name == "bad-1.csv"
    assert entry.ended_job is not None
    assert entry.ended_job.request.retry_of == row.id
    assert len(wait_for(desk, qtbot, 4)) == 4, "the new job stands there by itself"
    assert found(desk)[0].number == 4
    assert found(desk)[0].state is JobState.FAILED


def test_where_the_file_is_gone_retry_says_so(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "bad-1.csv").unlink()
    choose(desk, qtbot, "bad-1.csv")
    with qtbot.waitSignal(desk.program.history.failed):
        press(desk, qtbot, "Retry")

    (box,) = (found for found in desk.window.findChildren(QMessageBox) if found.isVisible())
    assert "bad-1.csv is not there any more" in box.text()
    box.accept()
    assert desk.program.session.count() == 0


def test_the_signal_of_an_earlier_job_is_opened(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, qtbot, "good.csv")
    with qtbot.waitSignal(desk.program.opened):
        press(desk, qtbot, "Open signal")

    assert [entry.recording.name for entry in desk.program.session.entries] == ["good.csv"]


def test_an_earlier_job_is_exported_as_a_reproduction(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(desk, qtbot, "bad-1.csv")
    answer_file_dialog(monkeypatch, tmp_path / "fails.zip")
    with qtbot.waitSignal(desk.program.exporter.exported):
        press(desk, qtbot, "Export reproduction…")

    with zipfile.ZipFile(tmp_path / "fails.zip") as archive:
        assert "reproduce.py" in {Path(name).name for name in archive.namelist()}


def test_what_is_found_is_written_as_csv(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.keyClicks(field(desk), "failed")
    wait_for(desk, qtbot, 2)
    answer_file_dialog(monkeypatch, tmp_path / "jobs.csv")

    with qtbot.waitSignal(desk.program.history.exported):
        qtbot.mouseClick(button(desk.window.bottom, "Export CSV"), LEFT)

    with (tmp_path / "jobs.csv").open(encoding="utf-8", newline="") as stream:
        written = list(csv.DictReader(stream))
    assert [row["state"] for row in written] == ["FAILED", "FAILED"]
    assert all("Pressure is stuck" in row["error"] for row in written)
    assert desk.window.toast.text == "Exported jobs.csv"


def test_what_this_session_does_is_seen_as_it_goes_on(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "home" / "models" / "picky" / "judge.sh").write_text(
        f'while [ ! -e "{tmp_path}/go" ]; do sleep 0.05; done; echo \'OUTPUT: {{"label": "good"}}\'\n', encoding="utf-8"
    )
    choose(desk, qtbot, "bad-2.csv")
    press(desk, qtbot, "Retry")
    wait_for(desk, qtbot, 4)
    qtbot.waitUntil(lambda: found(desk)[0].state is JobState.RUNNING)
    assert found(desk)[0].can_cancel

    (tmp_path / "go").touch()
    qtbot.waitUntil(lambda: found(desk)[0].state is JobState.SUCCEEDED)
    assert found(desk)[0].result_text == "good"
