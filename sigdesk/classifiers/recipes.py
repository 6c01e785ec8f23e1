"""The recipes by which signals become features, by name, and what each feature says of which part of the signal.

A trained model names its recipe in the manifest (`[training] features`). A recipe never changes once a model was
trained with it: what is better gets a new name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.classifiers import beats
from sigdesk.classifiers.features import BANDS, LAGS, SEGMENTS, Values, statistics_spectrum

TENTHS: Final = 10


class Feature(Struct, frozen=True):
    """One number of a recipe: what it says, of the signal from `start` to `stop` (0..1 of its length)."""

    name: str
    start: float = 0.0
    stop: float = 1.0


class Recipe(Struct, frozen=True):
    """`compute` makes windows of shape (n, channels, samples) into features of shape (n, channels x len(features)),
    those of the first channel first. `rate_hz` is the only sample rate that it works at, None where any will do."""

    name: str
    title: str
    compute: Callable[[NDArray[Any]], Values]
    features: tuple[Feature, ...]
    rate_hz: float | None = None

    def where(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much of `shares`, one a feature, falls on each tenth of the signal: shape (channels, 10).

        A feature of a longer stretch is shared out evenly over it.
        """
        table = shares.reshape(-1, len(self.features))
        edges = np.linspace(0.0, 1.0, TENTHS + 1)
        spread = [
            np.maximum(np.minimum(edges[1:], one.stop) - np.maximum(edges[:-1], one.start), 0.0)
            / (one.stop - one.start)
            for one in self.features
        ]
        return np.asarray(table @ np.stack(spread))


def _statistics_spectrum_features() -> tuple[Feature, ...]:
    whole = (
        "level (RMS)", "size of changes (standard deviation)", "largest value", "mean", "usual step", "largest step",
        "level that 5 % lie below", "level that half lie below", "sign of the mean", "crest factor",
        "standard deviation / mean", "crossings of the mean", "largest step / largest value", "usual step / mean",
        "place of the largest step", "place of the largest value",
        *(f"place of the {share} % quantile between the ends" for share in (5, 25, 50, 75, 95)),
    )  # fmt: skip
    tenth = 1.0 / SEGMENTS
    found = [Feature(name) for name in whole]
    found += [Feature("mean of a tenth", place * tenth, (place + 1) * tenth) for place in range(SEGMENTS)]
    found += [Feature("rise between tenths", place * tenth, (place + 2) * tenth) for place in range(SEGMENTS - 1)]
    width = 0.5 / BANDS
    part = (
        *(f"power from {low:.2f} to {low + width:.2f} of the sample rate" for low in np.arange(BANDS) * width),
        "middle of the spectrum", "evenness of the spectrum", "width of the spectrum", "strongest frequency",
        *(f"likeness to itself {lag} samples later" for lag in range(1, LAGS + 1)),
        "mean", "standard deviation", "standard deviation / mean", "skewness", "kurtosis",
    )  # fmt: skip
    for start, stop in ((0.0, 1.0), (0.0, 0.5), (0.5, 1.0)):
        found += [Feature(name, start, stop) for name in part]
    return tuple(found)


STATISTICS_SPECTRUM: Final = Recipe(
    "statistics-spectrum-1", "Statistics and spectrum", statistics_spectrum, _statistics_spectrum_features()
)
HEART_BEATS: Final = Recipe(
    "ecg-beats-360hz-1", "Heart beats", beats.heart_beats, tuple(map(Feature, beats.NAMES)), beats.RATE_HZ
)
RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(
    {recipe.name: recipe for recipe in (STATISTICS_SPECTRUM, HEART_BEATS)}
)
