"""A training as a process: the plan comes as the first line of its input, and it answers as the job protocol says.

The end of its input means that whoever started it is gone, and then it goes, too.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

import orjson
from msgspec import to_builtins

from sigdesk import script
from sigdesk.classifiers.training.material import read_material
from sigdesk.classifiers.training.plan import FIGURES_MARK, plan_from_bytes
from sigdesk.classifiers.training.telling import Teller
from sigdesk.errors import SigDeskError


def main() -> int:
    """Train as the plan says; the answer is an `OUTPUT:` or an `ERROR:` line."""
    plan = sys.stdin.buffer.readline()
    threading.Thread(target=_leave_with_the_input, daemon=True).start()
    script.progress(0.0)
    try:
        work = read_material(plan_from_bytes(plan), Teller(script.log, script.progress, _tell_figures))
        from sigdesk.classifiers.training.train import (
            train_on,  # takes seconds: what cannot be learnt from is told by now
        )

        result = train_on(work)
    except SigDeskError as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse("The training ran out of memory. Train on fewer or shorter signals.")
    except OSError as error:
        return _refuse(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    print(f"OUTPUT: {orjson.dumps(result, to_builtins).decode()}", flush=True)
    return 0


def _leave_with_the_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _tell_figures(figures: Mapping[str, Any]) -> None:
    """A line of a training's own, beside those of the job protocol."""
    print(f"{FIGURES_MARK}{orjson.dumps(figures, to_builtins).decode()}", flush=True)


def _refuse(text: str) -> int:
    print(f"ERROR: {' '.join(text.split())}", flush=True)
    return 1


if __name__ == "__main__":
    # At an ordinary end the interpreter stumbles over the thread that still listens to the input.
    code = main()
    sys.stdout.flush()
    os._exit(code)
