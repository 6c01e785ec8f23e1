"""Captures of oscilloscopes (Rigol, Keysight, Siglent, Rohde & Schwarz, LeCroy, Tektronix, Yokogawa), an extra.

RigolWFM loads a capture whole; scopes have little memory, and the file's size is bounded.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.companions import begins_at
from sigdesk.signals.extras import BROKEN, broken, check_size, library
from sigdesk.signals.format import LIKELY, NAME_ONLY, SURE
from sigdesk.signals.names import distinct, printable_name
from sigdesk.signals.recording import Channel, Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf, ShelvedSource
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.times import first_fault, rate_of_step, time_base_of

_MARKS = (b"RG01", b"RG03", b"AG01", b"AG03", b"AG10")
_TEKTRONIX_AT, _TEKTRONIX = 2, b":WFM#00"
_LECROY = b"WAVEDESC"
_SIGLENT = {bytes([version, 0, 0, 0]) for version in range(1, 7)}
_UNITS = {"v": "V", "a": "A", "w": "W", "u": ""}
_turn: Final = threading.Lock()


class ScopeFormat(Struct, frozen=True):
    name: str = "Oscilloscope"
    suffixes: tuple[str, ...] = (".wfm", ".isf", ".trc", ".bin")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(_MARKS) or head[_TEKTRONIX_AT:].startswith(_TEKTRONIX):
            return SURE
        suffix = path.suffix.lower()
        if suffix == ".trc" and _LECROY in head[:64]:
            return LIKELY
        if suffix == ".bin":  # anything may be called so
            return NAME_ONLY if head[:4] in _SIGLENT or b"<Database FWVersion" in head[:200] else 0.0
        return NAME_ONLY if suffix in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        stamp = FileStamp.of(path)
        check_size(path, stamp.size, "a capture")
        channels = _load(path)
        times = channels[0].times
        fault = first_fault(times)
        if fault is not None:
            raise refusal(path, f"holds times of which number {fault + 1} is missing or goes back.", "Save it again.")
        samples = _samples(path, channels)
        shelf.put((stamp, 0), samples)
        names = distinct(each.name for each in channels)
        return [
            Recording(
                name=printable_name(path.name),
                path=path,
                channels=tuple(Channel(name, each.unit) for name, each in zip(names, channels, strict=True)),
                length=samples.shape[1],
                time_base=_time_base(times),
                source=ShelvedSource(stamp, shelf, 0, _Loader(path)),
                format_name="Scope",
                metadata=MappingProxyType(begins_at(float(times[0]))),
            )
        ]


def _time_base(times: NDArray[np.float64]) -> TimeBase:
    """Scopes keep the step between samples in 32 bits, so a rate of 10 MHz comes as 9 999 999.88."""
    base = time_base_of(times)
    return base if base.rate_hz is None else TimeBase(rate_hz=rate_of_step(1.0 / base.rate_hz, within=1e-7))


class _Loader(Struct, frozen=True):
    """Loads the capture again."""

    path: Path

    def __call__(self) -> Samples:
        return _samples(self.path, _load(self.path))


class _Trace(Struct, frozen=True):
    """One channel that was on."""

    name: str
    unit: str
    volts: NDArray[np.float64]
    times: NDArray[np.float64]


def _load(path: Path) -> list[_Trace]:
    """The channels that were on."""
    wfm = library(path, "RigolWFM.wfm", "capture of an oscilloscope, a")
    kaitai = library(path, "kaitaistruct", "capture of an oscilloscope, a")
    try:
        with _closing_files(kaitai):
            traces = [_trace(each) for each in wfm.Wfm.from_file(str(path)).channels if _is_on(each)]
    except (wfm.Parse_WFM_Error, kaitai.KaitaiStructError, *BROKEN, OSError) as error:
        raise broken(path, "a capture of an oscilloscope", error) from error
    if not traces:
        raise refusal(path, "is a capture without a channel that was on.", "Save it again with a channel on.")
    return traces


@contextlib.contextmanager
def _closing_files(parser: Any) -> Iterator[None]:
    """Close what the parser's module opens meanwhile: it leaves files open in a ring of objects, for as long as nobody
    searches for such rings, and whoever does must be the window's thread."""
    opened: list[IO[Any]] = []

    def open_noted(*args: Any, **options: Any) -> IO[Any]:
        file: IO[Any] = open(*args, **options)  # noqa: PTH123, SIM115 - stands in the place of the parser's own
        opened.append(file)
        return file

    with _turn:
        parser.open = open_noted
        try:
            yield
        finally:
            parser.open = open
            for file in opened:
                file.close()


def _is_on(channel: Any) -> bool:
    return bool(channel.enabled and channel.volts is not None and len(channel.volts))


def _trace(channel: Any) -> _Trace:
    name = printable_name(str(channel.name)) or f"CH {channel.channel_number}"
    unit = _UNITS.get(getattr(channel.unit, "name", ""), "")
    return _Trace(name, unit, np.array(channel.volts, dtype=np.float64), np.array(channel.times, dtype=np.float64))


def _samples(path: Path, channels: list[_Trace]) -> Samples:
    rows = [each.volts for each in channels]
    if len({len(row) for row in rows}) != 1:
        raise refusal(path, "holds channels of different lengths.", "Save each channel to a file of its own.")
    return np.stack(rows)


FORMAT = ScopeFormat()
