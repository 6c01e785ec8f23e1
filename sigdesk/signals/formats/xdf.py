"""XDF of Lab Streaming Layer, an extra: each stream of numbers is a signal, and streams of texts are annotations.

pyxdf loads a file whole, because its clocks can only be brought together at the end; so its size is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct

from sigdesk.signals.annotations import Annotation, annotation, ordered
from sigdesk.signals.companions import begins_at
from sigdesk.signals.extras import BROKEN, broken, check_size, library
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import distinct, printable_name
from sigdesk.signals.recording import Channel, Recording, Samples
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf, ShelvedSource
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.times import first_fault, time_base_of

_UNITS = {"microvolts": "µV", "millivolts": "mV", "volts": "V", "uV": "µV"}


class XdfFormat(Struct, frozen=True):
    name: str = "XDF"
    suffixes: tuple[str, ...] = (".xdf",)

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(b"XDF:"):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        stamp = FileStamp.of(path)
        check_size(path, stamp.size, "XDF")
        with path.open("rb") as file:
            if file.read(4) != b"XDF:":
                raise refusal(path, "is no XDF file.", "Name it after what it is.")
        try:
            return self._recordings(path, stamp, shelf, _load(path))
        except BROKEN as error:
            raise broken(path, "XDF", error) from error

    def _recordings(
        self, path: Path, stamp: FileStamp, shelf: Shelf, streams: Sequence[Mapping[str, Any]]
    ) -> list[Recording]:
        signals = [at for at, each in enumerate(streams) if _is_signal(each)]
        if not signals:
            raise refusal(path, "holds no stream of numbers.", "Check that the streams were recorded.")
        origin = min(float(streams[at]["time_stamps"][0]) for at in signals)
        marks = _marks(streams)
        return [_recording(path, stamp, shelf, streams[at], at, origin, marks, many=len(signals) > 1) for at in signals]


def _load(path: Path) -> Sequence[Mapping[str, Any]]:
    pyxdf = library(path, "pyxdf", "XDF")
    try:
        streams: list[Mapping[str, Any]] = pyxdf.load_xdf(str(path))[0]
        return sorted(streams, key=lambda each: int(each["info"]["stream_id"]))
    except (*BROKEN, SyntaxError, OSError) as error:  # a syntax error of the XML inside
        raise broken(path, "XDF", error) from error


def _is_signal(stream: Mapping[str, Any]) -> bool:
    series = stream["time_series"]
    return isinstance(series, np.ndarray) and series.ndim == 2 and len(series) > 0 and series.dtype.kind in "iuf"


def _marks(streams: Sequence[Mapping[str, Any]]) -> list[tuple[float, str]]:
    """The texts of all streams of texts, with their times."""
    return [
        (float(time), " ".join(str(part) for part in texts))
        for each in streams
        if isinstance(each["time_series"], list)
        for time, texts in zip(each["time_stamps"], each["time_series"], strict=True)
    ]


def _recording(
    path: Path,
    stamp: FileStamp,
    shelf: Shelf,
    stream: Mapping[str, Any],
    at: int,
    origin: float,
    marks: Sequence[tuple[float, str]],
    *,
    many: bool,
) -> Recording:
    times = np.asarray(stream["time_stamps"], dtype=np.float64)
    fault = first_fault(times)
    if fault is not None:
        raise refusal(path, f"holds times of which number {fault + 1} is missing or goes back.", "Record it again.")
    loader = _Loader(path, at)
    samples = _samples(stream)
    shelf.put((stamp, at), samples)
    title = printable_name(str(stream["info"]["name"][0] or "")) or f"stream {at + 1}"
    item = f"{title} {at + 1}"
    names, units = _described(stream, len(samples))
    annotations: tuple[Annotation, ...] = ordered(annotation(time - times[0], None, text) for time, text in marks)
    return Recording(
        name=printable_name(f"{path.stem} {item}" if many else path.name),
        path=path,
        channels=tuple(Channel(name, unit) for name, unit in zip(names, units, strict=True)),
        length=samples.shape[1],
        time_base=time_base_of(times),
        source=ShelvedSource(stamp, shelf, at, loader),
        format_name="XDF",
        item=item,
        metadata=MappingProxyType({"stream": title, **begins_at(float(times[0]) - origin)}),
        annotations=annotations,
    )


def _samples(stream: Mapping[str, Any]) -> Samples:
    series = stream["time_series"]
    small = series.dtype.itemsize <= 2 or series.dtype == np.float32
    return np.ascontiguousarray(series.T, dtype=np.float32 if small else np.float64)


class _Loader(Struct, frozen=True):
    """Loads one stream again."""

    path: Path
    at: int

    def __call__(self) -> Samples:
        return _samples(_load(self.path)[self.at])


def _described(stream: Mapping[str, Any], count: int) -> tuple[list[str], list[str]]:
    """The channels' names and units as the stream's description gives them."""
    try:
        listed = stream["info"]["desc"][0]["channels"][0]["channel"]
        found = [(str(each["label"][0]), str((each.get("unit") or [""])[0] or "")) for each in listed]
    except (KeyError, IndexError, TypeError):
        found = []
    found = found if len(found) == count else [("", "")] * count
    names = distinct(printable_name(name) or f"Channel {at}" for at, (name, _) in enumerate(found, start=1))
    return names, [_UNITS.get(unit, printable_name(unit)) for _, unit in found]


FORMAT = XdfFormat()
