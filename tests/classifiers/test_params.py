"""Parameters as operators set them: the types of the manifest's defaults, and what is said of mistakes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sigdesk.classifiers.fit import check_params, params_from_text
from sigdesk.classifiers.manifest import Manifest, ParamValue, Run
from sigdesk.errors import ModelError

DEFAULTS: Mapping[str, ParamValue] = {"limit": 0.5, "count": 3, "fast": False, "unit": "A"}
MANIFEST = Manifest("m", "1", ("a",), Run(script="a.py"), title="My model", params=DEFAULTS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("limit=0.7", 0.7),
        ("limit=2", 2.0),
        (" limit = -1e-3 ", -0.001),
        ("count=+12", 12),
        ("count=4.0", 4),
        ("fast=yes", True),
        ("fast=0", False),
        ("unit=a=b", "a=b"),
        ("unit=", ""),
    ],
)
def test_a_text_becomes_the_type_of_the_default(text: str, value: ParamValue) -> None:
    (found,) = params_from_text(MANIFEST, [text]).values()

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limit", "KEY=VALUE"),
        ("volume=11", "no parameter 'volume' (known: limit, count, fast, unit)"),
        ("limit=0,7", "limit is '0,7', but must be a number"),
        ("limit=nan", "must be a number"),
        ("limit=inf", "must be a number"),
        ("count=2.5", "must be a whole number"),
        ("count=many", "must be a whole number"),
        ("fast=maybe", "must be true or false"),
    ],
)
def test_a_mistake_is_said_in_words(text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        params_from_text(MANIFEST, [text])

    assert caught.value.what.startswith("My model: ")
    assert said in caught.value.what


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        params_from_text(MANIFEST, ["limit", "volume=11", "count=x"])

    for word in ("KEY=VALUE", "volume", "count"):
        assert word in caught.value.what


def test_values_from_elsewhere_are_checked_the_same_way() -> None:
    assert check_params(MANIFEST, {"limit": 1, "count": 3.0, "fast": True}) == {"limit": 1.0, "count": 3, "fast": True}
    for wrong in ({"limit": True}, {"fast": 1}, {"unit": 3}, {"count": float("inf")}, {"limit": None}):
        with pytest.raises(ModelError):
            check_params(MANIFEST, wrong)


def test_a_model_without_parameters_says_so() -> None:
    with pytest.raises(ModelError, match="it has none"):
        check_params(Manifest("m", "1", ("a",), Run()), {"x": 1})
