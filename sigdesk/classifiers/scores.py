"""How good answers are, in figures that anybody can check by hand: no library, so that every layer may ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.classifiers.manifest import ClassScore

_Z_95: Final = 1.959963984540054
"""Two-sided 95 % of a normal distribution."""


class Scores(Struct, frozen=True):
    """What a model's answers on labelled signals are worth.

    `confusion` has shape (classes, classes): a row a true class, a column an answer, in the order of `classes`.
    `accuracy_interval` is Wilson's 95 % interval; `guess` is the accuracy of always naming the commonest class.
    """

    classes: tuple[str, ...]
    confusion: NDArray[np.int64]
    accuracy: float
    accuracy_interval: tuple[float, float]
    balanced_accuracy: float
    balanced_interval: tuple[float, float]
    guess: float
    per_class: dict[str, ClassScore]

    @property
    def count(self) -> int:
        """How many signals were asked about."""
        return sum(one.tested for one in self.per_class.values())

    @property
    def weakest(self) -> str:
        """The class that is recognised least often, of those that were tested; "" where none was ever missed."""
        missed = [name for name in self.classes if self.per_class[name].tested and self.per_class[name].recall < 1.0]
        return min(missed, key=lambda name: self.per_class[name].recall, default="")


def score(truth: Sequence[str], answers: Sequence[str | None], classes: Sequence[str]) -> Scores:
    """Compare answers with the truth: both hold one of `classes` a signal, and are equally long, at least 1.

    None stands for a signal that got no answer: it counts as wrong, and stands in no column of the matrix.
    """
    places = {name: place for place, name in enumerate(classes)}
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    tested = np.zeros(len(classes), np.int64)
    for true, answer in zip(truth, answers, strict=True):
        tested[places[true]] += 1
        if answer is not None:
            confusion[places[true], places[answer]] += 1
    return scores_of(confusion, tested, classes)


def scores_of(confusion: NDArray[np.int64], tested: NDArray[np.int64], classes: Sequence[str]) -> Scores:
    """The same from a matrix, and how many signals of each class were asked about, shape (classes,)."""
    named, right = confusion.sum(axis=0), np.diag(confusion)
    total = int(tested.sum())
    recall = right / np.maximum(tested, 1)
    precision = right / np.maximum(named, 1)
    f1 = 2 * precision * recall / np.where(precision + recall > 0, precision + recall, 1.0)
    per_class = {
        name: ClassScore(float(precision[place]), float(recall[place]), float(f1[place]), int(tested[place]))
        for place, name in enumerate(classes)
    }
    seen = tested > 0
    accuracy = float(right.sum() / total)
    return Scores(
        classes=tuple(classes),
        confusion=confusion,
        accuracy=accuracy,
        accuracy_interval=wilson_interval(int(right.sum()), total),
        balanced_accuracy=float(recall[seen].mean()),
        balanced_interval=_balanced_interval(recall[seen], tested[seen]),
        guess=float(tested.max() / total),
        per_class=per_class,
    )


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (E. B. Wilson, 1927): honest for few signals and near 0 and 1, too."""
    if total == 0:
        return (0.0, 1.0)
    share, z2 = right / total, _Z_95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return (max(0.0, middle - half), min(1.0, middle + half))


def _balanced_interval(recall: NDArray[np.float64], tested: NDArray[np.int64]) -> tuple[float, float]:
    """The mean of independent shares: their variances add up. Agresti and Coull's shares, as a class with one signal
    would else seem certain."""
    more = tested + _Z_95**2
    share = (recall * tested + _Z_95**2 / 2) / more
    half = _Z_95 * math.sqrt(float((share * (1 - share) / more).sum())) / len(recall)
    middle = float(recall.mean())
    return (max(0.0, middle - half), min(1.0, middle + half))
