"""The reaper: one small process beside each run of the pool, which ends whatever the run has started once it is dead.

A warm script notices by itself that nobody speaks to it any more; a one-shot script, and what scripts start in
sessions of their own, do not. The reaper waits for the end of its input, which comes with the death of the program
however it dies, and then sweeps up. Started as `python -m sigdesk.pool.reaper FOLDER`.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from sigdesk.pool.command import module_command
from sigdesk.pool.process_tree import start_options
from sigdesk.pool.sweep import sweep

_PATIENCE_S = 5.0


class Reaper:
    """The running reaper of one pool; `close` lets it go."""

    def __init__(self, parent: Path) -> None:
        """Start it for the runs whose folders stand in `parent`. Raises OSError."""
        command = module_command(__spec__.name, str(parent))
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
    """Wait for the end of input, then clean up after every run that is dead."""
    sys.stdin.buffer.read()
    sweep(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
