"""A min/max pyramid of one recording, so that a view of any stretch costs no more than its pixels.

Level 0 holds the low and the high of every 256 samples, each further level those of 256 entries below it. It is built
in one pass, a few megabytes at a time, while views are answered from what is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.envelope import Envelope, bucket_starts, reduce_at
from sigdesk.signals.recording import Recording, Samples

BASE = 256
BLOCK_BYTES = 4 * 1024**2

View = tuple[NDArray[np.intp], Samples, Samples]
"""The first sample of each bucket, shape (buckets,), then lows and highs, both of shape (channels, buckets)."""


@dataclass(frozen=True, slots=True)
class Level:
    """Lows and highs of `grain` samples each, shape (channels, entries); NaN where it is not built yet."""

    grain: int
    lows: Samples
    highs: Samples


class Pyramid:
    """One thread may build it while one other asks for views."""

    def __init__(self, recording: Recording, levels: Sequence[Level] = ()) -> None:
        """With `levels` it is whole already: they were built of this recording before."""
        self.recording = recording
        self._channels = len(recording.channels)
        self._levels = list(levels)
        self._built = recording.length if levels else 0

    @property
    def is_whole(self) -> bool:
        return self._built == self.recording.length

    @property
    def levels(self) -> tuple[Level, ...]:
        """The finest first."""
        return tuple(self._levels)

    @property
    def stored_bytes(self) -> int:
        return sum(level.lows.nbytes + level.highs.nbytes for level in self._levels)

    @property
    def built(self) -> int:
        """How many samples from the start on are in the pyramid."""
        return self._built

    def build(
        self, cancelled: Callable[[], bool] = lambda: False, on_progress: Callable[[float], None] = lambda _: None
    ) -> bool:
        """Read the whole recording once. `on_progress` gets the share that is done, 0 to 1, after each block.

        Gives False when `cancelled` said so before the end. Raises RecordingError when the file cannot be read.
        """
        length = self.recording.length
        while self._built < length:
            if cancelled():
                return False
            stop = min(length, self._built + self._block_length())
            samples = self.recording.read(self._built, stop)
            if not self._levels:
                self._levels = _empty_levels(self._channels, length, samples.dtype)
            self._add(samples, self._built, stop)
            self._built = stop
            on_progress(stop / length)
        return True

    def view(self, start: int, stop: int, buckets: int) -> View:
        """Lows and highs of samples `start` to `stop` in at most `buckets` buckets of equal size.

        From the samples themselves while a bucket is smaller than 256 of them, else from the pyramid, where buckets
        begin at multiples of a level's grain and are NaN as far as it is not built. Raises RecordingError.
        """
        start, stop = max(start, 0), min(stop, self.recording.length)
        if stop <= start or buckets < 1:
            nothing = np.empty((self._channels, 0))
            return np.empty(0, dtype=np.intp), nothing, nothing
        starts = start + bucket_starts(stop - start, buckets)
        per_bucket = (stop - start) / buckets
        if per_bucket < BASE:
            return self._from_samples(starts, stop)
        if not self._levels:
            gaps = np.full((self._channels, len(starts)), np.nan)
            return starts, gaps, gaps
        level = [level for level in self._levels if level.grain <= per_bucket][-1]
        return _from_level(level, starts, stop)

    def _block_length(self) -> int:
        """Samples a channel in a block of some megabytes, a multiple of the base."""
        widest = 8 * max(self._channels, 1)
        return max(BLOCK_BYTES // widest // BASE, 1) * BASE

    def _add(self, samples: Samples, start: int, stop: int) -> None:
        """Put samples `start` to `stop` into every level; `start` is a multiple of the base."""
        lows, highs, first, last = samples, samples, start, stop
        for level in self._levels:
            at, end = first // BASE, -(-last // BASE)
            level.lows[:, at:end], level.highs[:, at:end] = reduce_at(lows, highs, np.arange(0, last - first, BASE))
            # A block ends anywhere in an entry of the level above, which is made anew of all that stands below it.
            first, last = at // BASE * BASE, end
            lows, highs = level.lows[:, first:last], level.highs[:, first:last]

    def _from_samples(self, starts: NDArray[np.intp], stop: int) -> View:
        """Reads a bounded number of samples at a time, whole buckets each."""
        step = max(int(len(starts) * self._block_length() // max(stop - starts[0], 1)), 1)
        parts: list[Envelope] = []
        for at in range(0, len(starts), step):
            end = int(starts[at + step]) if at + step < len(starts) else stop
            samples = self.recording.read(int(starts[at]), end)
            parts.append(reduce_at(samples, samples, starts[at : at + step] - starts[at]))
        return (
            starts,
            np.concatenate([low for low, _ in parts], axis=1),
            np.concatenate([high for _, high in parts], axis=1),
        )


def _from_level(level: Level, starts: NDArray[np.intp], stop: int) -> View:
    first = int(starts[0]) // level.grain
    last = -(-stop // level.grain)
    entries = np.unique(starts // level.grain) - first
    low, high = reduce_at(level.lows[:, first:last], level.highs[:, first:last], entries)
    return np.maximum((entries + first) * level.grain, starts[0]), low, high


def _empty_levels(channels: int, length: int, dtype: np.dtype[Any]) -> list[Level]:
    levels: list[Level] = []
    grain = BASE
    while not levels or length > levels[-1].grain:
        shape = (channels, -(-length // grain))
        levels.append(Level(grain, np.full(shape, np.nan, dtype), np.full(shape, np.nan, dtype)))
        grain *= BASE
    return levels
