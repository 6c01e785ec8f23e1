"""What a training's report says of its tested signals, of suspected labels, and of what the forest looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.confidence import softmax
from sigdesk.classifiers.recipes import Feature
from sigdesk.classifiers.scores import Scores
from sigdesk.classifiers.training import judging
from sigdesk.classifiers.training.examples import Example, labels_of
from sigdesk.classifiers.training.methods import Method

Logits = NDArray[np.float64]

SHOWN: Final = 20
"""A forest spreads over a hundred features; what comes after the first of them says nothing."""


def explained(method: Method, estimator: Any) -> dict[str, Any]:
    """What the report says of a fitted forest; nothing of a method that cannot say.

    `importances`: the features that count most, each with its name, its channel, the stretch of the signal that it is
    of (0..1 of its length) and its share (all features add up to 1). `looked_at`: how the shares fall on the tenths of
    the signal, a row a channel; features of the whole signal are shared out evenly.
    """
    shares = getattr(estimator, "feature_importances_", None)
    if shares is None or method.recipe is None:
        return {}
    features = method.recipe.features
    most = np.argsort(-shares, kind="stable")[:SHOWN]
    return {
        "importances": [
            _entry(features[place % len(features)], place // len(features), shares[place]) for place in most
        ],
        "looked_at": np.round(method.recipe.where(shares), 4).tolist(),
    }


def answered(examples: Sequence[Example], logits: Logits, classes: Sequence[str], temperature: float) -> dict[str, Any]:
    """Each tested signal with its answer, so that a cell of the matrix can be opened, and the calibration curve."""
    probabilities = softmax(logits, temperature)
    answers = judging.named(logits, classes)
    right = answers == labels_of(examples)
    tested = [
        {**_place(example), "answer": str(answer), "confidence": round(float(row.max()), 4)}
        for example, answer, row in zip(examples, answers, probabilities, strict=True)
    ]
    return {"tested": tested, "calibration": judging.calibration(probabilities, right)}


def suspects(
    examples: Sequence[Example], logits: Logits, classes: Sequence[str], temperature: float
) -> list[dict[str, Any]]:
    """Labels that a model which has not seen them disagrees with, the surest disagreement first."""
    probabilities = softmax(logits, temperature)
    answers = probabilities.argmax(axis=1)
    truth = np.array([classes.index(example.label) for example in examples])
    rows = np.arange(len(truth))
    doubt = probabilities[rows, answers] - probabilities[rows, truth]
    order = [int(row) for row in np.argsort(-doubt, kind="stable") if answers[row] != truth[row]]
    return [
        {
            **_place(examples[row]),
            "answer": classes[answers[row]],
            "confidence": round(float(probabilities[row, answers[row]]), 4),
            "doubt": round(float(doubt[row]), 4),
        }
        for row in order
    ]


def figures(scores: Scores) -> dict[str, Any]:
    """What is shown of the scores of a method or of a model."""
    return {
        "accuracy": round(scores.accuracy, 4),
        "accuracy_interval": [round(end, 4) for end in scores.accuracy_interval],
        "balanced_accuracy": round(scores.balanced_accuracy, 4),
        "balanced_interval": [round(end, 4) for end in scores.balanced_interval],
        "guess": round(scores.guess, 4),
        "signals": scores.count,
    }


def _place(example: Example) -> dict[str, Any]:
    return {
        "signal": example.title,
        "path": str(example.path),
        "item": example.item,
        "start": example.start,
        "stop": example.stop,
        "label": example.label,
    }


def _entry(feature: Feature, channel: int, share: float) -> dict[str, Any]:
    return {
        "feature": feature.name,
        "channel": int(channel),
        "start": round(feature.start, 3),
        "stop": round(feature.stop, 3),
        "share": round(float(share), 5),
    }
