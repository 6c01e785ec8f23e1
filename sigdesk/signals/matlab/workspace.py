"""What a MATLAB 5 file's variables hold as signals, with structs opened up, and what stands beside each."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.companions import INTERVALS, LABELS, NAMES, RATES, STARTS, TIMES, UNITS
from sigdesk.signals.matlab.elements import CELL, MAX_UNPACKED_BYTES, NUMERIC, STRUCT, Variable
from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import refusal

MAX_LEAVES = 20_000
_SPEAKING = RATES | INTERVALS | TIMES | NAMES | UNITS | LABELS | STARTS


@dataclass(frozen=True, slots=True)
class Leaf:
    """A matrix of numbers that is a signal. `load` gives it whole; `variable` is set where it is one of its own.

    `beside` holds the values with speaking names (rate, time, units) in the same struct and in those around it.
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    load: Callable[[], NDArray[Any]]
    beside: Mapping[str, Any]
    variable: Variable | None = None


def load_variable(path: Path, name: str) -> Any:
    """One variable, its structs as dicts. Raises RecordingError when scipy cannot read it."""
    import scipy.io  # 0.2 s: only when such a file is read

    try:
        return scipy.io.loadmat(path, variable_names=[name], simplify_cells=True)[name]
    except _BROKEN as error:
        why = " ".join(str(error).split())[:120] or type(error).__name__
        raise refusal(
            path,
            f"holds the variable “{printable_name(name)}”, which cannot be read ({printable_name(why)}).",
            "Save it again in MATLAB (save -v7.3 NAME).",
        ) from error


_BROKEN = (
    ValueError, TypeError, KeyError, IndexError, NotImplementedError, zlib.error, EOFError, AttributeError,
    OverflowError, RuntimeError, AssertionError,
)  # fmt: skip


def leaves_of(path: Path, variables: list[Variable]) -> list[Leaf]:
    """The signals of a file. Only speaking and nested variables are loaded; samples are not."""
    beside: dict[str, Any] = {}
    for variable in variables:
        key = variable.name.lower()
        if key in _SPEAKING and variable.size <= MAX_UNPACKED_BYTES:
            beside[key] = np.asarray(load_variable(path, variable.name))
    found: list[Leaf] = []
    for variable in variables:
        if variable.is_numeric and not variable.is_complex and _is_signal(variable.name, variable.dims):
            loader = _Loader(path, variable.name)
            found.append(Leaf(variable.name, variable.dims, np.dtype(NUMERIC[variable.kind]), loader, beside, variable))
        elif variable.kind in (STRUCT, CELL):
            found += _nested(path, variable.name, load_variable(path, variable.name), beside)
        if len(found) > MAX_LEAVES:
            raise refusal(path, f"holds over {MAX_LEAVES:,} matrices.", "Save signals as channels × samples.")
    return found


def _nested(path: Path, variable: str, value: Any, around: Mapping[str, Any]) -> Iterator[Leaf]:
    """The signals inside a struct, a cell, or an array of structs."""
    pending: list[tuple[tuple[str | int, ...], Any, Mapping[str, Any]]] = [((), value, around)]
    while pending:
        steps, node, above = pending.pop()
        if isinstance(node, dict):
            speaking = {key.lower(): np.asarray(each) for key, each in node.items() if key.lower() in _SPEAKING}
            beside = {**above, **{key: each for key, each in speaking.items() if each.dtype != object}}
            pending += [((*steps, key), each, beside) for key, each in reversed(node.items())]
        elif isinstance(node, list) or (isinstance(node, np.ndarray) and node.dtype == object and node.ndim == 1):
            pending += [((*steps, at), each, above) for at, each in reversed(list(enumerate(node)))]
        elif isinstance(node, np.ndarray) and node.dtype.kind in "iuf":
            named = next((step for step in reversed(steps) if isinstance(step, str)), variable)
            if _is_signal(named, node.shape):
                loader = _Loader(path, variable, steps)
                yield Leaf(_shown(variable, steps), node.shape, node.dtype, loader, above)


@dataclass(frozen=True, slots=True)
class _Loader:
    """Loads a variable again, and follows the way into its structs."""

    path: Path
    variable: str
    steps: tuple[str | int, ...] = ()

    def __call__(self) -> NDArray[Any]:
        node = load_variable(self.path, self.variable)
        for step in self.steps:
            node = node[step]
        return np.asarray(node)


def _shown(variable: str, steps: tuple[str | int, ...]) -> str:
    """The way to a matrix as MATLAB writes it: data(2).emg."""
    return variable + "".join(f".{step}" if isinstance(step, str) else f"({step + 1})" for step in steps)


def _is_signal(name: str, shape: tuple[int, ...]) -> bool:
    if len(shape) not in (1, 2) or math.prod(shape) < 2:
        return False
    return not (name.lower() in TIMES and (len(shape) == 1 or 1 in shape))
