"""NumPy's `.npy`: one array, of which a stretch is read without the rest. Nothing that could run code is loaded."""

from __future__ import annotations

import ast
import io
import math
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np
from msgspec import Struct

from sigdesk.signals.arrays import RawSource, channels_of, float_type, layout_of
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import printable_name, shown_bytes
from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.signals.refusal import missing, refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 64 * 1024

_DESCR = re.compile(r"[<>|=]?[a-zA-Z]\d{0,4}(?:\[\w{1,8}\])?")
_SAVE_AGAIN = "Save the array again with numpy.save."


class ArrayHeader(Struct, frozen=True):
    """What the head of an `.npy` file declares, and where its values begin (bytes)."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    values_at: int

    @property
    def values_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: BinaryIO, path: Path, what: str = "") -> ArrayHeader:
    """The header of the array at the position of `file`; `what` names the array inside an archive.

    Read here rather than by numpy, whose reader lets a dozen kinds of exception through on a damaged header.
    """
    place = f"holds the array “{what}”, whose header" if what else "has a header that"
    prefix = file.read(len(MAGIC) + 2)
    wide = prefix[len(MAGIC) : len(MAGIC) + 1] != b"\x01"
    length = int.from_bytes(file.read(4 if wide else 2), "little")
    if not prefix.startswith(MAGIC) or not 0 < length <= MAX_HEADER_BYTES:
        raise refusal(path, f"{place} cannot be read.", _SAVE_AGAIN)
    text = file.read(length)
    try:
        declared = ast.literal_eval(text.decode("utf-8").strip())
        shape, order, descr = declared["shape"], declared["fortran_order"], declared["descr"]
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError) as error:
        raise refusal(path, f"{place} cannot be read at byte {len(prefix)} to {file.tell()}.", _SAVE_AGAIN) from error
    if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
        raise refusal(path, f"{place} declares no size: {printable_name(repr(shape)[:60])}.", _SAVE_AGAIN)
    return ArrayHeader(shape, bool(order), _dtype(descr, path, place), file.tell())


def _dtype(descr: object, path: Path, place: str) -> np.dtype[Any]:
    if isinstance(descr, list):
        return np.dtype([("fields", np.uint8)])
    if isinstance(descr, str) and _DESCR.fullmatch(descr):
        try:
            return np.dtype(descr)
        except (TypeError, ValueError):
            pass
    shown = printable_name(repr(descr)[:60])
    raise refusal(path, f"{place} declares values of an unknown type: {shown}.", _SAVE_AGAIN)


class NpyFormat(Struct, frozen=True):
    name: str = "NPY"
    suffixes: tuple[str, ...] = (".npy",)

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(MAGIC):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        stamp = FileStamp.of(path)
        with path.open("rb") as file:
            head = file.read(MAX_HEADER_BYTES + 16)
        if not head.startswith(MAGIC):
            raise refusal(
                path,
                f"is no NPY file: it begins with {shown_bytes(head[:6])}.",
                "Save it with numpy.save, or name it after what it is.",
            )
        header = read_header(io.BytesIO(head), path)
        given = float_type(header.dtype, path, "holds")
        layout = layout_of(header.shape, path, "has")
        _check_size(path, header, stamp.size)
        stored = layout.stored(fortran_order=header.fortran_order)
        return [
            Recording(
                name=printable_name(path.name),
                path=path,
                channels=channels_of(layout.channels),
                length=layout.length,
                time_base=TimeBase(),
                source=RawSource(stamp, header.values_at, header.dtype, given, stored),
                format_name=self.name,
                metadata=MappingProxyType({"layout": layout.text, "stored as": str(header.dtype)}),
            )
        ]


def _check_size(path: Path, header: ArrayHeader, size: int) -> None:
    end = header.values_at + header.values_bytes
    if size < end:
        raise refusal(
            path,
            f"is cut short: its header declares values up to byte {end}, but the file ends at byte {size} "
            f"({missing(end - size)}).",
            "Copy the file again from where it was recorded.",
        )
    if size > end:
        raise refusal(
            path,
            f"has {size - end} bytes after the end of its array at byte {end}, which its header does not declare.",
            "Save each array to a file of its own, or all of them as NPZ.",
        )


FORMAT = NpyFormat()
