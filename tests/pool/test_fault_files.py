"""Faults 37 to 39: the private folder of job files, and what can become of it; and what a job file says."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode
from sigdesk.errors import RecordingError
from sigdesk.pool.jobs import JobRequest, JobState, Origin
from sigdesk.protocol import FailureCode
from sigdesk.signals.recording import Samples, TimeBase
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import Trial

SHOWS_ITS_JOB = """#!/bin/sh
echo "LOG: $(stat -c '%a %n' "$1")"
printf 'LOG: '
cat "$1"
echo
echo 'OUTPUT: {"label": "a"}'
"""


@dataclass(frozen=True, slots=True)
class Gone:
    """A file that was there when it was opened."""

    error: Exception

    def read(self, start: int, stop: int) -> Samples:
        raise self.error


def test_the_job_file_says_what_the_protocol_promises(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier = model_folder(SHOWS_ITS_JOB, params={"threshold": 0.5, "order": 2})
    samples = np.array([[0.0, 1.5, np.nan, np.inf, -2.0], [9.0] * 5])
    request = JobRequest(
        classifier,
        recording(samples, name="run 17 – è.csv", rate_hz=10.0),
        start=1,
        stop=5,
        channels=(0,),
        windows=((0, 2), (2, 4)),
        params={"threshold": 0.75},
    )
    (job,) = watch.run(request)
    shown, text = watch.texts(job, Origin.LOG)
    assert orjson.loads(text) == {
        "protocol": 1,
        "job": job.id,
        "model": {"name": "model", "version": "1.0.0", "folder": str(classifier.folder), "file": ""},
        "signal": {
            "name": "run 17 – è.csv",
            "sample_rate": 10.0,
            "start": 0.1,
            "channels": [{"name": "channel 1", "unit": "V"}],
            "samples": [[1.5, None, None, -2.0]],
        },
        "windows": [[0, 2], [2, 4]],
        "params": {"threshold": 0.75, "order": 2},
    }
    mode, _, path = shown.partition(" ")
    assert mode == "600"
    assert Path(path).parent == watch.pool.temp_folder
    watch.rest()
    assert not list(watch.pool.temp_folder.glob("job-*")), "it goes when its job ends"


def test_a_job_without_windows_or_rate_says_so(watch: Watch, model_folder: MakeModel, recording: MakeRecording) -> None:
    timeless = replace(recording([1.0, 2.0]), time_base=TimeBase())
    (job,) = watch.run(JobRequest(model_folder(SHOWS_ITS_JOB), timeless))
    document = orjson.loads(watch.texts(job, Origin.LOG)[1])
    assert "windows" not in document
    assert document["signal"]["sample_rate"] is None
    assert document["params"] == {}


@pytest.mark.parametrize(
    "name", ["..", "new\nline.csv", "ü" * 120, "\u202egnp.csv", "a b 😀.csv", "caf\udce9.csv", "$(id).csv"]
)
def test_fault_36_a_name_is_a_name(watch: Watch, model_folder: MakeModel, recording: MakeRecording, name: str) -> None:
    (job,) = watch.run(JobRequest(model_folder(SHOWS_ITS_JOB), recording(name=name)))
    assert job.state is JobState.SUCCEEDED
    assert orjson.loads(watch.texts(job, Origin.LOG)[1])["signal"]["name"] == name.replace("\udce9", "?")


def test_fault_37_a_signal_that_has_changed_ends_its_job_alone(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    error = RecordingError("run-17.csv is not there any more.", "Put it back, then retry.")
    changed = replace(recording(), source=Gone(error))
    jobs = watch.run(*[JobRequest(warm, one) for one in (recording(), changed, recording())])
    trial = Trial(jobs[1], watch)
    trial.is_failed(FailureCode.INPUT_CHANGED)
    assert "run-17.csv is not there any more" in trial.outcome.what
    assert trial.job.worker is None, "no process was started for it"
    assert [jobs[0].state, jobs[2].state] == [JobState.SUCCEEDED] * 2


@pytest.mark.errors_in_log
def test_a_mistake_of_sigdesk_s_own_ends_its_job_alone_and_is_logged(
    watch: Watch, warm: Classifier, recording: MakeRecording, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(recording(), source=Gone(ZeroDivisionError("planted")))
    jobs = watch.run(*[JobRequest(warm, one) for one in (recording(), broken, recording())])
    Trial(jobs[1], watch).is_failed(FailureCode.INTERNAL)
    assert "planted" in Trial(jobs[1], watch).outcome.what
    assert [jobs[0].state, jobs[2].state] == [JobState.SUCCEEDED] * 2
    assert "planted" in caplog.text


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        ([[1.0]], "has one sample only"),
        ([[np.nan, np.inf, np.nan]], "holds no number"),
        ([[]], "is empty"),
    ],
)
def test_fault_31_samples_that_nobody_could_judge_are_rejected_before_a_process_is_started(
    watch: Watch, warm: Classifier, recording: MakeRecording, samples: list[list[float]], reason: str
) -> None:
    jobs = watch.run(JobRequest(warm, recording(np.array(samples))), JobRequest(warm, recording([7.0, 7.0])))
    assert jobs[0].state is JobState.REJECTED
    assert reason in Trial(jobs[0], watch).outcome.what
    assert jobs[1].state is JobState.SUCCEEDED, "a constant signal is a signal"


def test_fault_38_the_folder_is_private_and_a_planted_link_is_not_followed(
    watch: Watch, good: Classifier, recording: MakeRecording, tmp_path: Path
) -> None:
    assert stat.S_IMODE(watch.pool.temp_folder.stat().st_mode) == 0o700
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (watch.pool.temp_folder / "job-1.json").symlink_to(victim)
    jobs = watch.run(JobRequest(good, recording()), JobRequest(good, recording()))
    Trial(jobs[0], watch).is_failed(FailureCode.TEMP)
    assert victim.read_text() == "precious"
    assert jobs[1].state is JobState.SUCCEEDED


@pytest.mark.parametrize("mode", RunMode)
def test_fault_39_the_folder_is_gone(
    watch: Watch, good: Classifier, warm: Classifier, recording: MakeRecording, mode: RunMode
) -> None:
    classifier = good if mode is RunMode.ONE_SHOT else warm
    folder = watch.pool.temp_folder
    shutil.rmtree(folder)
    jobs = watch.run(*[JobRequest(classifier, recording())] * 3)
    for job in jobs:
        trial = Trial(job, watch)
        trial.is_failed(FailureCode.TEMP)
        assert "No such file or directory" in trial.outcome.what
        assert str(folder.parent) in trial.outcome.way_out
    folder.mkdir(mode=0o700)
    (after,) = watch.run(JobRequest(classifier, recording()))
    assert after.state is JobState.SUCCEEDED


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_fault_39_the_folder_is_read_only(watch: Watch, good: Classifier, recording: MakeRecording) -> None:
    watch.pool.temp_folder.chmod(0o500)
    (job,) = watch.run(JobRequest(good, recording()))
    Trial(job, watch).is_failed(FailureCode.TEMP)
    watch.pool.temp_folder.chmod(0o700)
    (after,) = watch.run(JobRequest(good, recording()))
    assert after.state is JobState.SUCCEEDED


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of 64 KiB at `folder`; skips the test where it may not be mounted."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk that is full soon")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_fault_39_the_disk_is_full(
    pool: MakePool, good: Classifier, warm: Classifier, recording: MakeRecording, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "pool temp"):
        one = pool()
        watch = Watch(one)
        long, short = recording(np.arange(50_000.0)), recording([1.0, 2.0])
        jobs = watch.run(*[JobRequest(good, signal) for signal in (long, short)])
        Trial(jobs[0], watch).is_failed(FailureCode.TEMP)
        assert "No space left on device" in Trial(jobs[0], watch).outcome.what
        assert jobs[1].state is JobState.SUCCEEDED
        watch.rest()
        assert not list(one.temp_folder.glob("job-*"))
        one.close()
