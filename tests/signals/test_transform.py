"""Signals seen through recipes: as SciPy and NumPy make them, whichever part is read, and never in the data."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import signal

from sigdesk.signals.export import Stretch, save
from sigdesk.signals.opening import open_recordings
from sigdesk.signals.pyramid import Pyramid
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.signals.recording import Samples, TimeBase
from sigdesk.signals.transform import WHOLE_SAMPLES, Recipe, approximation, obstacle, transformed
from tests.factories import MakeRecording

RATE = 1000.0
SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
FILTERS = (
    Recipe(high_pass_hz=5),
    Recipe(low_pass_hz=40),
    Recipe(high_pass_hz=5, low_pass_hz=40),
    Recipe(high_pass_hz=0.2),
)


def mixture(length: int = 20_000) -> Samples:
    """A trend, a slow wave, a tone of 20 Hz, one of 200 Hz."""
    times = np.arange(length) / RATE
    parts = (3 + 0.5 * times, np.sin(0.5 * times), np.sin(2 * np.pi * 20 * times), np.sin(2 * np.pi * 200 * times))
    samples: Samples = np.sum(parts, axis=0)
    return samples


@pytest.mark.parametrize("recipe", FILTERS)
def test_a_filtered_signal_is_scipys(recording: MakeRecording, recipe: Recipe) -> None:
    raw = recording(mixture(80_000))
    edges = [edge for edge in (recipe.high_pass_hz, recipe.low_pass_hz) if edge]
    kind = "bandpass" if len(edges) == 2 else "highpass" if recipe.high_pass_hz else "lowpass"
    sections = signal.butter(4, edges if len(edges) == 2 else edges[0], kind, fs=RATE, output="sos")
    shown = transformed(raw, {0: recipe}).read()[0]
    expected = signal.sosfiltfilt(sections, mixture(80_000))
    np.testing.assert_allclose(shown[30_000:-30_000], expected[30_000:-30_000], atol=2e-3)
    np.testing.assert_array_equal(raw.read()[0], mixture(80_000))


@pytest.mark.parametrize(
    "recipe", [*FILTERS, Recipe(True, 5, 40, True, True), Recipe(differentiate=True), Recipe(normalise=True)]
)
def test_any_part_is_the_same_part_of_the_whole(recording: MakeRecording, recipe: Recipe) -> None:
    shown = transformed(recording(np.vstack((mixture(), mixture() ** 2))), {0: recipe})
    whole = shown.read()
    size = float(np.abs(whole[0]).max())
    for start, stop in ((0, 100), (9_000, 9_001), (5_000, 15_000), (19_900, 20_000)):
        np.testing.assert_allclose(shown.read(start, stop)[0], whole[0, start:stop], atol=2e-4 * size)
        np.testing.assert_array_equal(shown.read(start, stop)[1], whole[1, start:stop])
    assert shown.read(7, 7).shape == (2, 0)


def test_what_is_filtered_out_is_gone_and_the_rest_stays_in_its_place(recording: MakeRecording) -> None:
    shown = transformed(recording(mixture()), {0: Recipe(high_pass_hz=10, low_pass_hz=50)}).read()[0]
    times = np.arange(20_000) / RATE
    np.testing.assert_allclose(shown[2000:-2000], np.sin(2 * np.pi * 20 * times)[2000:-2000], atol=0.02)


def test_the_trend_is_that_of_all_samples(recording: MakeRecording) -> None:
    shown = transformed(recording(mixture()), {0: Recipe(detrend=True)})
    np.testing.assert_allclose(shown.read(500, 900)[0], signal.detrend(mixture())[500:900], atol=1e-9)


def test_the_derivative_has_its_unit(recording: MakeRecording) -> None:
    shown = transformed(recording(mixture(), rate_hz=RATE), {0: Recipe(differentiate=True)})
    assert shown.channels[0].unit == "V/s"
    np.testing.assert_allclose(shown.read(100, 200)[0], np.gradient(mixture(), 1 / RATE)[100:200], atol=1e-6)


def test_a_derivative_follows_uneven_times(recording: MakeRecording) -> None:
    times = np.linspace(0, 3, 500) ** 2
    raw = replace(recording(times * 4), time_base=TimeBase(times=times))
    np.testing.assert_allclose(transformed(raw, {0: Recipe(differentiate=True)}).read()[0][1:], 4.0)


def test_normalised_values_have_mean_0_and_deviation_1(recording: MakeRecording) -> None:
    shown = transformed(recording(mixture()), {0: Recipe(normalise=True)})
    values = shown.read()[0]
    assert values.mean() == pytest.approx(0, abs=1e-9)
    assert values.std() == pytest.approx(1)
    assert shown.channels[0].unit == ""
    still = transformed(recording(np.full(100, 7.0)), {0: Recipe(normalise=True)})
    assert not still.read().any()


def test_of_a_long_signal_line_and_mean_are_estimated_and_it_is_said(recording: MakeRecording) -> None:
    length = WHOLE_SAMPLES * 2
    raw = recording(np.arange(length) * 1e-3 + np.random.default_rng(1).normal(0, 1, length))
    recipe = Recipe(detrend=True, normalise=True)
    values = transformed(raw, {0: recipe}).read()[0]
    assert abs(values.mean()) < 0.02
    assert values.std() == pytest.approx(1, abs=0.01)
    assert "estimated" in approximation(raw, recipe)
    assert approximation(raw, Recipe(high_pass_hz=5)) == ""
    assert "remembers" in approximation(raw, Recipe(high_pass_hz=1e-6))


def test_gaps_stay_gaps_and_spoil_nothing(recording: MakeRecording) -> None:
    samples = mixture()
    samples[8_000:8_500] = np.nan
    samples[12_000] = np.inf
    for recipe in (*FILTERS, Recipe(True, 5, None, False, True)):
        values = transformed(recording(samples), {0: recipe}).read()[0]
        assert np.flatnonzero(~np.isfinite(values)).tolist() == [*range(8_000, 8_500), 12_000]
    samples[::2] = np.nan
    values = transformed(recording(samples), {0: FILTERS[0]}).read()[0]
    assert np.isfinite(values).sum() == np.isfinite(samples).sum()


def test_what_cannot_be_done_is_said(recording: MakeRecording) -> None:
    raw = recording(mixture(), rate_hz=RATE)
    uneven = replace(raw, time_base=TimeBase(times=np.linspace(0, 3, 20_000) ** 2))
    assert "uneven" in obstacle(uneven, Recipe(high_pass_hz=5))
    assert "500 Hz" in obstacle(raw, Recipe(low_pass_hz=500))
    assert "500 Hz" in obstacle(raw, Recipe(high_pass_hz=0))
    assert "below its upper" in obstacle(raw, Recipe(high_pass_hz=50, low_pass_hz=10))
    assert obstacle(uneven, Recipe(detrend=True, differentiate=True, normalise=True)) == ""
    assert obstacle(raw, Recipe(True, 5, 40, True, True)) == ""


def test_recipes_are_told_in_words() -> None:
    assert Recipe(high_pass_hz=5).words == "high-pass 5 Hz"
    assert Recipe(True, 0.5, 1500, True, True).words == (
        "detrended, band-pass 0.5 Hz to 1500 Hz, derivative, normalised"
    )
    assert Recipe().words == ""


def test_without_a_recipe_the_recording_is_itself(recording: MakeRecording) -> None:
    raw = recording(mixture())
    assert transformed(raw, {0: Recipe()}) is raw


def test_a_cached_overview_of_the_raw_signal_is_not_taken_for_it(tmp_path: Path) -> None:
    file = tmp_path / "long.npy"
    np.save(file, np.random.default_rng(2).normal(5, 1, 4_500_000))
    (raw,) = open_recordings(file)
    raw = replace(raw, time_base=TimeBase(RATE))
    store = PyramidStore(tmp_path / "cache")
    pyramid = Pyramid(raw)
    pyramid.build()
    store.save(pyramid)
    assert store.load(raw) is not None
    assert store.load(transformed(raw, {0: Recipe(detrend=True)})) is None


def test_a_saved_csv_says_what_was_done(recording: MakeRecording, tmp_path: Path) -> None:
    shown = transformed(recording(mixture(500), rate_hz=RATE), {0: Recipe(high_pass_hz=5)})
    save(Stretch(shown, 0, 500, (0,)), tmp_path / "shown.csv", "csv")
    text = (tmp_path / "shown.csv").read_text(encoding="utf-8")
    assert "# processing: channel 1: high-pass 5 Hz" in text
    (again,) = open_recordings(tmp_path / "shown.csv")
    np.testing.assert_allclose(again.read(), shown.read(), rtol=1e-6, atol=1e-9)


def test_a_real_recording() -> None:
    (ecg,) = open_recordings(SAMPLES / "ecg.wav")
    shown = transformed(ecg, {0: Recipe(high_pass_hz=0.5)})
    assert math.isclose(float(shown.read()[0].mean()), 0, abs_tol=float(ecg.read()[0].std()) / 10)
