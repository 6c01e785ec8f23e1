"""What stands beside samples in files that name their parts: the rate, the times, the channels' names and units.

Laboratories call these by a few dozen names; NPZ, HDF5, MATLAB and Parquet share this list of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.times import first_fault, rate_of_step, time_base_of

RATES = {
    "rate", "rate_hz", "fs", "sf", "sr", "srate", "fsamp", "samplerate", "sample_rate", "sample_rate_hz",
    "sampling_rate", "sampling_rate_hz", "sampling_frequency", "samplingrate", "samplingfrequency", "samp_rate",
    "frequency_sampling",
}  # fmt: skip
INTERVALS = {
    "dt", "delta_t", "timestep", "time_step", "sample_interval", "sampling_interval", "sample_period",
    "sampling_period", "wf_increment", "tsample",
}  # fmt: skip
TIMES = {"t", "time", "times", "time_s", "timestamp", "timestamps", "time_axis", "tvec"}
NAMES = {"channels", "channel_names", "names", "ch_names", "channel_labels", "labels", "chnames", "chan_names"}
UNITS = {"unit", "units"}
LABELS = {"label", "class"}
STARTS = {"start", "start_time", "starttime", "t0", "wf_start_time", "recorded", "date", "created", "start_datetime"}

MAX_TIMES = 64 * 1024**2
"""So many uneven times take 512 MB, and every reader needs them all."""
_BLOCK = 4 * 1024**2
_SINCE = re.compile(
    r"\s*(seconds?|secs?|s|milliseconds?|ms|microseconds?|us|minutes?|min|hours?|h|days?|d)\s+since\s+(.+)", re.I
)
_SINCE_SECONDS = {"m": 1e-3, "u": 1e-6, "h": 3600.0, "d": 86_400.0, "s": 1.0}


def rate_from(value: NDArray[Any], path: Path, *, interval: bool = False) -> float:
    """A sample rate (Hz) that a file states as one number, or as its inverse. Refuses what is no rate."""
    number = float(value.ravel()[0]) if value.size == 1 and value.dtype.kind in "iuf" else math.nan
    if not (number > 0 and math.isfinite(number) and math.isfinite(1.0 / number)):
        what = "an interval between samples" if interval else "a sample rate"
        raise refusal(path, f"holds {what} that is no number above zero.", "Save the rate in Hz as one number.")
    return rate_of_step(number) if interval else number


def time_base_from(
    path: Path, read: Callable[[int, int], NDArray[Any]], length: int, scale: float = 1.0
) -> tuple[TimeBase, float]:
    """The time base of times that `read(start, stop)` gives, `scale` seconds a unit, and the first of them (s).

    They are read in blocks and kept only where they are uneven. Raises RecordingError naming the first one that is
    missing or earlier than the one before, and where uneven ones are too many to be kept.
    """
    block = min(length, _BLOCK)
    first = np.asarray(read(0, block), dtype=np.float64) * scale
    if length <= block:
        _check(path, first, 0)
        return time_base_of(first), float(first[0]) if len(first) else 0.0
    if not _is_even(path, read, length, scale):
        if length > MAX_TIMES:
            raise refusal(
                path,
                f"holds {length:,} uneven times, more than the {MAX_TIMES:,} that are kept.",
                "Cut it into smaller files, or resample it.",
            )
        times = np.concatenate([read(at, min(at + block, length)) for at in range(0, length, block)])
        return time_base_of(np.asarray(times, dtype=np.float64) * scale), float(first[0])
    last = float(read(length - 1, length)[0]) * scale
    # A grid of as many samples as there are tells the rate as well as all times do.
    ends = first[0] + (last - first[0]) * np.arange(1025) / 1024
    rate = time_base_of(ends).rate_hz or 1.0
    return TimeBase(rate_hz=rate * (length - 1) / 1024), float(first[0])


def _is_even(path: Path, read: Callable[[int, int], NDArray[Any]], length: int, scale: float) -> bool:
    first = float(read(0, 1)[0]) * scale
    step = (float(read(length - 1, length)[0]) * scale - first) / (length - 1)
    even, before = step > 0, first
    for at in range(0, length, _BLOCK):
        times = np.asarray(read(at, min(at + _BLOCK, length)), dtype=np.float64) * scale
        _check(path, np.concatenate(([before], times)), at - 1)
        before = float(times[-1])
        if even:
            grid = first + step * np.arange(at, at + len(times))
            even = bool(np.max(np.abs(times - grid)) <= 0.1 * step)
    return even


def _check(path: Path, times: NDArray[np.float64], offset: int) -> None:
    fault = first_fault(times)
    if fault is not None:
        raise refusal(
            path,
            f"holds times of which number {offset + fault + 1} is missing or earlier than the one before.",
            "Sort the samples by time.",
        )


def texts_of(value: object) -> list[str]:
    """The texts of an array or a single value, fit to be shown; numbers are no texts."""
    if isinstance(value, str | bytes):
        value = [value]
    items = value.ravel().tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(items, list | tuple):
        return []
    shown = [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in items]
    return [printable_name(each.strip("\0 ")) for each in shown if isinstance(each, str)]


def moment_from(value: object) -> datetime | None:
    """The moment that an attribute states: text in ISO 8601, or seconds since 1970."""
    texts = texts_of(value)
    if texts:
        try:
            return datetime.fromisoformat(texts[0])
        except ValueError:
            return None
    number = np.asarray(value)
    if number.size == 1 and number.dtype.kind in "iuf" and 1e8 < float(number.ravel()[0]) < 1e11:
        return datetime.fromtimestamp(float(number.ravel()[0]), UTC)
    return None


def seconds_since(unit: str) -> tuple[float, datetime | None] | None:
    """What "days since 2020-01-01" means: the seconds in a step, and the moment of zero. None for another unit."""
    found = _SINCE.fullmatch(unit)
    if not found:
        return None
    word = found[1].lower()
    scale = 60.0 if word.startswith("min") else 1e-3 if word.startswith("milli") else _SINCE_SECONDS[word[0]]
    scale = 1e-3 if word == "ms" else scale
    try:
        return scale, datetime.fromisoformat(found[2].strip())
    except ValueError:
        return scale, None


def begins_at(first_s: float) -> dict[str, str]:
    """What is said of a signal whose times do not begin at zero."""
    return {"time begins at": f"{first_s:g} s"} if first_s else {}
