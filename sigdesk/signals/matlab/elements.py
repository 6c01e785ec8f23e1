"""The top-level variables of a MATLAB 5 file, by walking its elements: name, class, size, and where the values lie.

Nothing but heads is read and, of a packed variable, unpacked; so sizes that lie are noticed before they cost memory.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import refusal

HEADER_BYTES: Final = 128
MAX_UNPACKED_BYTES: Final = 256 * 1024**2
"""A packed variable, and a struct, can only be loaded whole."""
MAX_RATIO, RATIO_MATTERS_FROM_BYTES = 300, 64 * 1024**2
MAX_DEPTH: Final = 64
MAX_VARIABLES: Final = 20_000

_MATRIX, _PACKED = 14, 15
_HEAD_BYTES = 4096
CELL, STRUCT, OBJECT, CHAR, SPARSE = 1, 2, 3, 4, 5
NUMERIC: Final = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
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


class _ShortError(ValueError):
    """A head does not hold what it declares."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable. `size` is what it takes unpacked (bytes); `values_at` is the byte of the file where the values of an
    unpacked one begin, and `stored` their type, or None where they cannot be read in place."""

    name: str
    kind: int
    dims: tuple[int, ...]
    is_complex: bool
    packed: bool
    size: int
    values_at: int = 0
    stored: np.dtype[Any] | None = None

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
                f"({at + 8 + declared - size} bytes are missing).",
                _CUT,
            )
        if kind in (_MATRIX, _PACKED):
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
            if inner != _MATRIX:
                raise _ShortError
            _refuse_bomb(path, at, declared, size)
            head = head[8:]
        else:
            head, size = raw, declared
        kind, is_complex, dims, name, values = _matrix_head(head, order)
    except (_ShortError, struct.error, zlib.error, OverflowError) as error:
        raise refusal(path, f"has a variable at byte {at} that cannot be read.", _SAVE) from error
    shown = printable_name(name)
    if kind in NUMERIC or kind == CHAR:
        least = math.prod(dims) * (2 if is_complex else 1)
        if least > size:
            raise refusal(
                path,
                f"holds the variable “{shown}”, which declares {least:,} values in {size:,} bytes (at byte {at}).",
                _SAVE,
            )
    if kind in (CELL, STRUCT, OBJECT):
        _check_depth(file, path, at, declared, order, shown, packed=packed)
    stored, values_at = (None, 0) if packed or kind not in NUMERIC else _values(head, values, at + 8, order)
    return Variable(name, kind, dims, is_complex, packed, size, values_at, stored)


def _matrix_head(head: bytes, order: str) -> tuple[int, bool, tuple[int, ...], str, int]:
    """Class, whether complex, sizes, name, and where the values' own element begins in `head`."""
    flags, at = _element(head, 0, order)
    word = struct.unpack_from(f"{order}I", flags)[0]
    raw_dims, at = _element(head, at, order)
    if word & 0xFF == 17:  # an opaque object has names in place of sizes
        return 17, False, (), raw_dims.decode("latin-1", "replace"), at
    dims = struct.unpack(f"{order}{len(raw_dims) // 4}i", raw_dims[: len(raw_dims) // 4 * 4])
    if any(size < 0 for size in dims):
        raise _ShortError
    name, at = _element(head, at, order)
    return word & 0xFF, bool(word & 0x800), dims, name.decode("utf-8", "replace"), at


def _element(data: bytes, at: int, order: str) -> tuple[bytes, int]:
    """The bytes of the data element at `at`, and where the next one begins."""
    kind, size = struct.unpack_from(f"{order}II", data, at)
    if kind >> 16:  # up to four bytes stand in the tag itself
        small = kind >> 16
        if small > 4:
            raise _ShortError
        return data[at + 4 : at + 4 + small], at + 8
    if at + 8 + size > len(data):
        raise _ShortError
    return data[at + 8 : at + 8 + size], at + 8 + size + -size % 8


def _values(head: bytes, at: int, base: int, order: str) -> tuple[np.dtype[Any] | None, int]:
    """The stored type of the values whose element begins at `at` of `head`, and the byte of the file they begin at."""
    kind, _ = struct.unpack_from(f"{order}II", head, at)
    small = bool(kind >> 16)
    code = _STORED.get(kind & 0xFFFF if small else kind)
    if code is None:
        return None, 0
    return np.dtype(order + code), base + at + (4 if small else 8)


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


def _check_depth(file: BinaryIO, path: Path, at: int, declared: int, order: str, shown: str, *, packed: bool) -> None:
    """Refuse a struct or cell that is too large to be loaded, or nested too deep for any loader."""
    file.seek(at + 8)
    if not packed and declared > MAX_UNPACKED_BYTES:
        raise refusal(
            path, f"holds “{shown}” of {declared:,} bytes, which can only be loaded whole.", "Save it with -v7.3."
        )
    raw = file.read(declared)
    data = zlib.decompressobj().decompress(raw, MAX_UNPACKED_BYTES + 8)[8:] if packed else raw
    pending = [(0, len(data), 1)]
    try:
        while pending:
            begin, end, depth = pending.pop()
            if depth > MAX_DEPTH:
                raise refusal(path, f"holds “{shown}”, which is nested over {MAX_DEPTH} deep.", _SAVE)
            pending += [(first, last, depth + 1) for first, last in _inner(data, begin, end, order)]
    except (struct.error, _ShortError, UnicodeDecodeError) as error:
        raise refusal(path, f"holds “{shown}”, which cannot be read (it begins at byte {at}).", _SAVE) from error


def _inner(data: bytes, begin: int, end: int, order: str) -> Iterator[tuple[int, int]]:
    """Where the matrices inside a cell, struct or object lie; none for other kinds."""
    view = data[begin : min(end, begin + _HEAD_BYTES)] if end - begin > _HEAD_BYTES else data[begin:end]
    if not view:
        return
    kind, _, _, _, at = _matrix_head(view, order)
    if kind not in (CELL, STRUCT, OBJECT):
        return
    at += begin
    while at + 8 <= end:
        tag, size = struct.unpack_from(f"{order}II", data, at)
        if tag >> 16:
            at += 8
            continue
        if at + 8 + size > end:
            raise _ShortError
        if tag == _MATRIX:
            yield at + 8, at + 8 + size
        at += 8 + size + -size % 8
