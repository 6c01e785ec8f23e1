"""Time columns: which heading means time, in which unit, and how dates and clock times become seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

SECONDS_IN = {
    "": 1.0, "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "sekunden": 1.0,
    "ms": 1e-3, "msec": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9, "ps": 1e-12,
    "min": 60.0, "minutes": 60.0, "h": 3600.0, "hours": 3600.0, "d": 86400.0, "days": 86400.0,
}  # fmt: skip

_UNIT = r"(?:s|secs?|seconds?|sekunden|ms|msec|milliseconds?|us|µs|ns|min|h|utc|gmt|local)"
_TIME = re.compile(
    rf"(?:(?:elapsed|relative|rel|absolute|abs|mess|measurement)[ _.]?)?"
    rf"(?:t|times?|zeit|zeitstempel|time[ _]?stamps?|date[ _/]?time|datum[ _/]?zeit|uhrzeit|temps|tiempo|tempo)"
    rf"(?:[ _/]{_UNIT})?"
    rf"|{_UNIT}|date|datum|epoch|unix[ _]?time"
)
_INDEX = re.compile(r"(?:|index|idx|i|n|nr\.?|no\.?|#|samples?(?:[ _](?:no|nr|number|index))?\.?|row|point|unnamed: 0)")

# Seconds, milliseconds, microseconds and nanoseconds since 1970 can be told apart by their size from 1973 to 5138.
_EPOCHS = ((1e8, 1.0), (1e11, 1e-3), (1e14, 1e-6), (1e17, 1e-9), (1e20, 0.0))

_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y")
_SLASHED = ("%d/%m", "%m/%d")
_CLOCKS = ("%H:%M:%S%.f", "%H:%M")
_MIDNIGHT = 43_200.0
"""A clock time that falls back by over half a day has passed midnight."""


def means_time(name: str, unit: str) -> bool:
    """Whether a column of this name and unit holds times."""
    return bool(_TIME.fullmatch(name.lower().strip())) and unit.lower() in SECONDS_IN


def means_index(name: str) -> bool:
    """Whether a column of this name numbers the rows, if its values do."""
    return bool(_INDEX.fullmatch(name.lower().strip()))


def seconds_in(name: str, unit: str) -> float:
    """How many seconds one step of a time column's numbers is."""
    if unit:
        return SECONDS_IN[unit.lower()]
    return SECONDS_IN.get(re.split(r"[ _/]", name.lower().strip())[-1], 1.0)


def epoch_scale(first: float) -> float | None:
    """The seconds in one step of numbers that count from 1970, or None when `first` is too small to do so."""
    scales = [scale for limit, scale in _EPOCHS if first >= limit]
    return scales[-1] or None if scales else None


class WhenPattern(Struct, frozen=True):
    """How dates and times are written. `dated` is False for clock times alone."""

    pattern: str
    zoned: bool
    dated: bool

    def seconds(self, column: pl.Series) -> NDArray[np.float64]:
        """Seconds since 1970 (UTC where a zone is given), NaN where a cell does not follow the pattern."""
        import polars as pl

        text = column if self.dated else "1970-01-01 " + column
        text = text.str.replace(r",(\d+)", ".$1").str.replace(r"^(\d{4}-\d{1,2})$", "$1-01")
        zone = "UTC" if self.zoned else None
        parsed = text.str.to_datetime(self.pattern, strict=False, time_unit="us", time_zone=zone)
        micros = parsed.dt.epoch("us").cast(pl.Float64).to_numpy()
        return np.asarray(micros, dtype=np.float64) / 1e6


def find_pattern(sample: pl.Series, *, month_first: bool = False) -> WhenPattern | None:
    """The pattern that most cells of `sample` follow, or None. Of dates that may have the day or the month first, the
    day is, unless it is said otherwise."""
    text = sample.drop_nulls()
    if not len(text):
        return None
    best, most = None, len(text) // 2
    for pattern in _candidates(str(text[0])):
        if month_first and pattern.pattern.startswith(_SLASHED[0]):
            continue
        followed = int(np.isfinite(pattern.seconds(text)).sum())
        if followed > most:
            best, most = pattern, followed
    return best


def ambiguous_date(sample: pl.Series) -> bool:
    """Whether the dates of `sample` may have the day first as well as the month."""
    text = sample.drop_nulls()
    if not len(text) or "/" not in str(text[0])[:3]:
        return False
    fully = [
        pattern.pattern[:5]
        for pattern in _candidates(str(text[0]))
        if pattern.pattern.startswith(_SLASHED) and np.isfinite(pattern.seconds(text)).all()
    ]
    return set(fully) == set(_SLASHED)


def _candidates(first: str) -> list[WhenPattern]:
    """The patterns that a cell like `first` may follow."""
    zoned = re.search(r":\d\d.*(Z|[+-]\d\d:?\d\d)$", first) is not None
    zone = "%#z" if zoned else ""
    if re.match(r"\d{1,2}:\d\d", first):
        return [WhenPattern(f"%Y-%m-%d {clock}{zone}", zoned, dated=False) for clock in _CLOCKS]
    if ":" not in first:
        return [WhenPattern(date, zoned=False, dated=True) for date in _DATES]
    gap = "T" if "T" in first else " "
    return [WhenPattern(date + gap + clock + zone, zoned, dated=True) for date in _DATES for clock in _CLOCKS]


def past_midnight(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clock times (s) with a day added after each midnight."""
    days = np.cumsum(np.diff(seconds, prepend=seconds[:1]) < -_MIDNIGHT)
    return seconds + 86_400.0 * days


def start_of(seconds: float) -> datetime | None:
    """The moment `seconds` after 1970, or None where no calendar reaches."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
