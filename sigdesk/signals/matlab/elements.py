"""The top-level variables of a MATLAB 5 file, by walking its elements: name, class, size, and where the values lie.

Nothing but heads is read and, of a packed variable, unpacked; so sizes that lie are noticed before they cost memory.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from msgspec import Struct

from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import missing, refusal

HEADER_BYTES: Final = 128
MAX_UNPACKED_BYTES: Final = 256 * 1024**2
"""A packed variable, and a struct, can only be loaded whole."""
MAX_RATIO, RATIO_MATTERS_FROM_BYTES = 300, 64 * 1024**2
MAX_VARIABLES: Final = 20_000

MATRIX, _PACKED = 14, 15
_HEAD_BYTES = 4096
CELL, STRUCT, OBJECT, CHAR, SPARSE = 1, 2, 3, 4, 5
NUMERIC: Final = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_KINDS = {
    CELL: "cell",
    STRUCT: "struct",
    OBJECT: "object",
    CHAR: "text",
    SPARSE: "sparse",
    16: "function",
    17: "object",
}
_CUT = "Copy the file again from where it was recorded."
_SAVE = "Save it again in MATLAB (save -v7.3 NAME)."


def reason_of(error: Exception) -> str:
    """Why a variable cannot be read, in words for operators."""
    return "its packed bytes are damaged" if isinstance(error, zlib.error) else str(error) or "it is damaged"


class ShortError(ValueError):
    """A matrix does not hold what it declares."""


class Variable(Struct, frozen=True):
    """A variable. `size` is what it takes unpacked (bytes); `values_at` is the byte of the file where the values of an
    unpacked one begin, and `stored` their type, or None where they cannot be read in place. The variable itself takes
    `declared` bytes from byte `at` on, in the byte `order` "<" or ">".
    """

    name: str
    kind: int
    dims: tuple[int, ...]
    is_complex: bool
    packed: bool
    size: int
    values_at: int
    stored: np.dtype[Any] | None
    at: int
    declared: int
    order: str

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def kind_name(self) -> str:
        return _KINDS.get(self.kind, NUMERIC.get(self.kind, "unknown"))


def byte_order(head: bytes) -> str:
    """ "<" or ">" of a MATLAB 5 file by its header, "" where it has none."""
    return {b"IM": "<", b"MI": ">"}.get(head[126:128], "") if len(head) >= HEADER_BYTES else ""


def variables_of(path: Path) -> list[Variable]:
    """The variables of a file. Raises RecordingError for one that is cut short, packed too well, or nested too deep."""
    with path.open("rb") as file:
        return list(_walk(file, path))


def _walk(file: BinaryIO, path: Path) -> Iterator[Variable]:
    size = file.seek(0, 2)
    file.seek(0)
    order = byte_order(file.read(HEADER_BYTES))
    at, count = HEADER_BYTES, 0
    while at < size:
        file.seek(at)
        tag = file.read(8)
        if len(tag) < 8:
            raise refusal(path, f"is cut short: it ends at byte {size}, inside an element that begins at {at}.", _CUT)
        kind, declared = struct.unpack(f"{order}II", tag)
        if at + 8 + declared > size:
            raise refusal(
                path,
                f"is cut short: the element at byte {at} declares {declared} bytes, but the file ends at byte {size} "
                f"({missing(at + 8 + declared - size)}).",
                _CUT,
            )
        if kind in (MATRIX, _PACKED):
            count += 1
            if count > MAX_VARIABLES:
                raise refusal(path, f"holds over {MAX_VARIABLES:,} variables.", "Save signals as one matrix.")
            variable = _variable(file, path, at, declared, order, packed=kind == _PACKED)
            if variable.name:  # MATLAB keeps one without a name for itself
                yield variable
        at += 8 + declared + (-declared % 8 if kind != _PACKED else 0)


def _variable(file: BinaryIO, path: Path, at: int, declared: int, order: str, *, packed: bool) -> Variable:
    raw = file.read(min(declared, _HEAD_BYTES))
    try:
        if packed:
            head = zlib.decompressobj().decompress(raw, _HEAD_BYTES)
            inner, size = struct.unpack_from(f"{order}II", head)
            if inner != MATRIX:
                raise ShortError("no matrix")
            _refuse_bomb(path, at, declared, size)
            head = head[8:]
        else:
            head, size = raw, declared
        kind, is_complex, dims, name, values = matrix_head(head, order)
        in_place = not packed and kind in NUMERIC and not is_complex
        stored, values_at = _values(head, values, at + 8, order, dims) if in_place else (None, 0)
    except (ShortError, struct.error, zlib.error, OverflowError) as error:
        raise refusal(path, f"has a variable at byte {at} that cannot be read ({reason_of(error)}).", _SAVE) from error
    shown = printable_name(name)
    if kind in NUMERIC or kind == CHAR:
        least = math.prod(dims) * (2 if is_complex else 1)
        if least > size:
            raise refusal(
                path,
                f"holds the variable “{shown}”, which declares {least:,} values in {size:,} bytes (at byte {at}).",
                _SAVE,
            )
    if not packed and kind not in NUMERIC and size > MAX_UNPACKED_BYTES:
        raise refusal(
            path, f"holds “{shown}” of {size:,} bytes, which can only be loaded whole.", "Save it with -v7.3."
        )
    return Variable(name, kind, dims, is_complex, packed, size, values_at, stored, at + 8, declared, order)


def matrix_head(
    data: bytes, order: str, at: int = 0, end: int | None = None
) -> tuple[int, bool, tuple[int, ...], str, int]:
    """Class, whether complex, sizes and name of the matrix at `at`, and where the element after these begins.

    Raises ShortError, or struct.error, when `data` ends before.
    """
    end = len(data) if end is None else end
    _, flags, at = element_at(data, at, order, end)
    word = struct.unpack_from(f"{order}I", flags)[0]
    _, raw_dims, at = element_at(data, at, order, end)
    if word & 0xFF == 17:  # an opaque object has names in place of sizes
        return 17, False, (), raw_dims.decode("latin-1", "replace"), at
    dims = struct.unpack(f"{order}{len(raw_dims) // 4}i", raw_dims[: len(raw_dims) // 4 * 4])
    if len(dims) < 2 or any(size < 0 for size in dims):
        raise ShortError(f"it declares the sizes {' × '.join(map(str, dims))}")
    _, name, at = element_at(data, at, order, end)
    return word & 0xFF, bool(word & 0x800), dims, name.decode("utf-8", "replace"), at


def element_at(data: bytes, at: int, order: str, end: int) -> tuple[int, bytes, int]:
    """The type and the bytes of the data element at `at`, and where the next one begins."""
    if at + 8 > end:
        raise ShortError("an element is missing")
    kind, size = struct.unpack_from(f"{order}II", data, at)
    if kind >> 16:  # up to four bytes stand in the tag itself
        small = kind >> 16
        if small > 4:
            raise ShortError("a small element that is large")
        return kind & 0xFFFF, data[at + 4 : at + 4 + small], at + 8
    if at + 8 + size > end:
        raise ShortError(missing(at + 8 + size - end))
    return kind, data[at + 8 : at + 8 + size], at + 8 + size + -size % 8


def _values(head: bytes, at: int, base: int, order: str, dims: tuple[int, ...]) -> tuple[np.dtype[Any] | None, int]:
    """The stored type of the values whose element begins at `at` of `head`, and the byte of the file they begin at."""
    kind, size = struct.unpack_from(f"{order}II", head, at)
    small = kind >> 16
    code, size = (kind & 0xFFFF, small) if small else (kind, size)
    if code not in STORED:
        return None, 0
    stored = np.dtype(order + STORED[code])
    if math.prod(dims) * stored.itemsize != size:
        raise ShortError(f"{size} bytes of values where {math.prod(dims):,} values are declared")
    return stored, base + at + (4 if small else 8)


def _refuse_bomb(path: Path, at: int, packed: int, size: int) -> None:
    ratio = size / max(packed, 1)
    if size > MAX_UNPACKED_BYTES:
        why = f"unpacks to {size:,} bytes, more than the {MAX_UNPACKED_BYTES:,} that are allowed"
    elif ratio > MAX_RATIO and size > RATIO_MATTERS_FROM_BYTES:
        why = f"unpacks to {ratio:,.0f} times its size"
    else:
        return
    raise refusal(
        path, f"holds a variable at byte {at} that {why}.", "Save it with -v7.3 or -v6, which are read piece by piece."
    )
