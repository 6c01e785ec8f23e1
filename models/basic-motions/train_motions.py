"""Trains basic-motions and renews the files beside this one, but for card.md, which is written by hand.

    pip install sigdesk[train]        # sktime, which ships the data
    python train_motions.py [--check]

The same data, libraries and seed give the same model file; then nothing is written. `--check` only compares.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sigdesk.classifiers.training.plan import MethodName, Plan, Source
from sigdesk.classifiers.training.recipe_run import renew

HERE: Final = Path(__file__).resolve().parent
SEED: Final = 20181031


def main(arguments: Sequence[str]) -> int:
    """Train, judge on the set's own test half, write what is new."""
    data = find_set()
    plan = Plan(
        HERE.name,
        (Source(data / "BasicMotions_TRAIN.ts"),),
        HERE.parent,
        test=(Source(data / "BasicMotions_TEST.ts"),),
        method=MethodName.FOREST,
        seed=SEED,
        rate_hz=10.0,
        title="Basic motions",
        description="Tells standing, walking, running and badminton apart by the motion of a smart watch.",
        licence="MIT (the model and its recipe; the data are not part of it, see card.md)",
        author="The SigDesk developers",
    )
    return renew(HERE, plan, check="--check" in arguments)


def find_set() -> Path:
    """The set inside the installed sktime, which need not be importable for that."""
    found = importlib.util.find_spec("sktime")
    if found is None or not found.submodule_search_locations:
        sys.exit("sktime, which ships the set, is not installed: pip install --no-deps 'sktime>=0.36,<2'")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "BasicMotions"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
