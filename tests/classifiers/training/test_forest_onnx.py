"""A forest in ONNX form, compared with scikit-learn's own answers and with what skl2onnx makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from sigdesk.classifiers.onnx_model import OnnxModel
from sigdesk.classifiers.training.forest_onnx import forest_graph
from sigdesk.classifiers.training.onnx_form import onnx_form

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("kind", [ExtraTreesClassifier, RandomForestClassifier])
@pytest.mark.parametrize("classes", [("a", "b"), ("calm", "loud", "ö")])
def test_the_answers_are_the_forest_s_own(kind: type, classes: tuple[str, ...]) -> None:
    features = GENERATOR.normal(size=(200, 7))
    labels = np.array(classes)[GENERATOR.integers(0, len(classes), 200)]
    forest = kind(20, random_state=0).fit(features, labels)

    model = OnnxModel(forest_graph(forest).SerializeToString(), "forest", classes)

    fresh = GENERATOR.normal(size=(500, 7)).astype(np.float32)
    found = model.probabilities(fresh)
    assert found is not None
    np.testing.assert_allclose(found, forest.predict_proba(fresh), atol=1e-5)
    assert onnx_form(forest, features, classes) is not None


def test_features_that_lie_on_a_threshold_fall_to_the_same_side() -> None:
    values = np.arange(40, dtype=np.float32)[:, None] / np.float32(3)
    forest = RandomForestClassifier(10, random_state=0).fit(values, ["a", "b"] * 20)
    on_thresholds = np.concatenate([tree.tree_.threshold for tree in forest.estimators_]).astype(np.float32)[:, None]

    found = OnnxModel(forest_graph(forest).SerializeToString(), "forest", ("a", "b")).probabilities(on_thresholds)

    assert found is not None
    np.testing.assert_allclose(found, forest.predict_proba(on_thresholds), atol=1e-5)


def test_it_answers_as_the_form_of_skl2onnx() -> None:
    from skl2onnx import to_onnx

    features = GENERATOR.normal(size=(100, 5)).astype(np.float32)
    forest = ExtraTreesClassifier(10, random_state=0).fit(features, np.array(["a", "b", "c", "d"] * 25))
    theirs = to_onnx(forest, features[:1], options={"zipmap": False}).SerializeToString()

    ours = OnnxModel(forest_graph(forest).SerializeToString(), "ours", tuple("abcd"))

    assert [answer["label"] for answer in ours.answers(features)] == [
        answer["label"] for answer in OnnxModel(theirs, "theirs", tuple("abcd")).answers(features)
    ]
