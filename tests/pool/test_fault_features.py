"""Fault 45: a signal that gives another number of features than the model was trained on, with a real trained model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from sigdesk.classifiers.features import statistics_spectrum
from sigdesk.classifiers.fit import refusal
from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.model_file import dump_skops
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.protocol import FailureCode
from tests.classifiers.model_folders import write_folder
from tests.factories import MakeRecording, Watch
from tests.pool.conftest import Trial, processes_of

LENGTH = 40
MANIFEST = """\
[model]
name = "{name}"
version = "1"
title = "Tones"
[output]
classes = ["a", "b"]
[file]
name = "model.skops"
sha256 = "{sha256}"
"""
RANDOM = np.random.default_rng(5)


def forest(features: NDArray[np.float64]) -> bytes:
    return dump_skops(RandomForestClassifier(5, random_state=1).fit(features, ["a", "b"] * (len(features) // 2)))


@pytest.fixture(scope="module")
def by_samples() -> bytes:
    """A forest that takes the samples themselves, so that their number must be the one it was trained on."""
    return forest(RANDOM.normal(size=(20, LENGTH)))


@pytest.fixture
def model(by_samples: bytes, tmp_path: Path) -> Classifier:
    return read_classifier(write_folder(tmp_path / "models", "tones", MANIFEST, model_skops=by_samples))


def test_fault_45_another_number_of_samples_fails_alone_and_names_both(
    watch: Watch, model: Classifier, recording: MakeRecording
) -> None:
    lengths = (LENGTH, LENGTH - 3, LENGTH, 2 * LENGTH, LENGTH)
    jobs = watch.run(*[JobRequest(model, recording(RANDOM.normal(size=length))) for length in lengths], within_s=60)
    assert [job.state is JobState.SUCCEEDED for job in jobs] == [True, False, True, False, True]
    for job, length in ((jobs[1], LENGTH - 3), (jobs[3], 2 * LENGTH)):
        Trial(job, watch).is_failed(
            FailureCode.ERROR, f"Tones was trained on {LENGTH} values, but this signal gives {length}."
        )
    (after,) = watch.run(JobRequest(model, recording(RANDOM.normal(size=LENGTH))))
    assert after.state is JobState.SUCCEEDED


def test_fault_45_another_number_of_channels_fails_and_names_both(
    watch: Watch, tmp_path: Path, recording: MakeRecording
) -> None:
    one_channel = statistics_spectrum(RANDOM.normal(size=(20, 1, LENGTH)))
    manifest = MANIFEST + '[training]\nfeatures = "statistics-spectrum-1"\n'
    folder = write_folder(tmp_path / "models", "tones", manifest, model_skops=forest(one_channel))
    model = read_classifier(folder)
    right, wrong, after = watch.run(
        *[JobRequest(model, recording(RANDOM.normal(size=(channels, LENGTH)))) for channels in (1, 3, 1)], within_s=60
    )
    count = one_channel.shape[1]
    Trial(wrong, watch).is_failed(
        FailureCode.ERROR, f"Tones was trained on {count} values, but this signal gives {3 * count}."
    )
    assert (right.state, after.state) == (JobState.SUCCEEDED, JobState.SUCCEEDED)


def test_fault_45_a_manifest_that_says_its_length_refuses_before_any_process(
    by_samples: bytes, tmp_path: Path, recording: MakeRecording
) -> None:
    manifest = MANIFEST + f"[input]\nlength = {LENGTH}\n"
    model = read_classifier(write_folder(tmp_path / "models", "tones", manifest, model_skops=by_samples))
    reason = refusal(model, recording(np.zeros(37)), 0, 37, None)
    assert reason == f"Tones wants {LENGTH} samples, but here are 37."
    assert refusal(model, recording(np.zeros(LENGTH)), 0, LENGTH, None) is None
    assert not processes_of(model)
