"""What holds the tree of a worker's process: the child that is started and all that it starts, however far removed.

One interface; what differs between systems stands behind it, in a module each: `tree_posix` (sessions and marks, with
limits that Linux keeps), `tree_windows` (a job object), and `tree_sandbox` (bubblewrap, where the operator wants it).
What is common to all systems, memory and members as the warden counts them and time as the workers keep it, is not
the tree's business.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from sigdesk.classifiers.manifest import Run
from sigdesk.pool.command import Command
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.limits import Limits
from sigdesk.pool.tree_posix import PosixTree
from sigdesk.pool.tree_sandbox import SandboxTree

if sys.platform == "win32":
    from sigdesk.pool.tree_windows import WindowsTree


class Tree(Protocol):
    """Holds one child process with its tree: first `start`, then `limit`, at last `kill` or `clean_up`."""

    mark: str
    """What every member of the tree carries in its environment."""

    def start(self, command: Command, more: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        """Start the child with pipes for its outputs; `more` stands behind the command's own arguments.

        Raises OSError, and JobError when it is not the system that stands in the way.
        """
        ...

    def limit(self, limits: Limits) -> None:
        """Set what the system itself keeps of these limits; only then the script can be sure to run."""
        ...

    def let_see(self, files: JobFiles) -> Path:
        """Let the script read the files of a job; the path by which it knows the job file. Raises OSError."""
        ...

    @property
    def script_pid(self) -> int:
        """The process that runs the script itself; 0 while there is none."""
        ...

    @property
    def keepers(self) -> Collection[int]:
        """Members that do nothing but hold the tree together, and do not count."""
        ...

    def exit_code(self, returned: int) -> int:
        """How the script ended, negative for a signal, when the child has returned this."""
        ...

    def failure(self, returned: int) -> bool:
        """Whether the child ended before there was a script."""
        ...

    def ask_to_end(self) -> None:
        """Ask all members to end, where there is such a request that every program hears."""
        ...

    def strike(self, members: Collection[int]) -> None:
        """End what is known of the tree at once, without waiting; its child is reaped by whoever waits for it."""
        ...

    def kill(self) -> None:
        """End the whole tree, reap the child and let go of what held the tree."""
        ...

    def clean_up(self) -> None:
        """The child has ended and was reaped: end what it has left behind, and let go of what held the tree."""
        ...


def tree_for(command: Command, run: Run) -> Tree:
    """What holds a process of this command here."""
    if command.sandbox is not None:
        return SandboxTree(command.sandbox, run)
    if sys.platform == "win32":
        return WindowsTree()
    return PosixTree()
