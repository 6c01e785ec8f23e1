"""Finding the processes of the program under test by a mark in their environment, and killing one of them at random."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from typing import Final

import psutil

from sigdesk.pool.proc_files import environment, is_alive
from sigdesk.pool.process_tree import MARK_VARIABLE
from tests.benchmarks.soaking.events import Diary

SOAK_VARIABLE: Final = "SOAK_MARK"
_LOOK_S: Final = 0.02


class Marked:
    """All processes with this soak's mark."""

    def __init__(self, mark: str) -> None:
        self._mark = f"{SOAK_VARIABLE}={mark}".encode()

    def living(self) -> list[int]:
        """Ids of those that live."""
        me = os.getpid()
        return [pid for pid in psutil.pids() if pid != me and self._mark in environment(pid) and is_alive(pid)]

    def workers(self) -> list[int]:
        """Those that the pool has started itself: each leads a session and has the mark of a tree."""
        tree = f"{MARK_VARIABLE}=".encode()
        found = []
        for pid in self.living():
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(pid) == pid and any(entry.startswith(tree) for entry in environment(pid)):
                    found.append(pid)
        return found

    def kill_one(self, chance: random.Random, diary: Diary) -> bool:
        """Kill a worker process at random, written down beforehand; False when there is none."""
        workers = self.workers()
        if not workers:
            return False
        pid = chance.choice(workers)
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            try:
                if self._mark not in environment(pid):  # another process by now
                    return False
                diary.write("kill", pid)
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            finally:
                os.close(handle)
            return True
        return False

    def gone_within(self, seconds: float) -> tuple[float, list[str]]:
        """Wait until none lives: how long it took, and the names of those that still do."""
        began = time.monotonic()
        while (living := self.living()) and time.monotonic() - began < seconds:
            time.sleep(_LOOK_S)
        return time.monotonic() - began, [_name(pid) for pid in living]

    def kill_all(self) -> None:
        """Leave none behind."""
        while living := self.living():
            for pid in living:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_LOOK_S)


def _name(pid: int) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(psutil.Process(pid).cmdline())[-80:]
    return f"process {pid}"
