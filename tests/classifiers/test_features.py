"""The recipe "statistics-spectrum-1": finite whatever comes, free of scale and length where it says so, and stable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from sigdesk.classifiers.features import statistics_spectrum

COUNT = 115
EXPECTED = [
    0.235381554,
    3.48119718e-18,
    4.51486665e-18,
    -2.86735322,
    0.177455839,
    0.921216931,
    -5.99725499,
    0.107650405,
]
"""Every 16th feature of the signal in `test_a_recipe_never_changes`."""
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, width=64)


def described(values: NDArray[Any]) -> NDArray[np.float64]:
    features: NDArray[np.float64] = statistics_spectrum(values[None, None])[0]
    return features


@pytest.fixture
def noise() -> NDArray[np.float64]:
    return np.random.default_rng(7).normal(3.0, 1.0, (5, 1, 300))


@pytest.mark.parametrize("length", [1, 2, 3, 15, 16, 17, 100, 100_000])
def test_any_length_gives_as_many_finite_numbers(length: int) -> None:
    values = np.random.default_rng(1).normal(size=(2, 1, length))

    features = statistics_spectrum(values)

    assert features.shape == (2, COUNT)
    assert np.isfinite(features).all()


@given(arrays.arrays(np.float64, st.integers(1, 40), elements=ANY_FLOAT))
def test_any_values_give_finite_numbers(values: NDArray[np.float64]) -> None:
    features = described(values)

    assert np.isfinite(features).all()
    assert np.isfinite(features.astype(np.float32)).all()


@pytest.mark.parametrize("value", [0.0, 5.0, -1e-300, 1e308, np.nan])
def test_a_signal_that_does_not_move_is_described(value: float) -> None:
    assert np.isfinite(described(np.full(200, value))).all()


def test_one_signal_alone_is_described_as_among_others(noise: NDArray[np.float64]) -> None:
    together = statistics_spectrum(noise)
    alone = np.concatenate([statistics_spectrum(noise[index : index + 1]) for index in range(len(noise))])

    np.testing.assert_allclose(alone, together, rtol=0, atol=1e-9)


def test_each_channel_has_its_own_numbers(noise: NDArray[np.float64]) -> None:
    two = statistics_spectrum(np.concatenate([noise[:1], noise[1:2]], axis=1))

    assert two.shape == (1, 2 * COUNT)
    np.testing.assert_allclose(two[0], np.concatenate([described(noise[0, 0]), described(noise[1, 0])]), atol=1e-9)


def test_the_input_is_left_alone() -> None:
    values = np.array([[[1.0, np.nan, 3.0, 4.0]]])

    statistics_spectrum(values)

    assert np.isnan(values[0, 0, 1])


def test_a_gap_is_bridged_by_a_straight_line() -> None:
    line = np.linspace(0.0, 10.0, 101)
    gappy = line.copy()
    gappy[[0, 40, 41, 42]] = np.nan, np.inf, -np.inf, np.nan
    whole = line.copy()
    whole[0] = whole[1]

    np.testing.assert_allclose(described(gappy), described(whole), atol=1e-9)


def test_only_levels_change_with_the_scale(noise: NDArray[np.float64]) -> None:
    change = described(noise[0, 0] * 1000) - described(noise[0, 0])

    moved = np.abs(change) > 1e-6
    assert 8 <= moved.sum() <= 20
    np.testing.assert_allclose(change[moved], 3.0, atol=1e-3)


def test_a_tone_is_described_alike_at_any_length() -> None:
    short, long = (np.sin(2 * np.pi * 0.2 * np.arange(length)) for length in (200, 2000))
    noisy = np.random.default_rng(3).normal(size=200)

    same = np.abs(described(short) - described(long))
    other = np.abs(described(short) - described(noisy))
    assert np.median(same) < 0.01
    assert np.median(other) > 10 * np.median(same)


def test_narrow_and_wide_floats_are_described_alike(noise: NDArray[np.float64]) -> None:
    np.testing.assert_allclose(described(noise[0, 0].astype(np.float32)), described(noise[0, 0]), atol=1e-3)


def test_a_recipe_never_changes() -> None:
    """A model that was trained with a recipe depends on every number of it; a better recipe gets a new name."""
    time = np.arange(240)
    signal = np.where(time < 80, 0.01, 2.0 + np.exp(-time / 60)) * (1 + 0.15 * np.cos(2 * np.pi * time / 5))

    features = statistics_spectrum(signal[None, None])[0]

    assert features.shape == (COUNT,)
    np.testing.assert_allclose(features[::16], EXPECTED, rtol=1e-6, atol=1e-9)
