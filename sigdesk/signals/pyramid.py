"""A min/max pyramid of one recording, so that a view of any stretch costs no more than its pixels.

Level 0 holds the low and the high of every 256 samples, each further level those of 16 entries below it. It is built
in one pass, a few megabytes at a time, while views are answered from what is there already. Blocks are read one after
the other, and while one is read, another thread finds lows and highs of the one before: numpy lets them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.envelope import Envelope, bucket_starts, reduce_at
from sigdesk.signals.recording import Recording, Samples

BASE = 256
STEP = 16
BLOCK_BYTES = 16 * 1024**2
_HELPERS = 2
_AHEAD = 4
"""How many blocks are read and reduced before they are needed."""

View = tuple[NDArray[np.intp], Samples, Samples]
"""The first sample of each bucket, shape (buckets,), then lows and highs, both of shape (channels, buckets)."""


class Level(Struct, frozen=True):
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

    def knows(self, start: int, stop: int, buckets: int) -> bool:
        """Whether `view` answers this at once, without a look at the file. Any thread may ask when it is whole."""
        return self.is_whole and (stop - start) / buckets >= BASE

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
        if cancelled():
            return self.is_whole
        blocks = self._blocks()
        try:
            for stop, (lows, highs) in blocks:
                if not self._levels:
                    self._levels = _empty_levels(self._channels, length, lows.dtype)
                self._add(lows, highs, self._built, stop)
                self._built = stop
                on_progress(stop / length)
                if stop < length and cancelled():
                    return False
        finally:
            blocks.close()
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

    def _blocks(self) -> Generator[tuple[int, Envelope]]:
        """Where each block that is still to be built ends, and its lows and highs, of 256 samples each."""
        length, step = self.recording.length, self._block_length()
        starts = range(self._built, length, step)
        reading = threading.Lock()

        def block(start: int) -> tuple[int, Envelope]:
            stop = min(length, start + step)
            with reading:
                samples = self.recording.read(start, stop)
            return stop, reduce_at(samples, samples, np.arange(0, stop - start, BASE))

        if len(starts) <= _HELPERS:
            yield from map(block, starts)
            return
        with ThreadPoolExecutor(_HELPERS, "pyramid") as helpers:
            coming: deque[Future[tuple[int, Envelope]]] = deque()
            try:
                for start in starts:
                    coming.append(helpers.submit(block, start))
                    if len(coming) > _AHEAD:
                        yield coming.popleft().result()
                while coming:
                    yield coming.popleft().result()
            finally:
                for future in coming:
                    future.cancel()

    def _block_length(self) -> int:
        """Samples a channel in a block of some megabytes, a multiple of the base."""
        widest = 8 * max(self._channels, 1)
        return max(BLOCK_BYTES // widest // BASE, 1) * BASE

    def _add(self, lows: Samples, highs: Samples, start: int, stop: int) -> None:
        """Put lows and highs of samples `start` to `stop` into every level; `start` is a multiple of the base."""
        at, end = start // BASE, -(-stop // BASE)
        for below, level in zip((None, *self._levels), self._levels, strict=False):
            if below is not None:
                # A block ends anywhere in an entry of this level, which is made anew of all that stands below it.
                first, last = at // STEP * STEP, end
                at, end = first // STEP, -(-last // STEP)
                starts = np.arange(0, last - first, STEP)
                lows, highs = reduce_at(below.lows[:, first:last], below.highs[:, first:last], starts)
            level.lows[:, at:end], level.highs[:, at:end] = lows, highs

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
    entries = starts // level.grain - first
    entries = entries[np.diff(entries, prepend=-1) > 0]
    low, high = reduce_at(level.lows[:, first:last], level.highs[:, first:last], entries)
    return np.maximum((entries + first) * level.grain, starts[0]), low, high


def _empty_levels(channels: int, length: int, dtype: np.dtype[Any]) -> list[Level]:
    levels: list[Level] = []
    grain = BASE
    while not levels or length > levels[-1].grain:
        shape = (channels, -(-length // grain))
        levels.append(Level(grain, np.full(shape, np.nan, dtype), np.full(shape, np.nan, dtype)))
        grain *= STEP
    return levels
