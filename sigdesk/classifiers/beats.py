"""Numbers that describe the rhythm of a heart in an electrocardiogram, for models that look for beats out of turn."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.features import filled

Values = NDArray[np.float64]

RATE_HZ: Final = 360.0
_SMOOTH_S: Final = 0.10
_APART_S: Final = 0.25
"""No two beats of a heart are nearer to each other."""
_BEFORE_S, _AFTER_S = 0.25, 0.30
_SHARE: Final = 0.12
"""A beat is at least this steep, measured by the steepest but few of its window; an ectopic one is less steep."""
NAMES: Final = (
    "beats",
    "usual interval",
    "shortest interval",
    "longest interval",
    "spread of intervals",
    "shortest / usual interval",
    "longest / usual interval",
    "strongest shortening from interval to interval",
    "strongest lengthening from interval to interval",
    "interval after the shortest / usual interval",
    "size of the earliest beat / usual size",
    "steepness of the earliest beat / usual steepness",
    "likeness of the earliest beat to the usual one",
    "likeness of the least usual beat",
    "width of the earliest beat / usual width",
)


def heart_beats(windows: NDArray[Any]) -> Values:
    """The recipe "ecg-beats-360hz-1": the intervals between heart beats, and how the earliest beat looks.

    `windows` has shape (n, channels, samples) at 360 Hz; the answer has shape (n, channels x 15) and is finite. The
    beats are where the signal is steep (J. Pan and W. Tompkins, "A real-time QRS detection algorithm", 1985, whose
    thresholds follow the signal; here a window has one). Intervals are in seconds. A window of fewer than three beats
    has zeros for what cannot be said of it.
    """
    values = filled(windows)
    rows = [np.concatenate([_describe(channel) for channel in window]) for window in values]
    return np.stack(rows) if rows else np.empty((0, windows.shape[1] * len(NAMES)))


def find_beats(values: Values) -> tuple[NDArray[np.intp], Values]:
    """Where beats are in one channel, shape (beats,), and the steepness at every sample, shape (samples,)."""
    steps = np.diff(values, prepend=values[:1]) ** 2
    width = round(_SMOOTH_S * RATE_HZ)
    steepness = np.sqrt(np.convolve(steps, np.full(width, 1.0 / width), mode="same"))
    apart = round(_APART_S * RATE_HZ)
    padded = np.pad(steepness, apart, mode="constant", constant_values=-1.0)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * apart + 1).max(axis=1)
    steep = np.quantile(steepness, 0.98) if len(steepness) else 0.0
    tops = np.flatnonzero((steepness >= around) & (steepness > _SHARE * steep))
    if len(tops) > 1:  # a plateau is one top
        tops = tops[np.concatenate([[True], np.diff(tops) > apart])]
    return tops, steepness


def _describe(values: Values) -> Values:
    """The features of one channel, shape (15,)."""
    beats, steepness = find_beats(values)
    features = np.zeros(len(NAMES))
    features[0] = len(beats)
    if len(beats) < 3:
        return features
    intervals = np.diff(beats) / RATE_HZ
    usual = float(np.median(intervals))
    changes = intervals[1:] / intervals[:-1]
    shortest = int(intervals.argmin())
    after = intervals[shortest + 1] if shortest + 1 < len(intervals) else usual
    features[1:10] = (
        usual, intervals.min(), intervals.max(), intervals.std(), intervals.min() / usual, intervals.max() / usual,
        changes.min(), changes.max(), after / usual,
    )  # fmt: skip
    features[10:] = _looks(values, steepness, beats, shortest + 1)
    return np.nan_to_num(features, nan=0.0, posinf=1e3, neginf=-1e3)


def _looks(values: Values, steepness: Values, beats: NDArray[np.intp], early: int) -> Values:
    """How the beat `early` differs from the median of all, shape (5,)."""
    before, after = round(_BEFORE_S * RATE_HZ), round(_AFTER_S * RATE_HZ)
    padded = np.pad(values, (before, after), mode="edge")
    shapes = np.stack([padded[beat : beat + before + after] for beat in beats])
    shapes = shapes - shapes.mean(axis=1, keepdims=True)
    usual = np.median(shapes, axis=0)
    spans, sizes = np.ptp(shapes, axis=1), np.sqrt((shapes**2).mean(axis=1))
    likeness = (shapes * usual).mean(axis=1) / np.maximum(sizes * np.sqrt((usual**2).mean()), 1e-12)
    widths = (np.abs(shapes) > 0.5 * np.abs(shapes).max(axis=1, keepdims=True)).mean(axis=1)
    return np.array(
        [
            spans[early] / max(float(np.median(spans)), 1e-12),
            steepness[beats[early]] / max(float(np.median(steepness[beats])), 1e-12),
            likeness[early],
            likeness.min(),
            widths[early] / max(float(np.median(widths)), 1e-12),
        ]
    )
