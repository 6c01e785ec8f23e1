"""JSON: the `signal` object of a job file, alone, inside its job, or as a batch of jobs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import orjson
from msgspec import Struct

from sigdesk.signals.format import LIKELY, NAME_ONLY, PLAUSIBLE
from sigdesk.signals.names import numbered, printable_name
from sigdesk.signals.recording import Channel, Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf, ShelvedSource
from sigdesk.signals.stamp import FileStamp

MAX_BYTES = 256 * 1024**2
"""JSON is parsed whole, and takes many times its size while it is."""

_SHAPE = 'Give {"name": …, "sample_rate": …, "channels": [{"name": …, "unit": …}], "samples": [[…], …]}.'
_VALUE_TYPES = {int, float, type(None)}


class JsonFormat(Struct, frozen=True):
    name: str = "JSON"
    suffixes: tuple[str, ...] = (".json",)

    def confidence(self, head: bytes, path: Path) -> float:
        named = path.suffix.lower() in self.suffixes
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and any(
            key in head for key in (b'"samples"', b'"signal"', b'"jobs"')
        ):
            return LIKELY if named else PLAUSIBLE
        return NAME_ONLY if named else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        stamp = FileStamp.of(path)
        signals = _signals(_load(path), path)
        recordings = []
        for index, signal in enumerate(signals):
            place = f"jobs[{index}].signal." if len(signals) > 1 else ""
            samples = _samples(signal, path, place)
            shelf.put((stamp, index), samples)
            source = ShelvedSource(stamp, shelf, index, _Loader(path, index))
            recordings.append(_recording(path, signal, samples, source, place, index, len(signals)))
        return recordings


class _Loader(Struct, frozen=True):
    """Parses one signal of the file again."""

    path: Path
    index: int

    def __call__(self) -> Samples:
        return _samples(_signals(_load(self.path), self.path)[self.index], self.path, "")


def _load(path: Path) -> object:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise refusal(
            path,
            f"has {size:,} bytes, more than the {MAX_BYTES:,} that a JSON file may have.",
            "Save it as NPY or WAV.",
        )
    try:
        return orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        why = str(error.msg).strip().rstrip(".")
        raise refusal(
            path,
            f"is not valid JSON at line {error.lineno}, column {error.colno}: {why}.",
            "Mend that place, or have the program that wrote it write it again. A missing sample is written null.",
        ) from error


def _signals(document: object, path: Path) -> list[Mapping[str, Any]]:
    """The signal objects of a document, wherever the protocol puts them."""
    jobs = document.get("jobs") if isinstance(document, dict) else None
    if isinstance(jobs, list) and jobs:
        return [_signal(job, path, f" in jobs[{index}]") for index, job in enumerate(jobs)]
    return [_signal(document, path, "")]


def _signal(document: object, path: Path, place: str) -> Mapping[str, Any]:
    if isinstance(document, dict):
        inner = document.get("signal")
        found = inner if isinstance(inner, dict) else document
        if "samples" in found or "samples_file" in found:
            return found
    raise refusal(path, f"holds no signal{place}: the key “samples” is missing.", _SHAPE)


def _samples(signal: Mapping[str, Any], path: Path, place: str) -> Samples:
    if "samples_file" in signal and "samples" not in signal:
        raise refusal(
            path,
            f"does not hold its samples itself: {place}samples_file points to another file.",
            "Open that NPY file.",
        )
    rows = signal.get("samples")
    if not isinstance(rows, list) or not rows:
        raise refusal(path, f"has no list of channels in {place}samples.", _SHAPE)
    if set(map(type, rows)) <= _VALUE_TYPES:
        rows = [rows]
    length = len(rows[0]) if isinstance(rows[0], list) else 0
    for index, row in enumerate(rows):
        _check_row(row, length, path, f"{place}samples[{index}]")
    try:
        return np.array(rows, dtype=np.float64)
    except OverflowError as error:
        raise refusal(path, f"has a number in {place}samples that is too large.", "Scale the samples.") from error


def _check_row(row: object, length: int, path: Path, place: str) -> None:
    if not isinstance(row, list):
        raise refusal(path, f"has no list in {place}, but {_quoted(row)}.", _SHAPE)
    if not row:
        raise refusal(path, f"has no samples in {place}.", "Check that the recording was saved.")
    if len(row) != length:
        raise refusal(
            path,
            f"has {len(row)} samples in {place}, but {length} in the first channel.",
            "Give every channel as many samples.",
        )
    if not set(map(type, row)) <= _VALUE_TYPES:
        index = next(i for i, value in enumerate(row) if type(value) not in _VALUE_TYPES)
        raise refusal(
            path,
            f"has {_quoted(row[index])} in {place}[{index}], which is no number.",
            "Write a number, or null for a missing sample.",
        )


def _recording(
    path: Path, signal: Mapping[str, Any], samples: Samples, source: ShelvedSource, place: str, index: int, count: int
) -> Recording:
    name = signal.get("name")
    item = str(index + 1) if count > 1 else ""
    label = signal.get("label")
    start = signal.get("start")
    return Recording(
        name=_name(path, name, index, count),
        path=path,
        channels=_channels(signal.get("channels"), len(samples), path, place),
        length=samples.shape[1],
        time_base=TimeBase(rate_hz=_rate(signal.get("sample_rate"), path, place)),
        source=source,
        format_name="JSON",
        item=item,
        label=label if isinstance(label, str) else None,
        metadata=MappingProxyType({"start": f"{start} s"} if isinstance(start, int | float) and start else {}),
    )


def _name(path: Path, given: object, index: int, count: int) -> str:
    if isinstance(given, str) and given.strip():
        return printable_name(given)
    return printable_name(numbered(path.stem, index + 1, count) if count > 1 else path.name)


def _rate(value: object, path: Path, place: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not (value > 0 and math.isfinite(value)):
        raise refusal(
            path,
            f"has {_quoted(value)} as {place}sample_rate, which is no rate in Hz.",
            "Give a number above zero, or null.",
        )
    return float(value)


def _channels(given: object, count: int, path: Path, place: str) -> tuple[Channel, ...]:
    if given is None:
        return tuple(Channel(f"Channel {i + 1}") for i in range(count))
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != count:
        raise refusal(path, f"has {count} rows of samples, but {place}channels does not name as many.", _SHAPE)
    channels = []
    for i, each in enumerate(given):
        row = each if isinstance(each, dict) else {"name": each}
        name, unit = row.get("name"), row.get("unit")
        channels.append(
            Channel(
                printable_name(name) if isinstance(name, str) and name else f"Channel {i + 1}",
                printable_name(unit) if isinstance(unit, str) else "",
            )
        )
    return tuple(channels)


def _quoted(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = printable_name(repr(value))
    return text if len(text) <= 60 else text[:59] + "…"


FORMAT = JsonFormat()
