"""A training as a process: `python -m sigdesk.classifiers.training PLAN.json` speaks as the job protocol says."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from sigdesk import script
from sigdesk.classifiers.training.plan import plan_from_bytes
from sigdesk.errors import SigDeskError


def main(path: Path) -> int:
    """Train as the plan at `path` says; the answer is an `OUTPUT:` or an `ERROR:` line."""
    script.progress(0.0)  # the imports below take seconds
    from sigdesk.classifiers.training.train import Teller, train

    try:
        result = train(plan_from_bytes(path.read_bytes()), Teller(script.log, script.progress))
    except SigDeskError as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse("The training ran out of memory. Train on fewer or shorter signals.")
    except OSError as error:
        return _refuse(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    print(f"OUTPUT: {orjson.dumps(result).decode()}", flush=True)
    return 0


def _refuse(text: str) -> int:
    print(f"ERROR: {' '.join(text.split())}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
