"""Where on a signal a model looked: what becomes of its answer when a part of the signal is taken away.

It asks the model ten times more, so it is done where the operator asks for it (the parameter `explain`), and it says
the same of every kind of model (M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", 2014).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.features import filled

EXPLAIN: Final = "explain"
"""The parameter of a manifest that asks for it."""
LOOKED_AT: Final = "looked_at"
"""The key of an answer that says it."""
TENTHS: Final = 10
Answer = dict[str, Any]


def looked_at(
    window: NDArray[Any], answer: Answer, ask: Callable[[NDArray[Any]], Sequence[Answer]]
) -> list[float] | None:
    """By how much the probability of the answer falls when each tenth of the window, shape (channels, samples), is a
    straight line instead; 0 where it does not fall. None of a model that gives no probabilities, and of a window
    shorter than ten samples."""
    if "probabilities" not in answer or window.shape[-1] < TENTHS:
        return None
    edges = np.linspace(0, window.shape[-1], TENTHS + 1).astype(int)
    without = np.repeat(filled(window[None]), TENTHS, axis=0)
    for values, start, stop in zip(without, edges[:-1], edges[1:], strict=True):
        first, last = values[:, max(start - 1, 0)], values[:, min(stop, values.shape[-1] - 1)]
        values[:, start:stop] = np.linspace(first, last, stop - start, axis=1)
    label = answer["label"]
    return [
        round(max(0.0, answer["probabilities"][label] - other["probabilities"].get(label, 0.0)), 4)
        for other in ask(without)
    ]
