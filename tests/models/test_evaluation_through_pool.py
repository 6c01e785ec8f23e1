"""The figures in the manifests of models that ship, measured again: their sets' test halves through the real pool."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sigdesk.classifiers.folder import Classifier, ModelState, read_classifier
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.signals import open_recordings
from tests.factories import MakePool, Watch

MODELS = Path(__file__).resolve().parents[2] / "models"
HALVES = {"appliance-current": "PLAID", "basic-motions": "BasicMotions"}


def half_of(name: str) -> Path | None:
    """Where sktime keeps the test half of a set, found without importing it."""
    found = importlib.util.find_spec("sktime")
    folder = Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else Path()
    file = folder / "datasets" / "data" / name / f"{name}_TEST.ts"
    return file if file.is_file() else None


@pytest.mark.parametrize("model", list(HALVES))
def test_the_whole_test_half_gives_the_manifest_s_confusion_matrix(pool: MakePool, model: str) -> None:
    file = half_of(HALVES[model])
    if file is None:
        pytest.skip("sktime is not installed, so the set is not here")
    classifier = read_classifier(MODELS / model)
    assert classifier.state is ModelState.VERIFIED
    classes = classifier.manifest.classes
    recordings = open_recordings(file)
    # PLAID numbers its classes in the order of the manifest.
    labels = [classes[int(one.label)] if (one.label or "").isdecimal() else one.label for one in recordings]  # type: ignore[arg-type]

    judge(pool, classifier, [JobRequest(classifier, recording) for recording in recordings], labels)


@pytest.fixture(scope="module")
def rhythm() -> tuple[Path, list[Any]]:
    """The record and the stretches of its second half, ready before a pool is: what reads them starts threads."""
    recipe = recipe_of("ecg-rhythm/train_rhythm.py")
    return recipe.RECORD, list(recipe.windows(recipe.LENGTH // 2, recipe.LENGTH, recipe.WINDOW))


def test_the_second_half_of_the_record_gives_the_rhythm_model_s_confusion_matrix(
    rhythm: tuple[Path, list[Any]], pool: MakePool
) -> None:
    record, windows = rhythm
    classifier = read_classifier(MODELS / "ecg-rhythm")
    (recording,) = open_recordings(record)

    requests = [JobRequest(classifier, recording, window.start, window.stop) for window in windows]
    judge(pool, classifier, requests, [window.label for window in windows])


def recipe_of(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("recipe", MODELS / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(pool: MakePool, classifier: Classifier, requests: Sequence[JobRequest], labels: Sequence[str | None]) -> None:
    """Have the pool answer, and find the manifest's figures."""
    classes, evaluation = classifier.manifest.classes, classifier.manifest.evaluation
    assert evaluation is not None
    assert len(requests) == evaluation.test_size

    jobs = Watch(pool(workers=2)).run(*requests, within_s=100)

    confusion = [[0] * len(classes) for _ in classes]
    for label, job in zip(labels, jobs, strict=True):
        assert job.state is JobState.SUCCEEDED
        assert job.outcome is not None
        assert job.outcome.output is not None
        assert label is not None
        confusion[classes.index(label)][classes.index(job.outcome.output.results[0].label)] += 1
    assert tuple(map(tuple, confusion)) == evaluation.confusion
    right = sum(confusion[place][place] for place in range(len(classes)))
    assert right / len(requests) == pytest.approx(evaluation.accuracy, abs=1e-4)
