"""Models in ONNX form, which run no code and answer many times faster than scikit-learn; on onnxruntime alone."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from sigdesk.classifiers.confidence import logits_of_probabilities, softmax
from sigdesk.errors import ModelError

CLASSES_KEY: Final = "sigdesk.classes"
"""The file's own note of which column is which class, as a JSON list; written by SigDesk's training."""
DECISION: Final = "decision"
"""The name of an output that is neither labels nor probabilities, but a logit a class."""
_ROWS_AT_ONCE: Final = 8
"""Convolutions over samples take room for thousands of times the samples."""


class OnnxModel:
    """A classifier as skl2onnx writes it: labels first, then probabilities, bare or with its ZipMap; or one of
    SigDesk's own, whose only output is a logit a class.

    Raises ModelError where onnxruntime is missing and for bytes that are no model.
    """

    def __init__(self, data: bytes, name: str, classes: tuple[str, ...], temperature: float | None = None) -> None:
        try:
            onnxruntime = importlib.import_module("onnxruntime")  # not every installation has it
        except ImportError as error:
            raise ModelError(
                f"{name} is an ONNX model, and onnxruntime, which runs those, is not installed.",
                "Install onnxruntime beside SigDesk, or ask the author for a skops file.",
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the workers share the cores among themselves
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors have no class of their own that is public
            raise ModelError(f"{name} is not an ONNX model ({error}).", "Ask its author for the file again.") from error
        entry = self._session.get_inputs()[0]
        self._entry = entry.name
        self._temperature = temperature
        self.wanted_features = entry.shape[1] if len(entry.shape) > 1 and isinstance(entry.shape[1], int) else None
        self.classes = classes
        self._columns = self._named_columns()
        self._decides = [output.name for output in self._session.get_outputs()] == [DECISION]

    def answers(self, features: NDArray[Any]) -> list[dict[str, Any]]:
        """An answer of the job protocol for each of the features, shape (n, features)."""
        if self._decides:
            return answers_of(self._columns or self.classes, self._decided(features))
        labels, probabilities = self._run(features)
        if probabilities is None:
            return [{"label": label} for label in labels]
        if isinstance(probabilities, list):  # skl2onnx's ZipMap: a mapping a row
            return [answer_of({str(name): _clipped(value) for name, value in row.items()}) for row in probabilities]
        table = self._tempered(np.asarray(probabilities))
        if self._columns is not None:
            return answers_of(self._columns, table)
        # A bare array does not say which column is which class, but the largest is the label's.
        return [
            {"label": label, "confidence": value}
            for label, value in zip(labels, table.max(axis=1).tolist(), strict=True)
        ]

    def probabilities(self, features: NDArray[Any]) -> NDArray[np.float64] | None:
        """The file's own probabilities, shape (n, classes); None where it gives none as an array."""
        if self._decides:
            return self._decided(features)
        _, found = self._run(features)
        return None if found is None or isinstance(found, list) else np.asarray(found, dtype=np.float64)

    def _decided(self, samples: NDArray[Any]) -> NDArray[np.float64]:
        values = np.asarray(samples, dtype=np.float32)
        parts = [
            self._session.run(None, {self._entry: values[start : start + _ROWS_AT_ONCE]})[0]
            for start in range(0, len(values), _ROWS_AT_ONCE)
        ]
        return softmax(np.concatenate(parts).astype(np.float64), self._temperature or 1.0)

    def _run(self, features: NDArray[Any]) -> tuple[list[str], Any]:
        outputs: Sequence[Any] = self._session.run(None, {self._entry: np.asarray(features, dtype=np.float32)})
        return [str(label) for label in outputs[0]], outputs[1] if len(outputs) > 1 else None

    def _tempered(self, table: NDArray[Any]) -> NDArray[np.float64]:
        if self._temperature is not None:
            return softmax(logits_of_probabilities(table), self._temperature)
        return np.clip(np.asarray(table, dtype=np.float64), 0.0, 1.0)

    def _named_columns(self) -> tuple[str, ...] | None:
        try:
            named = orjson.loads(self._session.get_modelmeta().custom_metadata_map[CLASSES_KEY])
        except (KeyError, orjson.JSONDecodeError):
            return None
        return tuple(map(str, named)) if isinstance(named, list) else None


def answer_of(probabilities: dict[str, float]) -> dict[str, Any]:
    """An answer of the job protocol: the likeliest class, and what is thought of all."""
    label = max(probabilities, key=probabilities.__getitem__)
    return {"label": label, "confidence": probabilities[label], "probabilities": probabilities}


def answers_of(classes: Sequence[str], probabilities: NDArray[Any]) -> list[dict[str, Any]]:
    """The same for many rows, shape (n, classes)."""
    best, rows = probabilities.argmax(axis=1).tolist(), probabilities.tolist()
    return [
        {"label": classes[index], "confidence": row[index], "probabilities": dict(zip(classes, row, strict=True))}
        for index, row in zip(best, rows, strict=True)
    ]


def _clipped(value: Any) -> float:
    return min(max(float(value), 0.0), 1.0)
