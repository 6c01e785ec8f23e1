"""What an ended process has left behind is found and ended, wherever in the list of processes it stands."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from sigdesk.pool import proc_files
from sigdesk.pool.process_tree import MARK_VARIABLE, kill_stragglers

pytestmark = pytest.mark.skipif(not proc_files.HAS_PROC, reason="elsewhere all processes are looked at in any case")
Start = Callable[[], subprocess.Popen[bytes]]
MARK = secrets.token_hex(8)


@pytest.fixture
def straggler() -> Iterator[Start]:
    """Starts processes that have the mark, each in a session of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        environment = {**os.environ, MARK_VARIABLE: MARK}
        started.append(subprocess.Popen(command, env=environment, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def ended_leader() -> int:
    """The id of a process that was and is no more."""
    with subprocess.Popen([sys.executable, "-c", ""], start_new_session=True) as leader:
        return leader.pid


def test_what_a_process_of_a_moment_ago_has_left_is_ended(straggler: Start) -> None:
    leader = ended_leader()
    left = straggler()
    kill_stragglers(leader, MARK, age_s=0.1)
    assert not proc_files.is_alive(left.pid)


@pytest.mark.parametrize("age_s", [0.1, 5.0])
def test_so_is_what_got_a_lower_id_because_the_ids_had_come_round(
    straggler: Start, monkeypatch: pytest.MonkeyPatch, age_s: float
) -> None:
    left = straggler()
    leader = ended_leader()
    assert left.pid < leader, "the ids have really come round just now"
    if age_s < 1.0:  # of an older one this is not even asked
        monkeypatch.setattr(proc_files, "last_pid", lambda: leader - 1)
    kill_stragglers(leader, MARK, age_s=age_s)
    assert not proc_files.is_alive(left.pid)


def test_the_last_id_is_that_of_the_newest_process() -> None:
    before = proc_files.last_pid()
    leader = ended_leader()
    assert before < leader <= proc_files.last_pid()
