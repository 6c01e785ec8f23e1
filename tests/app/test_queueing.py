"""More jobs than the pool's queue takes: each is written down as soon as it was asked for, and none is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app import queueing
from sigdesk.app.job_details import details_of_stored
from sigdesk.app.program import Program
from sigdesk.app.rows import SignalState
from sigdesk.app.session import SignalEntry
from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_search import read_job
from tests.app.keeping_desk import open_all
from tests.app.queueing_desk import QUEUE, build
from tests.end_to_end.test_failures_in_window import write_model
from tests.pool.test_journal_writer import locked

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = 7

PROGRAM = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from PySide6.QtCore import QCoreApplication
from tests.app.queueing_desk import build

application = QCoreApplication([])
program = build(Path(sys.argv[1]), Path(sys.argv[2]))

def tell(_):
    if program.session.entries and not program.queueing.unwritten and not program.queueing.handing_over:
        print("written", flush=True)

program.queueing.waiting_changed.connect(tell)
program.opened.connect(lambda _: program.classifying.classify_remaining())
program.open([Path(name) for name in sys.argv[3:]])
application.exec()
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"run-{number}.csv" for number in range(SIGNALS)]
    for path in paths:
        path.write_text("time (s),a\n" + "".join(f"{at},{at % 3}\n" for at in range(50)), encoding="utf-8")
    return paths


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model folder that answers at once."""
    write_model(tmp_path, "good", 'echo \'OUTPUT: {"label": "good"}\'')
    return tmp_path / "good"


Begin = Callable[[], Program]


@pytest.fixture
def begin(tmp_path: Path, model: Path) -> Iterator[Begin]:
    """Begins a program whose pool is paused; a second call is a restart, once the first was closed."""
    programs: list[Program] = []

    def make() -> Program:
        programs.append(build(tmp_path / "home", model))
        return programs[-1]

    yield make
    for program in programs:
        program.close()


def names_in_journal(home: Path, state: JobState) -> list[str]:
    return [row.stored.name for row in read_journal(home / "journal.sqlite", state)]


def order_all(program: Program, qtbot: QtBot, files: list[Path]) -> None:
    open_all(program, qtbot, *files)
    program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: program.queueing.waiting == SIGNALS - QUEUE and not program.queueing.handing_over)
    assert not program.queueing.unwritten


def run_all(program: Program, qtbot: QtBot, entries: Sequence[SignalEntry] = ()) -> list[str]:
    """Let the pool go on; the names of the signals (of all when none is given) in the order in which they came."""
    entries = entries or program.session.entries
    done: list[str] = []

    def look() -> bool:
        new = (e.recording.name for e in entries if e.state is SignalState.CLASSIFIED)
        done.extend(name for name in new if name not in done)
        return len(done) == len(entries)

    program.pool.resume()
    qtbot.waitUntil(look, timeout=30_000)
    return done


def test_what_waits_outside_the_queue_stands_in_the_journal_and_flows_in(
    begin: Begin, qtbot: QtBot, files: list[Path], tmp_path: Path
) -> None:
    program = begin()
    order_all(program, qtbot, files)
    assert names_in_journal(tmp_path / "home", JobState.QUEUED) == [file.name for file in files]
    assert program.feed.jobs.rowCount() == QUEUE, "the table shows what is in the queue"

    assert run_all(program, qtbot) == [file.name for file in files], "in the order in which they came"
    assert names_in_journal(tmp_path / "home", JobState.SUCCEEDED) == [file.name for file in files], "each once"

    first = program.session.entries[0]
    sum_of_input = zlib.crc32(np.ascontiguousarray(first.recording.read()).data)
    stored = read_job(tmp_path / "home" / "journal.sqlite", 1)
    assert stored is not None
    assert stored.input_sum == sum_of_input
    details = program.feed.details_of(first.job_id)
    assert details is not None
    assert f"CRC-32: {sum_of_input:08x}" in details.text
    assert f"CRC-32: {sum_of_input:08x}" in details_of_stored(stored, "Good", "Good").text, "in the history, too"


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
def test_fault_47_killed_with_jobs_outside_the_queue_each_is_offered_again(
    begin: Begin, model: Path, qtbot: QtBot, files: list[Path], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "home"), str(model), *map(str, files)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "written\n"
        killed.send_signal(signal.SIGKILL)

    again = begin()
    with qtbot.waitSignal(again.resuming.found, timeout=30_000) as found:
        again.resuming.look()
    assert found.args == [SIGNALS]
    assert not again.feed.jobs.rowCount(), "nothing runs by itself"
    with qtbot.waitSignal(again.queueing.submitted, timeout=20_000):
        again.resuming.resume()
    run_all(again, qtbot)
    assert names_in_journal(tmp_path / "home", JobState.SUCCEEDED) == [file.name for file in files], "each once"


def test_what_was_not_yet_written_at_the_close_is_written_then(
    begin: Begin, qtbot: QtBot, files: list[Path], tmp_path: Path
) -> None:
    program = begin()
    open_all(program, qtbot, *files)
    program.classifying.classify_remaining()
    program.close()
    assert names_in_journal(tmp_path / "home", JobState.QUEUED) == [file.name for file in files]


def test_what_is_cancelled_outside_the_queue_is_not_offered_again(
    begin: Begin, qtbot: QtBot, files: list[Path], tmp_path: Path
) -> None:
    program = begin()
    order_all(program, qtbot, files)
    last = program.session.entries[-1]
    program.feed.cancel_signal(last)
    qtbot.waitUntil(lambda: last.state is SignalState.CANCELLED, timeout=30_000)
    program.session.remove([program.session.entries[-2].id])
    program.queueing.settle()
    assert names_in_journal(tmp_path / "home", JobState.CANCELLED) == [file.name for file in files[-2:]]

    program.cancel_all()
    program.queueing.settle()
    names = [file.name for file in files]  # those that were in the queue end a moment later
    qtbot.waitUntil(lambda: names_in_journal(tmp_path / "home", JobState.CANCELLED) == names, timeout=30_000)
    assert not program.pool.waiting()


def test_of_many_signals_each_is_classified_once_however_often_it_is_asked_for(
    begin: Begin, qtbot: QtBot, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "_SIGNALS_AT_ONCE", 2)
    program = begin()
    open_all(program, qtbot, *files)

    program.classifying.classify_remaining()
    assert program.queueing.waiting == SIGNALS
    assert program.session.count(SignalState.QUEUED) == 2, "the others are taken in the turns that follow"
    program.classifying.classify_remaining()
    program.classifying.classify([entry.id for entry in program.session.entries])

    qtbot.waitUntil(lambda: program.session.count(SignalState.QUEUED) == SIGNALS, timeout=30_000)
    program.queueing.settle()
    assert program.open_jobs == SIGNALS


def test_what_was_ordered_a_moment_ago_is_cancelled_with_the_rest(
    begin: Begin, qtbot: QtBot, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "_SIGNALS_AT_ONCE", 2)
    program = begin()
    open_all(program, qtbot, *files)

    program.classifying.classify_remaining()
    program.session.remove([program.session.entries[-1].id])
    program.cancel_all()

    qtbot.waitUntil(lambda: program.session.count(SignalState.CANCELLED) == SIGNALS - 1, timeout=30_000)
    program.queueing.settle()
    qtbot.waitUntil(lambda: not program.open_jobs, timeout=30_000)  # what the pool has ends a moment later


def test_what_an_earlier_run_has_left_is_cancelled_outside_the_queue_too(
    begin: Begin, qtbot: QtBot, files: list[Path], tmp_path: Path
) -> None:
    first = begin()
    order_all(first, qtbot, files)
    first.close()
    second = begin()
    with qtbot.waitSignal(second.resuming.found, timeout=30_000):
        second.resuming.look()
    second.resuming.resume()
    qtbot.waitUntil(lambda: second.queueing.waiting == SIGNALS - QUEUE and not second.queueing.handing_over)
    second.cancel_all()
    second.close()
    assert names_in_journal(tmp_path / "home", JobState.CANCELLED) == [file.name for file in files]


def test_fault_50_while_the_journal_is_locked_what_waits_is_tried_again(
    begin: Begin, qtbot: QtBot, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal._BUSY_MS", 20)
    program = begin()
    open_all(program, qtbot, *files)
    blocker = Journal(tmp_path / "home" / "journal.sqlite", "another")
    monkeypatch.setattr("sigdesk.app.queueing._TRY_AGAIN_MS", 20)
    blocker._base.execute("BEGIN IMMEDIATE")
    try:
        with qtbot.waitSignal(program.queueing.journal_failed, timeout=30_000):
            program.classifying.classify_remaining()
        assert program.queueing.waiting == SIGNALS
        assert program.pool.trouble is not None
    finally:
        blocker._base.execute("ROLLBACK")
        blocker.close()
    qtbot.waitUntil(lambda: not program.queueing.unwritten and not program.queueing.handing_over, timeout=30_000)
    assert len(names_in_journal(tmp_path / "home", JobState.QUEUED)) == SIGNALS


def test_fault_50_with_nothing_left_to_write_the_trouble_ends_all_the_same(
    begin: Begin, qtbot: QtBot, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal._BUSY_MS", 20)
    monkeypatch.setattr("sigdesk.app.queueing._TRY_AGAIN_MS", 20)
    program = begin()
    open_all(program, qtbot, *files)
    blocker = Journal(tmp_path / "home" / "journal.sqlite", "another")
    blocker._base.execute("BEGIN IMMEDIATE")
    try:
        with qtbot.waitSignal(program.queueing.journal_failed, timeout=30_000):
            program.classifying.classify_remaining()
        program.cancel_all()
        qtbot.waitUntil(lambda: program.queueing.waiting == 0, timeout=30_000)
        assert program.feed.problems.holds("pool")
    finally:
        blocker._base.execute("ROLLBACK")
        blocker.close()
    qtbot.waitUntil(lambda: program.pool.trouble is None, timeout=30_000)
    qtbot.waitUntil(lambda: not program.feed.problems.holds("pool"), timeout=30_000)
    assert not names_in_journal(tmp_path / "home", JobState.QUEUED)


@pytest.mark.parametrize("left_by_an_earlier_run", [False, True])
def test_fault_50_what_is_cancelled_outside_the_queue_is_news_once_the_journal_has_it(
    begin: Begin,
    qtbot: QtBot,
    files: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    left_by_an_earlier_run: bool,
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal._BUSY_MS", 20)
    monkeypatch.setattr("sigdesk.pool.journal_writer.RETRY_S", 0.05)
    home = tmp_path / "home"
    program = begin()
    order_all(program, qtbot, files)
    if left_by_an_earlier_run:
        program.close()
        program = begin()
        with qtbot.waitSignal(program.resuming.found, timeout=30_000):
            program.resuming.look()
        program.resuming.resume()
        qtbot.waitUntil(lambda: program.queueing.waiting == SIGNALS - QUEUE and not program.queueing.handing_over)
    *others, last = program.session.entries
    with locked(home / "journal.sqlite"):
        program.feed.cancel_signal(last)
        program.session.remove([others.pop().id])
        qtbot.waitUntil(lambda: program.pool.trouble is not None, timeout=30_000)
        program.queueing.settle()
        assert last.state is SignalState.QUEUED
        assert len(names_in_journal(home, JobState.QUEUED)) == SIGNALS
    qtbot.waitUntil(lambda: last.state is SignalState.CANCELLED, timeout=30_000)
    assert names_in_journal(home, JobState.CANCELLED) == [file.name for file in files[-2:]]

    assert run_all(program, qtbot, others) == [file.name for file in files[:-2]], "the others go on"
