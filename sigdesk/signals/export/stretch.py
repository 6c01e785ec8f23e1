"""What of a recording is written: a stretch of its time and some of its channels, read block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.errors import RecordingError
from sigdesk.signals.annotations import Annotation
from sigdesk.signals.recording import Channel, Recording, Samples

BLOCK_VALUES = 1024**2
"""So many values (samples × channels) are held at once, whatever the recording's length."""

Progress = Callable[[int, int], None]
"""Called with the samples written and all of them; may raise to give up."""


def _unheard(_: int, __: int) -> None:
    """Nobody follows."""


class Stretch(Struct, frozen=True):
    """Samples `start` to `stop` of the channels `rows` of a recording."""

    recording: Recording
    start: int
    stop: int
    rows: tuple[int, ...]
    progress: Progress = _unheard

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(self.recording.channels[row] for row in self.rows)

    @property
    def rate_hz(self) -> float | None:
        return self.recording.time_base.rate_hz

    @property
    def start_s(self) -> float:
        """The time of the first sample on the recording's time base."""
        return self.recording.time_base.time_of(self.start)

    @property
    def start_time(self) -> datetime | None:
        """The moment of the first sample."""
        moment, offset = self.recording.start_time, self.start_s
        if moment is None or not self.recording.time_base.unit:
            return moment
        try:
            return moment + timedelta(seconds=offset)
        except OverflowError:
            return None

    @property
    def annotations(self) -> list[Annotation]:
        """The annotations that touch the stretch, by its own time, which begins at zero."""
        begin, end = self.start_s, self.recording.time_base.time_of(self.stop)
        names = {channel.name for channel in self.channels}
        return [
            Annotation(max(each.start_s, begin) - begin, min(each.end_s, end) - begin, each.text, each.channels)
            for each in self.recording.annotations
            if each.start_s <= end and each.end_s >= begin and (not each.channels or names & set(each.channels))
        ]

    def blocks(self) -> Iterator[tuple[int, Samples]]:
        """The samples in blocks of shape (channels, n), each with the index of its first sample in the stretch."""
        step = max(1, BLOCK_VALUES // max(len(self.recording.channels), 1))
        wanted = list(self.rows)
        every = wanted == list(range(len(self.recording.channels)))
        for at in range(self.start, self.stop, step):
            samples = self.recording.read(at, min(at + step, self.stop))
            self.progress(at - self.start, self.length)
            yield at - self.start, samples if every else samples[wanted]
        self.progress(self.length, self.length)

    def times(self, at: int, count: int) -> NDArray[np.float64]:
        """The times (s, or sample numbers) of `count` samples from index `at` of the stretch on, from zero."""
        base = self.recording.time_base
        return np.round(base.times_of(self.start + at, self.start + at + count) - base.time_of(self.start), 12)


def choose(
    recording: Recording,
    start: float | None = None,
    stop: float | None = None,
    names: Sequence[str] = (),
    progress: Progress = _unheard,
) -> Stretch:
    """The stretch from `start` to `stop` (s, or sample numbers where there is no time; the whole where None) of the
    channels that are named (all where none is). Raises RecordingError for what is not there.
    """
    base = recording.time_base
    first = 0 if start is None else max(base.index_of(start), 0)
    last = recording.length if stop is None else min(base.index_of(stop), recording.length)
    if first >= last:
        raise RecordingError(
            f"{recording.name} has no sample from {start} to {stop} {base.unit}.".replace(" .", "."),
            f"It lasts from 0 to {base.time_of(recording.length):g} {base.unit}.".replace(" .", "."),
        )
    known = [channel.name for channel in recording.channels]
    missing = [name for name in names if name not in known]
    if missing:
        raise RecordingError(
            f"{recording.name} has no channel {', '.join(missing)}.", f"Its channels are {', '.join(known[:30])}."
        )
    rows = tuple(known.index(name) for name in names) if names else tuple(range(len(known)))
    return Stretch(recording, first, last, rows, progress)
