"""Figures against what can be worked out by hand, and against scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, precision_recall_fscore_support

from sigdesk.classifiers.confidence import logits_of_decision, logits_of_probabilities, softmax
from sigdesk.classifiers.scores import score, wilson_interval

CLASSES = ("idle", "running", "stuck")


def test_figures_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(3)
    truth = generator.choice(CLASSES, 200, p=(0.6, 0.3, 0.1)).tolist()
    answers = [one if generator.random() < 0.7 else str(generator.choice(CLASSES)) for one in truth]

    scores = score(truth, answers, CLASSES)

    precision, recall, f1, tested = precision_recall_fscore_support(truth, answers, labels=list(CLASSES))
    assert scores.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, answers))
    for place, name in enumerate(CLASSES):
        one = scores.per_class[name]
        assert (one.precision, one.recall, one.f1) == pytest.approx((precision[place], recall[place], f1[place]))
        assert one.tested == tested[place]
    assert scores.accuracy == pytest.approx(np.mean(np.array(truth) == np.array(answers)))
    assert scores.guess == pytest.approx(truth.count("idle") / 200)
    assert scores.count == 200


def test_a_signal_without_an_answer_counts_as_wrong() -> None:
    scores = score(["idle", "idle", "running", "running"], ["idle", None, "running", "running"], CLASSES[:2])

    assert scores.accuracy == 0.75
    assert scores.balanced_accuracy == 0.75
    assert scores.per_class["idle"].recall == 0.5
    assert scores.count == 4
    assert scores.weakest == "idle"
    assert score(["idle", "running"], ["idle", "running"], CLASSES[:2]).weakest == "", "none is, where all is right"


def test_an_interval_of_few_signals_is_wide_and_never_certain() -> None:
    low, high = wilson_interval(8, 8)

    assert high == 1.0
    assert low == pytest.approx(0.6756, abs=1e-4)  # R: binom::binom.wilson(8, 8)
    assert wilson_interval(80, 100) == pytest.approx((0.7112, 0.8666), abs=1e-4)


def test_a_temperature_changes_no_answer() -> None:
    generator = np.random.default_rng(1)
    logits = generator.normal(size=(50, 3))

    for temperature in (0.1, 1.0, 7.0):
        probabilities = softmax(logits, temperature)
        assert (probabilities.argmax(axis=1) == logits.argmax(axis=1)).all()
        assert probabilities.sum(axis=1) == pytest.approx(np.ones(50))
    assert softmax(logits, 7.0).max() < softmax(logits, 0.1).max()


def test_one_column_of_a_decision_is_two_classes() -> None:
    probabilities = softmax(logits_of_decision(np.array([2.0, -2.0, 0.0])), 1.0)

    assert probabilities.argmax(axis=1)[:2].tolist() == [1, 0]
    assert probabilities[2] == pytest.approx([0.5, 0.5])


def test_probabilities_come_back_as_they_were() -> None:
    given = np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])

    assert softmax(logits_of_probabilities(given), 1.0) == pytest.approx(given, abs=1e-5)
