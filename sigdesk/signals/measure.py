"""What two cursors measure between them: of each channel the step from one to the other, RMS, mean and peak to peak.

A stretch of any length is read block by block, and what is known so far is told after each block. Missing samples and
infinities are left out and counted, so that no figure quietly stands for more than it was made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.recording import Recording

_BLOCK_VALUES: Final = 1024**2


class ChannelMeasure(Struct, frozen=True):
    """One channel over a stretch, in its own unit. Figures of no sample are NaN.

    `first` and `last` are the samples under the two cursors; `count` of the stretch's samples are numbers, `missing`
    are not.
    """

    first: float
    last: float
    mean: float
    rms: float
    low: float
    high: float
    count: int
    missing: int

    @property
    def step(self) -> float:
        """From the first cursor to the second."""
        return self.last - self.first

    @property
    def peak_to_peak(self) -> float:
        return self.high - self.low


class Measurement(Struct, frozen=True):
    """Samples `start` to `stop` (excluded). `share` of them, 0 to 1, are in the figures; `span` is in the time base's
    unit."""

    start: int
    stop: int
    span: float
    channels: tuple[ChannelMeasure, ...]
    share: float

    @property
    def samples(self) -> int:
        return self.stop - self.start


def measure(
    recording: Recording, start: int, stop: int, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Measurement]:
    """Measure samples `start` (0 or more) to `stop` (excluded; the length at most), again after each block that was
    read; the last one has a `share` of 1. Ends early when `cancelled`.

    The second cursor stands on sample `stop`, or on the last one where the recording ends there. Raises RecordingError
    when the recording can no longer be read.
    """
    first, last = _sample(recording, start), _sample(recording, stop)
    sums = [_Sums() for _ in recording.channels]
    span = recording.time_base.time_of(stop) - recording.time_base.time_of(start)
    step = max(1, _BLOCK_VALUES // max(len(sums), 1))
    at = start
    while not cancelled():
        end = min(stop, at + step)
        for total, samples in zip(sums, recording.read(at, end), strict=True):
            total.add(samples)
        at = end
        channels = tuple(total.told(float(a), float(b)) for total, a, b in zip(sums, first, last, strict=True))
        share = 1.0 if at >= stop else (at - start) / (stop - start)
        yield Measurement(start, stop, span, channels, share)
        if at >= stop:
            return


def _sample(recording: Recording, index: int) -> NDArray[np.floating[Any]]:
    """The channels' values at an index, or at the last one when it lies behind the end; NaN where there is none."""
    index = min(index, recording.length - 1)
    if index < 0:
        return np.full(len(recording.channels), np.nan)
    values: NDArray[np.floating[Any]] = recording.read(index, index + 1)[:, 0]
    return values


class _Sums:
    """Running sums of one channel. Means are joined as Chan, Golub and LeVeque do it (1979), so that a long recording
    costs no digits; squares are summed relative to the largest value, so that none overflows."""

    def __init__(self) -> None:
        self._count = self._missing = 0
        self._mean = 0.0
        self._scale = self._squares = 0.0
        self._low, self._high = math.inf, -math.inf

    def add(self, samples: NDArray[np.floating[Any]]) -> None:
        finite = np.isfinite(samples)
        values = samples if finite.all() else samples[finite]
        self._missing += len(samples) - len(values)
        if not len(values):
            return
        values = values.astype(np.float64)
        low, high = float(values.min()), float(values.max())
        self._low, self._high = min(self._low, low), max(self._high, high)
        self._count += len(values)
        scale = max(abs(low), abs(high))
        if not scale:
            self._mean -= self._mean * len(values) / self._count
            return
        relative = values / scale
        self._mean += (float(relative.mean()) * scale - self._mean) * (len(values) / self._count)
        if scale > self._scale:
            self._squares *= (self._scale / scale) ** 2
            self._scale = scale
        self._squares += float(np.dot(relative, relative)) * (scale / self._scale) ** 2

    def told(self, first: float, last: float) -> ChannelMeasure:
        if not self._count:
            nothing = math.nan
            return ChannelMeasure(first, last, nothing, nothing, nothing, nothing, 0, self._missing)
        rms = self._scale * math.sqrt(self._squares / self._count)
        return ChannelMeasure(first, last, self._mean, rms, self._low, self._high, self._count, self._missing)
