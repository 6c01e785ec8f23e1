"""Finding all that a process has started and ending it. A process group holds what stays in it; what has gone into a
session of its own is found by a mark, which every process inherits in its environment.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import psutil

from sigdesk.pool import proc_files

MARK_VARIABLE: Final = "SIGDESK_TREE"
RUN_VARIABLE: Final = "SIGDESK_RUN"
"""Names the run of the pool that started a process, so that a later run can end what a dead one has left."""
_KILL_S: Final = 2.0
_FEW: Final = 32
_YOUNG_S: Final = 1.0
"""In so short a time no system runs through all of its process ids."""


def start_options() -> dict[str, Any]:
    """Keyword arguments for `subprocess.Popen`: the process leads a session and a group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def signal_group(leader: int, number: int) -> None:
    """Send a signal to all of a process group; none where there are no groups, or it is gone."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, number)


def ask_marked(mark: str, spared: frozenset[int]) -> None:
    """Ask every process with this mark to end (SIGTERM), but for the `spared`."""
    for stranger in _marked(mark, spared):
        with contextlib.suppress(psutil.Error):
            stranger.terminate()


def kill_marked(mark: str, spared: frozenset[int], *, after: int = 0) -> None:
    """End every process with this mark, but for the `spared`, and wait until they are gone; those with a process id up
    to `after` are not even looked at."""
    _kill_all(lambda: _marked(mark, spared, after))


def kill_run(run_name: str) -> None:
    """End every process that a dead run of the pool has left."""
    _kill_all(lambda: _carrying(f"{RUN_VARIABLE}={run_name}"))


def kill_stragglers(leader: int, mark: str, *, age_s: float) -> None:
    """End what the ended leader, which was started `age_s` seconds ago, has left behind: its group, and marked
    processes in sessions of their own."""
    if sys.platform != "win32":
        signal_group(leader, signal.SIGKILL)
    # Ids are given out in rising order, and then again from the lowest free one on: what a process of yesterday has
    # left may have any of them, what one of a moment ago has left a higher one than its own.
    rising = proc_files.HAS_PROC and age_s < _YOUNG_S and proc_files.last_pid() >= leader
    kill_marked(mark, frozenset({leader}), after=leader if rising else 0)


def _kill_all(find: Callable[[], Iterator[psutil.Process]]) -> None:
    give_up = time.monotonic() + _KILL_S
    while time.monotonic() < give_up:
        found = []
        for stranger in find():  # each is killed as soon as it is found: a fork bomb grows meanwhile
            with contextlib.suppress(psutil.Error):
                stranger.kill()
            found.append(stranger)
        if not found:
            return
        if len(found) < _FEW:  # of many, more have come already
            psutil.wait_procs(found, timeout=0.2)


def _marked(mark: str, spared: frozenset[int], after: int = 0) -> Iterator[psutil.Process]:
    return (process for process in _carrying(f"{MARK_VARIABLE}={mark}", after) if process.pid not in spared)


def _carrying(variable: str, after: int = 0) -> Iterator[psutil.Process]:
    """Living processes with this in their environment. Costs about 0.4 ms for a hundred processes."""
    entry = variable.encode()
    for pid in psutil.pids():
        if pid <= after:
            continue
        try:
            if entry in _environment_of(pid):
                process = psutil.Process(pid)
                if process.status() != psutil.STATUS_ZOMBIE:
                    yield process
        except (psutil.Error, OSError):
            continue


def _environment_of(pid: int) -> list[bytes]:
    if proc_files.HAS_PROC:  # psutil reads it too, but takes ten times as long to get there
        return proc_files.environment(pid)
    return [f"{name}={value}".encode() for name, value in psutil.Process(pid).environ().items()]
