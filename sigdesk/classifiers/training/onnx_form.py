"""A trained model in ONNX form: the same answers, no library of machine learning in the process that gives them, and
for a forest many times faster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline

from sigdesk.classifiers.confidence import logits_of_decision, softmax
from sigdesk.classifiers.onnx_model import CLASSES_KEY, OnnxModel

TOLERANCE: Final = 1e-5
"""ONNX adds up in single precision: probabilities of a forest differ by less than this, or the form is not used."""
ROCKET_TOLERANCE: Final = 1e-3
"""Those of MiniRocket stand on counts of samples over a bias; a sample that lies on it falls to either side."""
_ROCKET_ROWS: Final = 256
"""So many signals, evenly chosen, are compared: ten thousand convolutions take their time."""


def onnx_form(estimator: Any, rows: NDArray[Any], classes: Sequence[str], temperature: float = 1.0) -> bytes | None:
    """The estimator as an ONNX file, if it is one that converts and answers `rows` the same; else None.

    `rows` has shape (n, features), or (n, channels, samples) for MiniRocket; probabilities and answers are compared.
    """
    if type(estimator) in (ExtraTreesClassifier, RandomForestClassifier):
        return _forest_form(estimator, rows, classes)
    if type(estimator) is Pipeline and type(estimator.steps[0][1]).__name__ == "MiniRocket":
        return _rocket_form(estimator, rows, classes, temperature)
    return None


def _forest_form(estimator: Any, rows: NDArray[Any], classes: Sequence[str]) -> bytes | None:
    from sigdesk.classifiers.training.forest_onnx import forest_graph

    narrow = np.ascontiguousarray(rows, dtype=np.float32)
    data = _named(forest_graph(estimator), classes)
    found = OnnxModel(data, "the converted forest", tuple(classes)).probabilities(narrow)
    return data if _agree(found, np.asarray(estimator.predict_proba(narrow)), TOLERANCE) else None


def _rocket_form(estimator: Any, rows: NDArray[Any], classes: Sequence[str], temperature: float) -> bytes | None:
    from sigdesk.classifiers.training.rocket_onnx import rocket_graph

    data = _named(rocket_graph(estimator, *rows.shape[1:]), classes)
    some = rows[np.unique(np.linspace(0, len(rows) - 1, _ROCKET_ROWS).astype(int))]
    found = OnnxModel(data, "the converted model", tuple(classes), temperature).probabilities(some)
    expected = softmax(logits_of_decision(estimator.decision_function(some)), temperature)
    return data if _agree(found, expected, ROCKET_TOLERANCE) else None


def _named(model: Any, classes: Sequence[str]) -> bytes:
    entry = model.metadata_props.add()
    entry.key, entry.value = CLASSES_KEY, orjson.dumps(list(classes)).decode()
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _agree(found: NDArray[Any] | None, expected: NDArray[Any], tolerance: float) -> bool:
    if found is None or np.abs(found - expected).max() > tolerance:
        return False
    tied = np.sort(expected, axis=1)[:, -2:]
    clear = tied[:, 1] - tied[:, 0] > tolerance  # an even split may go either way
    return bool((found.argmax(axis=1) == expected.argmax(axis=1))[clear].all())
