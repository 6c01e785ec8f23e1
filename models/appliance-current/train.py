"""Trains appliance-current and renews the files beside this one, but for card.md, which is written by hand.

    pip install sigdesk[train,rocket]     # sktime, which ships the data, and aeon, which makes the model
    python train.py [--check]

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
from sigdesk.signals import open_recordings

HERE: Final = Path(__file__).resolve().parent
SEED: Final = 20130801
CLASSES: Final = (
    "air conditioner",
    "compact fluorescent lamp",
    "fan",
    "fridge",
    "hairdryer",
    "heater",
    "incandescent light bulb",
    "laptop",
    "microwave",
    "vacuum",
    "washing machine",
)
"""In the order of the numbers that the set uses for them."""
TITLES: Final = {"vacuum": "Vacuum cleaner"}


def main(arguments: Sequence[str]) -> int:
    """Train on the set's own training half, judge on its test half, write what is new."""
    folder, check = find_set(), "--check" in arguments
    plan = Plan(
        HERE.name,
        signals(folder / "PLAID_TRAIN.ts"),
        HERE.parent,
        test=signals(folder / "PLAID_TEST.ts"),
        method=MethodName.FOREST,  # even with MiniRocket in cross-validation, and it says what it looks at
        seed=SEED,
        unit="a.u.",
        title="Appliance current",
        description="Names a household appliance from its current while it is switched on and runs: eleven kinds, "
        "learnt from PLAID.",
        licence="MIT (the model and its recipe; the data are not part of it, see card.md)",
        author="The SigDesk developers",
    )
    titles = [f'"{name}" = "{TITLES.get(name, name.capitalize())}"' for name in CLASSES]
    return renew(HERE, plan, more="\n".join(["\n[output.titles]", *titles, ""]), check=check)


def find_set() -> Path:
    """The set inside the installed sktime, which need not be importable for that."""
    found = importlib.util.find_spec("sktime")
    if found is None or not found.submodule_search_locations:
        sys.exit("sktime, which ships the PLAID set, is not installed: pip install --no-deps 'sktime>=0.36,<2'")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "PLAID"


def signals(path: Path) -> tuple[Source, ...]:
    """Every signal of one half of the set, with the name of its class for the number."""
    return tuple(Source(path, CLASSES[int(one.label or "")], one.item) for one in open_recordings(path))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
