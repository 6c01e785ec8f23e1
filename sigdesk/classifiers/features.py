"""Numbers that describe a signal of any length, for models that cannot look at samples directly."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SEGMENTS: Final = 10
BANDS: Final = 10
LAGS: Final = 6
_SHORTEST = 16  # each half must be longer than the longest lag
_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_TINY = 1e-12


def statistics_spectrum(windows: NDArray[Any]) -> Values:
    """The recipe "statistics-spectrum-1": level, shape and spectrum of each channel.

    `windows` has shape (n, channels, samples), samples at least 1; the answer has shape (n, channels x 115) and is
    finite whatever the values are. A level stands as its logarithm, as signals of one kind differ by orders of
    magnitude; all else is free of scale. Frequencies are relative to the sample rate. Gaps (NaN, infinity) are filled
    by straight lines.
    """
    values = _padded(filled(windows))
    largest = np.abs(values).max(axis=-1)
    scale = np.where(largest > 0, largest, 1.0)
    values = values / scale[..., None]
    middle = values.shape[-1] // 2
    parts = (values, values[..., :middle], values[..., middle:])
    columns = [_whole(values, scale), *(_part(part, scale) for part in parts)]
    features = np.concatenate(columns, axis=-1)
    return np.asarray(features.reshape(len(features), -1))


def filled(windows: NDArray[Any]) -> Values:
    """A copy as float64 in which gaps are bridged by straight lines; a channel of nothing but gaps becomes 0."""
    values = np.array(windows, dtype=np.float64)
    good = np.isfinite(values)
    if good.all():
        return values
    indices = np.arange(values.shape[-1])
    for row in np.argwhere(~good.all(axis=-1)):
        line, known = values[tuple(row)], good[tuple(row)]
        line[~known] = np.interp(indices[~known], indices[known], line[known]) if known.any() else 0.0
    return values


def _padded(values: Values) -> Values:
    """A very short signal goes on at its last value, so that every feature has something to stand on."""
    missing = _SHORTEST - values.shape[-1]
    return values if missing <= 0 else np.pad(values, ((0, 0), (0, 0), (0, missing)), mode="edge")


def _whole(values: Values, scale: Values) -> Values:
    """Level and course of the whole signal, shape (n, channels, features). `values` lie in -1..1."""
    mean, deviation, _, _, centred = _moments(values)
    rms = np.sqrt(np.mean(values**2, axis=-1))
    steps = np.abs(np.diff(values, axis=-1))
    mean_step, largest_step = steps.mean(axis=-1), steps.max(axis=-1)
    quantiles = np.moveaxis(np.quantile(values, _QUANTILES, axis=-1), 0, -1)
    levels = (rms, deviation, np.ones_like(rms), mean, mean_step, largest_step, quantiles[..., 1], quantiles[..., 3])
    count = values.shape[-1]
    single = [
        *(_log_level(level, scale) for level in levels),
        np.sign(mean),
        _ratio(1.0, rms),  # the crest factor: the largest value is 1
        _ratio(deviation, np.abs(mean)),
        np.diff(np.signbit(centred), axis=-1).mean(axis=-1),
        largest_step,
        _ratio(mean_step, np.abs(mean)),
        steps.argmax(axis=-1) / count,
        values.argmax(axis=-1) / count,
    ]
    span = quantiles[..., -1:] - quantiles[..., :1]
    spread = (quantiles[..., 1:-1] - quantiles[..., :1]) / np.where(span > 0, span, 1.0)
    segments = _segment_means(values)
    rises = np.diff(segments, axis=-1) / np.where(deviation > _TINY, deviation, 1.0)[..., None]
    return np.concatenate([np.stack(single, axis=-1), spread, segments, rises], axis=-1)


def _part(values: Values, scale: Values) -> Values:
    """Level, shape and spectrum of a part of the signal, shape (n, channels, features)."""
    mean, deviation, skew, kurtosis, centred = _moments(values)
    single = (
        _log_level(mean, scale),
        _log_level(deviation, scale),
        _ratio(deviation, np.abs(mean)),
        np.arcsinh(skew),
        np.log10(kurtosis + 1e-3),
    )
    return np.concatenate([_spectrum(centred), _autocorrelation(centred), np.stack(single, axis=-1)], axis=-1)


def _moments(values: Values) -> tuple[Values, Values, Values, Values, Values]:
    """Mean, standard deviation, skew, kurtosis, and the values without their mean."""
    mean = values.mean(axis=-1)
    centred = values - mean[..., None]
    deviation = np.sqrt(np.mean(centred**2, axis=-1))
    unit = centred / np.where(deviation > _TINY, deviation, 1.0)[..., None]
    return mean, deviation, np.mean(unit**3, axis=-1), np.mean(unit**4, axis=-1), centred


def _spectrum(centred: Values) -> Values:
    """Log share of power in bands from 0 to half the sample rate, then centroid, flatness, spread and peak."""
    count = centred.shape[-1]
    taper = np.hanning(count + 2)[1:-1]
    power = np.abs(np.fft.rfft(centred * taper, axis=-1)) ** 2
    total = power.sum(axis=-1, keepdims=True)
    share = power / np.where(total > _TINY**2, total, 1.0)
    frequencies = np.fft.rfftfreq(count)
    centroid = (share * frequencies).sum(axis=-1)
    spread = np.sqrt(np.maximum((share * frequencies**2).sum(axis=-1) - centroid**2, 0.0))
    entropy = -(share * np.log(share + _TINY)).sum(axis=-1) / np.log(share.shape[-1])
    peak = frequencies[share.argmax(axis=-1)]
    # A line stands for the stretch of half a step to both sides, so that bands of any width share it fairly.
    edges = np.interp(np.linspace(0.0, 0.5, BANDS + 1), frequencies, np.arange(len(frequencies)) + 0.5)
    bands = np.diff(_cumulated(share, edges), axis=-1)
    return np.concatenate(
        [np.log10(np.maximum(bands, 0.0) + 1e-6), np.stack([centroid, entropy, spread, peak], axis=-1)], axis=-1
    )


def _segment_means(values: Values) -> Values:
    """The means of `SEGMENTS` equal stretches, edges between samples shared out."""
    count = values.shape[-1]
    edges = np.linspace(0, count, SEGMENTS + 1)
    return np.asarray(np.diff(_cumulated(values, edges), axis=-1) * (SEGMENTS / count))


def _cumulated(values: Values, edges: Values) -> Values:
    """The sum of all values before each edge, where an edge may cut a value in two."""
    sums = np.concatenate([np.zeros_like(values[..., :1]), np.cumsum(values, axis=-1)], axis=-1)
    below = np.minimum(edges.astype(np.intp), values.shape[-1] - 1)
    within = edges - below
    return np.asarray(sums[..., below] * (1.0 - within) + sums[..., below + 1] * within)


def _autocorrelation(centred: Values) -> Values:
    power = np.mean(centred**2, axis=-1)
    power = np.where(power > _TINY**2, power, 1.0)
    lags = [np.mean(centred[..., lag:] * centred[..., :-lag], axis=-1) / power for lag in range(1, LAGS + 1)]
    return np.stack(lags, axis=-1)


def _log_level(level: Values, scale: Values) -> Values:
    """The decimal logarithm of a level in the signal's own unit; a billionth stands for nothing at all."""
    with np.errstate(over="ignore"):
        size = np.minimum(np.abs(level) * scale, 1e300)
    return np.log10(size + 1e-9)


def _ratio(part: float | Values, whole: Values) -> Values:
    """A ratio kept within 1000, as it means nothing where the whole is close to 0."""
    return np.clip(part / np.where(whole > _TINY, whole, 1.0), -1e3, 1e3)
