"""Results as a session keeps them: the same again, and refused where they do not fit what the file holds now."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from sigdesk.app.model_labels import spoken
from sigdesk.app.saved_results import result_out, snapshot_in
from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Outcome
from sigdesk.protocol import Output, Result
from sigdesk.signals.recording import Recording
from tests.factories import MakeModel, MakeRecording


@pytest.fixture
def model(model_folder: MakeModel) -> Classifier:
    return model_folder("#!/bin/sh\n", classes=("a", "b"))


def ended(model: Classifier, recording: Recording) -> JobSnapshot:
    results = (Result("a", 0.75, {"a": 0.75, "b": 0.25}), Result("a", 0.25, {}, {"peak": [1, 2]}), Result("b"))
    return JobSnapshot(
        id="01J",
        number=7,
        request=JobRequest(
            model, recording, start=10, stop=70, windows=((0, 20), (20, 40), (40, 60)), channels=(0,), params={"n": 1}
        ),
        state=JobState.SUCCEEDED,
        created=1.5,
        worker=2,
        run_s=0.25,
        ended=2.5,
        outcome=Outcome(JobState.SUCCEEDED, Output(results, windowed=True), warnings=("slow",)),
    )


def test_a_result_comes_back_window_by_window(model: Classifier, recording: MakeRecording) -> None:
    made = recording()
    job = ended(model, made)
    kept = json.loads(json.dumps(result_out(job)))
    assert snapshot_in(kept, made, [model]) == job
    assert [(label.start, label.stop, label.class_name, label.confidence) for label in spoken(job)] == [
        (0.01, 0.05, "a", 0.5), (0.05, 0.07, "b", None),
    ]  # fmt: skip


def test_a_model_that_is_not_here_is_named_and_cannot_run(model: Classifier, recording: MakeRecording) -> None:
    made = recording()
    again = snapshot_in(result_out(ended(model, made)), made, [])
    assert again.request.classifier.name == model.name
    assert not again.request.classifier.runnable
    assert "not among the models" in again.request.classifier.problem
    assert spoken(again) == spoken(ended(model, made))


def test_a_failure_comes_back(model: Classifier, recording: MakeRecording) -> None:
    made = recording()
    job = replace(
        ended(model, made),
        state=JobState.FAILED,
        outcome=Outcome(JobState.FAILED, None, "ERROR", "It is stuck.", "Check the cable."),
    )
    assert snapshot_in(result_out(job), made, [model]) == job


def test_what_does_not_fit_the_signal_any_more_is_refused(model: Classifier, recording: MakeRecording) -> None:
    kept = result_out(ended(model, recording()))
    with pytest.raises(ValueError, match="the signal has 20"):
        snapshot_in(kept, recording([float(value) for value in range(20)]), [model])
    with pytest.raises(ValueError, match="3 results"):
        snapshot_in({**kept, "windows": [[0, 60]]}, recording(), [model])
