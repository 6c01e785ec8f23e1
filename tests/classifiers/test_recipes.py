"""The recipes of features: what they say of a signal, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sigdesk.classifiers.beats import NAMES, heart_beats
from sigdesk.classifiers.recipes import HEART_BEATS, RECIPES, STATISTICS_SPECTRUM, Recipe

SECONDS = 6.0


def heart(*beats_s: float) -> NDArray[np.float64]:
    """An electrocardiogram of narrow peaks at these times, shape (1, 1, samples)."""
    time = np.arange(0, SECONDS, 1 / 360)
    return np.asarray(sum(np.exp(-(((time - beat) / 0.015) ** 2)) for beat in beats_s))[None, None]


def told(signal: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(NAMES, heart_beats(signal)[0].tolist(), strict=True))


@pytest.mark.parametrize("recipe", list(RECIPES.values()), ids=list(RECIPES))
def test_every_number_has_a_name_and_a_place(recipe: Recipe) -> None:
    signal = np.random.default_rng(0).normal(size=(3, 2, 1800))

    features = recipe.compute(signal)

    assert features.shape == (3, 2 * len(recipe.features))
    assert np.isfinite(features).all()
    assert all(0 <= one.start < one.stop <= 1 and one.name for one in recipe.features)


def test_shares_fall_where_their_features_are() -> None:
    names = [feature.name for feature in STATISTICS_SPECTRUM.features]
    shares = np.zeros(len(names))
    shares[names.index("mean of a tenth") + 3] = 0.6
    shares[names.index("level (RMS)")] = 0.4

    (where,) = STATISTICS_SPECTRUM.where(shares)

    np.testing.assert_allclose(where, [0.04, 0.04, 0.04, 0.64, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04])


def test_a_regular_heart_has_even_intervals() -> None:
    seen = told(heart(0.5, 1.3, 2.1, 2.9, 3.7, 4.5, 5.3))

    assert seen["beats"] == 7
    assert seen["usual interval"] == pytest.approx(0.8, abs=0.01)
    assert seen["shortest / usual interval"] == pytest.approx(1.0, abs=0.02)
    assert seen["likeness of the least usual beat"] == pytest.approx(1.0, abs=0.02)


def test_an_early_beat_shortens_one_interval_and_lengthens_the_next() -> None:
    seen = told(heart(0.5, 1.3, 2.1, 2.6, 3.7, 4.5, 5.3))

    assert seen["shortest interval"] == pytest.approx(0.5, abs=0.01)
    assert seen["interval after the shortest / usual interval"] == pytest.approx(1.1 / 0.8, abs=0.02)


@pytest.mark.parametrize("samples", [1, 2, 5, 100])
def test_what_holds_no_beats_gives_numbers_all_the_same(samples: int) -> None:
    for signal in (np.zeros((1, 1, samples)), np.full((1, 1, samples), np.nan)):
        assert np.isfinite(HEART_BEATS.compute(signal)).all()


def test_a_gap_is_bridged() -> None:
    signal = heart(0.5, 1.3, 2.1, 2.9, 3.7, 4.5, 5.3)
    signal[..., 400:440] = np.nan

    assert told(signal)["beats"] == 7
