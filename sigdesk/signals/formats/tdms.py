"""National Instruments' TDMS: in each group, channels that were taken together (one rate, start and length) are one
signal."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.companions import TIMES, begins_at, time_base_from
from sigdesk.signals.describe import format_rate
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.lent_file import LentFile
from sigdesk.signals.names import distinct, printable_name
from sigdesk.signals.recording import Channel, Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tdms_segments import MAGIC, check_segments
from sigdesk.signals.times import rate_of_step

_BROKEN: Final = (ValueError, LookupError, struct.error, TypeError, AttributeError, ArithmeticError, EOFError,
                  RuntimeError, AssertionError)  # fmt: skip
_UNITS = {"Volts": "V", "Amps": "A", "Amperes": "A", "Watts": "W", "Celsius": "°C", "Deg C": "°C", "Degrees C": "°C",
          "Hertz": "Hz", "Pascals": "Pa", "Newtons": "N", "Ohms": "Ω", "Seconds": "s", "Kelvins": "K"}  # fmt: skip
_MAX_SAID = 100


class TdmsSource(Struct, frozen=True):
    """Samples of some channels of a file whose index was parsed when it was opened."""

    stamp: FileStamp
    file: LentFile
    channels: tuple[Any, ...]
    dtype: np.dtype[Any]

    def read(self, start: int, stop: int) -> Samples:
        self.stamp.check()
        values = np.empty((len(self.channels), stop - start), dtype=self.dtype)
        try:
            with self.file.lent():
                for row, channel in zip(values, self.channels, strict=True):
                    row[:] = channel.read_data(start, stop - start)
        except OSError as error:
            why = error.strerror or str(error)
            raise refusal(
                self.stamp.path, f"cannot be read ({why}).", "Check the drive, then open it again."
            ) from error
        except _BROKEN as error:
            raise _broken(self.stamp.path, error) from error
        return values


class TdmsFormat(Struct, frozen=True):
    name: str = "TDMS"
    suffixes: tuple[str, ...] = (".tdms",)

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(MAGIC):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        import nptdms  # 0.2 s: only when such a file is read

        stamp = FileStamp.of(path)
        finished = check_segments(path)
        file = LentFile(path)
        try:
            with file.lent():
                tdms = nptdms.TdmsFile.open(file)
                together = [each for group in tdms.groups() for each in _together(group, stamp)]
                said = {} if finished else {"segments": "the last one was never finished; what is whole of it is shown"}
                said |= _texts(tdms.properties)
                found = [_Found(path, stamp, file, each, together, said).recording() for each in together]
        except _BROKEN as error:
            raise _broken(path, error) from error
        if not found:
            raise refusal(path, "holds no channel of numbers.", "Check that the recording was saved.")
        return found


class _Set(Struct, frozen=True):
    """Channels that were taken together, and the column of their times where there is one."""

    group: str
    channels: tuple[Any, ...]
    times: Any | None
    properties: dict[str, Any]

    @property
    def length(self) -> int:
        return len(self.channels[0])

    @property
    def rate_hz(self) -> float | None:
        step = self.channels[0].properties.get("wf_increment", 0.0)
        return rate_of_step(step) if isinstance(step, float) and 1e-15 < step < 1e12 else None


def _together(group: Any, stamp: FileStamp) -> list[_Set]:
    """The channels of a group by what they share; a column of times is no channel of its own."""
    usable = [channel for channel in group.channels() if len(channel) and channel.dtype.kind in "biufM"]
    for channel in usable:
        if len(channel) > 8 * stamp.size:  # a channel may be made of bits
            raise refusal(
                stamp.path,
                f"declares {len(channel):,} samples of “{printable_name(channel.name)}” in {stamp.size:,} bytes.",
                "Copy the file again from where it was recorded.",
            )
    times = {len(each): each for each in reversed(usable) if _is_time(each)}
    sets: dict[tuple[Any, ...], list[Any]] = {}
    for channel in usable:
        if channel is times.get(len(channel)) or channel.dtype.kind == "M":
            continue
        taken = [channel.properties.get(key) for key in ("wf_increment", "wf_start_offset", "wf_start_time")]
        sets.setdefault((len(channel), *map(str, taken)), []).append(channel)
    return [_Set(group.name, tuple(channels), times.get(key[0]), group.properties) for key, channels in sets.items()]


def _is_time(channel: Any) -> bool:
    """Whether a channel holds the times of the others, which then have no rate of their own."""
    if "wf_increment" in channel.properties:
        return False
    return channel.dtype.kind == "M" or channel.name.lower().split("/")[-1].strip() in TIMES


class _Found(Struct, frozen=True):
    """What a recording is made of."""

    path: Path
    stamp: FileStamp
    file: LentFile
    taken: _Set
    all_sets: Sequence[_Set]
    said: dict[str, str]

    def recording(self) -> Recording:
        taken = self.taken
        item = self._item()
        first = taken.channels[0].properties
        base, begins_s, start = self._time()
        names = distinct(printable_name(each.name) or f"Channel {at}" for at, each in enumerate(taken.channels, 1))
        dtypes = {each.dtype for each in taken.channels}
        small = all((each.kind in "biu" and each.itemsize <= 2) or each == np.float32 for each in dtypes)
        source = TdmsSource(self.stamp, self.file, taken.channels, np.dtype(np.float32 if small else np.float64))
        return Recording(
            name=printable_name(f"{self.path.stem} {item}" if len(self.all_sets) > 1 else self.path.name),
            path=self.path,
            channels=tuple(
                Channel(name, _unit_of(each.properties)) for name, each in zip(names, taken.channels, strict=True)
            ),
            length=taken.length,
            time_base=base,
            source=source,
            format_name="TDMS",
            item=item,
            start_time=start,
            metadata=MappingProxyType(
                {"group": printable_name(taken.group), **begins_at(begins_s), **self.said, **_texts(first)}
            ),
        )

    def _item(self) -> str:
        """The group, and where it holds several sets, what tells this one from them."""
        group = printable_name(self.taken.group) or "group"
        others = [each for each in self.all_sets if each.group == self.taken.group]
        if len(others) == 1:
            return group
        rate = self.taken.rate_hz
        shown = format_rate(rate) if rate else f"{self.taken.length} samples"
        rates = [each.rate_hz for each in others]
        number = others.index(self.taken) + 1
        return f"{group} {shown}" if rates.count(rate) == 1 else f"{group} {shown} ({number})"

    def _time(self) -> tuple[TimeBase, float, datetime | None]:
        """The time base, the time of the first sample (s), and its moment."""
        properties, times = self.taken.channels[0].properties, self.taken.times
        start = _moment(properties.get("wf_start_time"))
        if self.taken.rate_hz is not None:
            offset = properties.get("wf_start_offset", 0.0)
            return TimeBase(rate_hz=self.taken.rate_hz), float(offset) if abs(offset) < 1e12 else 0.0, start
        if times is None:
            return TimeBase(), 0.0, start
        dated = times.dtype.kind == "M"

        def read(begin: int, end: int) -> NDArray[np.float64]:
            values = times.read_data(begin, end - begin)
            micros = values.astype("datetime64[us]").astype(np.float64) if dated else values
            return np.asarray(micros, dtype=np.float64)

        base, first_s = time_base_from(self.path, read, self.taken.length, 1e-6 if dated else 1.0)
        return (base, 0.0, datetime.fromtimestamp(first_s, UTC)) if dated else (base, first_s, start)


def _moment(value: object) -> datetime | None:
    """A time stamp of LabVIEW, which is UTC; its zero, in 1904, means that there is none."""
    if not isinstance(value, np.datetime64) or not np.datetime64("1905") < value < np.datetime64("2500"):
        return None
    return datetime.fromtimestamp(float(value.astype("datetime64[us]").astype(np.int64)) / 1e6, UTC)


def _unit_of(properties: Any) -> str:
    unit = properties.get("unit_string") or properties.get("NI_UnitDescription") or ""
    return _UNITS.get(unit, printable_name(unit)) if isinstance(unit, str) else ""


def _texts(properties: Any) -> dict[str, str]:
    """The properties that are words."""
    said = {printable_name(str(key)): value for key, value in properties.items() if isinstance(value, str) and value}
    return {key: printable_name(value)[:4000] for key, value in list(said.items())[:_MAX_SAID]}


def _broken(path: Path, error: Exception) -> Exception:
    why = printable_name(" ".join(str(error).split())[:120]).rstrip(".") or type(error).__name__
    return refusal(path, f"cannot be read as TDMS ({why}).", "Copy the file again from where it was recorded.")


FORMAT = TdmsFormat()
