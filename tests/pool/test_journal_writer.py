"""Fault 50: while the journal cannot be written nothing is accepted, nothing begins, and no ending is news."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal import mark_damaged
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.pool import Pool
from tests.factories import MakeModel, MakeRecording, Watch
from tests.full_disk import full_after
from tests.pool.test_fault_files import disk, is_root, read_only

_WAY_OUT = "Make room on the disk and check that you may write there; what is in it is kept."
_WAITS = """#!/bin/sh
echo 'LOG: heard'
until [ -e "$(dirname "$0")/go" ]; do sleep 0.01; done
echo 'OUTPUT: {"label": "a"}'
"""
_DIES_ONCE = """
import json, os, sys, time
from pathlib import Path

began = Path(__file__).with_name("began")
print("READY", flush=True)
for line in sys.stdin:
    jobs = json.loads(Path(line.removeprefix("RUN ").rstrip("\\n")).read_text())["jobs"]
    if not began.exists():
        began.touch()
        while not began.with_name("go").exists():
            time.sleep(0.01)
        os._exit(3)
    for job in jobs:
        print("JOB:", job["job"])
        print('OUTPUT: {"label": "a"}', flush=True)
    print("DONE:", len(jobs), flush=True)
"""
InTheWay = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """On a disk of its own, which is soon full."""
    with disk(tmp_path / "home", size="8m"):
        yield tmp_path / "home"


@pytest.fixture
def slow(model_folder: MakeModel) -> Classifier:
    """Ends its jobs once there is a file `go` in its folder."""
    return model_folder(_WAITS, name="slow")


def states(file: Path) -> list[JobState]:
    return [row.state for row in read_journal(file)]


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the journal."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def held_by_another_process(file: Path, lock: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another program has put this lock on the journal."""
    program = f"import sqlite3, sys; base = sqlite3.connect({str(file)!r}, isolation_level=None); "
    program += f"base.executescript({lock!r}); base.execute('SELECT count(*) FROM jobs'); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        try:
            assert other.stdout.readline()
            yield other
        finally:
            other.kill()


@contextmanager
def full(file: Path) -> Iterator[None]:
    """There is no room left on the journal's disk."""
    filler = file.with_name("filler")
    descriptor = os.open(filler, os.O_CREAT | os.O_WRONLY)
    try:
        with contextlib.suppress(OSError):
            while True:
                os.write(descriptor, bytes(4096))
        yield
    finally:
        os.close(descriptor)
        filler.unlink()


@contextmanager
def failing(file: Path) -> Iterator[None]:
    """The system refuses what would make the journal longer, and not for want of room: SQLite's "disk I/O error"."""
    with full_after(file.with_name(f"{file.name}-wal").stat().st_size):
        yield


@pytest.mark.parametrize(
    ("in_the_way", "why"),
    [(locked, "database is locked"), (full, "database or disk is full"), (failing, "disk I/O error")],
)
def test_fault_50_what_ends_meanwhile_is_news_once_it_is_kept(
    home: Path,
    slow: Classifier,
    recording: MakeRecording,
    monkeypatch: pytest.MonkeyPatch,
    in_the_way: InTheWay,
    why: str,
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal._BUSY_MS", 50)
    monkeypatch.setattr("sigdesk.pool.journal_writer.RETRY_S", 0.05)
    file = home / "journal.sqlite"
    with Pool(home / "tmp", workers=1, journal=file) as pool:
        watch = Watch(pool)
        running, queued = pool.submit_many([JobRequest(slow, recording())] * 2)
        watch.until(lambda: "heard" in watch.texts(watch.jobs.get(running)))
        with in_the_way(file):
            (slow.folder / "go").touch()
            watch.until(lambda: pool.trouble is not None)
            watch.look(0.3)
            assert not watch.endings, "nobody was told"
            assert (watch.jobs[running].state, watch.jobs[running].outcome) == (JobState.RUNNING, None)
            assert states(file) == [JobState.RUNNING, JobState.QUEUED], "and the next one has not begun"
            with pytest.raises(JournalError) as refused:
                pool.submit(JobRequest(slow, recording()))
            assert str(refused.value) == f"The journal {file} could not be written ({why}). {_WAY_OUT}"
            assert str(pool.trouble) == str(refused.value)
            pool.cancel([running, queued])
            watch.look(0.3)
            assert not watch.endings
        jobs = watch.ended([running, queued])  # by itself: nobody calls
        assert [job.state for job in jobs] == states(file) == [JobState.SUCCEEDED, JobState.CANCELLED]
        watch.until(lambda: pool.trouble is None)
        (after,) = watch.run(JobRequest(slow, recording()))
        assert after.state is JobState.SUCCEEDED
    assert len(watch.endings) == 3, "each once, in the order in which they ended"
    assert [job.id for job in watch.endings] == [running, queued, after.id]


def test_fault_50_jobs_of_a_failed_batch_run_on_for_all_that_is_told_until_the_journal_has_them_waiting(
    home: Path, model_folder: MakeModel, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal._BUSY_MS", 50)
    monkeypatch.setattr("sigdesk.pool.journal_writer.RETRY_S", 0.05)
    file = home / "journal.sqlite"
    dies = model_folder(_DIES_ONCE, mode=RunMode.WARM, samples=SamplesForm.JSON)
    with Pool(home / "tmp", workers=1, journal=file) as pool:
        watch = Watch(pool)
        pool.pause()
        first, second = pool.submit_many([JobRequest(dies, recording())] * 2)
        pool.resume()
        watch.until(lambda: (dies.folder / "began").exists())
        watch.until(lambda: watch.jobs[second].state is JobState.RUNNING)
        with locked(file):
            (dies.folder / "go").touch()
            watch.until(lambda: pool.trouble is not None)
            watch.look(0.3)
            assert states(file) == [JobState.RUNNING] * 2
            assert [watch.jobs[job].state for job in (first, second)] == [JobState.RUNNING] * 2
        assert [job.state for job in watch.ended([first, second])] == [JobState.SUCCEEDED] * 2
    with contextlib.closing(sqlite3.connect(file)) as base:
        histories = [row[0] for row in base.execute("SELECT history FROM endings ORDER BY number")]
    words = [[part.split()[0] for part in history.split("; ")] for history in histories]
    assert words == [["QUEUED", "RUNNING", "QUEUED", "RUNNING", "SUCCEEDED"]] * 2


def test_fault_50_what_could_not_be_kept_by_the_end_is_never_told_and_offered_again(
    home: Path, slow: Classifier, recording: MakeRecording
) -> None:
    file = home / "journal.sqlite"
    with Pool(home / "tmp", workers=1, journal=file) as pool:
        watch = Watch(pool)
        running, _ = pool.submit_many([JobRequest(slow, recording())] * 2)
        watch.until(lambda: "heard" in watch.texts(watch.jobs.get(running)))
        with full(file):
            (slow.folder / "go").touch()
            watch.until(lambda: pool.trouble is not None)
            pool.close(keep_waiting=True)
            watch.look()
            assert not watch.endings
    with Pool(home / "tmp", workers=1, journal=file) as later:
        assert [(row.state, row.attempt) for row in later.waiting()] == [
            (JobState.INTERRUPTED, 1), (JobState.QUEUED, 1)
        ]  # fmt: skip


@pytest.mark.parametrize("has_journal", [False, True])
def test_fault_50_in_a_home_that_is_read_only_nothing_is_accepted_until_it_no_longer_is(
    tmp_path: Path, slow: Classifier, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch, has_journal: bool
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal_writer.RETRY_S", 0.05)
    home = tmp_path / "home"
    file = home / "journal.sqlite"
    home.mkdir()
    if has_journal:
        Pool(tmp_path / "tmp", workers=1, journal=file).close()
    before = sorted(home.iterdir())
    with read_only(home):
        pool = Pool(tmp_path / "tmp", workers=1, journal=file)
        why = "Read-only file system" if is_root() else "Permission denied"
        assert str(pool.trouble) == f"The journal {file} could not be opened ({why}). {_WAY_OUT}"
        for ask in (lambda: pool.submit(JobRequest(slow, recording())), pool.waiting):
            with pytest.raises(JournalError) as refused:
                ask()
            assert str(refused.value) == str(pool.trouble)
    with pool:
        watch = Watch(pool)
        watch.until(lambda: pool.trouble is None)  # by itself: nobody calls
        (slow.folder / "go").touch()
        (job,) = watch.run(JobRequest(slow, recording()))
        assert [job.state] == states(file) == [JobState.SUCCEEDED]
    assert set(before) <= set(home.iterdir())


def test_fault_50_a_pool_that_could_never_open_its_journal_closes_without_waiting_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal_reading._BUSY_MS", 50)
    file = tmp_path / "home" / "journal.sqlite"
    Pool(tmp_path / "tmp", workers=1, journal=file).close()
    with (
        held_by_another_process(file, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"),
        Pool(tmp_path / "tmp", workers=1, journal=file) as pool,
    ):
        told = str(pool.trouble)
        assert told == f"The journal {file} could not be opened (database is locked). {_WAY_OUT}"


def test_fault_50_a_damaged_journal_that_another_run_uses_is_saved_once_that_has_ended(
    home: Path, slow: Classifier, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.pool.journal_writer.RETRY_S", 0.05)
    file = home / "journal.sqlite"
    (slow.folder / "go").touch()
    other = Pool(home / "tmp", workers=1, journal=file)
    with other:
        Watch(other).run(JobRequest(slow, recording()))
        mark_damaged(file)
        pool = Pool(home / "tmp", workers=1, journal=file)
        assert str(pool.trouble) == (
            f"The journal {file} is damaged, and another SigDesk uses it. "
            "Close every other window and command of SigDesk: this one then saves what can be read."
        )
        assert pool.journal_notice is None
    with pool:
        watch = Watch(pool)
        watch.until(lambda: pool.trouble is None)
        assert "1 job was kept" in str(pool.journal_notice)
        watch.run(JobRequest(slow, recording()))
    assert states(file) == [JobState.SUCCEEDED] * 2


def test_fault_50_who_cancels_or_moves_jobs_does_not_wait_for_a_journal_that_another_holds(
    home: Path, slow: Classifier, recording: MakeRecording
) -> None:
    file = home / "journal.sqlite"
    with Pool(home / "tmp", workers=1, journal=file) as pool:
        watch = Watch(pool)
        running, *queued = pool.submit_many([JobRequest(slow, recording())] * 3)
        watch.until(lambda: "heard" in watch.texts(watch.jobs.get(running)))
        with locked(file):
            pool.cancel([running, queued[0]])
            pool.run_next([queued[1]])
            assert states(file) == [JobState.RUNNING, JobState.QUEUED, JobState.QUEUED], "they came back before it"
            assert not watch.endings
        assert [job.state for job in watch.ended([running, queued[0]])] == [JobState.CANCELLED] * 2
        (slow.folder / "go").touch()
        watch.ended(queued[1:])
    assert states(file) == [JobState.CANCELLED, JobState.CANCELLED, JobState.SUCCEEDED]


def test_what_was_cancelled_just_before_the_close_is_not_offered_again(
    home: Path, slow: Classifier, recording: MakeRecording
) -> None:
    file = home / "journal.sqlite"
    pool = Pool(home / "tmp", workers=1, journal=file)
    pool.pause()
    first, *_ = pool.submit_many([JobRequest(slow, recording())] * 3)
    pool.cancel([first])
    pool.close(keep_waiting=True)

    assert states(file) == [JobState.CANCELLED, JobState.QUEUED, JobState.QUEUED]
