"""What an operator sees in the window of a journal that is damaged or of a newer version."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow, ProblemRow, SignalState
from sigdesk.classifiers.folder import read_classifier
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_schema import SCHEMA_VERSION
from sigdesk.pool.pool import Pool
from sigdesk.signals import open_recordings
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, classify, open_samples, rows, wait_until_idle
from tests.pool.test_fault_files import disk, read_only
from tests.pool.test_journal_writer import held_by_another_process


@pytest.fixture
def file(make_desk: MakeDesk, tmp_path: Path, qtbot: QtBot) -> Path:
    """The journal of a desk that has classified a signal and was closed."""
    write_model(tmp_path / "home" / "models", "quick", 'echo \'OUTPUT: {"label": "good"}\'')
    desk = make_desk()
    desk.program.classifying.choose_model("quick")
    open_samples(desk, qtbot, "microwave.csv")
    classify(desk, qtbot)
    wait_until_idle(desk, qtbot)
    desk.window.close()
    desk.program.close()
    file = tmp_path / "home" / "journal.sqlite"
    assert [row.state for row in read_journal(file)] == [JobState.SUCCEEDED]
    return file


def problem_of(desk: Desk) -> ProblemRow:
    (problem,) = (row for row in rows(desk.program.feed.problems) if isinstance(row, ProblemRow))
    return problem


def classifies(desk: Desk, qtbot: QtBot) -> None:
    """The desk is of use all the same."""
    desk.program.classifying.choose_model("quick")
    open_samples(desk, qtbot, "hairdryer.csv")
    classify(desk, qtbot)
    wait_until_idle(desk, qtbot)
    jobs = [row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow)]
    assert {job.state for job in jobs} == {JobState.SUCCEEDED}


def test_fault_48_a_damaged_journal_is_a_problem_and_the_window_works_on(
    file: Path, make_desk: MakeDesk, qtbot: QtBot
) -> None:
    file.write_bytes(file.read_bytes()[:-1])

    desk = make_desk()

    problem = problem_of(desk)
    (aside,) = file.parent.glob("journal.damaged-*.sqlite")
    assert problem.what == f"The journal {file} was damaged: 1 job was kept."
    assert problem.way_out == f"The damaged file is kept as {aside.name}. Classify again what is missing in Jobs."
    classifies(desk, qtbot)
    assert [row.state for row in read_journal(file)][-1] is JobState.SUCCEEDED
    assert problem_of(desk) == problem, "it stays: what is lost is lost"


def test_fault_51_with_a_newer_journal_the_window_works_without_it_and_says_so(
    file: Path, make_desk: MakeDesk, qtbot: QtBot
) -> None:
    with closing(sqlite3.connect(file)) as base:
        base.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = file.read_bytes()

    desk = make_desk()

    problem = problem_of(desk)
    assert problem.what == f"The journal {file} was written by a newer SigDesk."
    assert problem.way_out == "Use that version, or name another home with --home; the journal stays as it is."
    classifies(desk, qtbot)
    assert file.read_bytes() == before


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"])
def test_fault_50_started_while_another_program_holds_the_journal_it_takes_jobs_once_that_lets_go(
    file: Path, make_desk: MakeDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    for module in ("journal", "journal_reading"):
        monkeypatch.setattr(f"sigdesk.pool.{module}._BUSY_MS", 50)
    monkeypatch.setattr("sigdesk.app.queueing._TRY_AGAIN_MS", 100)
    earlier = file.parents[1] / "earlier.csv"
    earlier.write_text("a\n1\n2\n3\n", encoding="utf-8")
    with Pool(file.parent / "tmp", workers=1, journal=file) as pool:
        pool.pause()
        model = read_classifier(file.parent / "models" / "quick")
        pool.submit(JobRequest(model, open_recordings(earlier)[0]))
        pool.close(keep_waiting=True)

    with held_by_another_process(file, lock):
        desk = make_desk()
        banner = desk.window.banner
        qtbot.waitUntil(lambda: banner.isVisible() and "(database is locked)" in banner.text, timeout=30_000)
        assert "journal" in problem_of(desk).what
        desk.program.classifying.choose_model("quick")
        open_samples(desk, qtbot, "hairdryer.csv")
        with qtbot.waitSignal(desk.program.queueing.journal_failed, timeout=30_000):
            desk.program.classifying.classify_remaining()
        (entry,) = desk.program.session.entries
        assert entry.state is SignalState.QUEUED
        assert not desk.program.feed.jobs.rowCount(), "nothing is accepted"

    qtbot.waitUntil(lambda: entry.state is SignalState.CLASSIFIED, timeout=30_000)
    qtbot.waitUntil(lambda: "1 signal was waiting when SigDesk ended." in banner.text, timeout=30_000)
    assert not rows(desk.program.feed.problems), "it clears by itself"
    qtbot.mouseClick(button(banner, "Resume"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [row.state for row in read_journal(file)] == [JobState.SUCCEEDED] * 3, timeout=30_000)


def test_fault_50_in_a_home_that_is_read_only_the_window_opens_and_takes_jobs_once_it_no_longer_is(
    tmp_path: Path, make_desk: MakeDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("journal_writer", "temp_space"):
        monkeypatch.setattr(f"sigdesk.pool.{module}.RETRY_S", 0.1)
    monkeypatch.setattr("sigdesk.app.queueing._TRY_AGAIN_MS", 100)
    home = tmp_path / "home"
    write_model(home / "models", "quick", 'echo \'OUTPUT: {"label": "good"}\'')
    with read_only(home):
        desk = make_desk()
        banner = desk.window.banner
        qtbot.waitUntil(lambda: banner.isVisible() and "could not be opened" in banner.text, timeout=30_000)
        desk.program.classifying.choose_model("quick")
        open_samples(desk, qtbot, "microwave.csv")
        with qtbot.waitSignal(desk.program.queueing.journal_failed, timeout=30_000):
            desk.program.classifying.classify_remaining()
        (entry,) = desk.program.session.entries
        assert entry.state is SignalState.QUEUED
    qtbot.waitUntil(lambda: entry.state is SignalState.CLASSIFIED, timeout=30_000)
    qtbot.waitUntil(lambda: desk.program.pool.trouble is None and not banner.isVisible(), timeout=30_000)
    assert [row.state for row in read_journal(home / "journal.sqlite")] == [JobState.SUCCEEDED]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The home, on a disk of its own that is soon full."""
    with disk(tmp_path / "home", size="16m"):
        yield tmp_path / "home"


def fill(file: Path) -> None:
    with file.open("ab", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))


@pytest.mark.parametrize("from_the_start", [False, True])
def test_fault_50_on_a_full_disk_nothing_is_accepted_until_there_is_room(
    small_disk: Path, make_desk: MakeDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, from_the_start: bool
) -> None:
    monkeypatch.setattr("sigdesk.app.queueing._TRY_AGAIN_MS", 100)
    write_model(small_disk / "models", "quick", 'echo \'OUTPUT: {"label": "good"}\'')
    filler = small_disk / "filler"
    if from_the_start:
        fill(filler)
    desk = make_desk()
    desk.program.classifying.choose_model("quick")
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv")
    if not from_the_start:
        fill(filler)

    desk.program.classifying.classify_remaining()
    # The session cannot be kept either, which may be told before.
    qtbot.waitUntil(lambda: all(word in desk.window.banner.text for word in ("journal", "full")))
    # What else is saved may make room for a moment, and then a job is accepted after all; never one that is not kept.
    stats = desk.program.pool.stats()
    assert stats.queued + stats.running <= len(list(read_journal(small_disk / "journal.sqlite")))

    filler.unlink()
    entries = desk.program.session.entries
    qtbot.waitUntil(lambda: all(entry.state is SignalState.CLASSIFIED for entry in entries), timeout=30_000)
    qtbot.waitUntil(lambda: not desk.window.banner.isVisible(), timeout=30_000)
    problems = [row.what for row in rows(desk.program.feed.problems) if isinstance(row, ProblemRow)]
    assert not [what for what in problems if "journal" in what], "it clears by itself"
    assert [row.state for row in read_journal(small_disk / "journal.sqlite")] == [JobState.SUCCEEDED] * 2
