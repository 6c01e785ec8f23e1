"""Holding a tree in a sandbox. The child is bubblewrap; it has a process that is the first of a namespace, the keeper,
which starts the script. All that the script starts lives in that namespace, and the system ends it with the keeper.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import orjson

from sigdesk.classifiers.manifest import Run
from sigdesk.pool import proc_files, process_tree
from sigdesk.pool.command import Command
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.limits import Limits
from sigdesk.pool.sandbox import Sandbox
from sigdesk.pool.tree_posix import PosixTree, limit_process

_KEEPER_WITHIN_S: Final = 10.0
_GONE_WITHIN_S: Final = 2.0
_BY_SIGNAL: Final = 128
_HARMLESS: Final = frozenset({"SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH"})
"""Signals that end no process of themselves."""


class SandboxTree(PosixTree):
    """A tree in a namespace of its own. The script is not run before `limit` has opened the gate."""

    def __init__(self, sandbox: Sandbox, run: Run) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._run = run
        self._box: Path | None = None
        self._status: int | None = None
        self._gate: int | None = None
        self._said = b""
        self._keeper = 0
        self._keeper_handle: int | None = None
        self._script = 0

    def start(self, command: Command, more: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        """Raises OSError, and JobError when there is no sandbox here."""
        self._sandbox.check()
        with contextlib.ExitStack() as undo, contextlib.ExitStack() as theirs:
            box = self._sandbox.make_box()
            undo.callback(shutil.rmtree, box, ignore_errors=True)
            status, status_end = os.pipe()
            undo.callback(os.close, status)
            theirs.callback(os.close, status_end)
            gate_end, gate = os.pipe()
            undo.callback(os.close, gate)
            theirs.callback(os.close, gate_end)
            pipes = status_end, gate_end
            arguments = self._sandbox.arguments(command, more, self._run, box, pipes)
            child = self._spawn(arguments, command.folder, self._sandbox.environment(command), stdin, pipes)
            undo.pop_all()
        self._box, self._status, self._gate = box, status, gate
        return child

    def limit(self, limits: Limits) -> None:
        """The keeper is limited while it waits at the gate, and the script inherits it."""
        self._meet_keeper()
        if self._keeper:
            limit_process(self._keeper, limits)
        else:
            self.strike(())  # no script without its limits
        if self._gate is not None:
            with contextlib.suppress(OSError):  # it has ended, and its end says why
                os.write(self._gate, b"!")
            os.close(self._gate)
            self._gate = None

    def let_see(self, files: JobFiles) -> Path:
        path = files.path
        assert self._box is not None
        files.move_to(self._box)
        return path

    @property
    def script_pid(self) -> int:
        if not self._script and self._keeper:
            self._script = next(iter(proc_files.children(self._keeper)), 0)
        return self._script

    @property
    def keepers(self) -> Collection[int]:
        return self.child.pid, self._keeper

    def exit_code(self, returned: int) -> int:
        """bubblewrap returns 128 and the signal's number for a script that a signal has ended, as a shell does."""
        try:
            name = signal.Signals(returned - _BY_SIGNAL).name
        except ValueError:
            return returned
        return returned if name in _HARMLESS else _BY_SIGNAL - returned

    def failure(self, returned: int) -> bool:
        """bubblewrap tells its status of a script that has run."""
        while self._hear_status(0.0):
            pass
        return not self._keeper or (returned > 0 and b'"exit-code"' not in self._said)

    def ask_to_end(self) -> None:
        """bubblewrap itself must not hear it: with it the sandbox would end, before the script has had its grace."""
        if self.script_pid:
            process_tree.ask_marked(self.mark, frozenset(self.keepers))
        else:  # nobody is there yet who could hear it
            self._kill_keeper()

    def strike(self, members: Collection[int]) -> None:
        self._kill_keeper()
        super().strike(members)

    def clean_up(self) -> None:
        """Once the keeper is gone, the system has ended all that was in its namespace."""
        self._kill_keeper()
        if not self._await_keeper():
            process_tree.kill_stragglers(self.child.pid, self.mark, age_s=self.age_s)
        for descriptor in (self._status, self._gate, self._keeper_handle):
            if descriptor is not None:
                os.close(descriptor)
        self._status = self._gate = self._keeper_handle = None
        if self._box is not None:
            shutil.rmtree(self._box, ignore_errors=True)

    def _meet_keeper(self) -> None:
        """Wait until bubblewrap has told which process the keeper is, about a millisecond after its start."""
        give_up = time.monotonic() + _KEEPER_WITHIN_S
        while b"\n" not in self._said and self._hear_status(give_up - time.monotonic()):
            pass  # it comes in pieces
        line, whole, _ = self._said.partition(b"\n")
        if whole:
            self._keeper = int(orjson.loads(line)["child-pid"])
            with contextlib.suppress(OSError, AttributeError):  # it has ended, or the system has no such handles
                self._keeper_handle = os.pidfd_open(self._keeper)

    def _hear_status(self, timeout_s: float) -> bool:
        """Whether bubblewrap has told more of its status within the time."""
        if self._status is None or not _readable(self._status, timeout_s):
            return False
        said = os.read(self._status, 4096)
        self._said += said
        return bool(said)

    def _kill_keeper(self) -> None:
        if self._keeper_handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._keeper_handle, signal.SIGKILL)

    def _await_keeper(self) -> bool:
        """Whether the keeper is known to be gone, and with it all that it kept."""
        return self._keeper_handle is not None and _readable(self._keeper_handle, _GONE_WITHIN_S)


def _readable(descriptor: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(timeout_s, 0.0) * 1000))
