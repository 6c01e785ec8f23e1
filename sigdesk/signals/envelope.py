"""The lowest and the highest sample of each bucket: all that a plot needs of more samples than it has pixels.

Missing samples and infinities count as gaps: a bucket passes over them, and one that holds nothing else is NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.recording import Samples

Envelope = tuple[Samples, Samples]
"""The lows and the highs, each of shape (channels, buckets)."""


def bucket_starts(count: int, buckets: int) -> NDArray[np.intp]:
    """Where each of `buckets` buckets of `count` samples begins; they differ by one sample at most, and there are no
    more of them than samples."""
    buckets = min(buckets, count)
    return np.arange(buckets, dtype=np.intp) * count // max(buckets, 1)


def envelope(samples: Samples, buckets: int) -> Envelope:
    """Lows and highs of samples of shape (channels, n) in `buckets` buckets, or n where there are fewer samples."""
    return reduce_at(samples, samples, bucket_starts(samples.shape[1], buckets))


def reduce_at(lows: Samples, highs: Samples, starts: NDArray[np.integer[Any]]) -> Envelope:
    """Lows of `lows` and highs of `highs`, both (channels, n), in buckets that begin at `starts`, strictly rising."""
    if not len(starts):
        return lows[:, :0], highs[:, :0]
    low = np.fmin.reduceat(lows, starts, axis=1)  # passes over NaN, and is faster in short buckets than np.minimum
    high = np.fmax.reduceat(highs, starts, axis=1)
    if np.isfinite(low).all() and np.isfinite(high).all():
        return low, high
    # Only now is it worth looking at each sample: there are infinities, or buckets of nothing but gaps.
    low = np.fmin.reduceat(_gaps(lows), starts, axis=1)
    high = np.fmax.reduceat(_gaps(highs), starts, axis=1)
    return low, high


def _gaps(samples: Samples) -> Samples:
    return np.where(np.isfinite(samples), samples, np.array(np.nan, dtype=samples.dtype))
