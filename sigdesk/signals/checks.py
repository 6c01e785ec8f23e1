"""Whether there is anything in samples that a model could judge."""

from __future__ import annotations

import math

import numpy as np

from sigdesk.signals.recording import Samples


def unusable_reason(samples: Samples) -> str | None:
    """Why samples of shape (channels, n) cannot be classified, as the end of a sentence that begins with the signal's
    name ("has one sample only …"), or None when they can. A constant signal is a signal.
    """
    if samples.dtype.kind != "f":
        if samples.dtype.kind == "c":
            return "holds complex numbers, but a model wants real ones."
        return f"holds values of type {samples.dtype}, not numbers."
    if samples.ndim != 2:
        return f"has {samples.ndim} dimensions, but a signal has two: channels and samples."
    channels, count = samples.shape
    if channels == 0:
        return "has no channel."
    if count == 0:
        return "is empty: it has no samples."
    if count == 1:
        return "has one sample only, which is too little to judge."
    # The first sample of a real signal is nearly always a number, which spares looking at all of them.
    if not math.isfinite(samples.item(0)) and not np.isfinite(samples).any():
        return "holds no number: every sample is missing or infinite."
    return None
