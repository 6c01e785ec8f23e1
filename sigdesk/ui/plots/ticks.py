"""Ticks at round numbers, and how many decimals tell neighbouring values apart."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sigdesk.signals.describe import format_number, prefixed_unit
from sigdesk.ui.plots.stretch import Stretch

_VALUE_STEPS: Final = (1, 2, 3, 5, 10)
_TIME_STEPS: Final = (1, 2, 5, 10)
_VALUE_ROOM: Final = 24
FIGURE_EDGE: Final = 5
"""Pixels from the ends of a value axis within which a tick has no figure, which would be cut."""
_VALUE_LEAST_ROOM: Final = 16
"""A line of text: so near only where a low row would have a single figure otherwise, which says nothing of a scale."""
_TIME_ROOM: Final = 64
_PLAIN_DECIMALS: Final = 4
_PLAIN_TO: Final = 1e7
_PREFIX_BELOW_S: Final = 0.1


class Tick(Struct, frozen=True):
    """A place on an axis and what stands there."""

    value: float
    text: str


def value_ticks(low: float, high: float, pixels: float) -> tuple[Tick, ...]:
    """Ticks of a value axis that is `pixels` high, at least 24 px apart; 16 px where but one would have a figure."""
    step = _step(high - low, pixels, _VALUE_ROOM, _VALUE_STEPS)
    edge = FIGURE_EDGE * (high - low) / max(pixels, 1)
    if len(_multiples(low + edge, high - edge, step)) < 2:
        step = _step(high - low, pixels, _VALUE_LEAST_ROOM, _VALUE_STEPS)
    largest = max(abs(low), abs(high))
    if largest < _PLAIN_TO and decimals_for(step) <= _PLAIN_DECIMALS:
        return tuple(Tick(value, format_number(value, decimals_for(step))) for value in _multiples(low, high, step))
    digits = max(0, math.ceil(math.log10(largest / step) - 1e-9)) if step and largest else 0
    return tuple(Tick(value, _short_text(value, digits)) for value in _multiples(low, high, step))


@lru_cache(8)  # rows and axis ask for the same at each frame
def time_ticks(visible: Stretch, pixels: float, unit: str) -> tuple[Tick, ...]:
    """Ticks of a time axis that is `pixels` wide, at least 64 px apart; `unit` is "s", or "" for sample numbers."""
    # A far time with many decimals is wider than the usual room.
    finest = decimals_for(_TIME_ROOM * visible.span / max(pixels, 1))
    room = max(_TIME_ROOM, 8 * len(format_number(visible.stop, finest)) + 24)
    step = _step(visible.span, pixels, room, _TIME_STEPS)
    if not unit:
        step = max(step, 1.0)
    farthest = max(abs(visible.start), abs(visible.stop))
    scale, unit = prefixed_unit(farthest, unit) if farthest < _PREFIX_BELOW_S else (1.0, unit)
    ending = f" {unit}" if unit else ""
    decimals = decimals_for(step / scale)
    return tuple(
        Tick(value, format_number(value / scale, decimals) + ending)
        for value in _multiples(visible.start, visible.stop, step)
    )


def frequency_ticks(top: float, pixels: float, room: float, unit: str = "Hz") -> tuple[Tick, ...]:
    """Ticks from 0 to `top` on an axis of so many pixels, at least `room` px apart; all have one prefix: "1.5 kHz"."""
    step = _step(top, pixels, room, _TIME_STEPS)
    scale, prefixed = prefixed_unit(top, unit)
    decimals = decimals_for(step / scale)
    return tuple(
        Tick(value, f"{format_number(value / scale, decimals)} {prefixed}".rstrip())
        for value in _multiples(0, top, step)
    )


def decimals_for(resolution: float) -> int:
    """Decimals that make two numbers which lie `resolution` apart read differently."""
    if not resolution > 0 or math.isinf(resolution):
        return 0
    return min(max(0, math.ceil(-math.log10(resolution) - 1e-9)), 12)


def spaced_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, … times a power of ten that is no less than `least`."""
    return _step(least, 1, 1, _TIME_STEPS)


def _short_text(value: float, digits: int) -> str:
    """A very large or very small number: "2.5e−7"."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{min(digits, 6)}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def _step(span: float, pixels: float, room: float, steps: tuple[int, ...]) -> float:
    """The smallest round step that keeps ticks `room` pixels apart; 0 where there is nothing to divide."""
    if not (span > 0 and math.isfinite(span)) or pixels < 1:
        return 0.0
    least = span * room / pixels
    power = 10.0 ** math.floor(math.log10(least))
    return next((step * power for step in steps if step * power >= least * (1 - 1e-9)), 10 * power)


def _multiples(low: float, high: float, step: float) -> list[float]:
    if not step:
        return []
    return [i * step for i in range(math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6) + 1)]
