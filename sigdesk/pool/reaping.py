"""The process of a run's reaper: `python -m sigdesk.pool.reaping RUN_FOLDER`.

Every run starts one, and nearly every run ends in good order: then it has nothing to do. What it takes to sweep up is
loaded once there is something to be swept.
"""

from __future__ import annotations

import os
import sys
import time

_AGAIN_S = 0.02
_LOCKED_AT_MOST_S = 3.0


def main() -> None:
    """Wait for the end of input, then clean up after this run, and after others that are dead.

    A dead program's pipes close a moment before its lock is free, and on a busy machine the moment may be long.
    """
    sys.stdin.buffer.read()
    folder = sys.argv[1]
    if os.path.exists(folder):  # noqa: PTH110 - pathlib takes longer to load than all the rest
        _sweep(folder)


def _sweep(name: str) -> None:
    from pathlib import Path

    from sigdesk.pool.sweep import sweep

    folder = Path(name)
    give_up = time.monotonic() + _LOCKED_AT_MOST_S
    sweep(folder.parent)
    while folder.exists() and time.monotonic() < give_up:
        time.sleep(_AGAIN_S)  # the lock of another program gives no sign
        sweep(folder.parent)


if __name__ == "__main__":
    main()
