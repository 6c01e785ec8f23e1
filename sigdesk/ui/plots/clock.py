"""Times of a recording as the clock on the wall told them, in the zone in which it was recorded."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.ticks import Tick, decimals_for, spaced_step

_DAY_S: Final = 86_400
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY_S)
_ROOM: Final = 72
_DIGIT: Final = 8
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock_text(start: datetime, time: float, decimals: int, *, date: bool = False) -> str:
    """The moment `time` seconds after `start`: "14:32:07.25", or "27 Nov 14:32:07.25"."""
    days, rest = _split(start, time, decimals)
    minutes, seconds = divmod(rest, 60)
    width = 3 + decimals if decimals else 2
    text = f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{seconds:0{width}.{decimals}f}"
    return f"{_date(start, days)} {text}" if date else text


def clock_ticks(visible: Stretch, pixels: float, start: datetime) -> tuple[Tick, ...]:
    """Ticks at round times of the clock; at midnight stands the day."""
    finest = decimals_for(_ROOM * visible.span / max(pixels, 1))
    least = visible.span * (_ROOM + _DIGIT * min(finest, 9)) / max(pixels, 1)
    step = next((float(step) for step in _STEPS if step >= least), math.ceil(least / _DAY_S) * float(_DAY_S))
    if least < 1:
        step = spaced_step(least)
    phase = _since_midnight(start)
    first, last = math.ceil((visible.start + phase) / step - 1e-6), math.floor((visible.stop + phase) / step + 1e-6)
    return tuple(Tick(place * step - phase, _tick_text(start, place * step, step)) for place in range(first, last + 1))


def spans_days(start: datetime, stretch: Stretch) -> bool:
    """Whether a stretch begins and ends on different days."""
    return _split(start, stretch.start, 6)[0] != _split(start, stretch.stop, 6)[0]


def _tick_text(start: datetime, since_midnight: float, step: float) -> str:
    decimals = decimals_for(step) if step < 1 else 0
    time = since_midnight - _since_midnight(start)
    days, rest = _split(start, time, decimals)
    if rest == 0:
        return _date(start, days)
    text = clock_text(start, time, decimals)
    return text[:5] if step >= 60 else text


def _since_midnight(start: datetime) -> float:
    return start.hour * 3600 + start.minute * 60 + start.second + start.microsecond / 1e6


def _split(start: datetime, time: float, decimals: int) -> tuple[int, float]:
    """Days after the start's own, and seconds since that day's midnight, rounded first, so that 59.996 is a minute."""
    days, rest = divmod(round(_since_midnight(start) + time, decimals), _DAY_S)
    return int(days), round(rest, decimals)


def _date(start: datetime, days: int) -> str:
    try:
        day = start + timedelta(days=days)
    except OverflowError:
        return f"day {days}"
    return f"{day.day} {_MONTHS[day.month - 1]}"
