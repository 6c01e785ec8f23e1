"""A column of times becomes a time base: a sample rate where the steps are even, else the times themselves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.recording import TimeBase

EVEN_WITHIN = 0.1
"""How far, in steps, a sample may lie from its place on an even grid. Loggers write times rounded to milliseconds, and
no one sees a tenth of a sample on a plot; explicit times cost every reader more than that jitter does."""

MAX_ROUNDING = 0.002
"""How far a rate is rounded at most, relative to itself, however roughly its times were written down."""

_PIECE = 32_768
"""Times are compared so many at a time, which the processor's cache holds."""

FARTHEST_S = 1e15
"""No clock counts so many seconds, and the sum of two such times is still exact to a second."""


def first_fault(times: NDArray[np.float64]) -> int | None:
    """The index of the first time that is missing, beyond all clocks, or earlier than the one before it, or None."""
    rising = (times[1:] >= times[:-1]).all()  # not beside a missing time
    if rising and (not len(times) or (times[0] > -FARTHEST_S and times[-1] < FARTHEST_S)):
        return None
    bad = ~((times > -FARTHEST_S) & (times < FARTHEST_S))
    bad[1:] |= times[1:] < times[:-1]
    index = int(np.argmax(bad)) if len(bad) else 0
    return index if len(bad) and bad[index] else None


def time_base_of(times: NDArray[np.float64]) -> TimeBase:
    """The time base of `times` (s, never falling, shape (n,)), counted from the first of them."""
    span = float(times[-1] - times[0]) if len(times) else 0.0
    if span <= 0:
        return TimeBase(times=times - times[:1])
    step = span / (len(times) - 1)
    away = 0.0
    for first in range(0, len(times), _PIECE):
        piece = times[first : first + _PIECE] - times[0]
        off = np.arange(first, first + len(piece), dtype=np.float64)
        off *= step
        np.subtract(piece, off, out=off)
        away = max(away, float(np.max(np.abs(off, out=off))))
    if away > EVEN_WITHIN * step:
        return TimeBase(times=times - times[0])
    return TimeBase(rate_hz=_roundest(1.0 / step, within=min(max(2.0 * away / span, 1e-9), MAX_ROUNDING)))


def rate_of_step(step_s: float, within: float = 1e-12) -> float:
    """The rate (Hz) of which `step_s` is the inverse; 50 000, not 50 000.000 000 000 01 of 2e-5.

    `within` is how far the step may be off, relative to itself: 1e-7 where a file keeps it in 32 bits.
    """
    return _roundest(1.0 / step_s, within=within)


def _roundest(rate: float, *, within: float) -> float:
    """The number with the fewest digits that lies within a relative error of `rate`: 30 000, not 29 999.7."""
    magnitude = math.floor(math.log10(rate))
    for digits in range(1, 13):
        candidate = round(rate, digits - 1 - magnitude)
        if abs(candidate - rate) <= within * rate:
            return candidate
    return rate
