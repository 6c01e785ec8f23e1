"""A rescue of a damaged journal is killed at each of its steps, or finds no room: nothing is lost by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal_reading import read_journal
from tests.factories import MakeModel, MakeRecording
from tests.pool.journal_files import accept_and_die, open_and_close, put, set_aside, write_journal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "journal.sqlite"


@pytest.fixture
def request_(model_folder: MakeModel, recording: MakeRecording) -> JobRequest:
    return JobRequest(model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\''), recording())


RESCUE = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from sigdesk.pool.journal_rescue import open_journal
steps = 0
def die_at(event, arguments):
    global steps
    ours = event in ("os.rename", "os.remove", "sqlite3.connect") and "journal.sqlite" in str(arguments[0])
    steps += ours
    if ours and steps == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die_at)
journal, notice = open_journal(Path(sys.argv[1]), "01JNEXTRUN0000000000000000", alone=True)
journal.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
@pytest.mark.parametrize("with_log", [False, True])
def test_fault_48_a_rescue_that_is_killed_is_done_again_or_finished(
    file: Path, request_: JobRequest, *, with_log: bool
) -> None:
    write_journal(file, request_, ended=30, waiting=2)
    log = b""
    if with_log:
        _, log = accept_and_die(file, request_, count=1)
    data = file.read_bytes()[: -4 * 4096]
    put(file, data, log)
    open_and_close(file)
    expected = list(read_journal(file))
    assert len(expected) > 5
    for step in range(1, 20):
        put(file, data, log)
        killed = subprocess.run(
            [sys.executable, "-c", RESCUE, str(file), str(step), str(ROOT)],
            capture_output=True,
            check=False,
            timeout=60,
        )
        if killed.returncode == 0:
            assert step > 5, "there were steps to be killed at"
            break
        assert killed.returncode == -9, killed.stderr

        notice = open_and_close(file)

        assert notice is not None, step
        assert f"{len(expected)} jobs were kept" in notice.what, step
        assert open_and_close(file) is None, step
        assert list(read_journal(file)) == expected, step
        assert data in [aside.read_bytes() for aside in set_aside(file)], step
        assert not list(file.parent.glob("*.rescued*")), step


WITHOUT_ROOM = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from sigdesk.errors import JournalError
from sigdesk.pool.journal_rescue import open_journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (16384, resource.RLIM_INFINITY))
try:
    open_journal(Path(sys.argv[1]), "01JNEXTRUN0000000000000000", alone=True)
except JournalError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits a program's files as POSIX does")
def test_fault_48_without_room_for_a_copy_the_damaged_file_stays_until_there_is(
    file: Path, request_: JobRequest
) -> None:
    write_journal(file, request_, ended=90, waiting=2)
    data = file.read_bytes()[:-1]
    put(file, data)

    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_ROOM, str(file), str(ROOT)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert "could not be opened" in ran.stdout
    assert "Make room on the disk" in ran.stdout
    assert file.read_bytes() == data
    assert not set_aside(file)
    notice = open_and_close(file)
    assert notice is not None
    assert f"{len(list(read_journal(file)))} jobs were kept" in notice.what
