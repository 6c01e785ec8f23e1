"""Honest judgement: signals are answered only by models that have not seen them, nor any stretch of the same signal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.utils.validation import has_fit_parameter

from sigdesk.classifiers.confidence import softmax
from sigdesk.classifiers.training.methods import Array, logits_of

FOLDS: Final = 5
CURVE_SHARES: Final = (0.2, 0.4, 0.6, 0.8, 1.0)
CALIBRATION_BINS: Final = 10
_TEMPERATURES: Final = (0.02, 20.0)
FoldDone = Callable[[int, int, NDArray[np.intp], NDArray[np.str_]], None]
"""Told after each fold: its number, how many there are, the places that it tested, and the answers there."""


class Signals(Struct, frozen=True):
    """Rows of one method, shape (n, …), with their classes and the signal that each is of, both of shape (n,)."""

    rows: Array
    labels: NDArray[np.str_]
    groups: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.labels)

    def some(self, places: NDArray[np.intp]) -> Signals:
        """Those at `places`."""
        return Signals(self.rows[places], self.labels[places], self.groups[places])


def fold_count(labels: NDArray[np.str_], groups: NDArray[np.intp]) -> int:
    """Five folds, or as many as the rarest class has signals."""
    return int(min(FOLDS, min(len(np.unique(groups[labels == label])) for label in np.unique(labels))))


def folds(
    labels: NDArray[np.str_], groups: NDArray[np.intp], seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Places to train on and places to test on; no signal is on both sides, classes are shared out evenly."""
    yield from _parts(labels, groups, fold_count(labels, groups), seed)


def held_out(
    labels: NDArray[np.str_], groups: NDArray[np.intp], share: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places to train on and to test on, about `share` of the signals; none to test on where a class has too few."""
    parts = round(1 / share) if share > 0 else 0
    rarest = min(len(np.unique(groups[labels == label])) for label in np.unique(labels))
    if parts < 2 or rarest < 2 * parts:  # what is left must fill the folds of a cross-validation
        return np.arange(len(labels)), np.array([], dtype=np.intp)
    return next(_parts(labels, groups, parts, seed))


def _parts(
    labels: NDArray[np.str_], groups: NDArray[np.intp], count: int, seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The places outside and inside of each of `count` parts. Where each signal is one example, nothing has to be kept
    together, and the splitter that can weighs every signal on its own: a tenth of a training's time."""
    if len(np.unique(groups)) == len(groups):
        return iter(StratifiedKFold(count, shuffle=True, random_state=seed).split(labels, labels))
    return iter(StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(labels, labels, groups))


def fit(estimator: Any, signals: Signals) -> Any:
    """A fresh estimator of the same kind, fitted; where it takes weights, every class weighs the same.

    scikit-learn's own `class_weight="balanced"` refuses classes that are named by numbers.
    """
    fresh = clone(estimator)
    if not has_fit_parameter(fresh, "sample_weight"):
        return fresh.fit(signals.rows, signals.labels)
    _, codes, counts = np.unique(signals.labels, return_inverse=True, return_counts=True)
    return fresh.fit(signals.rows, signals.labels, sample_weight=len(codes) / (len(counts) * counts[codes]))


def logits_for(estimator: Any, rows: Array, classes: Sequence[str]) -> NDArray[np.float64]:
    """Logits in the order of `classes`, shape (n, classes); a class that the estimator never met is out of question."""
    known = [classes.index(name) for name in map(str, estimator.classes_)]
    logits = np.full((len(rows), len(classes)), -50.0)
    logits[:, known] = logits_of(estimator, rows)
    return logits


def out_of_fold(
    estimator: Any, signals: Signals, classes: Sequence[str], seed: int, done: FoldDone
) -> NDArray[np.float64]:
    """Logits of every signal by a model that has not seen it, shape (n, classes)."""
    logits = np.zeros((len(signals), len(classes)))
    count = fold_count(signals.labels, signals.groups)
    for number, (train, test) in enumerate(folds(signals.labels, signals.groups, seed), 1):
        fitted = fit(estimator, signals.some(train))
        logits[test] = logits_for(fitted, signals.rows[test], classes)
        done(number, count, test, named(logits[test], classes))
    return logits


def named(logits: NDArray[np.float64], classes: Sequence[str]) -> NDArray[np.str_]:
    """The likeliest class of each row, shape (n,)."""
    return np.asarray(np.array(classes)[logits.argmax(axis=1)])


def best_temperature(logits: NDArray[np.float64], labels: NDArray[np.str_], classes: Sequence[str]) -> float:
    """The temperature under which out-of-fold logits are the likeliest to give the true classes.

    One answer more than was seen is taken to be wrong (J. Platt, 1999): fifty right answers are no certainty.
    """
    places = np.array([classes.index(label) for label in labels])
    wrong = 1.0 / (len(places) + 2)
    targets = np.full(logits.shape, wrong / (len(classes) - 1))
    targets[np.arange(len(places)), places] = 1.0 - wrong

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits, float(np.exp(log_temperature)))
        return float(-(targets * np.log(np.maximum(probabilities, 1e-12))).sum(axis=1).mean())

    low, high = np.log(_TEMPERATURES)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-3})
    return float(np.round(np.exp(found.x), 4))


def calibration(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Of answers about equally sure, shape (n, classes), the mean confidence and the share that was right."""
    confidence = probabilities.max(axis=1)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return [
        {
            "confidence": round(float(confidence[bins == number].mean()), 4),
            "right": round(float(right[bins == number].mean()), 4),
            "signals": int((bins == number).sum()),
        }
        for number in np.unique(bins)
    ]


def learning_curve(
    estimator: Any,
    train: Signals,
    test: Signals,
    classes: Sequence[str],
    seed: int,
    done: Callable[[Sequence[Mapping[str, float]]], None],
) -> list[dict[str, float]]:
    """Accuracy on the test signals after training on more and more of the others, whole signals at a time.

    `done` is told the points so far after each of them.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(np.unique(train.groups))
    points = []
    for share in CURVE_SHARES:
        places = np.flatnonzero(np.isin(train.groups, order[: max(1, round(share * len(order)))]))
        part = train.some(places)
        if len(np.unique(part.labels)) > 1:
            fitted = fit(estimator, part)
            of_test, of_train = (
                float(np.mean(named(logits_for(fitted, one.rows, classes), classes) == one.labels))
                for one in (test, part)
            )
            points.append({"signals": len(places), "training": round(of_train, 4), "test": round(of_test, 4)})
        done(points)
    return points
