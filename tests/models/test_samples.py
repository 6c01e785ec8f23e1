"""The sample signals: they open, say where they come from, and each finds the model that is meant for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sigdesk.classifiers.fit import best_fit, windows_for
from sigdesk.classifiers.folder import find_classifiers, read_classifier
from sigdesk.places import shipped_folder
from sigdesk.pool.jobs import JobRequest
from sigdesk.signals import open_recordings
from sigdesk.signals.discovery import signal_files
from tests.factories import MakePool, Watch

FOLDER = shipped_folder("resources") / "samples"
FILES = signal_files([FOLDER])


def test_there_are_four_appliances_one_signal_of_many_channels_and_one_wav() -> None:
    recordings = [open_recordings(path)[0] for path in FILES]

    assert sum(recording.channels[0].name == "Current" for recording in recordings) >= 4
    assert any(len(recording.channels) > 1 for recording in recordings)
    assert any(recording.path.suffix == ".wav" for recording in recordings)
    assert sum(path.stat().st_size for path in FILES) < 100_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_each_opens_with_a_rate_and_its_source(path: Path) -> None:
    (recording,) = open_recordings(path)

    assert recording.time_base.rate_hz in (10.0, 100.0, 360.0)
    assert np.isfinite(recording.read()).all()
    source = " ".join(recording.metadata.values())
    assert "sktime" in source or "MIT-BIH Arrhythmia Database, record 100" in source
    assert path.name in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_each_finds_the_model_that_is_meant_for_it(path: Path) -> None:
    (recording,) = open_recordings(path)

    found = best_fit(find_classifiers([shipped_folder("models")]), recording)

    assert found is not None
    kind = "appliance" if recording.channels[0].name == "Current" else path.stem.partition("-")[0]
    assert found.name == {"appliance": "appliance-current", "running": "basic-motions", "ecg": "ecg-rhythm"}[kind]


def test_the_premature_beats_are_seen_window_by_window(pool: MakePool) -> None:
    (recording,) = open_recordings(FOLDER / "ecg-premature-beats.flac")
    windows = windows_for(recording, 5.0, 5.0, 0, recording.length)
    request = JobRequest(read_classifier(shipped_folder("models") / "ecg-rhythm"), recording, windows=windows)

    (job,) = Watch(pool()).run(request)

    assert job.outcome is not None
    assert job.outcome.output is not None
    labels = [result.label for result in job.outcome.output.results]
    assert [place for place, label in enumerate(labels) if label == "premature beat"] == [1, 2, 6, 7]


def test_the_runner_is_seen_to_run(pool: MakePool) -> None:
    (recording,) = open_recordings(FOLDER / "running.csv")

    (job,) = Watch(pool()).run(JobRequest(read_classifier(shipped_folder("models") / "basic-motions"), recording))

    assert job.outcome is not None
    assert job.outcome.output is not None
    assert job.outcome.output.results[0].label == "Running"
