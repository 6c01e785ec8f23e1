"""What a training finds on its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.classifiers.scores import Scores
from sigdesk.classifiers.training.examples import Example
from sigdesk.classifiers.training.methods import Method


class Judged(Struct, frozen=True):
    """One method on the training signals: `logits` of each by a model that has not seen it, shape (n, classes)."""

    method: Method
    rows: NDArray[Any]
    logits: NDArray[np.float64]
    scores: Scores


class Evaluated(Struct, frozen=True):
    """The signals that the manifest's figures are of, with the answers of a model that has not seen them, shape (n,).
    `judged_on` says how they were set aside."""

    examples: Sequence[Example]
    answers: NDArray[np.str_]
    scores: Scores
    judged_on: str
    logits: NDArray[np.float64]


class Found(Struct, frozen=True):
    """A fitted estimator with all that there is to say of it. `own` are the places of the examples that `chosen` was
    cross-validated on."""

    chosen: Judged
    own: NDArray[np.intp]
    estimator: Any
    temperature: float
    tested: Evaluated
    why: str
    report: dict[str, Any]
