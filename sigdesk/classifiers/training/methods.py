"""The methods: ordinary scikit-learn estimators, and how signals become what they want."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sigdesk.classifiers.confidence import logits_of_decision, logits_of_probabilities
from sigdesk.classifiers.recipes import RECIPES, STATISTICS_SPECTRUM, Recipe
from sigdesk.classifiers.shaping import PADDED, padded
from sigdesk.classifiers.training.examples import Example
from sigdesk.classifiers.training.plan import TREES, MethodName
from sigdesk.errors import ModelError

Array = NDArray[Any]

SHORTEST: Final = 9
"""MiniRocket's kernels are nine samples long."""


class Method(Struct, frozen=True):
    """`shape` turns examples into one array, a row an example; `make` gives an estimator that is not fitted yet.

    `length` is how many samples a row of `shape` has a channel, None where any length will do. `recipe` is what its
    columns are, None where they are samples.
    """

    name: MethodName
    title: str
    features: str
    length: int | None
    shape: Callable[[Sequence[Example]], Array]
    make: Callable[[], Any]
    recipe: Recipe | None = None


def forest(seed: int, features: str = STATISTICS_SPECTRUM.name, trees: int = TREES) -> Method:
    """Features of the signal, and a forest of extremely randomised trees over them: it says what it looks at, wants no
    parameter, and takes signals of any length. Raises ModelError for features that no recipe makes."""
    recipe = RECIPES.get(features)
    if recipe is None:
        raise ModelError(f"There is no recipe for features named {features}.", f"Known: {', '.join(RECIPES)}.")

    def make() -> Any:
        return ExtraTreesClassifier(trees, max_features=0.2, random_state=seed, n_jobs=os.cpu_count() or 1)

    def shape(examples: Sequence[Example]) -> Array:
        return _features(examples, recipe)

    return Method(MethodName.FOREST, f"{recipe.title}, forest of {trees} trees", recipe.name, None, shape, make, recipe)


def rocket(seed: int, examples: Sequence[Example]) -> Method:
    """MiniRocket's 10,000 convolutions and a ridge classifier (A. Dempster and others, "MiniRocket", 2021).

    Shorter signals end in zeros; the longest of `examples` says how long. Raises ModelError where aeon is missing.
    """
    if not has_rocket():
        raise ModelError(
            "The method rocket needs aeon, which is not installed.",
            "Install it with pip install 'sigdesk[rocket]', or choose the method forest.",
        )
    length = max(SHORTEST, *(example.samples.shape[1] for example in examples))

    def shape(some: Sequence[Example]) -> Array:
        return np.concatenate([padded(example.samples[None], length) for example in some])

    def make() -> Any:
        from aeon.transformations.collection.convolution_based import MiniRocket  # a second, and not always there

        return Pipeline(
            [
                ("rocket", MiniRocket(random_state=seed, n_jobs=os.cpu_count() or 1)),
                ("scale", StandardScaler()),
                ("ridge", RidgeClassifierCV(alphas=np.logspace(-3, 3, 10))),
            ]
        )

    return Method(MethodName.ROCKET, "MiniRocket and ridge", PADDED, length, shape, make)


def has_rocket() -> bool:
    """Whether the method rocket can be used here. Looks, and imports nothing."""
    return importlib.util.find_spec("aeon") is not None


def logits_of(estimator: Any, rows: Array) -> NDArray[np.float64]:
    """What a fitted estimator makes of rows, as logits of shape (n, classes), classes in the order of `classes_`."""
    if hasattr(estimator, "predict_proba"):
        return logits_of_probabilities(estimator.predict_proba(rows))
    return logits_of_decision(estimator.decision_function(rows))


def on_one_thread(estimator: Any) -> Any:
    """The fitted estimator as it is delivered: the workers share the cores among themselves."""
    parameters = [name for name in estimator.get_params(deep=True) if name.rpartition("__")[2] == "n_jobs"]
    estimator.set_params(**dict.fromkeys(parameters, 1))
    for step in dict(getattr(estimator, "steps", ())).values():
        if hasattr(step, "_n_jobs"):  # aeon keeps what it made of n_jobs beside it
            step._n_jobs = 1
    return estimator


def _features(examples: Sequence[Example], recipe: Recipe) -> Array:
    """All signals of one shape at once: a recipe costs the same for one signal as for many."""
    shapes: dict[tuple[int, ...], list[int]] = {}
    for place, example in enumerate(examples):
        shapes.setdefault(example.samples.shape, []).append(place)
    rows: list[Array] = [np.empty(0)] * len(examples)
    for places in shapes.values():
        for place, row in zip(
            places, recipe.compute(np.stack([examples[place].samples for place in places])), strict=True
        ):
            rows[place] = row
    return np.stack(rows)
