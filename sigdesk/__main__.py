"""The composition root: the one place where objects are wired together, and where every process of SigDesk begins."""

from __future__ import annotations

import gc
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from sigdesk.pool.command import WORKER_OPTION


def main() -> None:
    """The `sigdesk` command."""
    arguments = sys.argv[1:]
    if arguments[:1] == [WORKER_OPTION]:
        _be_worker(arguments[1:])
    else:
        from sigdesk.cli.commands import run

        sys.exit(run(_open_window))


def _be_worker(arguments: Sequence[str]) -> None:
    """A frozen program has no `python`: started with `--worker SCRIPT …` it is one, for this one script."""
    script = arguments[0]
    sys.argv = list(arguments)
    if script.endswith(".py"):
        sys.path.insert(0, str(Path(script).parent))
        runpy.run_path(script, run_name="__main__")
    else:
        runpy.run_module(script, run_name="__main__", alter_sys=True)


def _open_window(files: Sequence[Path]) -> int:
    code: int = window_module().open_window(files)
    return code


def window_module() -> ModuleType:
    """`sigdesk.ui.start`; the command line never loads widgets. The garbage collector rests until the window is there:
    all that a start makes stays, and to look through it again and again takes a twentieth of the start."""
    gc.disable()
    from sigdesk.ui import unread_sources

    unread_sources.arrange()
    from sigdesk.ui import start

    return start


if __name__ == "__main__":
    main()
