"""The figures in the manifests of models that ship, measured again: their sets' test halves through the real pool."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import ModelState, read_classifier
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
    classes, evaluation = classifier.manifest.classes, classifier.manifest.evaluation
    assert evaluation is not None
    recordings = open_recordings(file)
    assert len(recordings) == evaluation.test_size
    watch = Watch(pool(workers=2))

    jobs = watch.run(*[JobRequest(classifier, recording) for recording in recordings], within_s=100)

    confusion = [[0] * len(classes) for _ in classes]
    for recording, job in zip(recordings, jobs, strict=True):
        assert job.state is JobState.SUCCEEDED
        assert job.outcome is not None
        assert job.outcome.output is not None
        assert recording.label is not None
        # PLAID numbers its classes in the order of the manifest.
        true = int(recording.label) if recording.label.isdecimal() else classes.index(recording.label)
        confusion[true][classes.index(job.outcome.output.results[0].label)] += 1
    assert tuple(map(tuple, confusion)) == evaluation.confusion
    right = sum(confusion[place][place] for place in range(len(classes)))
    assert right / len(recordings) == pytest.approx(evaluation.accuracy, abs=1e-4)
