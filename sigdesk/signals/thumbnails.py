"""The few numbers from which a list paints a small picture of a signal."""

from __future__ import annotations

import numpy as np

from sigdesk.signals.envelope import bucket_starts, reduce_at
from sigdesk.signals.recording import Recording, Samples

READ_WHOLE_BELOW = 262_144
"""Up to so many values (samples × channels) a picture is made of all of them."""
STRETCH = 1024
"""Of a longer recording each bucket is made of its first samples only: a picture of 56 pixels shows no single peak,
and a folder of recordings of an hour must not be read whole for its list."""


def thumbnail(recording: Recording, buckets: int = 56) -> tuple[Samples, Samples]:
    """Lows and highs of the first channel, both of shape (buckets,), or as many as there are samples.

    Raises RecordingError when the file cannot be read.
    """
    starts = bucket_starts(recording.length, buckets)
    if recording.length * len(recording.channels) <= READ_WHOLE_BELOW:
        first = recording.read()[:1]
        low, high = reduce_at(first, first, starts)
        return low[0], high[0]
    lows, highs = [], []
    for start in starts:
        part = recording.read(int(start), min(int(start) + STRETCH, recording.length))[:1]
        low, high = reduce_at(part, part, np.zeros(1, dtype=np.intp))
        lows.append(low[0])
        highs.append(high[0])
    return np.concatenate(lows), np.concatenate(highs)
