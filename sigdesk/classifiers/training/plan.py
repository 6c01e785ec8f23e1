"""What is to be trained on what, as a file that one process writes and another reads. No library is needed for it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import Struct, json

from sigdesk.errors import ModelError
from sigdesk.signals.tables.shape import TableShape, shape_in

TREES: Final = 300
"""Of a forest, unless the plan says otherwise: more cost time and say little more."""
FIGURES_MARK: Final = "FIGURES: "
"""Begins a line of the training's process that holds figures of what is done so far, as JSON: whoever does not know
it takes it for an ordinary line."""


class MethodName(enum.Enum):
    """How a model is made. AUTO compares the others by cross-validation."""

    FOREST = "forest"
    ROCKET = "rocket"
    AUTO = "auto"


class Source(Struct, frozen=True):
    """Where labelled signals stand: a labelled set, a folder of classes, or one stretch with the operator's label.

    With `label` set it is one signal, `item` of the file at `path`, of which samples `start` to `stop` (excluded; the
    end when None) were given that label. The labels of a session are such stretches, one a label;
    `stretches.stretch_sources` makes them, and the sources of one file should follow each other, as it is opened anew
    for each run of them. All channels count, whichever the label names. `table` says how a
    table is read, where the operator has corrected that.

    Stretches of one signal resemble each other, so they are never split between training and test. With `group` set
    that goes for all that name the same group instead: parts of a long recording that lie far from each other.
    """

    path: Path
    label: str = ""
    item: str = ""
    start: int = 0
    stop: int | None = None
    group: str = ""
    table: TableShape | None = None


class Plan(Struct, frozen=True):
    """One training. `models_folder` is where the model folder `name` stands, or is to stand.

    `held_out` is the share of signals that is kept for testing where `test` names none. `resample` allows signals of
    other sample rates than most to be resampled, now and when the model answers. `rate_hz` and `unit` are those of
    signals whose files name none.
    `features` is the recipe that the forest stands on, and `trees` how many trees it has. `licence` and `author` are
    those of the model.
    """

    name: str
    data: tuple[Source, ...]
    models_folder: Path
    test: tuple[Source, ...] = ()
    method: MethodName = MethodName.AUTO
    seed: int = 0
    held_out: float = 0.2
    resample: bool = False
    rate_hz: float | None = None
    unit: str = ""
    features: str = "statistics-spectrum-1"
    trees: int = TREES
    title: str = ""
    description: str = ""
    licence: str = ""
    author: str = ""

    def to_bytes(self) -> bytes:
        """The plan as JSON."""
        return json.encode(self, enc_hook=_plain)


def plan_from_bytes(data: bytes) -> Plan:
    """The plan in the JSON that `Plan.to_bytes` gave. Raises ModelError when it is something else."""
    try:
        values = orjson.loads(data)
        return Plan(
            name=values["name"],
            data=tuple(map(_source, values["data"])),
            models_folder=Path(values["models_folder"]),
            test=tuple(map(_source, values["test"])),
            method=MethodName(values["method"]),
            seed=int(values["seed"]),
            held_out=float(values["held_out"]),
            resample=bool(values["resample"]),
            rate_hz=values["rate_hz"],
            trees=int(values["trees"]),
            **{key: str(values[key]) for key in ("unit", "features", "title", "description", "licence", "author")},
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"This is no plan of a training ({error!r}).", "Start the training again.") from error


def _plain(value: object) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise TypeError


def _source(values: Mapping[str, Any]) -> Source:
    return Source(
        Path(values["path"]),
        values["label"],
        values["item"],
        values["start"],
        values["stop"],
        values["group"],
        None if values.get("table") is None else shape_in(values["table"]),
    )
