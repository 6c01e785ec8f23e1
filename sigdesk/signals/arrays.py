"""Arrays as lab programs save them: which axis is time, what becomes of their numbers, and reading a stretch of one.

A stretch is read with plain seeks, not from a memory map: a mapped file that another program cuts short ends the
process that touches it, and every map holds a file descriptor, of which a desk with thousands of files has too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from sigdesk.signals.recording import Channel, Samples
from sigdesk.signals.refusal import refusal
from sigdesk.signals.stamp import FileStamp


class Layout(Struct, frozen=True):
    """How a one- or two-dimensional array is cut into channels."""

    channels: int
    length: int
    time_first: bool

    def stored(self, *, fortran_order: bool) -> Layout:
        """The layout of the bytes, which in Fortran order lie as those of the transposed array do."""
        return replace(self, time_first=not self.time_first) if fortran_order else self

    @property
    def text(self) -> str:
        """What the operator reads, because the choice is a guess where the file does not say."""
        if self.channels == 1:
            return "one channel"
        order = "samples × channels" if self.time_first else "channels × samples"
        return f"{order}; the longer axis is taken as time"


def layout_of(shape: tuple[int, ...], path: Path, what: str, *, time_length: int | None = None) -> Layout:
    """The layout of an array of `shape`; `what` names it in a refusal ("holds", "holds the array “x”, which has").

    The longer axis is time, and of a square the second, unless `time_length` (of a time array) says otherwise.
    """
    if len(shape) not in (1, 2):
        dimensions = "no dimension (a single value)" if not shape else f"{len(shape)} dimensions {_shape(shape)}"
        raise refusal(
            path,
            f"{what} {dimensions}, but a signal has one or two.",
            "Save one array of channels × samples for each signal.",
        )
    if 0 in shape:
        raise refusal(path, f"{what} the shape {_shape(shape)}: no samples.", "Check that the recording was saved.")
    if len(shape) == 1:
        return Layout(1, shape[0], time_first=True)
    rows, columns = shape
    time_first = rows > columns
    if time_length is not None and rows != columns and time_length in shape:
        time_first = time_length == rows
    return Layout(columns, rows, True) if time_first else Layout(rows, columns, False)


def float_type(dtype: np.dtype[Any], path: Path, what: str) -> np.dtype[Any]:
    """float32 where it holds every value of `dtype` exactly, else float64. Refuses what is not real numbers."""
    if dtype.kind not in "biuf":
        kind = _KINDS.get(dtype.kind, f"values of type {dtype}")
        raise refusal(
            path, f"{what} {kind}, but a signal is made of real numbers.", _WAYS_OUT.get(dtype.kind, _SAVE_REAL)
        )
    small = dtype.itemsize <= 2 or (dtype.kind == "f" and dtype.itemsize == 4)
    return np.dtype(np.float32) if small else np.dtype(np.float64)


_SAVE_REAL = "Save the samples as an array of real numbers."
_KINDS = {
    "c": "complex numbers",
    "O": "Python objects",
    "V": "records with named fields",
    "U": "text",
    "S": "text",
    "M": "dates",
    "m": "durations",
}
_WAYS_OUT = {
    "c": "Save the real part, the imaginary part or the magnitude.",
    "O": "SigDesk does not load objects, because they can run code. Save the samples as an array of real numbers.",
}


def channels_of(count: int, names: Sequence[str] = ()) -> tuple[Channel, ...]:
    """Channels by their names, or by their numbers where there are none."""
    return tuple(Channel(names[i] if i < len(names) and names[i] else f"Channel {i + 1}") for i in range(count))


def with_units(channels: tuple[Channel, ...], units: Sequence[str]) -> tuple[Channel, ...]:
    """Channels that have no unit yet take it from `units`, which holds one for all or one a channel."""
    if len(units) not in (1, len(channels)):
        return channels
    each_unit = list(units) * (len(channels) if len(units) == 1 else 1)
    return tuple(
        each if each.unit else replace(each, unit=unit) for each, unit in zip(channels, each_unit, strict=True)
    )


def as_samples(array: NDArray[Any], layout: Layout, dtype: np.dtype[Any]) -> Samples:
    """`array` as (channels, samples) of `dtype`, contiguous."""
    table = array.reshape(1, -1) if array.ndim == 1 else array.T if layout.time_first else array
    return _cast(table, dtype)


def _cast(table: NDArray[Any], dtype: np.dtype[Any]) -> Samples:
    with np.errstate(over="ignore"):  # a number beyond float64 becomes infinite, which is said as a gap
        return np.ascontiguousarray(table, dtype=dtype)


class RawSource(Struct, frozen=True):
    """An array that lies in a file uncompressed, from byte `offset` on, in C order of (samples, channels) when
    `time_first`, else of (channels, samples)."""

    stamp: FileStamp
    offset: int
    stored: np.dtype[Any]
    given: np.dtype[Any]
    layout: Layout

    def read(self, start: int, stop: int) -> Samples:
        self.stamp.check()
        count = stop - start
        try:
            with self.stamp.path.open("rb", buffering=0) as file:
                if self.layout.time_first:
                    raw = self._stretch(file, start * self.layout.channels, count * self.layout.channels)
                    table = raw.reshape(count, self.layout.channels).T
                else:
                    rows = [
                        self._stretch(file, row * self.layout.length + start, count)
                        for row in range(self.layout.channels)
                    ]
                    table = np.stack(rows)
        except OSError as error:
            why = error.strerror or str(error)
            raise refusal(
                self.stamp.path, f"cannot be read ({why}).", "Check the drive, then open it again."
            ) from error
        return _cast(table, self.given)

    def _stretch(self, file: Any, first: int, count: int) -> NDArray[Any]:
        values = np.empty(count, dtype=self.stored)
        file.seek(self.offset + first * self.stored.itemsize)
        if count:
            fill(file, values.view(np.uint8).data, self.stamp.path)
        return values


def fill(file: BinaryIO, target: memoryview, path: Path) -> None:
    """Read bytes into `target` until it is full; RecordingError when the file ends before."""
    done = 0
    while done < len(target):
        got = file.readinto(target[done:])  # type: ignore[attr-defined]
        if not got:
            raise refusal(
                path,
                f"ends at byte {file.tell()}, {len(target) - done} bytes too early.",
                "Open it again, or copy it anew.",
            )
        done += got


def _shape(shape: tuple[int, ...]) -> str:
    return "(" + " × ".join(map(str, shape)) + ")"
