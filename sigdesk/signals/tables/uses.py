"""What the columns of a table are used for, and changing that one by one."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from msgspec.structs import replace

from sigdesk.signals.tables.shape import DATED, WRITTEN, TableShape


class Use(enum.Enum):
    """What a column is for, in the operator's word."""

    CHANNEL = "Channel"
    TIME = "Time"
    DATE = "Date"
    CLASS = "Class"
    LEFT_OUT = "Left out"


def use_of(shape: TableShape, column: int) -> Use:
    """What a column (from 0) is used for."""
    for use, at in ((Use.TIME, shape.time), (Use.DATE, shape.date), (Use.CLASS, shape.label)):
        if at == column:
            return use
    return Use.CHANNEL if column in shape.channels else Use.LEFT_OUT


def with_use(shape: TableShape, columns: Iterable[int], use: Use) -> TableShape:
    """The shape with these columns used so. There is one time, one date and one class: of several columns the first
    becomes it, and what it was before is a channel again, if it holds numbers. A date needs times beside it."""
    chosen = sorted(set(columns))
    if not chosen:
        return shape
    if use not in (Use.CHANNEL, Use.LEFT_OUT):
        chosen = chosen[:1]
    was_time, was_written = shape.time, shape.time_unit in WRITTEN
    shape = _without(shape, chosen)
    first = chosen[0]
    if use is Use.CHANNEL:
        return replace(shape, channels=tuple(sorted({*shape.channels, *chosen})))
    if use is Use.TIME:
        back = () if was_time is None or was_written or was_time == first else (was_time,)
        return replace(shape, time=first, channels=tuple(sorted({*shape.channels, *back})), rate_hz=None)
    if use is Use.DATE:
        if shape.time is None:
            return replace(shape, time=first, time_unit=DATED, rate_hz=None)
        unit = shape.time_unit if shape.time_unit in WRITTEN else DATED
        return replace(shape, date=first, time_unit=unit)
    return replace(shape, label=first) if use is Use.CLASS else shape


def without_time(shape: TableShape) -> TableShape:
    """The shape without a column of times; what was one becomes a channel, if it holds numbers."""
    if shape.time is None:
        return shape
    back = () if shape.time_unit in WRITTEN else (shape.time,)
    channels = tuple(sorted({*shape.channels, *back}))
    return replace(shape, time=None, date=None, time_unit="s", channels=channels)


def titled(shape: TableShape, column: int, heading: str, unit: str) -> TableShape:
    """The shape with another heading and unit of a column."""
    return replace(shape, headings=_put(shape.headings, column, heading), units=_put(shape.units, column, unit))


def _put(texts: tuple[str, ...], at: int, text: str) -> tuple[str, ...]:
    return (*texts[:at], text, *texts[at + 1 :])


def _without(shape: TableShape, columns: Iterable[int]) -> TableShape:
    gone = set(columns)
    if shape.time in gone:
        shape = replace(shape, time=None, date=None, time_unit="s")
    return replace(
        shape,
        channels=tuple(at for at in shape.channels if at not in gone),
        date=None if shape.date in gone else shape.date,
        label=None if shape.label in gone else shape.label,
    )
