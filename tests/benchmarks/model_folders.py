"""What `pool.py` measures with: noise as signals, models fitted on it, and the folders that a pool runs them from.

The folders are as an operator would be handed them: a skops file with its hash, no recipe for features (300 samples are
300 values) and no script, so that SigDesk's own script runs them. `max_jobs` is raised, because a process that is
replaced halfway, which costs a second of imports, would drown what is measured.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.model_file import dump_skops
from sigdesk.signals import Shelf, open_recordings
from sigdesk.signals.recording import Recording

Signals = NDArray[np.float64]

SAMPLES = 300
CLASSES = ("a", "b", "c", "d", "e")
MODEL_FILE = "model.skops"
ONNX_FILE = "model.onnx"
_FITTED_ON = 600

_MANIFEST = """
[model]
name = "{name}"
version = "1.0.0"
[run]
batch = {batch}
max_jobs = 100000000
[output]
classes = ["a", "b", "c", "d", "e"]
[file]
name = "{file}"
format = "{form}"
sha256 = "{sha256}"
"""
_ONE_SHOT_MANIFEST = """
[model]
name = "{name}"
version = "1.0.0"
[run]
script = "classify.py"
[output]
classes = ["calm", "loud"]
"""
_ONE_SHOT_SCRIPT = """
import json
import sys

import numpy as np

with open(sys.argv[-1], encoding="utf-8") as file:
    signal = json.load(file)["signal"]
place = signal["samples_file"]
samples = np.load(place["path"])[place["offset"] :].reshape(place["shape"])
print("OUTPUT:", json.dumps({"label": "loud" if samples.std() > 0.5 else "calm"}))
"""


def noise(count: int, seed: int) -> Signals:
    """Signals of standard normal noise to three places, shape (count, samples)."""
    return np.random.default_rng(seed).normal(size=(count, SAMPLES)).round(3)


def recordings(parent: Path, signals: Signals) -> list[Recording]:
    """The signals as an operator has them: a labelled set in a file, which was opened and looked through."""
    file = parent / "Noise_TEST.ts"
    head = ["@problemName Noise", "@timeStamps false", "@univariate true", "@classLabel true a b", "@data"]
    lines = [",".join(map(str, row)) + ":a" for row in signals.tolist()]
    file.write_text("\n".join(head + lines), encoding="utf-8")
    found = open_recordings(file, Shelf())
    assert np.array_equal(np.concatenate([recording.read() for recording in found]), signals)
    return found


def fit_forest() -> Any:
    """A random forest of 100 trees that has learnt noise by heart, which makes its trees as deep as they get."""
    from sklearn.ensemble import RandomForestClassifier  # by function: processes that import this module need not pay

    return _fit(RandomForestClassifier(100, random_state=0))


def fit_logistic() -> Any:
    """A logistic regression: next to no work, so that what remains is the way there and back."""
    from sklearn.linear_model import LogisticRegression

    return _fit(LogisticRegression(max_iter=1000))


def write_model_folder(parent: Path, name: str, model: Any, batch: int) -> Classifier:
    """A model folder with the model as a skops file, its manifest with this limit of a batch."""
    data = dump_skops(model)
    return _write_folder(parent, name, MODEL_FILE, data, batch)


def write_onnx_folder(parent: Path, name: str, model: Any, batch: int) -> Classifier:
    """The same with the model in ONNX form, as a training writes it."""
    from sigdesk.classifiers.training.onnx_form import onnx_form  # imports scikit-learn

    data = onnx_form(model, noise(_FITTED_ON, 2), CLASSES)
    assert data is not None
    return _write_folder(parent, name, ONNX_FILE, data, batch)


def write_one_shot_folder(parent: Path, name: str) -> Classifier:
    """A model folder with a Python script that imports numpy and is started anew for each job."""
    folder = _make_folder(parent, name, _ONE_SHOT_MANIFEST.format(name=name))
    (folder / "classify.py").write_text(_ONE_SHOT_SCRIPT, encoding="utf-8")
    return read_classifier(folder)


def write_job_file(parent: Path, recording: Recording) -> Path:
    """A job file for the one-shot script, with the array of its samples beside it, as the protocol describes it."""
    samples = recording.read()
    array, file = parent / "job.npy", parent / "job.json"
    np.save(array, samples.ravel(), allow_pickle=False)
    place = {"path": str(array), "offset": 0, "shape": samples.shape}
    file.write_text(json.dumps({"protocol": 1, "job": "1", "signal": {"samples_file": place}}), encoding="utf-8")
    return file


def _fit(model: Any) -> Any:
    labels = np.random.default_rng(1).choice(CLASSES, _FITTED_ON)
    return model.fit(noise(_FITTED_ON, 2), labels)


def _write_folder(parent: Path, name: str, file: str, data: bytes, batch: int) -> Classifier:
    sha256, form = hashlib.sha256(data).hexdigest(), file.rpartition(".")[2]
    folder = _make_folder(parent, name, _MANIFEST.format(name=name, batch=batch, file=file, form=form, sha256=sha256))
    (folder / file).write_bytes(data)
    return read_classifier(folder)


def _make_folder(parent: Path, name: str, manifest: str) -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(manifest, encoding="utf-8")
    return folder
