"""The pure parts of the plot: stretches, ticks, texts, runs, and what a view needs to be read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.app.rows import ClassMark, LabelSpan
from sigdesk.signals.recording import TimeBase
from sigdesk.ui.plots.points import Wish, envelope_points, is_answered_by, raw_points, wish_for
from sigdesk.ui.plots.readings import TimeWords
from sigdesk.ui.plots.runs import merged_runs
from sigdesk.ui.plots.stretch import Scale, Stretch, row_scale
from sigdesk.ui.plots.ticks import decimals_for, time_ticks, value_ticks

LIMITS = Stretch(0.0, 24.0)
HEALTHY = ClassMark("healthy", "Healthy", 0)
CAVITATION = ClassMark("cavitation", "Cavitation", 3)

_times = st.floats(-1e3, 1e3)


@given(_times, _times, st.floats(0.01, 100), _times)
def test_a_stretch_never_leaves_the_recording(start: float, stop: float, factor: float, about: float) -> None:
    stretch = Stretch(min(start, stop), max(start, stop)).zoomed(factor, about).inside(LIMITS, 0.001)
    assert LIMITS.start <= stretch.start <= stretch.stop <= LIMITS.stop + 1e-9
    assert stretch.span >= 0.001 - 1e-9


def test_zooming_keeps_the_time_under_the_pointer_where_it_is() -> None:
    scale = Scale(Stretch(4.0, 8.0), 96, 744)
    zoomed = Scale(scale.visible.zoomed(2, 5.0), 96, 744)
    assert zoomed.x(5.0) == pytest.approx(scale.x(5.0))
    assert zoomed.visible.span == pytest.approx(2.0)


def test_times_fill_the_row_between_gutter_and_margin() -> None:
    scale = row_scale(Stretch(6.0, 16.0), 852)
    assert (scale.x(6.0), scale.x(16.0)) == (96, 840)
    assert scale.time(scale.x(11.862)) == pytest.approx(11.862)


@pytest.mark.parametrize(
    ("low", "high", "pixels", "texts"),
    [
        (-12.0, 12.0, 92, ["−10", "0", "10"]),
        (-4.2, 4.2, 92, ["−3", "0", "3"]),
        (1340.0, 1560.0, 70, ["1\u2009400", "1\u2009500"]),
        (0.0, 0.5, 92, ["0.0", "0.2", "0.4"]),
        (0.0, 5e-7, 92, ["0", "2e−7", "4e−7"]),
        (0.0, 3e9, 92, ["0", "1e9", "2e9", "3e9"]),
        (-10.4, 10.4, 91, ["−10", "−5", "0", "5", "10"]),  # figures at both ends would be cut, and 0 alone says nothing
        (3.0, 3.0, 92, []),
    ],
)
def test_value_ticks_are_round_and_read_well(low: float, high: float, pixels: int, texts: list[str]) -> None:
    assert [tick.text for tick in value_ticks(low, high, pixels)] == texts


def test_time_ticks_have_a_unit_only_where_there_is_one() -> None:
    assert [tick.text for tick in time_ticks(Stretch(6, 16), 744, "s")][:3] == ["6 s", "7 s", "8 s"]
    assert [tick.text for tick in time_ticks(Stretch(0, 10), 744, "")][:3] == ["0", "1", "2"]


@given(st.floats(1e-4, 1e6), st.floats(-1e4, 1e4), st.floats(40, 4000))
def test_ticks_lie_inside_and_apart(span: float, start: float, pixels: float) -> None:
    ticks = time_ticks(Stretch(start, start + span), pixels, "s")
    values = [tick.value for tick in ticks]
    assert all(start - span * 1e-5 <= value <= start + span * (1 + 1e-5) for value in values)
    assert all(b - a >= span * 63 / pixels for a, b in pairwise(values))
    assert len({tick.text for tick in ticks}) == len(ticks)


def test_decimals_follow_what_can_be_told_apart() -> None:
    assert [decimals_for(step) for step in (100, 1, 0.5, 0.01, 0.0135, 0)] == [0, 0, 1, 2, 2, 0]


def test_times_read_as_the_design_has_them() -> None:
    words, scale = TimeWords("s", 1e-4), row_scale(Stretch(6, 16), 852)
    assert words.cursor(11.8621, scale) == "11.862 s"
    assert words.stretch(Stretch(9.8, 12.4), scale) == "9.80 − 12.40 s"
    assert words.length(Stretch(9.8, 12.4), 26_000, scale) == "2.60 s"
    numbers = TimeWords("", 1.0)
    assert numbers.cursor(1234.0, scale) == "1\u2009234"
    assert numbers.length(Stretch(0, 26_000), 26_000, scale) == "26\u2009000 samples"


def test_neighbours_of_one_class_are_one_run_and_no_two_runs_overlap() -> None:
    spans = [
        LabelSpan(0, 1, HEALTHY, 0.9),
        LabelSpan(1, 2, HEALTHY, 0.7),
        LabelSpan(1.5, 3, CAVITATION, 0.8),
        LabelSpan(5, 6, CAVITATION, None),
    ]
    runs = merged_runs(spans)
    assert [(run.start, run.stop, run.mark.title) for run in runs] == [
        (0, 1.5, "Healthy"),
        (1.5, 3, "Cavitation"),
        (5, 6, "Cavitation"),
    ]
    assert runs[0].confidence == pytest.approx(0.8)


def test_a_view_asks_for_buckets_no_wider_than_a_pixel_and_for_samples_when_near() -> None:
    base, length = TimeBase(10_000.0), 240_000
    wide = wish_for(Stretch(6, 16), base, length, 744)
    assert wide.grain == 134
    assert wide.start % wide.grain == 0
    assert wide.start <= 10_000 * (6 - 4)
    assert wide.stop >= 10_000 * (16 + 4)
    near = wish_for(Stretch(6, 6.1), base, length, 744)
    assert near.grain == 1


def test_a_small_pan_needs_nothing_new_and_a_long_one_does() -> None:
    base, length = TimeBase(10_000.0), 240_000
    wish = wish_for(Stretch(6, 16), base, length, 744)
    starts = np.arange(wish.start, wish.stop, wish.grain)
    flat = np.zeros((1, len(starts)))
    points = envelope_points(wish, base, starts, flat, flat)
    assert is_answered_by(points, Stretch(7, 17), base, length, 744)
    assert not is_answered_by(points, Stretch(13, 23), base, length, 744)
    assert not is_answered_by(points, Stretch(6, 8), base, length, 744)
    assert not is_answered_by(None, Stretch(6, 16), base, length, 744)


def test_points_keep_lows_and_highs_and_samples_as_they_are() -> None:
    base = TimeBase(10.0)
    envelope = envelope_points(
        Wish(0, 20, 10), base, np.array([0, 10]), np.array([[-1.0, -2.0]]), np.array([[1.0, 2.0]])
    )
    assert envelope.values.tolist() == [[-1, 1, 2, -2]]  # the line goes the short way from one to the next
    assert envelope.times.tolist() == [0.5, 0.5, 1.5, 1.5]
    raw = raw_points(Wish(2, 5, 1), base, np.array([[7.0, 8.0, 9.0]]))
    assert raw.times.tolist() == pytest.approx([0.2, 0.3, 0.4])
    assert raw.within(Stretch(0.25, 0.35)).values.tolist() == [[8.0]]
