"""Elapsed times as the clock told them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.clock import clock_text, clock_ticks, spans_days
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.time_axis import TimeAxis
from tests.ui.plots.conftest import Hands, bench_samples, make_recording

START = datetime(2026, 11, 26, 14, 32, 7, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "decimals", "text"),
    [
        (0.0, 0, "14:32:07"),
        (0.0, 2, "14:32:07.25"),
        (52.746, 2, "14:33:00.00"),
        (0.0000305, 6, "14:32:07.250030"),
        (34_073.0, 0, "00:00:00"),
        (-7.25, 0, "14:32:00"),
    ],
)
def test_a_moment(time: float, decimals: int, text: str) -> None:
    assert clock_text(START, time, decimals) == text


def test_the_day_stands_before_it_when_asked() -> None:
    assert clock_text(START, 86_400.0, 0, date=True) == "27 Nov 14:32:07"
    assert spans_days(START, Stretch(0, 40_000))
    assert not spans_days(START, Stretch(0, 30_000))


@pytest.mark.parametrize(
    ("stretch", "texts"),
    [
        (Stretch(0, 10), ["14:32:08", "14:32:10", "14:32:12", "14:32:14", "14:32:16"]),
        (Stretch(0, 0.5), ["14:32:07.3", "14:32:07.4", "14:32:07.5", "14:32:07.6", "14:32:07.7"]),
        (Stretch(0, 3600), ["14:40", "14:50", "15:00", "15:10", "15:20", "15:30"]),
        (Stretch(0, 86_400), ["18:00", "27 Nov", "06:00", "12:00"]),
        (Stretch(0, 30 * 86_400.0), ["1 Dec", "6 Dec", "11 Dec", "16 Dec", "21 Dec", "26 Dec"]),
    ],
)
def test_ticks_stand_at_round_times(stretch: Stretch, texts: list[str]) -> None:
    ticks = clock_ticks(stretch, 500, START)
    assert [tick.text for tick in ticks] == texts
    assert all(stretch.holds(tick.value) for tick in ticks)


def test_ticks_never_run_into_each_other() -> None:
    for power in range(-9, 9):
        stretch = Stretch(100.0, 100.0 + 10.0**power)
        ticks = clock_ticks(stretch, 700, START)
        steps = [after.value - before.value for before, after in pairwise(ticks)]
        room = [step / stretch.span * 700 for step in steps]
        assert all(pixels >= 7 * len(ticks[0].text) for pixels in room)


def test_the_plot_tells_times_by_the_clock(area: PlotArea, drawn: Callable[[Recording], None], qtbot: QtBot) -> None:
    drawn(replace(make_recording(bench_samples()), start_time=START))
    hands = Hands(area)
    area.show_stretch(6, 16)
    area.set_selection((98_000, 124_000))
    assert area.readout_text.endswith("9.80 − 12.40 s")
    area.tell_by_clock(True)
    axis = area.findChild(TimeAxis)
    assert axis is not None
    assert [tick.text for tick in axis.ticks()][:2] == ["14:32:14", "14:32:16"]
    assert area.readout_text.endswith("14:32:17.05 − 14:32:19.65")
    hands.point(8.0)
    assert axis.cursor_text.startswith("14:32:15.2")
    drawn(make_recording(bench_samples(), "other.wav"))
    assert axis.ticks()[1].text == "5 s"
    area.tell_by_clock(False)
