"""An example of each class: the outline of one training signal, small enough to stand in every model folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.confidence import softmax
from sigdesk.classifiers.training.examples import Example
from sigdesk.signals.envelope import envelope

STEPS: Final = 96
MOST_CHANNELS: Final = 3
MOST_CLASSES: Final = 64
_DIGITS: Final = 4


def class_examples(
    examples: Sequence[Example], logits: NDArray[np.float64], classes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """For each class the training signal that a model which has not seen it named most surely, by its class: its name
    and the lows and highs of its first channels in equal steps. `logits` has shape (examples, classes)."""
    sureness = softmax(logits, 1.0)
    found = {}
    for column, name in enumerate(classes[:MOST_CLASSES]):
        places = [place for place, example in enumerate(examples) if example.label == name]
        if places:
            found[name] = _outline(examples[max(places, key=lambda place: float(sureness[place, column]))])
    return found


def _outline(example: Example) -> dict[str, Any]:
    lows, highs = envelope(np.asarray(example.samples[:MOST_CHANNELS], dtype=np.float64), STEPS)
    return {
        "signal": example.title,
        "channels": len(example.samples),
        "lows": [_rounded(row) for row in lows],
        "highs": [_rounded(row) for row in highs],
    }


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    """Four digits of each, None for a gap."""
    return [float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in values]
