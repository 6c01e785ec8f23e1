"""Axes whose figures would be very small or large have a prefix instead."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sigdesk.signals.recording import Channel, Recording, TimeBase
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.gutter import ChannelAxis
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.ticks import time_ticks
from tests.ui.plots.conftest import Hands, make_recording


@pytest.mark.parametrize(
    ("size", "unit", "prefixed", "factor"),
    [
        (0.004, "V", "mV", 1e-3),
        (3e-6, "A", "µA", 1e-6),
        (25_000.0, "Pa", "kPa", 1e3),
        (5.0, "V", "V", 1.0),
        (0.004, "g", "g", 1.0),
    ],
)
def test_a_value_axis_has_a_prefix(
    area: PlotArea, drawn: Callable[[Recording], None], size: float, unit: str, prefixed: str, factor: float
) -> None:
    one = make_recording(np.linspace(-size, size, 1000)[None, :])
    drawn(Recording(one.name, one.path, (Channel("a", unit),), 1000, TimeBase(1000.0), one.source, "WAV"))
    items = Hands(area).stack.scene().items()
    axis = next(item for item in items if isinstance(item, ChannelAxis) and item.isVisible())
    assert axis.unit == prefixed
    figures = [float(tick.text.replace("\u2212", "-")) for tick in axis.ticks]
    assert len(figures) >= 3
    assert all(tick.value == pytest.approx(figure * factor) for tick, figure in zip(axis.ticks, figures, strict=True))


def test_short_times_have_a_prefix() -> None:
    assert [tick.text for tick in time_ticks(Stretch(0, 0.004), 400, "s")] == ["0 ms", "1 ms", "2 ms", "3 ms", "4 ms"]
    assert time_ticks(Stretch(0, 2e-6), 200, "s")[1].text == "1 µs"
    assert time_ticks(Stretch(10.0, 10.004), 800, "s")[2].text == "10.0010 s"
    assert [tick.value for tick in time_ticks(Stretch(0, 0.002), 200, "s")] == pytest.approx([0, 0.001, 0.002])
