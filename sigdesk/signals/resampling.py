"""Samples at another rate: for models that know one rate only, where the operator allows it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.recording import Samples

_RATE_TOLERANCE: Final = 1e-3
"""Rates that were read off time stamps are never exact; a thousandth shifts no feature that a model could see."""


def same_rate(one_hz: float | None, other_hz: float | None) -> bool:
    """Whether two rates are the same for every model; None, an unknown rate, is only the same as itself."""
    if one_hz is None or other_hz is None:
        return one_hz is other_hz
    return abs(one_hz - other_hz) <= _RATE_TOLERANCE * other_hz


def resampled(samples: Samples, from_hz: float, to_hz: float) -> NDArray[np.float64]:
    """Samples of shape (channels, n) at another rate, shape (channels, m): averaged where that leaves out samples, so
    that what is too quick for the new rate does not come back as something slow, and on straight lines between them."""
    count = max(1, round(samples.shape[1] * to_hz / from_hz))
    values = np.asarray(samples, dtype=np.float64)
    if to_hz < from_hz:
        width = from_hz / to_hz
        sums = np.concatenate([np.zeros((len(values), 1)), np.cumsum(np.nan_to_num(values), axis=1)], axis=1)
        edges = np.minimum(np.arange(count + 1) * width, values.shape[1])
        below = np.minimum(edges.astype(np.intp), values.shape[1] - 1)
        upto = sums[:, below] + (edges - below) * np.nan_to_num(values)[:, below]
        return np.asarray(np.diff(upto, axis=1) / np.maximum(np.diff(edges), 1e-12))
    places = np.minimum(np.arange(count) * (from_hz / to_hz), values.shape[1] - 1)
    return np.stack([np.interp(places, np.arange(values.shape[1]), row) for row in values])
