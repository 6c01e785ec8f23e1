"""Signals seen through a filter, without their trend, as their derivative, or normalised. The data stay as they are.

A recipe becomes a recording of its own that reads from the first and works on what it reads, with as much more on both
sides as the filter remembers: so any stretch of a signal of any length is there at once. A line or a mean of a long
signal is estimated from parts that lie evenly in it, and a filter that remembers more than a million samples is cut
off there; `approximation` says so.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from sigdesk.signals.describe import format_value
from sigdesk.signals.recording import Channel, Recording, Samples

ORDER: Final = 4
WHOLE_SAMPLES: Final = 2**20
"""Up to this length lines and means are those of all samples."""
MOST_PADDING: Final = 1_000_000
_PARTS, _PART_SAMPLES = 64, 2**14
_SETTLED: Final = 1e-5
_MOST_RUNS: Final = 1000

Values = NDArray[np.float64]


class Recipe(Struct, frozen=True):
    """What is done to a channel, in this order. Filters are Butterworth's of order 4, run both ways so that nothing
    moves in time; with both edges they make a band-pass."""

    detrend: bool = False
    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    differentiate: bool = False
    normalise: bool = False

    @property
    def is_plain(self) -> bool:
        return self == Recipe()

    @property
    def filters(self) -> bool:
        return self.high_pass_hz is not None or self.low_pass_hz is not None

    @property
    def words(self) -> str:
        """What stands beside the channel: "detrended, high-pass 5 Hz"."""
        parts = ["detrended" if self.detrend else "", self._filter_words()]
        parts += ["derivative" if self.differentiate else "", "normalised" if self.normalise else ""]
        return ", ".join(part for part in parts if part)

    def _filter_words(self) -> str:
        edges = [_hertz(edge) for edge in (self.high_pass_hz, self.low_pass_hz) if edge is not None]
        if len(edges) == 2:
            return f"band-pass {edges[0]} to {edges[1]}"
        kind = "high-pass" if self.high_pass_hz is not None else "low-pass"
        return f"{kind} {edges[0]}" if edges else ""


def obstacle(recording: Recording, recipe: Recipe) -> str:
    """Why a recipe cannot be followed with this recording, or ""."""
    base, low, high = recording.time_base, recipe.high_pass_hz, recipe.low_pass_hz
    if recipe.filters and base.rate_hz is None:
        return "A filter needs samples at one rate, and the times of this signal are uneven or unknown."
    for edge in (low, high):
        if edge is not None and base.rate_hz is not None and not 0 < edge < base.rate_hz / 2:
            return f"A filter's edge lies above 0 and below half the sample rate, which is {_hertz(base.rate_hz / 2)}."
    if low is not None and high is not None and low >= high:
        return "The lower edge of a band-pass lies below its upper edge."
    return ""


def approximation(recording: Recording, recipe: Recipe) -> str:
    """What is not exact about a recipe with this recording, or ""."""
    parts = []
    if (recipe.detrend or recipe.normalise) and recording.length > WHOLE_SAMPLES:
        parts.append(f"line and mean are estimated from {_PARTS} parts of the signal")
    if recipe.filters and recording.time_base.rate_hz and _Filter.of(recipe, recording).is_cut_off:
        parts.append("the filter remembers more samples than are read")
    return "; ".join(parts)


def transformed(recording: Recording, recipes: Mapping[int, Recipe]) -> Recording:
    """The recording as its channels' recipes make it; those without one stay. There must be no `obstacle`."""
    recipes = {row: recipe for row, recipe in recipes.items() if not recipe.is_plain}
    if not recipes:
        return recording
    channels = tuple(
        Channel(channel.name, _unit(channel.unit, recipes[row], recording)) if row in recipes else channel
        for row, channel in enumerate(recording.channels)
    )
    done = "; ".join(f"{recording.channels[row].name}: {recipe.words}" for row, recipe in sorted(recipes.items()))
    return replace(recording, channels=channels, source=_Source(recording, recipes), processing=done)


def _unit(unit: str, recipe: Recipe, recording: Recording) -> str:
    if recipe.normalise:
        return ""
    if not recipe.differentiate or not unit:
        return unit
    return f"{unit}/{recording.time_base.unit or 'sample'}"


class _Source:
    """Reads what is asked with more on both sides, works on it, and gives what was asked."""

    def __init__(self, recording: Recording, recipes: Mapping[int, Recipe]) -> None:
        self._recording = recording
        self._rows = {row: _Row(recording, row, recipe) for row, recipe in recipes.items()}
        self._padding = max(row.padding for row in self._rows.values())

    @property
    def mark(self) -> Any:
        """In which way the signal below is read, where there is more than one."""
        return getattr(self._recording.source, "mark", "")

    def read(self, start: int, stop: int) -> Samples:
        before, behind = max(0, start - self._padding), min(self._recording.length, stop + self._padding)
        raw = self._recording.read(before, behind)
        result = raw[:, start - before : stop - before].copy()
        if stop > start:
            for index, row in self._rows.items():
                result[index] = row.worked(raw[index], before)[start - before : stop - before]
        return result


class _Row:
    """One channel's recipe. May be used from several threads."""

    def __init__(self, recording: Recording, row: int, recipe: Recipe) -> None:
        self._recording = recording
        self._row = row
        self._recipe = recipe
        self._filter = _Filter.of(recipe, recording) if recipe.filters else None
        self._lock = threading.RLock()
        self._line: tuple[float, float] | None = None
        self._scale: tuple[float, float] | None = None

    @property
    def padding(self) -> int:
        return (self._filter.padding if self._filter else 0) + 2 * self._recipe.differentiate

    def worked(self, samples: NDArray[np.floating[Any]], first: int) -> Values:
        """The samples, of which `first` is the index of the first, as the recipe makes them."""
        values = self._steps(samples, first)
        if self._recipe.normalise:
            mean, deviation = self._known_scale()
            values = (values - mean) / deviation
        return values

    def _steps(self, samples: NDArray[np.floating[Any]], first: int) -> Values:
        values = np.where(np.isfinite(samples), samples, np.nan).astype(np.float64)
        base = self._recording.time_base
        if self._recipe.detrend:
            offset, slope = self._known_line()
            values -= offset + slope * base.times_of(first, first + len(values))
        if self._filter is not None:
            values = self._filter.run(values)
        if self._recipe.differentiate:
            values = _derivative(values, base.times_of(first, first + len(values)), base.rate_hz)
        return values

    def _known_line(self) -> tuple[float, float]:
        """Offset and slope of the line that fits best."""
        with self._lock:
            if self._line is None:
                parts = _parts(self._recording.length)
                times = np.concatenate([self._recording.time_base.times_of(*part) for part in parts])
                values = np.concatenate([self._recording.read(*part)[self._row] for part in parts]).astype(np.float64)
                self._line = _line_through(times, values)
            return self._line

    def _known_scale(self) -> tuple[float, float]:
        """Mean and standard deviation of what the other steps make."""
        with self._lock:
            if self._scale is None:
                values = np.concatenate([self._part(*part) for part in _parts(self._recording.length)])
                values = values[np.isfinite(values)]
                deviation = float(values.std()) if len(values) else 0.0
                self._scale = (float(values.mean()) if len(values) else 0.0, deviation or 1.0)
            return self._scale

    def _part(self, start: int, stop: int) -> Values:
        before, behind = max(0, start - self.padding), min(self._recording.length, stop + self.padding)
        samples = self._recording.read(before, behind)[self._row]
        return self._steps(samples, before)[start - before : stop - before]


class _Filter:
    """Second-order sections, and how many samples pass until they have forgotten."""

    def __init__(self, sections: Values, memory: int) -> None:
        self._sections = sections
        self._memory = memory
        self.padding = min(memory, MOST_PADDING)

    @classmethod
    def of(cls, recipe: Recipe, recording: Recording) -> _Filter:
        from scipy.signal import butter, sos2zpk  # SciPy takes its time to load: only when something is filtered

        edges = [edge for edge in (recipe.high_pass_hz, recipe.low_pass_hz) if edge is not None]
        kind = "bandpass" if len(edges) == 2 else "highpass" if recipe.high_pass_hz is not None else "lowpass"
        edge = edges if len(edges) == 2 else edges[0]
        sections = butter(ORDER, edge, kind, fs=recording.time_base.rate_hz, output="sos")
        slowest = float(np.abs(sos2zpk(sections)[1]).max())
        # So low an edge that rounding puts a pole on the unit circle is never forgotten.
        memory = math.ceil(math.log(_SETTLED) / math.log(max(slowest, 1e-9))) if slowest < 1 else MOST_PADDING + 1
        return cls(sections, max(memory, 1))

    @property
    def is_cut_off(self) -> bool:
        return self._memory > MOST_PADDING

    def run(self, values: Values) -> Values:
        """Filter each stretch without gaps by itself; where there are very many, they are bridged by lines first."""
        finite = np.isfinite(values)
        edges = np.flatnonzero(np.diff(finite.astype(np.int8), prepend=0, append=0))
        if len(edges) > 2 * _MOST_RUNS:
            places = np.flatnonzero(finite)
            bridged = self._filtered(np.interp(np.arange(len(values)), places, values[places]))
            return np.where(finite, bridged, np.nan)
        result = np.full(len(values), np.nan)
        for start, stop in edges.reshape(-1, 2).tolist():
            result[start:stop] = self._filtered(values[start:stop])
        return result

    def _filtered(self, values: Values) -> Values:
        from scipy.signal import sosfiltfilt

        filtered: Values = sosfiltfilt(self._sections, values, padlen=min(self.padding, len(values) - 1))
        return filtered


def _derivative(values: Values, times: Values, rate_hz: float | None) -> Values:
    if len(values) < 2:
        return np.full(len(values), np.nan)
    if rate_hz is not None:
        even: Values = np.gradient(values) * rate_hz
        return even
    with np.errstate(divide="ignore", invalid="ignore"):  # two samples of one time have no derivative
        slope: Values = np.gradient(values, times)
    return np.where(np.isfinite(slope), slope, np.nan)


def _line_through(times: Values, values: Values) -> tuple[float, float]:
    finite = np.isfinite(values)
    times, values = times[finite], values[finite]
    if not len(values):
        return 0.0, 0.0
    middle, mean = float(times.mean()), float(values.mean())
    spread = float(np.sum((times - middle) ** 2))
    slope = float(np.sum((times - middle) * (values - mean))) / spread if spread > 0 else 0.0
    return mean - slope * middle, slope


def _parts(length: int) -> list[tuple[int, int]]:
    """The whole, or parts that lie evenly in it."""
    if length <= WHOLE_SAMPLES:
        return [(0, length)]
    starts = (np.arange(_PARTS) * (length - _PART_SAMPLES) // (_PARTS - 1)).tolist()
    return [(start, start + _PART_SAMPLES) for start in starts]


def _hertz(frequency: float) -> str:
    digits = f"{frequency:.6g}"
    return f"{digits} Hz" if len(digits) < 6 and "e" not in digits else format_value(frequency, "Hz")
