"""From what a trained model computes to probabilities that mean what they say.

A model's raw certainty is rarely its share of right answers. One number, the temperature, corrects that without
changing any answer: it was found on signals that the model had not seen (C. Guo and others, "On calibration of modern
neural networks", 2017), and stands in the manifest as `[training] temperature`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_LEAST: Final = 1e-6
"""A forest says "impossible" of classes that no tree has named; no number of trees can know that."""


def logits_of_probabilities(probabilities: NDArray[Any]) -> Values:
    """Logits, shape (n, classes), of probabilities of the same shape."""
    return np.asarray(np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), _LEAST)))


def logits_of_decision(decision: NDArray[Any]) -> Values:
    """Logits, shape (n, classes), of what scikit-learn's `decision_function` gives: one column for two classes."""
    decision = np.asarray(decision, dtype=np.float64)
    return np.stack([-decision, decision], axis=1) if decision.ndim == 1 else decision


def softmax(logits: Values, temperature: float) -> Values:
    """Probabilities, shape (n, classes), each row adding up to 1; a higher temperature is a more careful model."""
    scaled = logits / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))
