"""Row 68: closing with jobs waiting is asked once; what is kept is offered at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import SignalState
from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.ui.start import Desk
from sigdesk.ui.window.close_dialog import CloseDialog
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, open_samples, wait_until_idle

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def waiting(make_desk: MakeDesk, tmp_path: Path, qtbot: QtBot) -> Desk:
    """A desk with two jobs that wait."""
    write_model(tmp_path / "home" / "models", "good", 'echo \'OUTPUT: {"label": "good"}\'')
    desk = make_desk()
    desk.program.classifying.choose_model("good")
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv")
    desk.program.pool.pause()
    desk.program.classifying.classify_remaining()
    return desk


def question(desk: Desk) -> CloseDialog | None:
    return next((box for box in desk.window.findChildren(CloseDialog) if box.isVisible()), None)


def states(tmp_path: Path) -> list[JobState]:
    return [row.state for row in read_journal(tmp_path / "home" / "journal.sqlite")]


def test_fault_68_closing_with_jobs_waiting_is_asked_once_and_they_resume(
    waiting: Desk, make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    qtbot.keyClick(waiting.window, Qt.Key.Key_Q, CONTROL)
    box = question(waiting)
    assert box is not None
    assert box.what.text() == "2 jobs have not ended."
    assert waiting.window.isVisible(), "nothing is closed before the answer"
    screenshot(waiting, request, "behind")
    box.grab().save(str(screenshot(waiting, request, "question")))
    waiting.window.close()
    assert len([b for b in waiting.window.findChildren(CloseDialog) if b.isVisible()]) == 1, "asked once"

    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not waiting.window.isVisible(), "Enter keeps them, and the window is closed"
    assert states(tmp_path) == [JobState.QUEUED] * 2

    later = make_desk()
    qtbot.waitUntil(lambda: later.window.banner.text.startswith("2 signals were waiting"))
    qtbot.mouseClick(button(later.window.banner, "Resume"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: later.program.feed.jobs.rowCount() == 2)
    wait_until_idle(later, qtbot)
    assert states(tmp_path) == [JobState.SUCCEEDED] * 2
    assert all(entry.state is SignalState.CLASSIFIED for entry in later.program.session.entries)


def test_fault_68_they_are_cancelled_where_that_is_wanted(
    waiting: Desk, make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    waiting.window.close()
    qtbot.mouseClick(button(waiting.window, "Cancel them"), Qt.MouseButton.LeftButton)

    assert not waiting.window.isVisible()
    assert states(tmp_path) == [JobState.CANCELLED] * 2


def test_fault_68_who_does_not_close_loses_nothing_and_is_asked_again(waiting: Desk, qtbot: QtBot) -> None:
    waiting.window.close()
    box = question(waiting)
    assert box is not None
    qtbot.keyClick(box, Qt.Key.Key_Escape)

    assert question(waiting) is None
    assert waiting.window.isVisible()
    assert waiting.program.pool.stats().queued == 2
    waiting.window.close()
    qtbot.mouseClick(button(waiting.window, "Don't close"), Qt.MouseButton.LeftButton)
    assert waiting.window.isVisible()


def test_fault_68_when_the_last_job_ends_there_is_nothing_to_ask(waiting: Desk, qtbot: QtBot) -> None:
    waiting.window.close()
    assert question(waiting) is not None

    waiting.program.pool.resume()
    qtbot.waitUntil(lambda: not waiting.window.isVisible(), timeout=20_000)


def test_without_open_jobs_nothing_is_asked(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.window.close()

    assert question(desk) is None
    assert not desk.window.isVisible()
