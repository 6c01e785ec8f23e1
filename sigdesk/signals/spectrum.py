"""Power over frequency: the spectrum of a stretch by Welch's method (1967), and the spectrogram, one spectrum a column.

Both cut the stretch into segments that overlap, take the mean off each, weigh it with a window function, and average
the powers. A long stretch has more segments than it would be worth to read: then some of them are taken, evenly
spaced, and how many is told. A segment with a missing sample has no spectrum; it is left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.recording import Recording

WINDOWS: Final[Mapping[str, str]] = MappingProxyType(
    {"Hann": "hann", "Hamming": "hamming", "Blackman": "blackman", "Flat top": "flattop", "Rectangle": "boxcar"}
)
"""Window functions by the names that operators know; SciPy's names are the values."""
OVERLAPS: Final = (0, 25, 50, 75, 90)
LENGTHS: Final = tuple(2**power for power in range(6, 18))
LEAST_SAMPLES: Final = 16
MOST_SEGMENTS: Final = 4096
MOST_ROWS: Final = 400
PER_COLUMN: Final = 4
_BATCH_VALUES: Final = 1024**2

Values = NDArray[np.floating[Any]]
Cancelled = Callable[[], bool]


class Cut(Struct, frozen=True):
    """How a stretch is cut: a name of WINDOWS, samples a segment (0: as many as suit the stretch), overlap in %."""

    window: str = "Hann"
    length: int = 0
    overlap: int = 50


class Segments(Struct, frozen=True):
    """What a spectrum was made of: segments of `length` samples, `used` of `total` in the stretch, `missing` of those
    that were read left out; `share`, 0 to 1, is how far the work is."""

    length: int
    total: int
    used: int
    missing: int
    share: float


class Spectrum(Struct, frozen=True, eq=False):
    """Power density (the channel's unit squared a hertz, or a cycle a sample where there is no time) over
    `frequencies` (Hz), both of shape (bins,); the density is NaN while no segment is known."""

    frequencies: NDArray[np.float64]
    density: NDArray[np.float64]
    segments: Segments

    @property
    def decibels(self) -> NDArray[np.float64]:
        """The density in dB; what is nothing lies 200 dB under the largest."""
        return decibels(self.density)

    @property
    def peak(self) -> float | None:
        """The frequency of the largest density beside that of 0 Hz, or None where there is none."""
        above = self.density[1:]
        return float(self.frequencies[1 + int(np.argmax(above))]) if (above > 0).any() else None


class Spectrogram(Struct, frozen=True, eq=False):
    """Power densities (dB) of shape (rows, columns), the lowest frequency first, NaN where nothing is known.

    Columns share the time from `start` to `stop` (in the time base's unit) evenly, rows the band from 0 to `top` (Hz).
    A row is the largest of the bins in it, so that no tone is lost between pixels. `low` and `high` are the levels to
    paint: the 1st and the 99th percentile.
    """

    start: float
    stop: float
    top: float
    decibels: NDArray[np.float32]
    low: float
    high: float
    segments: Segments


def obstacle(recording: Recording, start: int, stop: int) -> str:
    """Why a stretch has no spectrum, or ""."""
    if recording.time_base.times is not None:
        return "The times of this signal are uneven, so frequencies cannot be told. Record it at one rate."
    if stop - start < LEAST_SAMPLES:
        return f"A spectrum needs {LEAST_SAMPLES} samples. Show or select a longer stretch."
    return ""


def spectrum(
    recording: Recording, row: int, start: int, stop: int, cut: Cut, cancelled: Cancelled = lambda: False
) -> Iterator[Spectrum]:
    """The spectrum of samples `start` to `stop` of a channel, again after each part that was read; the last one has a
    `share` of 1. Ends early when `cancelled`. There must be no `obstacle`. Raises RecordingError."""
    length = segment_length(cut, stop - start, spread=8, most=8192)
    transform = _Transform(cut, length, recording.time_base.rate_hz or 1.0)
    hop = _hop(cut, length)
    total = 1 + (stop - start - length) // hop
    starts = start + _spaced(total, MOST_SEGMENTS) * hop
    summed = np.zeros(length // 2 + 1)
    used = done = 0
    for frames in _frames(recording, row, starts, length, max(1, _BATCH_VALUES // length)):
        if cancelled():
            return
        whole = np.isfinite(frames).all(axis=1)
        summed += transform.power(frames[whole]).sum(axis=0)
        used, done = used + int(whole.sum()), done + len(frames)
        density = summed / used if used else np.full(len(summed), np.nan)
        share = done / len(starts)
        yield Spectrum(transform.frequencies, density, Segments(length, total, used, done - used, share))


def spectrogram(
    recording: Recording,
    row: int,
    start: int,
    stop: int,
    cut: Cut,
    columns: int,
    cancelled: Cancelled = lambda: False,
) -> Iterator[Spectrogram]:
    """The spectrogram of samples `start` to `stop` of a channel in at most so many `columns`, as `spectrum` is made.

    Where a column covers more than `PER_COLUMN` segments it is the average of so many of them, evenly spaced.
    """
    length = segment_length(cut, stop - start, spread=64, most=4096)
    base = recording.time_base
    transform = _Transform(cut, length, base.rate_hz or 1.0)
    hop = _hop(cut, length)
    total = 1 + (stop - start - length) // hop
    columns = max(1, min(columns, total))
    image = _Image(columns, transform.bins)
    chosen = [_spaced_in(total * at // columns, total * (at + 1) // columns) for at in range(columns)]
    step = max(1, _BATCH_VALUES // (length * PER_COLUMN))
    used = missing = 0
    begin = start + (length - hop) / 2
    for at in range(0, columns, step):
        if cancelled():
            return
        part = chosen[at : at + step]
        starts = start + np.concatenate(part) * hop
        (frames,) = _frames(recording, row, starts, length, len(starts))
        whole = np.asarray(np.isfinite(frames).all(axis=1))
        image.put(at, [len(each) for each in part], whole, transform.power(frames[whole]))
        used, missing = used + int(whole.sum()), missing + int((~whole).sum())
        segments = Segments(length, total, used, missing, min(1.0, (at + step) / columns))
        times = base.time_of(begin), base.time_of(begin + total * hop)
        levels = image.levels()
        yield Spectrogram(*times, float(transform.frequencies[-1]), image.decibels(), *levels, segments)


def segment_length(cut: Cut, samples: int, spread: int, most: int) -> int:
    """Samples a segment: as asked, or a power of two that gives `spread` segments, `most` at most; no more than there
    are."""
    length = cut.length or min(max(2 ** int(np.log2(max(samples / spread, 1))), 256), most)
    return min(length, samples)


def decibels(power: Values) -> NDArray[np.float64]:
    """Powers in dB; what is nothing lies 200 dB under the largest."""
    largest = float(np.nanmax(power)) if np.isfinite(power).any() else 1.0
    values: NDArray[np.float64] = 10 * np.log10(np.maximum(power, max(largest * 1e-20, 1e-300)))
    return values


class _Transform:
    """From segments to one-sided power densities."""

    def __init__(self, cut: Cut, length: int, rate_hz: float) -> None:
        from scipy.fft import rfftfreq  # SciPy takes its time to load: only when a spectrum is made
        from scipy.signal import get_window

        self._weights = get_window(WINDOWS[cut.window], length)
        self._scale = 1 / (rate_hz * float(np.dot(self._weights, self._weights)))
        self._length = length
        self.frequencies: NDArray[np.float64] = rfftfreq(length, 1 / rate_hz)

    @property
    def bins(self) -> int:
        return len(self.frequencies)

    def power(self, frames: Values) -> NDArray[np.float64]:
        """Densities of shape (segments, bins) of segments of shape (segments, length)."""
        from scipy.fft import rfft

        centred = frames.astype(np.float64) - frames.mean(axis=1, keepdims=True, dtype=np.float64)
        power: NDArray[np.float64] = np.abs(rfft(centred * self._weights, axis=1)) ** 2 * self._scale
        power[:, 1 : None if self._length % 2 else -1] *= 2
        return power


class _Image:
    """Columns of a spectrogram as they become known, with the bins joined to as many rows as a screen can show."""

    def __init__(self, columns: int, bins: int) -> None:
        rows = min(bins, MOST_ROWS)
        self._edges = np.arange(rows) * bins // rows
        self._power = np.full((columns, rows), np.nan)

    def put(self, at: int, counts: list[int], whole: NDArray[np.bool_], power: Values) -> None:
        """Put columns from `at` on; each has so many segments, of which `whole` ones have their `power`."""
        if not len(power):
            return
        column = np.repeat(np.arange(len(counts)), counts)[whole]
        used = np.bincount(column, minlength=len(counts))
        known = np.flatnonzero(used)
        sums = np.add.reduceat(power, np.searchsorted(column, known), axis=0)
        self._power[at + known] = np.maximum.reduceat(sums / used[known, None], self._edges, axis=1)

    def decibels(self) -> NDArray[np.float32]:
        """Shape (rows, columns), NaN where nothing is known."""
        return decibels(self._power).T.astype(np.float32)

    def levels(self) -> tuple[float, float]:
        """The 1st and the 99th percentile (dB) of what is known."""
        known = self._power[np.isfinite(self._power)]
        low, high = np.percentile(decibels(known), (1, 99)) if len(known) else (0.0, 1.0)
        return float(low), max(float(high), float(low) + 1e-3)


def _hop(cut: Cut, length: int) -> int:
    return max(1, length - length * cut.overlap // 100)


def _spaced(total: int, most: int) -> NDArray[np.int64]:
    """All of `total` numbers, or `most` of them, evenly spaced."""
    return np.arange(min(total, most), dtype=np.int64) * total // min(total, most)


def _spaced_in(first: int, last: int) -> NDArray[np.int64]:
    return first + _spaced(last - first, PER_COLUMN)


def _frames(recording: Recording, row: int, starts: NDArray[np.int64], length: int, batch: int) -> Iterator[Values]:
    """Segments of shape (n, length) that begin at `starts`, in batches. Close ones are read at once."""
    for at in range(0, len(starts), batch):
        part = starts[at : at + batch]
        first, stop = int(part[0]), int(part[-1]) + length
        if stop - first <= 2 * length * len(part):
            samples = recording.read(first, stop)[row]
            yield np.lib.stride_tricks.sliding_window_view(samples, length)[part - first]
        else:
            yield np.stack([recording.read(int(one), int(one) + length)[row] for one in part])
