"""The reaper: one small process beside each run of the pool, which ends whatever the run has started once it is dead.

A warm script notices by itself that nobody speaks to it any more; a one-shot script, and what scripts start in
sessions of their own, do not. The reaper waits for the end of its input, which comes with the death of the program
however it dies, and then sweeps up: `reaping` is what it does.
"""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from sigdesk.pool.process_beside import start_beside

_PATIENCE_S = 5.0
_REAPING = "sigdesk.pool.reaping"


class Reaper:
    """The running reaper of one pool; `close` lets it go."""

    def __init__(self, run_folder: Path) -> None:
        """Start it for the run with this folder. Raises StartError."""
        self._process = start_beside(_REAPING, str(run_folder))

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
