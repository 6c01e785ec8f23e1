"""Trains appliance-current and writes model.skops and the measured part of model.toml beside this file.

    pip install sigdesk[train]        # scikit-learn as in pyproject.toml, and sktime, which ships the data
    python train.py

The same data, libraries and seed give the same file; then nothing is written. `--check` only compares. What is compared
is what the archive holds, as another zlib may pack the same content into other bytes.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import importlib.util
import io
import platform
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import sklearn
import skops
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from sigdesk.classifiers.features import RECIPES
from sigdesk.classifiers.model_file import dump_skops
from sigdesk.signals import open_recordings

HERE: Final = Path(__file__).resolve().parent
FEATURES: Final = "statistics-spectrum-1"
TREES: Final = 150
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
MARK: Final = "# What follows was measured and written by train.py.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, evaluate, write. Exit code 1 when `--check` finds a difference."""
    parser = argparse.ArgumentParser(description="Train appliance-current on PLAID.")
    parser.add_argument("--data", type=Path, help="the folder of PLAID_TRAIN.ts and PLAID_TEST.ts (sktime's own)")
    parser.add_argument("--trees", type=int, default=TREES, help=f"how many trees to grow ({TREES})")
    parser.add_argument("--output", type=Path, default=HERE, help="a folder with the model.toml to renew (this one)")
    parser.add_argument("--check", action="store_true", help="compare with what is there and write nothing")
    chosen = parser.parse_args(arguments)
    folder = chosen.data or find_plaid()

    model = train(*read_half(folder / "PLAID_TRAIN.ts"), trees=chosen.trees)
    data = dump_skops(model)
    sha256 = hashlib.sha256(data).hexdigest()
    model_file, manifest = chosen.output / "model.skops", chosen.output / "model.toml"
    same = model_file.exists() and contents(model_file.read_bytes()) == contents(data)
    print(f"SHA-256 {sha256}, {len(data):,} bytes: {'the same as' if same else 'not'} the model that is there")
    if chosen.check:
        return 0 if same else 1
    measured, accuracy = evaluation(model, *read_half(folder / "PLAID_TEST.ts"))
    print(f"Accuracy on the test half: {accuracy:.4f}")
    if not same:
        model_file.write_bytes(data)
        head = manifest.read_text(encoding="utf-8").partition(MARK)[0]
        manifest.write_text(head + MARK + _file_and_training(sha256, chosen.trees) + measured, encoding="utf-8")
    return 0


def find_plaid() -> Path:
    """The set inside the installed sktime, which need not be importable for that."""
    found = importlib.util.find_spec("sktime")
    if found is None or not found.submodule_search_locations:
        sys.exit("sktime, which ships the PLAID set, is not installed: pip install --no-deps 'sktime>=0.36,<2'")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "PLAID"


def read_half(path: Path) -> tuple[NDArray[np.float64], list[str]]:
    """Features, shape (signals, features), and class of every signal of one half of the set."""
    recordings = open_recordings(path)
    features = [RECIPES[FEATURES](recording.read()[None]) for recording in recordings]
    return np.concatenate(features), [CLASSES[int(recording.label or "")] for recording in recordings]


def train(features: NDArray[np.float64], labels: list[str], *, trees: int) -> Any:
    """A forest of extremely randomised trees, its settings chosen by cross-validation on the training half alone."""
    model = ExtraTreesClassifier(trees, max_features=0.2, class_weight="balanced", random_state=SEED)
    return model.fit(features, labels)


def evaluation(model: Any, features: NDArray[np.float64], labels: list[str]) -> tuple[str, float]:
    """The manifest's `[evaluation]` and the accuracy."""
    predicted = model.predict(features)
    accuracy = float(np.mean(predicted == np.array(labels)))
    confusion = confusion_matrix(labels, predicted, labels=list(CLASSES))
    scores = precision_recall_fscore_support(labels, predicted, labels=list(CLASSES), zero_division=0.0)
    lines = ["[evaluation]", f"test_size = {len(labels)}", f"accuracy = {accuracy:.4f}"]
    lines += ["# A row a true class, a column a predicted one, in the order of classes.", "confusion = ["]
    lines += [f"  [{', '.join(f'{count:2d}' for count in row)}]," for row in confusion]
    lines += ["]", "", "[evaluation.per_class]"]
    for name, precision, recall, f1, tested in zip(CLASSES, *scores, strict=True):
        row = f"precision = {precision:.3f}, recall = {recall:.3f}, f1 = {f1:.3f}, tested = {tested}"
        lines.append(f'"{name}" = {{ {row} }}')
    return "\n".join(lines) + "\n", accuracy


def contents(data: bytes) -> dict[str, bytes]:
    """The members of a model file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _file_and_training(sha256: str, trees: int) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    return f"""\
[file]
name = "model.skops"
format = "skops"
sha256 = "{sha256}"

[training]
data = "PLAID, training half of 537 signals, as sktime ships it"
date = {today}
seed = {SEED}
features = "{FEATURES}"
estimator = "ExtraTreesClassifier, {trees} trees"
[training.libraries]
scikit-learn = "{sklearn.__version__}"
skops = "{skops.__version__}"
numpy = "{np.__version__}"
python = "{platform.python_version()}"

"""


if __name__ == "__main__":
    sys.exit(main())
