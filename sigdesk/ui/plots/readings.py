"""Times and values of the plot as text: with as many decimals as can be told apart on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals.describe import format_count, format_number, printable_name
from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.clock import clock_text, spans_days
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.readout import Reading
from sigdesk.ui.plots.stretch import Scale, Stretch
from sigdesk.ui.plots.ticks import decimals_for


class TimeWords:
    """Times of one recording: seconds, or sample numbers where `unit` is "". `spacing` is that of its samples."""

    def __init__(self, unit: str, spacing: float, clock: datetime | None = None) -> None:
        """With a `clock` they are told by it; it says when the recording began."""
        self._clock = clock
        self._unit = f" {unit}" if unit else ""
        self._finest = decimals_for(spacing) if unit else 0

    def cursor(self, time: float, scale: Scale) -> str:
        """The time under the cursor: "11.862 s"."""
        decimals = self._decimals(scale.per_pixel / 10)
        if self._clock is not None:
            return clock_text(self._clock, time, decimals, date=spans_days(self._clock, Stretch(0.0, time)))
        return format_number(time, decimals) + self._unit

    def stretch(self, stretch: Stretch, scale: Scale) -> str:
        """The selection from edge to edge: "9.80 − 12.40 s"."""
        decimals = self._decimals(scale.per_pixel)
        if self._clock is not None:
            clock, dated = self._clock, spans_days(self._clock, stretch)
            edges = (clock_text(clock, time, decimals, date=dated) for time in (stretch.start, stretch.stop))
            return " − ".join(edges)
        return f"{format_number(stretch.start, decimals)} − {format_number(stretch.stop, decimals)}{self._unit}"

    def length(self, stretch: Stretch, samples: int, scale: Scale) -> str:
        """How long the selection is: "2.60 s", or "26 000 samples"."""
        if self._unit:
            return format_number(stretch.span, self._decimals(scale.per_pixel)) + self._unit
        return f"{format_count(samples)} sample{'' if samples == 1 else 's'}"

    def _decimals(self, resolution: float) -> int:
        return min(decimals_for(resolution), self._finest)


class ValueWords:
    """Values of a recording's channels, all of one channel with the same decimals and so of nearly the same width."""

    def __init__(self, channels: Sequence[Channel], whole: Points | None = None) -> None:
        """`whole` is the recording in a few points, from which the decimals follow."""
        self._channels = channels
        self._decimals = [2] * len(channels)
        self._widest = [8 + len(channel.unit) for channel in channels]
        if whole is not None:
            for index, values in enumerate(whole.values):
                self._measure(index, values[np.isfinite(values)])

    def readings(self, values: NDArray[np.floating[Any]] | None, shown: Sequence[int]) -> list[Reading]:
        """A reading for each shown channel; without a value when there are no `values`."""
        return [
            Reading(
                printable_name(self._channels[index].name),
                "" if values is None else self._text(index, float(values[index])),
                self._widest[index],
            )
            for index in shown
        ]

    def _measure(self, index: int, values: NDArray[np.floating[Any]]) -> None:
        if len(values):
            low, high = float(values.min()), float(values.max())
            resolution = (high - low or abs(high)) / 300
            self._decimals[index] = decimals_for(resolution) if resolution else 2
            self._widest[index] = max(len(self._text(index, low)), len(self._text(index, high)))

    def _text(self, index: int, value: float) -> str:
        unit = printable_name(self._channels[index].unit)
        return f"{format_number(value, self._decimals[index])} {unit}".rstrip()
