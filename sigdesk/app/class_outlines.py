"""The examples of a model's classes as its training left them: outlines of one signal each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import orjson
from msgspec import Struct

from sigdesk.classifiers.folder import Classifier

_MOST_BYTES: Final = 4 * 1024**2


class Outline(Struct, frozen=True):
    """The lowest and highest values of equal steps of the first of so many `channels` of a signal, a tuple a channel;
    NaN in a gap."""

    signal: str
    channels: int
    lows: tuple[tuple[float, ...], ...]
    highs: tuple[tuple[float, ...], ...]


_NOTHING: Final[Mapping[str, Outline]] = MappingProxyType({})


def read_outlines(model: Classifier) -> Mapping[str, Outline]:
    """By class; nothing where the model has none, or they cannot be read: it works as well without."""
    examples = model.manifest.examples
    if examples is None:
        return _NOTHING
    try:
        with (model.folder / examples.file).open("rb") as file:
            found = {name: _outline(one) for name, one in orjson.loads(file.read(_MOST_BYTES)).items()}
    except (OSError, orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        return _NOTHING
    return {name: found[name] for name in model.manifest.classes if name in found}


def _outline(values: Mapping[str, Any]) -> Outline:
    lows, highs = (tuple(map(_numbers, values[key])) for key in ("lows", "highs"))
    if [len(row) for row in lows] != [len(row) for row in highs]:
        raise ValueError("lows and highs are of different lengths")
    return Outline(str(values["signal"]), int(values["channels"]), lows, highs)


def _numbers(values: Iterable[Any]) -> tuple[float, ...]:
    return tuple(math.nan if value is None else float(value) for value in values)
