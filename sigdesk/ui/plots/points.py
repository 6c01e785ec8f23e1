"""What traces are drawn from: which samples a view needs, at which grain, and the points that were made of them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.recording import TimeBase
from sigdesk.ui.plots.stretch import Stretch

RAW_BELOW: Final = 2.0
"""Below so many samples a pixel the samples themselves are drawn, not their lows and highs."""
_MARGIN: Final = 0.5
_SPARE: Final = 0.15


class Wish(Struct, frozen=True):
    """Samples `start` to `stop` in buckets of `grain` samples each; a grain of 1 means the samples themselves."""

    start: int
    stop: int
    grain: int

    @property
    def buckets(self) -> int:
        return -(-(self.stop - self.start) // self.grain)


class Points(Struct, frozen=True, eq=False):
    """Points ready to be joined by lines: `times` of shape (n,), `values` of shape (channels, n), NaN where a gap is.

    Low and high of a bucket follow each other at the same time, in every other bucket the high first: the line from one
    bucket to the next is then short, and half as long as one that runs back from each high to the next low.
    """

    wish: Wish
    times: NDArray[np.float64]
    values: NDArray[np.floating[Any]]

    def within(self, stretch: Stretch) -> Points:
        """The points of a stretch."""
        first, last = np.searchsorted(self.times, (stretch.start, stretch.stop))
        return Points(self.wish, self.times[first:last], self.values[:, first:last])


def wish_for(visible: Stretch, base: TimeBase, length: int, pixels: float) -> Wish:
    """The samples of a visible stretch with half its width more on both sides, so that panning finds them drawn.

    Buckets begin at multiples of their size, so that a peak keeps its bucket, and its height, while the view moves.
    """
    first, last = _bounds(visible, base, length)
    margin = int((last - first) * _MARGIN)
    start, stop = max(0, first - margin), min(length, last + margin)
    per_pixel = (last - first) / max(pixels, 1.0)
    if per_pixel < RAW_BELOW:
        return Wish(start, stop, 1)
    grain = int(per_pixel)
    return Wish(start // grain * grain, min(length, -(-stop // grain) * grain), grain)


def is_answered_by(points: Points | None, visible: Stretch, base: TimeBase, length: int, pixels: float) -> bool:
    """Whether what is drawn still serves: the right grain, and some room left on both sides for the next move."""
    if points is None:
        return False
    wish = wish_for(visible, base, length, pixels)
    first, last = _bounds(visible, base, length)
    spare = int((last - first) * _SPARE)
    has = points.wish
    return has.grain == wish.grain and has.start <= max(0, first - spare) and min(length, last + spare) <= has.stop


def envelope_points(
    wish: Wish, base: TimeBase, indices: NDArray[np.integer[Any]], lows: NDArray[Any], highs: NDArray[Any]
) -> Points:
    """Points from the lows and highs of buckets, both of shape (channels, buckets), which begin at `indices`."""
    length = wish.stop
    middles = np.minimum(indices + wish.grain // 2, length - 1)
    values = np.empty((lows.shape[0], 2 * lows.shape[1]), dtype=lows.dtype)
    values[:, 0::4], values[:, 1::4] = lows[:, 0::2], highs[:, 0::2]
    values[:, 2::4], values[:, 3::4] = highs[:, 1::2], lows[:, 1::2]
    return Points(wish, np.repeat(times_at(base, middles), 2), values)


def raw_points(wish: Wish, base: TimeBase, samples: NDArray[np.floating[Any]]) -> Points:
    """Points that are the samples themselves, shape (channels, stop - start)."""
    return Points(wish, base.times_of(wish.start, wish.stop), samples)


def times_at(base: TimeBase, indices: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """The times of samples by their indices, which lie inside the recording."""
    if base.times is not None:
        chosen: NDArray[np.float64] = base.times[indices]
        return chosen
    times: NDArray[np.float64] = indices.astype(np.float64)
    return times / base.rate_hz if base.rate_hz else times


def _bounds(visible: Stretch, base: TimeBase, length: int) -> tuple[int, int]:
    """The samples of a stretch with one more on both sides, so that lines run out of the view."""
    first = min(max(base.index_of(visible.start) - 1, 0), length)
    return first, min(max(base.index_of(visible.stop) + 1, first), length)
