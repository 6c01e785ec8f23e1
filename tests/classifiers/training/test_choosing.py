"""Pick for me: MiniRocket and ridge unless the forest is clearly better, by the figures that folds have given."""

from __future__ import annotations

import numpy as np
import pytest

from sigdesk.classifiers.scores import score
from sigdesk.classifiers.training.findings import Judged
from sigdesk.classifiers.training.methods import Method
from sigdesk.classifiers.training.plan import MethodName
from sigdesk.classifiers.training.train import choose

SIGNALS = 1000


def judged(name: MethodName, right: int, count: int = SIGNALS) -> Judged:
    method = Method(name, name.value, "", None, lambda _: np.empty(0), object)
    answers = ["a"] * right + ["b"] * (count - right)
    return Judged(method, np.empty(0), np.empty(0), score(["a"] * count, answers, ("a", "b")))


@pytest.mark.parametrize(
    ("rocket", "forest", "picked"),
    [
        (900, 900, MethodName.ROCKET),
        (900, 915, MethodName.ROCKET),
        (900, 930, MethodName.FOREST),
        (990, 1000, MethodName.FOREST),
        (996, 1000, MethodName.ROCKET),
        (950, 700, MethodName.ROCKET),
        (700, 950, MethodName.FOREST),
    ],
)
def test_a_tie_goes_to_minirocket(rocket: int, forest: int, picked: MethodName) -> None:
    chosen, why = choose([judged(MethodName.ROCKET, rocket), judged(MethodName.FOREST, forest)])

    assert chosen.method.name is picked
    assert f"{picked.value} was picked by cross-validation" in why


def test_the_fewer_the_signals_the_clearer_a_forest_must_be() -> None:
    chosen, _ = choose([judged(MethodName.ROCKET, 37, 40), judged(MethodName.FOREST, 38, 40)])

    assert chosen.method.name is MethodName.ROCKET, "one signal of forty is chance"


def test_the_choice_is_never_behind_minirocket_in_the_folds() -> None:
    some = range(0, SIGNALS + 1, 25)
    rockets, forests = ([judged(name, right) for right in some] for name in (MethodName.ROCKET, MethodName.FOREST))

    for rocket in rockets:
        for forest in forests:
            chosen, _ = choose([rocket, forest])
            assert chosen is rocket or forest.scores.accuracy > rocket.scores.accuracy
