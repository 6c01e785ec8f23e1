"""A forest in ONNX form: the same answers, many times faster, and no scikit-learn in the process that gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from sigdesk.classifiers.onnx_model import CLASSES_KEY, OnnxModel

TOLERANCE: Final = 1e-5
"""ONNX adds up in single precision: probabilities differ by less than this, or the form is not used."""


def onnx_form(estimator: Any, rows: NDArray[Any], classes: Sequence[str]) -> bytes | None:
    """The estimator as an ONNX file, if it is one that converts and answers `rows` the same; else None.

    `rows` has shape (n, features); every probability and every answer is compared.
    """
    if type(estimator) not in (ExtraTreesClassifier, RandomForestClassifier):
        return None
    from skl2onnx import to_onnx  # two seconds, and only a training needs it

    narrow = np.ascontiguousarray(rows, dtype=np.float32)
    model = to_onnx(estimator, narrow[:1], options={"zipmap": False})
    entry = model.metadata_props.add()
    entry.key, entry.value = CLASSES_KEY, orjson.dumps(list(classes)).decode()
    data: bytes = model.SerializeToString(deterministic=True)
    expected = np.asarray(estimator.predict_proba(narrow))
    found = OnnxModel(data, "the converted forest", tuple(classes)).probabilities(narrow)
    if found is None or np.abs(found - expected).max() > TOLERANCE:
        return None
    tied = np.sort(expected, axis=1)[:, -2:]
    clear = tied[:, 1] - tied[:, 0] > TOLERANCE  # an even split may go either way
    same = found.argmax(axis=1) == expected.argmax(axis=1)
    return data if same[clear].all() else None
