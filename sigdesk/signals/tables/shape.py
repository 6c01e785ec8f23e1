"""How a text table is to be read, as one value: what was recognised, for the operator to see and to correct.

`recognise` gives it, `open_recordings(path, shelf, table=shape)` reads by it, and `ShapeMemory` keeps corrections for
the next file of the same kind.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict

from sigdesk.signals.tables.cells import Kind
from sigdesk.signals.tables.clock import SECONDS_IN, epoch_scale, find_pattern
from sigdesk.signals.tables.encoding import Encoding
from sigdesk.signals.tables.layout import Layout
from sigdesk.signals.tables.roles import Roles, TimeColumn, heading_of, joined, named_channels

if TYPE_CHECKING:
    import polars as pl

    from sigdesk.signals.recording import Recording

DELIMITERS: Final = ("\t", ";", ",", "|", " ")
"""What may stand between cells; the space stands for any run of spaces and tabs."""
DATED, MONTH_FIRST, EPOCH = "date", "month first", "epoch"
WRITTEN: Final = (DATED, MONTH_FIRST)
"""Times that are texts: dates or clock times, or such dates with the month before the day."""
TIME_UNITS: Final = ("s", "ms", "µs", "ns", "min", "h", *WRITTEN, EPOCH)
"""What the cells of a time column are: steps of a unit, texts, or a count from 1970."""


class ShapeError(ValueError):
    """A shape contradicts itself or the file; the text completes "the table …"."""


class TableShape(Struct, frozen=True):
    """A table's shape. `headings` and `units` hold one text a column, "" where there is none.

    `first_line` is the number (from 1) of the first row of values. `channels` are the columns (from 0) that are shown;
    `time` is the column of times in steps of `time_unit`, and `date` one of dates beside one of clock times. `rate_hz`
    counts where there is no column of times. `label` is a column that names the class.
    """

    delimiter: str
    decimal_comma: bool
    first_line: int
    headings: tuple[str, ...]
    units: tuple[str, ...]
    channels: tuple[int, ...]
    time: int | None = None
    time_unit: str = "s"
    date: int | None = None
    label: int | None = None
    rate_hz: float | None = None

    @property
    def columns(self) -> int:
        return len(self.headings)

    @property
    def mark(self) -> str:
        """What tells this shape from all others, also in another run."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def check(self) -> None:
        """Raise ShapeError when it cannot be meant so."""
        used = [at for at in (*self.channels, self.time, self.date, self.label) if at is not None]
        if self.delimiter not in DELIMITERS:
            raise ShapeError(f"cannot be cut at {self.delimiter!r}")
        if len(self.units) != self.columns:
            raise ShapeError(f"has {self.columns} columns, but {len(self.units)} units")
        if not all(0 <= at < self.columns for at in used):
            raise ShapeError(f"has no column {max(used) + 1}, only {self.columns}")
        if len(set(used)) != len(used):
            raise ShapeError("uses a column for two things")
        if not self.channels:
            raise ShapeError("has no channel")
        if self.time_unit not in TIME_UNITS:
            raise ShapeError(f"counts its times in {self.time_unit!r}")
        if self.first_line < 1:
            raise ShapeError("begins before its first line")
        if self.rate_hz is not None and not (self.rate_hz > 0 and math.isfinite(self.rate_hz)):
            raise ShapeError(f"has a rate of {self.rate_hz} Hz")


def shape_in(value: Mapping[str, Any]) -> TableShape:
    """A shape that was written as `shape_out` gives it. Raises ShapeError for one that was damaged, or written
    by another version."""
    names = TableShape.__struct_fields__
    given: dict[str, Any] = {
        key: tuple(each) if isinstance(each, list) else each for key, each in value.items() if key in names
    }
    try:
        shape = TableShape(**given)
        shape.check()
    except TypeError as error:
        raise ShapeError("is described in a way that cannot be understood") from error
    return shape


def shape_out(shape: TableShape) -> dict[str, Any]:
    """A shape as JSON, for `shape_in`."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(shape).items()}


def table_of(recording: Recording) -> TableShape | None:
    """The shape by which a recording is read, where the operator has said it."""
    shape = getattr(recording.source, "shape", None)
    return shape if isinstance(shape, TableShape) else None


def shape_of(layout: Layout, roles: Roles, rate_hz: float | None) -> TableShape:
    """The shape of what was recognised."""
    titles = [heading_of(layout, at) for at in range(layout.columns)]
    time = roles.time
    return TableShape(
        delimiter=layout.delimiter,
        decimal_comma=layout.decimal_comma,
        first_line=layout.first_line,
        headings=tuple(name for name, _ in titles),
        units=tuple(unit for _, unit in titles),
        channels=roles.channels,
        time=None if time is None else time.at,
        time_unit="s" if time is None else _time_unit(time),
        date=None if time is None else time.date_at,
        label=roles.label_at,
        rate_hz=None if time is not None else rate_hz,
    )


def _time_unit(time: TimeColumn) -> str:
    if time.pattern is not None:
        return DATED
    if time.epoch:
        return EPOCH
    return next((unit for unit in TIME_UNITS if SECONDS_IN.get(unit) == time.scale), "s")


def layout_by(shape: TableShape, encoding: Encoding, remarks: dict[str, str]) -> Layout:
    """The layout that a shape asks for."""
    numeric = {*shape.channels, *([shape.time] if shape.time_unit not in WRITTEN else [])}
    kinds = [Kind.NUMBER if at in numeric else Kind.TEXT for at in range(shape.columns)]
    return Layout(
        encoding=encoding,
        delimiter=shape.delimiter,
        decimal_comma=shape.decimal_comma,
        first_line=shape.first_line,
        kinds=tuple(kinds),
        headings=shape.headings if any(shape.headings) else (),
        units=shape.units if any(shape.units) else (),
        remarks=remarks,
        certain=True,
    )


def roles_by(shape: TableShape, layout: Layout, frame: pl.DataFrame) -> Roles:
    """The roles that a shape gives the columns. Raises ShapeError when the dates follow no pattern."""
    used = {*shape.channels, shape.time, shape.date, shape.label}
    return Roles(
        channels=shape.channels,
        named=named_channels(layout, shape.channels),
        time=_time_by(shape, frame),
        index_at=None,
        label_at=shape.label,
        left_out=tuple(_name(shape.headings, at) for at in range(shape.columns) if at not in used),
        guessed=False,
    )


def _time_by(shape: TableShape, frame: pl.DataFrame) -> TimeColumn | None:
    at = shape.time
    if at is None:
        return None
    name = _name(shape.headings, at)
    if shape.time_unit in WRITTEN:
        sample = joined(frame.head(200), shape.date, at)
        pattern = find_pattern(sample, month_first=shape.time_unit == MONTH_FIRST)
        if pattern is None:
            raise ShapeError(f"has no dates or times in column {at + 1} ({name})")
        return TimeColumn(at, name, pattern=pattern, date_at=shape.date)
    if shape.time_unit == EPOCH:
        first = frame[str(at)].drop_nulls()
        scale = epoch_scale(float(first[0])) if len(first) and np.isfinite(first[0]) else None
        return TimeColumn(at, name, scale or 1.0, epoch=True)
    return TimeColumn(at, name, SECONDS_IN[shape.time_unit])


def _name(headings: Sequence[str], at: int) -> str:
    return headings[at] or f"column {at + 1}"
