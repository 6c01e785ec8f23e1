"""NumPy's `.npz`: arrays by name, of which some are signals and others say their rate, times, channels or label.

What `numpy.savez` writes lies in the archive uncompressed and is read by stretches like NPY. A compressed array must be
unpacked whole, so it may not be larger than what the shelf keeps; sizes are checked before anything is unpacked.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.arrays import Layout, RawSource, as_samples, channels_of, float_type, layout_of, with_units
from sigdesk.signals.companions import (
    INTERVALS,
    LABELS,
    NAMES,
    RATES,
    TIMES,
    UNITS,
    begins_at,
    rate_from,
    texts_of,
    time_base_from,
)
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.formats.npy import ArrayHeader, read_header
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording, Samples, SampleSource, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf, ShelvedSource
from sigdesk.signals.stamp import FileStamp

MAX_UNPACKED_BYTES = 256 * 1024**2
MAX_RATIO = 300
"""How many bytes one packed byte may become; measured signals stay under 10, runs of zeros reach 1000."""
RATIO_MATTERS_FROM_BYTES = 64 * 1024**2
MAX_SIDE_VALUES = 100_000
"""Rates, names and labels are small; a larger array is not read while the file is opened."""

_LOCAL_HEADER_BYTES = 30


class Member(Struct, frozen=True):
    """One array of the archive."""

    key: str
    entry: zipfile.ZipInfo
    header: ArrayHeader

    @property
    def is_text(self) -> bool:
        return self.header.dtype.kind in "US"

    @property
    def is_side(self) -> bool:
        """Whether it describes the signals rather than being one."""
        key = self.key.lower()
        single = math.prod(self.header.shape) == 1
        return (
            self.is_text or key in TIMES or key in RATES or key in INTERVALS or (single and len(self.header.shape) == 0)
        )


class NpzFormat(Struct, frozen=True):
    name: str = "NPZ"
    suffixes: tuple[str, ...] = (".npz",)

    def confidence(self, head: bytes, path: Path) -> float:
        named = path.suffix.lower() in self.suffixes
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            # Any zip begins so; the name of the first entry tells the arrays from office documents.
            return SURE if named or b".npy" in head[:300] else 0.0
        return NAME_ONLY if named else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        stamp = FileStamp.of(path)
        try:
            with zipfile.ZipFile(path) as archive:
                members = _members(archive, path)
                side = {
                    member.key: _load(archive, member)
                    for member in members
                    if (member.is_side and math.prod(member.header.shape) <= MAX_SIDE_VALUES)
                    or member.key.lower() in TIMES
                }
        except _BROKEN as error:
            raise _broken(path, error) from error
        signals = [member for member in members if not member.is_side]
        if not signals:
            only = ", ".join(printable_name(member.key) for member in members[:12]) or "nothing"
            raise refusal(
                path,
                f"holds no array of samples, only {only}.",
                "Save the samples as an array of channels × samples.",
            )
        return [
            _recording(path, stamp, shelf, member, side, item=member.key if len(signals) > 1 else "")
            for member in signals
        ]


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)


def _broken(path: Path, error: Exception) -> Exception:
    return refusal(
        path,
        f"is no whole NPZ archive ({' '.join(str(error).split())[:120]}).",
        "Copy the file again, or save it anew.",
    )


def _members(archive: zipfile.ZipFile, path: Path) -> list[Member]:
    members = []
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        key = entry.filename.removesuffix(".npy")
        shown = printable_name(key)
        if key == entry.filename:
            raise refusal(path, f"holds “{shown}”, which is no array.", "Save the archive with numpy.savez.")
        _refuse_bomb(path, entry, shown)
        with archive.open(entry) as file:
            header = read_header(cast(BinaryIO, file), path, shown)
        if header.dtype.hasobject:
            float_type(header.dtype, path, f"holds the array “{shown}” with")
        if header.values_at + header.values_bytes != entry.file_size:
            raise refusal(
                path,
                f"holds the array “{shown}”, whose header declares {header.values_bytes} bytes of values, "
                f"but {entry.file_size - header.values_at} are there.",
                "Save the archive anew.",
            )
        members.append(Member(key, entry, header))
    return members


def _refuse_bomb(path: Path, entry: zipfile.ZipInfo, shown: str) -> None:
    if entry.compress_type == zipfile.ZIP_STORED:
        return  # takes as much room in the file as it says
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > MAX_UNPACKED_BYTES:
        why = f"would unpack to {entry.file_size:,} bytes, more than the {MAX_UNPACKED_BYTES:,} that are allowed"
    elif ratio > MAX_RATIO and entry.file_size > RATIO_MATTERS_FROM_BYTES:
        why = f"would unpack to {ratio:,.0f} times its size"
    else:
        return
    raise refusal(
        path, f"holds the array “{shown}”, which {why}.", "Save large arrays as NPY, which is read piece by piece."
    )


def _load(archive: zipfile.ZipFile, member: Member) -> NDArray[Any]:
    header = member.header
    with archive.open(member.entry) as file:
        file.read(header.values_at)
        values = np.frombuffer(file.read(header.values_bytes), dtype=header.dtype)
    return values.reshape(header.shape, order="F" if header.fortran_order else "C")


def _recording(
    path: Path, stamp: FileStamp, shelf: Shelf, member: Member, side: Mapping[str, NDArray[Any]], item: str
) -> Recording:
    shown, header = printable_name(member.key), member.header
    given = float_type(header.dtype, path, f"holds the array “{shown}” with")
    times = _find(side, TIMES)
    layout = layout_of(
        header.shape, path, f"holds the array “{shown}”, which has", time_length=None if times is None else times.size
    )
    source: SampleSource = ShelvedSource(stamp, shelf, member.key, _Loader(path, member, layout, given))
    if member.entry.compress_type == zipfile.ZIP_STORED:
        stored = layout.stored(fortran_order=header.fortran_order)
        source = RawSource(stamp, _values_at(path, member), header.dtype, given, stored)
    label = texts_of(_find(side, LABELS))
    time_base, first_s = _time_base(path, side, times, layout.length)
    return Recording(
        name=printable_name(f"{path.stem} {item}" if item else path.name),
        path=path,
        channels=with_units(channels_of(layout.channels, texts_of(_find(side, NAMES))), texts_of(_find(side, UNITS))),
        length=layout.length,
        time_base=time_base,
        source=source,
        format_name="NPZ",
        item=item,
        label=label[0] if len(label) == 1 else None,
        metadata=MappingProxyType(
            {"array": shown, "layout": layout.text, "stored as": str(header.dtype), **begins_at(first_s)}
        ),
    )


def _values_at(path: Path, member: Member) -> int:
    """The byte of the archive at which an uncompressed array's values begin."""
    with path.open("rb") as file:
        file.seek(member.entry.header_offset)
        local = file.read(_LOCAL_HEADER_BYTES)
    name, extra = int.from_bytes(local[26:28], "little"), int.from_bytes(local[28:30], "little")
    return member.entry.header_offset + _LOCAL_HEADER_BYTES + name + extra + member.header.values_at


class _Loader(Struct, frozen=True):
    """Unpacks one array."""

    path: Path
    member: Member
    layout: Layout
    given: np.dtype[Any]

    def __call__(self) -> Samples:
        try:
            with zipfile.ZipFile(self.path) as archive:
                return as_samples(_load(archive, self.member), self.layout, self.given)
        except (OSError, *_BROKEN) as error:
            raise _broken(self.path, error) from error


def _find(side: Mapping[str, NDArray[Any]], keys: set[str]) -> NDArray[Any] | None:
    return next((array for key, array in side.items() if key.lower() in keys), None)


def _time_base(
    path: Path, side: Mapping[str, NDArray[Any]], times: NDArray[Any] | None, length: int
) -> tuple[TimeBase, float]:
    """The time base that lies beside an array of `length` samples, and its first time (s)."""
    rate, interval = _find(side, RATES), _find(side, INTERVALS)
    if rate is not None:
        return TimeBase(rate_hz=rate_from(rate, path)), 0.0
    if times is not None and times.size == length and times.dtype.kind in "iuf":
        flat = times.ravel()
        return time_base_from(path, lambda start, stop: flat[start:stop], length)
    return (TimeBase() if interval is None else TimeBase(rate_hz=rate_from(interval, path, interval=True))), 0.0


FORMAT = NpzFormat()
