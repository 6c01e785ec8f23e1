"""What a MATLAB 5 file's variables hold as signals, with structs opened up, and what stands beside each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.companions import INTERVALS, LABELS, NAMES, RATES, STARTS, TIMES, UNITS
from sigdesk.signals.matlab.elements import CELL, MAX_UNPACKED_BYTES, NUMERIC, STRUCT, Variable
from sigdesk.signals.matlab.old import load_old_variable
from sigdesk.signals.matlab.values import load_variable
from sigdesk.signals.refusal import refusal

MAX_LEAVES = 20_000
_SPEAKING = RATES | INTERVALS | TIMES | NAMES | UNITS | LABELS | STARTS


class Leaf(Struct, frozen=True):
    """A matrix of numbers that is a signal. `load` gives it whole; `variable` is set where it is one of its own.

    `beside` holds the values with speaking names (rate, time, units) in the same struct and in those around it.
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    load: Callable[[], NDArray[Any]]
    beside: Mapping[str, Any]
    variable: Variable | None = None


def _load(path: Path, variable: Variable) -> Any:
    return load_variable(path, variable) if variable.at else load_old_variable(path, variable)


def leaves_of(path: Path, variables: list[Variable]) -> list[Leaf]:
    """The signals of a file. Only speaking and nested variables are loaded; samples are not."""
    beside: dict[str, Any] = {}
    for variable in variables:
        key = variable.name.lower()
        if key in _SPEAKING and variable.size <= MAX_UNPACKED_BYTES:
            _put(beside, key, _load(path, variable))
    found: list[Leaf] = []
    for variable in variables:
        if variable.is_numeric and not variable.is_complex and _is_signal(variable.name, variable.dims):
            loader = _Loader(path, variable)
            found.append(Leaf(variable.name, variable.dims, np.dtype(NUMERIC[variable.kind]), loader, beside, variable))
        elif variable.kind in (STRUCT, CELL):
            found += _nested(path, variable, _load(path, variable), beside)
        if len(found) > MAX_LEAVES:
            raise refusal(path, f"holds over {MAX_LEAVES:,} matrices.", "Save signals as channels × samples.")
    return found


def _nested(path: Path, variable: Variable, value: Any, around: Mapping[str, Any]) -> Iterator[Leaf]:
    """The signals inside a struct, a cell, or an array of structs."""
    pending: list[tuple[tuple[str | int, ...], Any, Mapping[str, Any]]] = [((), value, around)]
    while pending:
        steps, node, above = pending.pop()
        if isinstance(node, dict):
            beside = dict(above)
            for key, each in node.items():
                if key.lower() in _SPEAKING:
                    _put(beside, key.lower(), each)
            pending += [((*steps, key), each, beside) for key, each in reversed(node.items())]
        elif isinstance(node, list):
            pending += [((*steps, at), each, above) for at, each in reversed(list(enumerate(node)))]
        elif isinstance(node, np.ndarray):
            named = next((step for step in reversed(steps) if isinstance(step, str)), variable.name)
            if _is_signal(named, node.shape):
                loader = _Loader(path, variable, steps)
                yield Leaf(_shown(variable.name, steps), node.shape, node.dtype, loader, above)


def _put(beside: dict[str, Any], key: str, value: Any) -> None:
    """Keep a speaking value: an array, or texts."""
    if isinstance(value, np.ndarray):
        beside[key] = value
    elif isinstance(value, str | list):
        texts = [each for each in ([value] if isinstance(value, str) else value) if isinstance(each, str)]
        beside[key] = np.array(texts, dtype=str)


class _Loader(Struct, frozen=True):
    """Loads a variable again, and follows the way into its structs."""

    path: Path
    variable: Variable
    steps: tuple[str | int, ...] = ()

    def __call__(self) -> NDArray[Any]:
        node = _load(self.path, self.variable)
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
