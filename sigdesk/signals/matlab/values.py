"""The values of a MATLAB 5 variable: matrices, text, and the cells and structs around them.

Written here because scipy's reader, which is compiled, ends the whole program on some damaged files. Objects, functions
and sparse matrices are passed over; the walk is bounded in depth and in number.
"""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.matlab.elements import (
    CELL,
    CHAR,
    MATRIX,
    MAX_UNPACKED_BYTES,
    NUMERIC,
    STORED,
    STRUCT,
    ShortError,
    Variable,
    element_at,
    matrix_head,
    reason_of,
)
from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import refusal

MAX_DEPTH: Final = 64
MAX_MATRICES: Final = 200_000
_UTF8, _UTF16 = 16, 17


def load_variable(path: Path, variable: Variable) -> Any:
    """The value of a variable: an array in MATLAB's shape, a text, a list of texts, a list (cell, array of structs), a
    dict (struct), or None for what is none of these. Raises RecordingError when it cannot be read."""
    with path.open("rb") as file:
        file.seek(variable.at)
        data = file.read(variable.declared)
    shown = printable_name(variable.name)
    try:
        if variable.packed:
            inflate = zlib.decompressobj()
            data = inflate.decompress(data, min(variable.size, MAX_UNPACKED_BYTES) + 8)[8:]
            # Only at its end does a packed stream prove to be what was written.
            if inflate.decompress(inflate.unconsumed_tail, 8) or not inflate.eof:
                raise ShortError("its packed bytes do not end where they should")
        if len(data) < variable.size:
            raise ShortError(f"{variable.size - len(data)} of {variable.size} bytes are missing")
        return _Reader(data, variable.order).matrix(0, variable.size, 1)
    except _TooDeepError as error:
        raise refusal(path, f"holds “{shown}”, which {error}.", "Save the matrices in it on their own.") from error
    except (ShortError, struct.error, zlib.error, ValueError, OverflowError) as error:
        raise refusal(
            path,
            f"holds the variable “{shown}” at byte {variable.at}, which cannot be read ({reason_of(error)}).",
            "Copy the file again, or save it anew in MATLAB.",
        ) from error


class _TooDeepError(Exception):
    """More levels or matrices than anybody measures."""


class _Reader(Struct):
    """Walks the matrices in `data`; `count` is how many there were."""

    data: bytes
    order: str
    count: int = 0

    def matrix(self, begin: int, end: int, depth: int) -> Any:
        """The value of the matrix whose elements lie from `begin` to `end`."""
        self.count += 1
        if depth > MAX_DEPTH:
            raise _TooDeepError(f"is nested over {MAX_DEPTH} deep")
        if self.count > MAX_MATRICES:
            raise _TooDeepError(f"is made of over {MAX_MATRICES:,} matrices")
        if begin == end:
            return None  # an empty element stands for an empty matrix
        kind, is_complex, dims, _, at = matrix_head(self.data, self.order, begin, end)
        if kind in NUMERIC:
            return None if is_complex else self._numbers(dims, at, end).astype(self.order + NUMERIC[kind], copy=False)
        if kind == CHAR:
            return self._text(dims, at, end)
        if kind == CELL:
            return [self.matrix(*place, depth + 1) for place in self._inner(at, end)]
        return self._structs(dims, at, end, depth) if kind == STRUCT else None

    def _numbers(self, dims: tuple[int, ...], at: int, end: int) -> NDArray[Any]:
        code, raw, _ = element_at(self.data, at, self.order, end)
        if code not in STORED:
            raise ShortError(f"values of an unknown type {code}")
        values = np.frombuffer(raw, dtype=self.order + STORED[code])
        if values.size != math.prod(dims):
            raise ShortError(f"{values.size} values where {math.prod(dims)} are declared")
        return values.reshape(dims, order="F")

    def _text(self, dims: tuple[int, ...], at: int, end: int) -> str | list[str]:
        if not math.prod(dims):
            return ""
        code, raw, _ = element_at(self.data, at, self.order, end)
        if code == _UTF8:
            text = raw.decode("utf-8", "replace")
        else:
            wide = code in (3, 4, _UTF16)
            text = raw.decode(("utf-16-le" if self.order == "<" else "utf-16-be") if wide else "latin-1", "replace")
        rows = dims[0]
        # Column by column, so the letters of a row stand `rows` apart.
        return text if rows == 1 else [text[row::rows].rstrip() for row in range(min(rows, len(text)))]

    def _structs(self, dims: tuple[int, ...], at: int, end: int, depth: int) -> Any:
        _, raw_length, at = element_at(self.data, at, self.order, end)
        _, raw_names, at = element_at(self.data, at, self.order, end)
        (length,) = struct.unpack_from(f"{self.order}i", raw_length)
        if length <= 0:
            raise ShortError("field names without length")
        names = [
            raw_names[place : place + length].split(b"\0")[0].decode("utf-8", "replace")
            for place in range(0, len(raw_names) // length * length, length)
        ]
        values = [self.matrix(*place, depth + 1) for place in self._inner(at, end)]
        if not names:
            return {}
        rows = [
            dict(zip(names, values[place : place + len(names)], strict=False))
            for place in range(0, len(values), len(names))
        ]
        return rows[0] if math.prod(dims) == 1 and rows else rows

    def _inner(self, at: int, end: int) -> list[tuple[int, int]]:
        """Where the elements of the matrices between `at` and `end` lie."""
        places = []
        while at + 8 <= end:
            code, size = struct.unpack_from(f"{self.order}II", self.data, at)
            if code != MATRIX or at + 8 + size > end:
                raise ShortError(f"no matrix {end - at} bytes before its end")
            places.append((at + 8, at + 8 + size))
            if len(places) > MAX_MATRICES:
                raise _TooDeepError(f"is made of over {MAX_MATRICES:,} matrices")
            at += 8 + size + -size % 8
        return places
