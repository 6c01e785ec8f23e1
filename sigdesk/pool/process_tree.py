"""Starting a process so that everything it starts can be ended with it. What differs between systems stands here.

POSIX: the child leads a session and process group of its own. A grandchild that opens yet another session is found by
a mark in its environment. Windows: a new process group and psutil's list of children; written with care, but untested
on this project's machines.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

if sys.platform != "win32":
    import resource

MARK_VARIABLE = "SIGDESK_TREE"
RUN_VARIABLE = "SIGDESK_RUN"
"""Names the run of the pool that started a process, so that a later run can end what a dead one has left."""
_KILL_S = 2.0
_FEW = 32
_HAS_PROC = Path("/proc/self/environ").exists()


def start_options() -> dict[str, Any]:
    """Keyword arguments for `subprocess.Popen`."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def ask_to_end(process: subprocess.Popen[bytes], mark: str) -> None:
    """Ask the whole tree to end (SIGTERM; on Windows there is no such request that every program hears)."""
    if sys.platform == "win32":
        return
    _signal_group(process.pid, signal.SIGTERM)
    for stranger in _marked(process.pid, mark):
        with contextlib.suppress(psutil.Error):
            stranger.terminate()


def kill(process: subprocess.Popen[bytes], mark: str) -> None:
    """End the whole tree now, and reap the child."""
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
    else:
        _signal_group(process.pid, signal.SIGKILL)
    process.wait()
    kill_stragglers(process.pid, mark)


def kill_stragglers(leader: int, mark: str) -> None:
    """End what the ended leader has left behind: its group, and marked processes in sessions of their own."""
    if sys.platform != "win32":
        _signal_group(leader, signal.SIGKILL)
    _kill_all(lambda: _marked(leader, mark))


def kill_members(leader: int, members: Sequence[int]) -> None:
    """Send the end to a tree whose members were just counted; the leader's own thread reaps it."""
    if sys.platform != "win32":
        _signal_group(leader, signal.SIGKILL)
        for pid in members:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    else:
        for pid in members:
            with contextlib.suppress(psutil.Error):
                psutil.Process(pid).kill()


def limit(pid: int, file_bytes: int, user_tasks: int | None) -> None:
    """Let the process, and what it will start, write no file over this size, and let its user have no more processes
    and threads than this while it starts some. Linux only: elsewhere a process can be limited by itself alone."""
    if sys.platform == "linux":
        _limit_one(pid, resource.RLIMIT_FSIZE, file_bytes)
        if user_tasks is not None:
            _limit_one(pid, resource.RLIMIT_NPROC, user_tasks)


if sys.platform == "linux":

    def _limit_one(pid: int, which: int, value: int) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended, or is limited to less already
            resource.prlimit(pid, which, (value, value))


def kill_run(run_name: str) -> None:
    """End every process that a dead run of the pool has left."""
    _kill_all(lambda: _carrying(f"{RUN_VARIABLE}={run_name}"))


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


def _signal_group(leader: int, number: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, number)


def _marked(leader: int, mark: str) -> Iterator[psutil.Process]:
    """Living processes other than the leader that carry the mark."""
    return (process for process in _carrying(f"{MARK_VARIABLE}={mark}") if process.pid != leader)


def _carrying(variable: str) -> Iterator[psutil.Process]:
    """Living processes with this in their environment. Costs about half a millisecond for a hundred processes."""
    entry = variable.encode()
    for pid in psutil.pids():
        try:
            if entry in _environment_of(pid):
                process = psutil.Process(pid)
                if process.status() != psutil.STATUS_ZOMBIE:
                    yield process
        except (psutil.Error, OSError):
            continue


def _environment_of(pid: int) -> list[bytes]:
    if _HAS_PROC:  # psutil reads it too, but takes ten times as long to get there, and a Path twice as long
        with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:  # noqa: PTH123
            return file.readall().split(b"\0")
    return [f"{name}={value}".encode() for name, value in psutil.Process(pid).environ().items()]
