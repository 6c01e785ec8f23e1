"""Holding a tree by a job object of Windows: whatever the child starts belongs to it, and ends with it.

The child is started suspended, so that it belongs to the job object and has its limits before it starts anything. There
is no limit of a file's size and no request to end that every program hears: what must end is ended. Written with care,
but untested on this project's machines.
"""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import psutil

from sigdesk.pool import process_tree
from sigdesk.pool.command import Command
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.job_object import CREATE_SUSPENDED
from sigdesk.pool.limits import Limits

if sys.platform == "win32":
    from sigdesk.pool.job_object import JobObject

    class WindowsTree:
        """The child, and the job object that it belongs to. The child runs once `limit` was called."""

        def __init__(self) -> None:
            self.mark = secrets.token_hex(8)
            self._job: JobObject | None = None
            self._child: subprocess.Popen[bytes] | None = None

        def start(self, command: Command, more: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
            """Raises OSError."""
            job = JobObject()
            flags = process_tree.start_options()["creationflags"] | CREATE_SUSPENDED
            try:
                self._child = subprocess.Popen(
                    [*command.arguments, *more],
                    cwd=command.folder,
                    env={**command.environment, process_tree.MARK_VARIABLE: self.mark},
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    bufsize=0,
                    creationflags=flags,
                )
                job.take(int(self._child._handle))  # subprocess keeps the handle, and has no public name for it
            except OSError:
                if self._child is not None:
                    self._child.kill()
                    self._child.wait()
                job.close()
                raise
            self._job = job
            return self._child

        @property
        def child(self) -> subprocess.Popen[bytes]:
            """The process that was started."""
            assert self._child is not None
            return self._child

        @property
        def job(self) -> JobObject:
            """What holds the child and all that it starts."""
            assert self._job is not None
            return self._job

        def limit(self, limits: Limits) -> None:
            with contextlib.suppress(OSError):  # without them the warden counts all the same
                self.job.limit(limits.processes, limits.memory_bytes)
            with contextlib.suppress(psutil.Error):
                psutil.Process(self.child.pid).resume()

        def let_see(self, files: JobFiles) -> Path:
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
            """There is no such request."""

        def strike(self, _members: Collection[int]) -> None:
            with contextlib.suppress(OSError):
                self.job.end()

        def kill(self) -> None:
            self.strike(())
            self.child.wait()
            self.clean_up()

        def clean_up(self) -> None:
            self.strike(())
            self.job.close()
