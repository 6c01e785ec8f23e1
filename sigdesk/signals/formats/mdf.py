"""ASAM MDF 3 and 4 (`.mf4`, `.mdf`) of vehicle test benches, an extra: each channel group is a signal of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct

from sigdesk.signals.companions import begins_at, time_base_from
from sigdesk.signals.extras import BROKEN, broken, library, same_length
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import distinct, printable_name
from sigdesk.signals.recording import Channel, Recording, Samples
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

_MARKS = (b"MDF     ", b"UnFinMF ")
_VERSION = re.compile(rb"[234]\.\d\d")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The open file. The library raises errors of its own beside the usual ones."""
    mdf = library(path, "asammdf", "MDF")
    try:
        with path.open("rb") as stream:
            version = stream.read(12)[8:]
            # The library finds no way to close a file of its own whose version it cannot make out.
            with mdf.MDF(path if _VERSION.fullmatch(version) else stream) as file:
                yield file
    except (mdf.blocks.utils.MdfException, *BROKEN) as error:
        raise broken(path, "MDF", error) from error


class MdfSource(Struct, frozen=True):
    """Records of some channels of a group; values that the file marks as invalid are gaps."""

    stamp: FileStamp
    group: int
    channels: tuple[int, ...]

    def read(self, start: int, stop: int) -> Samples:
        self.stamp.check()
        values = np.empty((len(self.channels), stop - start))
        if start == stop:
            return values
        with _opened(self.stamp.path) as file:
            for row, index in zip(values, self.channels, strict=True):
                signal = file.get(
                    group=self.group,
                    index=index,
                    record_offset=start,
                    record_count=stop - start,
                    ignore_invalidation_bits=True,
                )
                row[:] = same_length(self.stamp.path, np.atleast_2d(signal.samples), stop - start)[0]
                invalid = signal.invalidation_bits
                if invalid is not None:
                    row[np.asarray(invalid, dtype=bool)] = np.nan
        return values


class MdfFormat(Struct, frozen=True):
    name: str = "MDF"
    suffixes: tuple[str, ...] = (".mf4", ".mdf", ".mf3")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(_MARKS):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        stamp = FileStamp.of(path)
        with path.open("rb") as file:
            if not file.read(8).startswith(_MARKS):
                raise refusal(path, "is no MDF file.", "Name it after what it is.")
        with _opened(path) as mdf:
            groups = [(at, channels) for at in range(len(mdf.groups)) if (channels := _numeric(mdf, at))]
            found = [_recording(path, stamp, mdf, at, channels, many=len(groups) > 1) for at, channels in groups]
        if not found:
            raise refusal(path, "holds no channel of numbers.", "Check that the recording was saved.")
        return found


def _numeric(mdf: Any, group: int) -> list[tuple[int, str, str]]:
    """The channels of a group that hold single numbers: index, name and unit."""
    if not mdf.groups[group].channel_group.cycles_nr:
        return []
    found = []
    for index, channel in enumerate(mdf.groups[group].channels):
        if index == mdf.masters_db.get(group):
            continue
        first = mdf.get(group=group, index=index, record_offset=0, record_count=1, ignore_invalidation_bits=True)
        if first.samples.ndim == 1 and first.samples.dtype.kind in "biuf":
            found.append((index, channel.name, first.unit or ""))
    return found


def _recording(
    path: Path, stamp: FileStamp, mdf: Any, group: int, channels: list[tuple[int, str, str]], *, many: bool
) -> Recording:
    length = int(mdf.groups[group].channel_group.cycles_nr)
    title = getattr(mdf.groups[group].channel_group, "acq_name", "") or ""
    item = f"{printable_name(title)} {group + 1}".strip() if many else ""
    names = distinct(printable_name(name) or f"Channel {at}" for at, (_, name, _) in enumerate(channels, start=1))

    def times(start: int, stop: int) -> Any:
        return mdf.get_master(group, record_offset=start, record_count=stop - start)

    base, first_s = time_base_from(path, times, length)
    return Recording(
        name=printable_name(f"{path.stem} {item}" if item else path.name),
        path=path,
        channels=tuple(Channel(name, printable_name(unit)) for name, (_, _, unit) in zip(names, channels, strict=True)),
        length=length,
        time_base=base,
        source=MdfSource(stamp, group, tuple(index for index, _, _ in channels)),
        format_name="MDF",
        item=item,
        start_time=mdf.start_time,
        metadata=MappingProxyType({"version": str(mdf.version), **begins_at(first_s)}),
    )


FORMAT = MdfFormat()
