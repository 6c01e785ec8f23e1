"""NumPy's `.npy`: one array, of which a stretch is read without the rest. Nothing that could run code is loaded."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np

from sigdesk.signals.arrays import RawSource, channels_of, float_type, layout_of
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

MAGIC = b"\x93NUMPY"


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """What the head of an `.npy` file declares, and where its values begin (bytes)."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    values_at: int

    @property
    def values_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def stored_shape(self) -> tuple[int, ...]:
        """The shape as the bytes lie, in C order."""
        return self.shape[::-1] if self.fortran_order else self.shape


def read_header(file: BinaryIO, path: Path, what: str = "") -> ArrayHeader:
    """The header of the array at the position of `file`; `what` names the array inside an archive."""
    place = f"holds the array “{what}”, whose" if what else "has a"
    try:
        version = np.lib.format.read_magic(file)
        # Version 3 differs in the encoding of field names, which no signal has.
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran_order, dtype = read(file)
    except (ValueError, TypeError, SyntaxError, EOFError, RecursionError, MemoryError, OverflowError) as error:
        why = " ".join(str(error).split())[:120]
        raise refusal(path, f"{place} header that cannot be read: {why}.", "Save the array again.") from error
    if any(size < 0 for size in shape):
        raise refusal(path, f"{place} header that declares a negative size: {shape}.", "Save the array again.")
    return ArrayHeader(tuple(int(size) for size in shape), fortran_order, dtype, file.tell())


@dataclass(frozen=True, slots=True)
class NpyFormat:
    name: str = "NPY"
    suffixes: tuple[str, ...] = (".npy",)

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(MAGIC):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        stamp = FileStamp.of(path)
        with path.open("rb") as file:
            head = file.read(256 * 1024)
        if not head.startswith(MAGIC):
            raise refusal(
                path,
                f"is no NPY file: it begins with {head[:6]!r}.",
                "Save it with numpy.save, or name it after what it is.",
            )
        header = read_header(io.BytesIO(head), path)
        given = float_type(header.dtype, path, "holds")
        layout = layout_of(header.stored_shape, path, "has")
        _check_size(path, header, stamp.size)
        told = layout_of(header.shape, path, "has")
        return [
            Recording(
                name=printable_name(path.name),
                path=path,
                channels=channels_of(layout.channels),
                length=layout.length,
                time_base=TimeBase(),
                source=RawSource(stamp, header.values_at, header.dtype, given, layout),
                format_name=self.name,
                metadata=MappingProxyType({"layout": told.text, "stored as": str(header.dtype)}),
            )
        ]


def _check_size(path: Path, header: ArrayHeader, size: int) -> None:
    end = header.values_at + header.values_bytes
    if size < end:
        raise refusal(
            path,
            f"is cut short: its header declares values up to byte {end}, but the file ends at byte {size} "
            f"({end - size} bytes are missing).",
            "Copy the file again from where it was recorded.",
        )
    if size > end:
        raise refusal(
            path,
            f"has {size - end} bytes after the end of its array at byte {end}, which its header does not declare.",
            "Save each array to a file of its own, or all of them as NPZ.",
        )


FORMAT = NpyFormat()
