"""The reaper: one small process beside each run of the pool, which ends whatever the run has started once it is dead.

A warm script notices by itself that nobody speaks to it any more; a one-shot script, and what scripts start in
sessions of their own, do not. The reaper waits for the end of its input, which comes with the death of the program
however it dies, and then sweeps up. Started as `python -m sigdesk.pool.reaper RUN_FOLDER`.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

from sigdesk.pool.command import module_command
from sigdesk.pool.process_tree import start_options
from sigdesk.pool.sweep import sweep

_PATIENCE_S = 5.0
_AGAIN_S = 0.02
_LOCKED_AT_MOST_S = 3.0


class Reaper:
    """The running reaper of one pool; `close` lets it go."""

    def __init__(self, run_folder: Path) -> None:
        """Start it for the run with this folder. Raises OSError."""
        command = module_command(__spec__.name, str(run_folder))
        self._process = subprocess.Popen(
            command.arguments,
            env=dict(command.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **start_options(),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        """The run has ended in good order: the reaper finds nothing to do and leaves."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main() -> None:
    """Wait for the end of input, then clean up after this run, and after others that are dead.

    A dead program's pipes close a moment before its lock is free, and on a busy machine the moment may be long.
    """
    sys.stdin.buffer.read()
    folder = Path(sys.argv[1])
    give_up = time.monotonic() + _LOCKED_AT_MOST_S
    sweep(folder.parent)
    while folder.exists() and time.monotonic() < give_up:
        time.sleep(_AGAIN_S)  # the lock of another program gives no sign
        sweep(folder.parent)


if __name__ == "__main__":
    main()
