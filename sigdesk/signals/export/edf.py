"""EDF+: samples of 16 bits between the limits that each channel's own values set, with annotations.

The signal is read twice, for its limits first. EDF knows neither uneven times nor missing values; these are refused
rather than bent. Where no record divides the length, the last one is filled up with the last value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.annotations import Annotation
from sigdesk.signals.export.stretch import Stretch
from sigdesk.signals.refusal import refusal

_LOW, _HIGH = -32768, 32767
_RECORD_BYTES = 61_440
_DURATIONS_S = (1, 2, 5, 10, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 20, 50, 100, 0.0001, 0.00001)
_MAX_RECORDS = 99_999_999
_MAX_LIST_BYTES = 30_000
_NOWHERE = datetime(1985, 1, 1)  # noqa: DTZ001 - EDF knows no zones; this is its "unknown"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class _Limits(Struct, frozen=True):
    """The physical limits of a channel as the header writes them, in eight characters each."""

    low: str
    high: str

    def digital(self, samples: NDArray[np.floating]) -> NDArray[np.int16]:
        low, high = float(self.low), float(self.high)
        scaled = (samples.astype(np.float64) - low) * ((_HIGH - _LOW) / (high - low)) + _LOW
        return np.clip(np.rint(scaled), _LOW, _HIGH).astype("<i2")


def write_edf(stretch: Stretch, path: Path) -> None:
    """Write all channels at their one rate. Raises RecordingError for what EDF cannot hold."""
    samples, duration = _record_of(stretch)
    records = -(-stretch.length // samples)
    lists = _lists(stretch, records, duration)
    room = max(map(len, lists.values()), default=0)
    room = max(room, len(_onset((records - 1) * duration)))
    room += room % 2
    limits = _limits(stretch)
    with path.open("wb") as file:
        file.write(_header(stretch, limits, samples, duration, records, room))
        for number, record in enumerate(_records(stretch, limits, samples)):
            own = lists.get(number) or _onset(number * duration)
            file.write(record.tobytes() + own.ljust(room, b"\0"))


def _record_of(stretch: Stretch) -> tuple[int, float]:
    """The samples of a record and its duration (s): whole ones, and no sample left over where that can be."""
    rate = stretch.rate_hz
    if rate is None:
        raise _cannot(stretch, "has uneven or no times")
    if len(stretch.rows) > 9998:
        raise _cannot(stretch, f"has {len(stretch.rows):,} channels")
    fits = []
    for duration in _DURATIONS_S:
        samples = rate * duration
        whole = round(samples)
        if (
            whole >= 1
            and abs(samples - whole) < 1e-9 * whole
            and (whole * 2 * len(stretch.rows) <= _RECORD_BYTES or whole == 1)
        ):
            fits.append((whole, float(duration)))
    if not fits:
        raise _cannot(stretch, f"has a rate of {rate:g} Hz, of which no record holds whole samples")
    best = next((each for each in fits if stretch.length % each[0] == 0), fits[0])
    if stretch.length / best[0] > _MAX_RECORDS:
        raise _cannot(stretch, f"has {stretch.length:,} samples")
    return best


def _cannot(stretch: Stretch, what: str) -> Exception:
    return refusal(stretch.recording.path, f"{what}, which EDF cannot hold.", "Convert it to Parquet, CSV or NPY.")


def _limits(stretch: Stretch) -> list[_Limits]:
    lows, highs = np.full(len(stretch.rows), np.inf), np.full(len(stretch.rows), -np.inf)
    for _, samples in stretch.blocks():
        if not np.isfinite(samples).all():
            raise _cannot(stretch, "has missing or infinite values")
        lows, highs = np.minimum(lows, samples.min(axis=1)), np.maximum(highs, samples.max(axis=1))
    return [_limit_texts(stretch, float(low), float(high)) for low, high in zip(lows, highs, strict=True)]


def _limit_texts(stretch: Stretch, low: float, high: float) -> _Limits:
    """Texts of eight characters that enclose `low` and `high`."""
    span = high - low or abs(low) or 1.0
    for widened in (0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0):
        texts = _eight(low - widened * span), _eight(high + widened * span)
        if not all(texts):
            continue
        least, most = map(float, texts)
        if least <= low and most >= high and least < most:
            return _Limits(*texts)
    raise _cannot(stretch, f"has values from {low:g} to {high:g}")


def _eight(value: float) -> str:
    """`value` in at most eight characters, "" where it has no such text."""
    for digits in range(8, 0, -1):
        text = f"{value:.{digits}g}"
        text = text if "e" not in text else f"{value:.10f}".rstrip("0")[:8] if abs(value) < 1 else ""
        if text and len(text) <= 8:
            return text
    return ""


def _lists(stretch: Stretch, records: int, duration: float) -> dict[int, bytes]:
    """The time-stamped lists of the records that hold annotations."""
    by_record: dict[int, list[Annotation]] = {}
    for each in stretch.annotations:
        by_record.setdefault(min(int(each.start_s / duration), records - 1), []).append(each)
    lists = {number: _onset(number * duration) + b"".join(map(_listed, found)) for number, found in by_record.items()}
    if any(len(each) > _MAX_LIST_BYTES for each in lists.values()):
        raise _cannot(stretch, "has more annotations in one place")
    return lists


def _onset(seconds: float) -> bytes:
    return f"+{_plain(seconds)}\x14\x14\0".encode()


def _listed(each: Annotation) -> bytes:
    lasts = f"\x15{_plain(each.end_s - each.start_s)}" if each.end_s > each.start_s else ""
    texts = [f"{each.text}@@{channel}" for channel in each.channels] or [each.text]
    return f"+{_plain(each.start_s)}{lasts}\x14{chr(0x14).join(texts)}\x14\0".encode()


def _plain(seconds: float) -> str:
    return f"{seconds:.9f}".rstrip("0").rstrip(".")


def _records(stretch: Stretch, limits: Sequence[_Limits], samples: int) -> Iterator[NDArray[np.int16]]:
    """The records, each of all channels one after another; the last is filled up with its last value."""
    left = np.empty((len(limits), 0), dtype="<i2")
    for _, block in stretch.blocks():
        digital = np.stack([limit.digital(row) for limit, row in zip(limits, block, strict=True)])
        left = np.concatenate((left, digital), axis=1)
        whole = left.shape[1] // samples
        for number in range(whole):
            yield left[:, number * samples : (number + 1) * samples]
        left = left[:, whole * samples :]
    if left.shape[1]:
        yield np.pad(left, ((0, 0), (0, samples - left.shape[1])), mode="edge")


def _header(
    stretch: Stretch, limits: Sequence[_Limits], samples: int, duration: float, records: int, room: int
) -> bytes:
    count = len(limits) + 1
    moment = stretch.start_time
    known = moment is not None and 1985 <= moment.year < 2085
    when = moment if known and moment is not None else _NOWHERE
    date = f"{when.day:02d}-{_MONTHS[when.month - 1]}-{when.year}" if known else "X"
    fixed = [
        ("0", 8), ("X X X X", 80), (f"Startdate {date} X X SigDesk", 80), (f"{when:%d.%m.%y}", 8),
        (f"{when:%H.%M.%S}", 8), (str(256 * (count + 1)), 8), ("EDF+C", 44), (str(records), 8),
        (f"{duration:g}" if duration >= 1e-4 else f"{duration:.6f}", 8), (str(count), 4),
    ]  # fmt: skip
    columns = [
        ([channel.name for channel in stretch.channels] + ["EDF Annotations"], 16),
        ([""] * count, 80),
        ([channel.unit.replace("µ", "u") for channel in stretch.channels] + [""], 8),
        ([limit.low for limit in limits] + ["-1"], 8),
        ([limit.high for limit in limits] + ["1"], 8),
        ([str(_LOW)] * count, 8),
        ([str(_HIGH)] * count, 8),
        ([""] * count, 80),
        ([str(samples)] * len(limits) + [str(room // 2)], 8),
        ([""] * count, 32),
    ]
    fields = [*fixed, *((text, size) for texts, size in columns for text in texts)]
    return b"".join(_field(text, size) for text, size in fields)


def _field(text: str, size: int) -> bytes:
    return text.encode("ascii", "replace")[:size].ljust(size)
