"""What a file or an instrument gave: channels on one time base, read a stretch at a time.

Nothing here loads a whole file because it was opened. In the window the operator reads "signal"; in code that word
already belongs to Qt and to the standard library, so the class is a Recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from sigdesk.errors import RecordingError
from sigdesk.signals.annotations import Annotation

Samples = NDArray[np.floating[Any]]
"""An array of float32 or float64 of shape (channels, samples), in physical units."""


class Channel(Struct, frozen=True):
    """One quantity of a recording; `unit` is empty where the source names none."""

    name: str
    unit: str = ""


class SampleSource(Protocol):
    """Where a recording's samples come from: a mapped file, a parsed text, an array in memory."""

    def read(self, start: int, stop: int) -> Samples:
        """Samples `start` (included) to `stop` (excluded) of all channels, shape (channels, stop - start)."""
        ...


class ArraySource(Struct, frozen=True):
    """Samples that are in memory already, shape (channels, samples)."""

    samples: Samples

    def read(self, start: int, stop: int) -> Samples:
        return self.samples[:, start:stop]


class TimeBase(Struct, frozen=True):
    """How a sample's index becomes a time in seconds since the recording's start.

    Either `rate_hz` is set, or `times` (seconds, one a sample, never falling), or neither: then the file names no
    time at all and "time" is the sample's number.
    """

    rate_hz: float | None = None
    times: NDArray[np.float64] | None = None

    @property
    def unit(self) -> str:
        """ "s", or "" when the time is a sample number."""
        return "" if self.rate_hz is None and self.times is None else "s"

    def time_of(self, index: float) -> float:
        """The time (s, or sample number) of a sample index; fractions lie between samples."""
        if self.times is not None:
            return _between(self.times, index)
        return index / self.rate_hz if self.rate_hz else float(index)

    def index_of(self, time: float) -> int:
        """The index of the first sample at or after `time`; may lie outside the recording."""
        if self.times is not None:
            return int(np.searchsorted(self.times, time, side="left"))
        return int(np.ceil(time * self.rate_hz - 1e-9)) if self.rate_hz else int(np.ceil(time))

    def times_of(self, start: int, stop: int) -> NDArray[np.float64]:
        """The times of samples `start` to `stop`, shape (stop - start,)."""
        if self.times is not None:
            return self.times[start:stop]
        indices = np.arange(start, stop, dtype=np.float64)
        return indices / self.rate_hz if self.rate_hz else indices


class Recording(Struct, frozen=True):
    """A signal: `channels` of `length` samples each on one `time_base`.

    `path` is the file it came from and `item` says which of the file's signals it is ("" where there is only one).
    `label` is the class that the file itself gives, as labelled sets do. `format_name` is what operators call the
    format ("WAV"). `metadata` holds what else the file said, as text. `annotations` are what the file says about
    stretches of the signal, by their start. `processing` says what was done to the samples since they were read, ""
    where nothing was.
    """

    name: str
    path: Path
    channels: tuple[Channel, ...]
    length: int
    time_base: TimeBase
    source: SampleSource
    format_name: str
    item: str = ""
    start_time: datetime | None = None
    label: str | None = None
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    annotations: tuple[Annotation, ...] = ()
    processing: str = ""

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first sample to the end of the last, or None where the file names no time."""
        if self.time_base.times is not None:
            times = self.time_base.times
            return float(times[-1] - times[0]) if len(times) else 0.0
        return self.length / self.time_base.rate_hz if self.time_base.rate_hz else None

    def read(self, start: int = 0, stop: int | None = None) -> Samples:
        """Samples `start` to `stop` (excluded; the end when None), shape (channels, stop - start), float.

        Raises RecordingError when the stretch lies outside the recording or the file can no longer be read.
        """
        stop = self.length if stop is None else stop
        if not 0 <= start <= stop <= self.length:
            raise RecordingError(
                f"Samples {start} to {stop} of {self.name} were asked for, but it has {self.length}.",
                "Choose a stretch inside the signal.",
            )
        return self.source.read(start, stop)


def _between(times: NDArray[np.float64], index: float) -> float:
    """The time at an index that may lie between two samples; the ends hold beyond them."""
    if not len(times):
        return 0.0
    index = min(max(index, 0.0), len(times) - 1.0)
    before = int(index)
    after = min(before + 1, len(times) - 1)
    return float(times[before] + (index - before) * (times[after] - times[before]))
