"""What waited when SigDesk ended is offered at its next start, and runs or goes as the operator says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow, SignalState
from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, open_samples, rows, wait_until_idle


@pytest.fixture
def interrupted(make_desk: MakeDesk, tmp_path: Path, qtbot: QtBot) -> Desk:
    """A desk at its start, after one that was closed while a job ran and another waited."""
    wait = f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"
    write_model(tmp_path / "home" / "models", "slow", f'{wait}\necho \'OUTPUT: {{"label": "good"}}\'')
    manifest = tmp_path / "home" / "models" / "slow" / "model.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("timeout_s = 1", "timeout_s = 90"))
    first = make_desk()
    first.program.settings.put("workers", 1)
    first.window.close()
    second = make_desk()
    second.program.classifying.choose_model("slow")
    open_samples(second, qtbot, "microwave.csv", "hairdryer.csv")
    second.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: second.program.pool.stats().running == 1)
    second.window.close()
    qtbot.mouseClick(button(second.window, "Keep for the next start"), Qt.MouseButton.LeftButton)
    second.program.settings.put("reopen_files", False)
    return make_desk()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a journal that another program holds."""
    monkeypatch.setattr("sigdesk.pool.journal._BUSY_MS", 20)
    monkeypatch.setattr("sigdesk.pool.journal_writer.RETRY_S", 0.05)


def journal_states(tmp_path: Path) -> list[JobState]:
    return [row.state for row in read_journal(tmp_path / "home" / "journal.sqlite")]


def test_resume_runs_what_waited_and_labels_its_signals(
    interrupted: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    banner = interrupted.window.banner
    qtbot.waitUntil(lambda: banner.isVisible())
    assert banner.text.startswith("2 signals were waiting")
    screenshot(interrupted, request, "offered")
    assert interrupted.program.feed.jobs.rowCount() == 0, "nothing runs by itself"

    (tmp_path / "go").touch()
    qtbot.mouseClick(button(banner, "Resume"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: interrupted.program.feed.jobs.rowCount() == 2)
    wait_until_idle(interrupted, qtbot)

    assert not banner.isVisible()
    states = {entry.recording.name: entry.state for entry in interrupted.program.session.entries}
    assert states == {"microwave.csv": SignalState.CLASSIFIED, "hairdryer.csv": SignalState.CLASSIFIED}
    assert {row.state for row in rows(interrupted.program.feed.jobs) if isinstance(row, JobRow)} == {JobState.SUCCEEDED}
    assert journal_states(tmp_path) == [JobState.SUCCEEDED] * 2, "each is there once"


def test_discard_ends_what_waited_for_good(
    interrupted: Desk, make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: interrupted.window.banner.isVisible())
    qtbot.mouseClick(button(interrupted.window.banner, "Discard"), Qt.MouseButton.LeftButton)
    assert not interrupted.window.banner.isVisible()
    qtbot.waitUntil(lambda: journal_states(tmp_path) == [JobState.CANCELLED] * 2)
    interrupted.window.close()

    later = make_desk()
    qtbot.wait(100)
    assert not later.window.banner.isVisible()


@pytest.mark.parametrize("freed", [True, False])
def test_fault_50_what_is_discarded_while_the_journal_is_locked_goes_once_it_is_free(
    impatient: None, interrupted: Desk, make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, freed: bool
) -> None:
    """The window goes on meanwhile; where the lock outlives it, nothing is lost but the click."""
    qtbot.waitUntil(lambda: interrupted.window.banner.isVisible())
    blocker = Journal(tmp_path / "home" / "journal.sqlite", "another")
    blocker._base.execute("BEGIN IMMEDIATE")
    try:
        qtbot.mouseClick(button(interrupted.window.banner, "Discard"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: interrupted.program.pool.trouble is not None)
        if not freed:
            interrupted.window.close()
    finally:
        blocker._base.execute("ROLLBACK")
        blocker.close()
    if freed:
        qtbot.waitUntil(lambda: journal_states(tmp_path) == [JobState.CANCELLED] * 2)
        qtbot.waitUntil(lambda: interrupted.program.pool.trouble is None)
        interrupted.window.close()
    later = make_desk()
    if freed:
        qtbot.wait(100)
    else:
        qtbot.waitUntil(later.window.banner.isVisible)
        assert later.window.banner.text.startswith("2 signals were waiting")
    assert later.window.banner.isVisible() is not freed
