"""What each column of a table is for: a channel, the time, the number of the row, the class, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Channel
from sigdesk.signals.tables.cells import Kind
from sigdesk.signals.tables.clock import WhenPattern, epoch_scale, find_pattern, means_index, means_time, seconds_in
from sigdesk.signals.tables.headings import split_unit
from sigdesk.signals.tables.layout import Layout
from sigdesk.signals.times import first_fault, time_base_of

if TYPE_CHECKING:
    import polars as pl

GUESS_FROM_ROWS = 8
"""A first column without a heading that rises evenly over so many rows is no accident: it is the time."""
_CLASS = {"label", "class", "klasse", "target"}


class TimeColumn(Struct, frozen=True):
    """The column that holds the times; `pattern` where they are dates, else numbers of `scale` seconds.

    `date_at` is a column of dates beside one of clock times. `epoch`: the numbers count from 1970.
    """

    at: int
    name: str
    scale: float = 1.0
    epoch: bool = False
    pattern: WhenPattern | None = None
    date_at: int | None = None

    @property
    def dated(self) -> bool:
        return self.epoch or (self.pattern is not None and self.pattern.dated)

    def seconds(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """The times (s) of a data frame's rows."""
        if self.pattern is None:
            with np.errstate(over="ignore"):
                times = np.asarray(frame[str(self.at)].to_numpy(), dtype=np.float64)
                return times if self.scale == 1 else times * self.scale
        return self.pattern.seconds(joined(frame, self.date_at, self.at))


class Roles(Struct, frozen=True):
    """The columns by their role. `guessed` tells that one was told by its values alone, which later rows may refute."""

    channels: tuple[int, ...]
    named: tuple[Channel, ...]
    time: TimeColumn | None
    index_at: int | None
    label_at: int | None
    left_out: tuple[str, ...]
    guessed: bool


def joined(frame: pl.DataFrame, date_at: int | None, at: int) -> pl.Series:
    """The cells of a column of times, with the date before them where that stands in a column of its own."""
    column = frame[str(at)].str.strip_chars()
    return column if date_at is None else frame[str(date_at)].str.strip_chars() + " " + column


def heading_of(layout: Layout, at: int) -> tuple[str, str]:
    """The name and the unit of a column, as far as the file gives them."""
    name, unit = split_unit(layout.headings[at]) if layout.headings else ("", "")
    return name, layout.units[at] if layout.units and layout.units[at] else unit


def find_roles(layout: Layout, frame: pl.DataFrame, *, guess: bool) -> Roles:
    """The roles of the columns, judged by their headings and by the first block of rows. `guess`: by values too."""
    numeric = [at for at, kind in enumerate(layout.kinds) if kind in (Kind.NUMBER, Kind.MISSING)]
    index_at = _index_column(layout, frame, numeric) if guess else None
    named_time = _time_column(layout, frame, numeric)
    guessed_time = _guessed_time(layout, frame, numeric, index_at) if guess and named_time is None else None
    time = named_time or guessed_time
    label_at = next(
        (
            at
            for at, kind in enumerate(layout.kinds)
            if kind is Kind.TEXT and heading_of(layout, at)[0].lower() in _CLASS
        ),
        None,
    )
    taken = {index_at, label_at, *((time.at, time.date_at) if time else ())}
    # A delimiter at the end of every row makes a last column without heading or value.
    empty = [at for at in numeric if layout.kinds[at] is Kind.MISSING and not heading_of(layout, at)[0]]
    channels = tuple(at for at in numeric if at not in taken and at not in empty)
    left_out = [at for at, kind in enumerate(layout.kinds) if at not in taken and at not in numeric]
    return Roles(
        channels=channels,
        named=named_channels(layout, channels),
        time=time,
        index_at=index_at,
        label_at=label_at,
        left_out=tuple(printable_name(heading_of(layout, at)[0]) or f"column {at + 1}" for at in left_out),
        guessed=index_at is not None or guessed_time is not None,
    )


def _time_column(layout: Layout, frame: pl.DataFrame, numeric: list[int]) -> TimeColumn | None:
    for at, kind in enumerate(layout.kinds):
        name, unit = heading_of(layout, at)
        if kind is Kind.WHEN:
            column = _when_column(layout, frame, at, printable_name(name))
            if column:
                return column
        elif kind is Kind.NUMBER and name and means_time(name, unit) and len(numeric) > 1:
            first = float(frame[str(at)][0]) if len(frame) and frame[str(at)][0] is not None else np.nan
            epoch = epoch_scale(first) if unit.lower() in ("", "s", "ms", "us", "µs", "ns") else None
            if epoch:
                return TimeColumn(at, printable_name(name), epoch, epoch=True)
            return TimeColumn(at, printable_name(name), seconds_in(name, unit))
    return None


def _when_column(layout: Layout, frame: pl.DataFrame, at: int, name: str) -> TimeColumn | None:
    """A column of dates, alone or with the column of clock times that follows it."""
    follows = at + 1 < layout.columns and layout.kinds[at + 1] is Kind.WHEN
    for time_at, date_at in ((at + 1, at), (at, None)) if follows else ((at, None),):
        pattern = find_pattern(joined(frame.head(200), date_at, time_at))
        if pattern:
            return TimeColumn(time_at, name, pattern=pattern, date_at=date_at)
    return None


def _index_column(layout: Layout, frame: pl.DataFrame, numeric: list[int]) -> int | None:
    """A first column that numbers the rows, by its heading or, where there are none, by its values."""
    if (
        layout.kinds[0] is not Kind.NUMBER
        or len(numeric) < 2
        or (layout.headings and not means_index(layout.headings[0]))
    ):
        return None
    if not layout.headings and len(frame) < GUESS_FROM_ROWS:
        return None
    values = frame["0"].to_numpy()
    return 0 if counts_up(values) and (layout.headings or values[0] in (0.0, 1.0)) else None


def counts_up(values: NDArray[np.float64]) -> bool:
    """Whether whole numbers rise by one from row to row."""
    with np.errstate(over="ignore", invalid="ignore"):
        return len(values) > 1 and bool(float(values[0]).is_integer() and (np.diff(values) == 1.0).all())


def _guessed_time(layout: Layout, frame: pl.DataFrame, numeric: list[int], index_at: int | None) -> TimeColumn | None:
    if layout.headings or index_at is not None or 0 not in numeric or len(numeric) < 2 or len(frame) < GUESS_FROM_ROWS:
        return None
    values = np.asarray(frame["0"].to_numpy(), dtype=np.float64)
    if first_fault(values) is not None or time_base_of(values).rate_hz is None:
        return None
    return TimeColumn(0, "column 1")


def named_channels(layout: Layout, channels: tuple[int, ...]) -> tuple[Channel, ...]:
    """The channels in these columns, with their units; of those with one name each is told apart."""
    named: list[Channel] = []
    used: dict[str, int] = {}
    for number, at in enumerate(channels, start=1):
        name, unit = heading_of(layout, at)
        name = printable_name(name) or f"Channel {number}"
        used[name] = used.get(name, 0) + 1
        named.append(Channel(name if used[name] == 1 else f"{name} ({used[name]})", printable_name(unit)))
    return tuple(named)
