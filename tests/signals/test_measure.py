"""What is measured between two cursors, against NumPy, at any length and with samples missing."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sigdesk.errors import RecordingError
from sigdesk.signals.measure import ChannelMeasure, Measurement, measure
from sigdesk.signals.opening import open_recordings
from sigdesk.signals.recording import ArraySource, Channel, Recording, Samples, TimeBase
from tests.factories import MakeRecording

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


def whole(signal: Recording, start: int, stop: int) -> Measurement:
    *_, last = measure(signal, start, stop)
    assert last.share == 1.0
    return last


def assert_as_numpy(channel: ChannelMeasure, values: NDArray[np.floating]) -> None:
    values = values.astype(np.float64)
    assert channel.mean == pytest.approx(values.mean(), rel=1e-9, abs=1e-12)
    assert channel.rms == pytest.approx(math.sqrt(np.mean(values**2)), rel=1e-9)
    assert channel.peak_to_peak == values.max() - values.min()
    assert channel.count == len(values)


def test_figures_of_a_stretch_are_numpys(recording: MakeRecording) -> None:
    samples = np.random.default_rng(3).normal(5, 2, (3, 5000)).astype(np.float32)
    found = whole(recording(samples, rate_hz=500), 100, 3100)
    assert (found.samples, found.span) == (3000, 6.0)
    for channel, row in zip(found.channels, samples, strict=True):
        assert_as_numpy(channel, row[100:3100])
        assert channel.step == pytest.approx(float(row[3100]) - float(row[100]))
        assert channel.missing == 0


def test_a_whole_period_of_a_sine_has_the_rms_of_the_book(recording: MakeRecording) -> None:
    sine = 10 * np.sin(2 * np.pi * np.arange(1000) / 1000)
    (channel,) = whole(recording(sine), 0, 1000).channels
    assert channel.rms == pytest.approx(10 / math.sqrt(2), rel=1e-12)
    assert channel.mean == pytest.approx(0, abs=1e-12)
    assert channel.last == sine[-1]  # the second cursor stands behind the end


def test_a_long_stretch_is_told_in_steps_and_joined_without_loss(recording: MakeRecording) -> None:
    samples = 1e6 + np.random.default_rng(4).normal(0, 1e-3, (1, 3_500_000))
    steps = list(measure(recording(samples), 0, samples.shape[1]))
    shares = [step.share for step in steps]
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert_as_numpy(steps[-1].channels[0], samples[0])
    assert_as_numpy(steps[0].channels[0], samples[0, : steps[0].channels[0].count])


def test_a_cancelled_measurement_ends(recording: MakeRecording) -> None:
    over = threading.Event()
    steps = measure(recording(np.zeros((1, 3_500_000))), 0, 3_500_000, over.is_set)
    assert next(steps).share < 1
    over.set()
    assert list(steps) == []


def test_missing_samples_are_left_out_and_counted(recording: MakeRecording) -> None:
    values = np.array([1.0, np.nan, 3.0, np.inf, 5.0, -np.inf])
    nothing = np.full(6, np.nan)
    some, none = whole(recording(np.vstack((values, nothing))), 0, 6).channels
    assert_as_numpy(some, np.array([1.0, 3.0, 5.0]))
    assert some.missing == 3
    assert none.count == 0
    assert none.missing == 6
    assert all(math.isnan(figure) for figure in (none.mean, none.rms, none.peak_to_peak, none.step))


def test_cursors_on_one_sample_measure_nothing(recording: MakeRecording) -> None:
    found = whole(recording(np.arange(10.0)), 4, 4)
    assert (found.samples, found.span, found.channels[0].step) == (0, 0.0, 0.0)
    assert math.isnan(found.channels[0].rms)


def test_a_recording_without_samples_has_nothing_to_measure(recording: MakeRecording) -> None:
    found = whole(recording(np.empty((1, 0))), 0, 0)
    assert math.isnan(found.channels[0].first)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e300])
def test_squares_of_extreme_values_neither_vanish_nor_overflow(recording: MakeRecording, size: float) -> None:
    (channel,) = whole(recording(np.array([3.0, -4.0]) * size), 0, 2).channels
    assert channel.rms == pytest.approx(math.sqrt(12.5) * size, rel=1e-12)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=50), st.data())
def test_any_values(values: list[float], data: st.DataObject) -> None:
    array: Samples = np.array([values])
    start = data.draw(st.integers(0, len(values) - 1))
    (channel,) = whole(one_channel(array), start, len(values)).channels
    part = array[0, start:]
    assert channel.mean == pytest.approx(float(part.mean()), rel=1e-9, abs=1e-6)
    assert channel.rms == pytest.approx(float(np.sqrt(np.mean(part**2))), rel=1e-9)


def test_a_real_file_and_one_that_is_gone(tmp_path: Path) -> None:
    copy = tmp_path / "running.csv"
    copy.write_bytes((SAMPLES / "running.csv").read_bytes())
    (recording,) = open_recordings(copy)
    samples = recording.read()
    for channel, row in zip(whole(recording, 10, 90).channels, samples, strict=True):
        assert_as_numpy(channel, row[10:90])
    copy.unlink()
    with pytest.raises(RecordingError, match=r"running\.csv"):
        list(measure(recording, 0, recording.length))


def one_channel(samples: Samples) -> Recording:
    return Recording("a", Path("a"), (Channel("a"),), samples.shape[1], TimeBase(100.0), ArraySource(samples), "array")
