"""The warden: one thread for the whole pool that counts the trees of the processes at work, their members and their
memory, and ends a tree that is over what its manifest allows."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from typing import Final

import psutil

from sigdesk.classifiers.manifest import Run
from sigdesk.pool.census import Census, Member, binds_user_tasks, own_bytes, user_tasks
from sigdesk.pool.limits import MB, limits_of
from sigdesk.pool.process import Verdict, WorkerProcess
from sigdesk.protocol import FailureCode

PERIOD_S: Final = 0.25
_COUNT_TASKS_EVERY_S: Final = 10.0
_TASKS_TO_SPARE: Final = 4096


class Warden:
    """Looks at the watched processes four times a second, and sleeps while there are none."""

    def __init__(self) -> None:
        self._watched: dict[int, WorkerProcess] = {}
        self._lock = threading.Lock()
        self._asleep = False
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._census = Census()
        self._tasks, self._tasks_counted_at = 0, -math.inf
        self._thread = threading.Thread(target=self._live, name="warden", daemon=True)
        self._thread.start()

    def admit(self, process: WorkerProcess) -> None:
        """Set the limits that the system itself keeps of a process that was just started, and watch it."""
        process.tree.limit(limits_of(process.run, self._tasks_allowed()))
        self.watch(process)

    def _tasks_allowed(self) -> int | None:
        """How many tasks the user may have, so that a fork bomb leaves the machine usable until it is ended: what the
        user has now and far more than any script wants. None where the system would not keep to it."""
        if not binds_user_tasks():
            return None
        now = time.monotonic()
        if now - self._tasks_counted_at > _COUNT_TASKS_EVERY_S:
            self._tasks, self._tasks_counted_at = user_tasks(), now
        return self._tasks + _TASKS_TO_SPARE

    def watch(self, process: WorkerProcess) -> None:
        """Keep an eye on it until `leave`. Called for every batch, so it costs next to nothing."""
        self._watched[process.pid] = process
        if self._asleep:
            self._wanted.set()

    def leave(self, process: WorkerProcess) -> None:
        """Look at it no more. From here on its process id may be another's, and it is not ended by the warden."""
        with self._lock:
            self._watched.pop(process.pid, None)

    def close(self) -> None:
        self._closing.set()
        self._wanted.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._closing.is_set():
            self._asleep = True
            if not self._watched:  # looked at once more, now that whoever comes sees that it must be woken
                self._wanted.wait()
            self._asleep = False
            self._wanted.clear()
            if self._closing.wait(PERIOD_S):
                return
            with contextlib.suppress(OSError, psutil.Error):  # what cannot be counted now is counted next time
                self._inspect()

    def _inspect(self) -> None:
        with self._lock:
            watched = dict(self._watched)
        trees = self._census.take({pid: process.tree.mark for pid, process in watched.items()}) if watched else {}
        for pid, members in trees.items():
            process = watched[pid]
            verdict = judge(process.run, [member for member in members if member.pid not in process.tree.keepers])
            if verdict is not None:
                self._end(process, members, verdict)

    def _end(self, process: WorkerProcess, members: list[Member], verdict: Verdict) -> None:
        """Whoever waits for the process finds it ended, and why; what the tree has grown since goes with its end."""
        with self._lock:
            if self._watched.get(process.pid) is process and process.exit_code is None:
                process.verdict = verdict
                process.tree.strike([member.pid for member in members])


def judge(run: Run, members: list[Member]) -> Verdict | None:
    """What is wrong with a tree, if it is over a limit of its manifest."""
    if len(members) > run.processes:
        return Verdict(
            FailureCode.PROCESSES,
            f"its script ran {len(members)} processes at once, and the model allows {run.processes}",
            "No label was written. Show the script to the model's author, or raise processes in the model's manifest.",
        )
    limit = run.memory_mb * MB
    held = sum(member.resident_bytes for member in members)
    if held > limit and len(members) > 1:  # what several share was counted several times
        held = sum(own_bytes(member) for member in members)
    if held > limit:
        return Verdict(
            FailureCode.MEMORY,
            f"its script took {held // MB} MB of memory, and the model allows {run.memory_mb} MB",
            "No label was written. Choose a shorter stretch, or raise memory_mb in the model's manifest.",
        )
    return None
