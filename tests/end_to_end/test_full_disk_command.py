"""Fault 50 on the command line: no row is printed that is not in the journal, and it does not wait without end."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sigdesk.cli.drain import Progress, Tally, drain, waiting_jobs
from sigdesk.cli.report import JOB_FIELDS, writer_for
from sigdesk.errors import SigDeskError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.pool import Pool
from sigdesk.ui.start import EXIT_NO_WINDOW
from tests.end_to_end.command_line import environment, sigdesk
from tests.factories import MakeModel, MakeRecording
from tests.pool.test_fault_files import disk, is_root, read_only
from tests.pool.test_journal_writer import full, held_by_another_process

SCRIPT = """#!/bin/sh
cd "$(dirname "$0")" || exit
touch begun
until [ -e go ]; do sleep 0.01; done
echo 'OUTPUT: {"label": "a"}'
"""
WAY_OUT = "Make room on the disk and check that you may write there; what is in it is kept."


def full_text(file: Path) -> str:
    return f"The journal {file} could not be written (database or disk is full). {WAY_OUT}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """On a disk of its own, which is soon full."""
    with disk(tmp_path / "home", size="8m"):
        yield tmp_path / "home"


def start_classifying(home: Path, folder: Path) -> subprocess.Popen[str]:
    """`sigdesk classify` of two signals by a model that ends one once it may `go`."""
    model = folder / "models" / "slow"
    model.mkdir(parents=True)
    (model / "run.sh").write_text(SCRIPT, encoding="utf-8")
    (model / "model.toml").write_text(
        '[model]\nname = "slow"\nversion = "1"\n[run]\ncommand = ["sh", "run.sh"]\n[output]\nclasses = ["a"]\n',
        encoding="utf-8",
    )
    signals = [folder / f"{number}.csv" for number in range(2)]
    for one in signals:
        one.write_text("a\n1\n2\n3\n", encoding="utf-8")
    words = ["--models-folder", str(model.parent), "--model", "slow", "--format", "json", "--workers", "1"]
    return subprocess.Popen(
        [sys.executable, "-m", "sigdesk", "classify", *map(str, signals), *words],
        env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@contextmanager
def classifying(home: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`sigdesk classify` at work on the first of two signals."""
    process = start_classifying(home, folder)
    try:
        until(process, (folder / "models" / "slow" / "begun").exists)
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def until_told(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"it ended before it said {text!r}")


def states(file: Path) -> list[JobState]:
    return [row.state for row in read_journal(file)]


def test_fault_50_a_row_is_printed_once_there_is_room_for_it(home: Path, tmp_path: Path) -> None:
    file = home / "journal.sqlite"
    with classifying(home, tmp_path / "work") as process:
        with full(file):
            (tmp_path / "work" / "models" / "slow" / "go").touch()
            until_told(process, f"{full_text(file)} It is tried again for 60 s.")
            assert states(file) == [JobState.RUNNING, JobState.QUEUED]
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["SUCCEEDED"] * 2
    assert states(file) == [JobState.SUCCEEDED] * 2
    assert err.splitlines()[-1] == "2 signals: 2 SUCCEEDED"


def test_fault_50_ctrl_c_ends_the_wait_and_says_what_is_left(home: Path, tmp_path: Path) -> None:
    file = home / "journal.sqlite"
    with classifying(home, tmp_path / "work") as process, full(file):
        (tmp_path / "work" / "models" / "slow" / "go").touch()
        until_told(process, full_text(file))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == "", "what is not in the journal is not printed"
    assert err == "Stopped. 2 jobs have not ended: `sigdesk resume` runs what waits.\n"
    assert states(file) == [JobState.RUNNING, JobState.QUEUED], "a resume finds both"


def test_fault_50_it_is_not_waited_without_end(
    home: Path, model_folder: MakeModel, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.cli.drain.GIVE_UP_S", 0.2)
    file = home / "journal.sqlite"
    slow = model_folder(SCRIPT, name="slow")
    written, told = io.StringIO(), io.StringIO()
    tally = Tally(writer_for("json", JOB_FIELDS, wide={}, stream=written), Progress(told))
    jobs = deque((f"{number}.csv", JobRequest(slow, recording())) for number in range(3))
    with Pool(home / "tmp", workers=1, journal=file, queue_limit=2) as pool, full(file):
        with pytest.raises(SigDeskError) as given_up:
            drain(pool, jobs, pool.submit_many, tally)
        assert states(file) == []
    left = "3 signals were not accepted: classify again."
    assert str(given_up.value) == f"{full_text(file)} {left}"
    assert told.getvalue().splitlines() == [f"{full_text(file)} It is tried again for 0.2 s."]
    assert written.getvalue() == ""


def test_fault_50_a_command_that_finds_the_journal_locked_goes_on_once_it_no_longer_is(
    home: Path, model_folder: MakeModel, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    for constant in ("journal._BUSY_MS", "journal_reading._BUSY_MS"):
        monkeypatch.setattr(f"sigdesk.pool.{constant}", 50)
    file = home / "journal.sqlite"
    Pool(home / "tmp", workers=1, journal=file).close()
    quick = model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'\n', name="quick")
    written, told = io.StringIO(), io.StringIO()
    tally = Tally(writer_for("json", JOB_FIELDS, wide={}, stream=written), Progress(told))
    with (
        held_by_another_process(file, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE") as other,
        Pool(home / "tmp", workers=1, journal=file) as pool,
    ):
        letting_go = threading.Timer(0.2, other.kill)
        letting_go.start()
        assert waiting_jobs(pool, tally.progress) == []
        drain(pool, deque([("1.csv", JobRequest(quick, recording()))]), pool.submit_many, tally)
        letting_go.join()
    locked = f"The journal {file} could not be opened (database is locked). {WAY_OUT}"
    assert told.getvalue() == f"{locked} It is tried again for 60 s.\n"
    assert json.loads(written.getvalue())["state"] == "SUCCEEDED"
    assert states(file) == [JobState.SUCCEEDED]


def test_fault_50_in_a_home_that_is_read_only_a_command_goes_on_once_it_no_longer_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with read_only(home):
        process = start_classifying(home, tmp_path / "work")
        why = "Read-only file system" if is_root() else "Permission denied"
        until_told(process, f"The journal {home / 'journal.sqlite'} could not be opened ({why}). {WAY_OUT} It is tried")
        (tmp_path / "work" / "models" / "slow" / "go").touch()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["SUCCEEDED"] * 2


def test_a_home_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = sigdesk(tmp_path / "file" / "home", "open")
    assert (ran.code, ran.out) == (EXIT_NO_WINDOW, "")
    assert ran.err == (
        f"SigDesk cannot keep its things in {tmp_path / 'file' / 'home'} (Not a directory). "
        "Make room there, see that you may write there, or name another folder with --home.\n"
    )
