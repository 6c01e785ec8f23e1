"""Holding a tree by its session and by the mark in its environment. On Linux the system also keeps its members to a
size of files and to a number of tasks; elsewhere a process can be limited by itself alone, and the warden counts."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sigdesk.pool import process_tree
from sigdesk.pool.command import Command
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.limits import Limits

if sys.platform == "linux":
    import resource


class PosixTree:
    """The child leads a session; what leaves the session still has the mark."""

    def __init__(self) -> None:
        self.mark = secrets.token_hex(8)
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    def start(self, command: Command, more: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        """Raises OSError."""
        return self._spawn([*command.arguments, *more], command.folder, command.environment, stdin)

    def _spawn(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        stdin: int,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        self._started_at = time.monotonic()
        self._child = subprocess.Popen(
            arguments,
            cwd=folder,
            env={**environment, process_tree.MARK_VARIABLE: self.mark},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=pass_fds,
            **process_tree.start_options(),
        )
        return self._child

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The process that was started."""
        assert self._child is not None
        return self._child

    @property
    def age_s(self) -> float:
        """How long ago it was started."""
        return time.monotonic() - self._started_at

    def limit(self, limits: Limits) -> None:
        limit_process(self.child.pid, limits)

    def let_see(self, files: JobFiles) -> Path:
        """It sees whatever its user may see."""
        return files.path

    @property
    def script_pid(self) -> int:
        return self.child.pid

    @property
    def keepers(self) -> Collection[int]:
        return ()

    def exit_code(self, returned: int) -> int:
        return returned

    def failure(self, _returned: int) -> bool:
        return False

    def ask_to_end(self) -> None:
        process_tree.signal_group(self.child.pid, signal.SIGTERM)
        process_tree.ask_marked(self.mark, frozenset({self.child.pid}))

    def strike(self, members: Collection[int]) -> None:
        process_tree.signal_group(self.child.pid, signal.SIGKILL)
        for pid in members:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        process_tree.signal_group(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self.clean_up()

    def clean_up(self) -> None:
        process_tree.kill_stragglers(self.child.pid, self.mark, age_s=self.age_s)


def limit_process(pid: int, limits: Limits) -> None:
    """Keep a process, and what it will start, to a size of files, and let its user have no more tasks while it starts
    some. Linux only."""
    if sys.platform == "linux":
        _limit_one(pid, resource.RLIMIT_FSIZE, limits.file_bytes)
        if limits.user_tasks is not None:
            _limit_one(pid, resource.RLIMIT_NPROC, limits.user_tasks)


if sys.platform == "linux":

    def _limit_one(pid: int, which: int, value: int) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended, or is limited to less already
            resource.prlimit(pid, which, (value, value))
