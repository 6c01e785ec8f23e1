"""The variables of a MATLAB 4 file: a head of twenty bytes each, its name, and its values, never packed."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from sigdesk.signals.matlab.elements import CHAR, MAX_VARIABLES, NUMERIC, SPARSE, Variable
from sigdesk.signals.names import shown_bytes
from sigdesk.signals.refusal import missing, refusal

_HEAD_BYTES = 20
_STORED = ("f8", "f4", "i4", "i2", "u2", "u1")
_CLASSES = {stored: kind for kind, stored in NUMERIC.items()}
_LONGEST_NAME = 1024


def old_variables_of(path: Path) -> list[Variable]:
    """The variables of a file. Raises RecordingError for what is no such file or is cut short."""
    variables: list[Variable] = []
    with path.open("rb") as file:
        size, at = file.seek(0, 2), 0
        while at < size and len(variables) < MAX_VARIABLES:
            file.seek(at)
            variable, at = _variable(file.read(_HEAD_BYTES + _LONGEST_NAME), at, path)
            variables.append(variable)
            if at > size:
                raise refusal(
                    path,
                    f"is cut short: a variable declares values up to byte {at}, but the file ends at byte {size} "
                    f"({missing(at - size)}).",
                    "Copy the file again from where it was recorded.",
                )
    return variables


def _variable(head: bytes, at: int, path: Path) -> tuple[Variable, int]:
    """The variable that begins at byte `at`, and where the next one does."""
    order = next((each for each in "<>" if len(head) >= 4 and 0 <= struct.unpack(f"{each}i", head[:4])[0] < 2000), "")
    if not order or len(head) < _HEAD_BYTES:
        raise _unreadable(path, head, at)
    code, rows, columns, imaginary, name_bytes = struct.unpack(f"{order}5i", head[:_HEAD_BYTES])
    precision, kind = code // 10 % 10, code % 10
    if min(rows, columns) < 0 or not 0 < name_bytes <= _LONGEST_NAME or precision >= len(_STORED) or kind > 2:
        raise _unreadable(path, head, at)
    stored = np.dtype(order + _STORED[precision])
    name = head[_HEAD_BYTES : _HEAD_BYTES + name_bytes].rstrip(b"\0").decode("latin-1")
    values_at, size = at + _HEAD_BYTES + name_bytes, rows * columns * stored.itemsize * (2 if imaginary else 1)
    named = (_CLASSES[_STORED[precision]], CHAR, SPARSE)[kind]
    return Variable(
        name, named, (rows, columns), bool(imaginary), False, size, values_at, stored, 0, 0, order
    ), values_at + size


def load_old_variable(path: Path, variable: Variable) -> Any:
    """The value of a variable, as `load_variable` gives it; None for complex and sparse ones."""
    if variable.kind == SPARSE or variable.is_complex or variable.stored is None:
        return None
    with path.open("rb") as file:
        file.seek(variable.values_at)
        values = np.frombuffer(file.read(variable.size), dtype=variable.stored)
    if variable.kind == CHAR:
        return "".join(chr(int(code)) for code in values.tolist() if 0 <= code < 0x110000)
    return values.reshape(variable.dims, order="F")


def _unreadable(path: Path, head: bytes, at: int) -> Exception:
    if head and b"MATLAB 5.0 MAT-file".startswith(head[:19]):
        what = f"is cut short: it ends at byte {path.stat().st_size}, inside its header."
        return refusal(path, what, "Copy the file again from where it was recorded.")
    begins = f"it begins with {shown_bytes(head[:4])}" if not at else f"the variable at byte {at} has no head"
    return refusal(path, f"is no MATLAB file that can be read: {begins}.", "Save it again in MATLAB (save -v7.3 NAME).")
