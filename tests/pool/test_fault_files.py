"""Faults 37 to 39: the private folder of job files, and what can become of it; and what a job file says."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pytest
from msgspec.structs import replace

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
    trial.is_failed(FailureCode.INPUT_CHANGED, "run-17.csv is not there any more.", "Put it back, then retry.")
    assert trial.outcome.sentences == f"Job {trial.job.number} failed: {error}"
    assert trial.job.worker is None, "no process was started for it"
    assert [jobs[0].state, jobs[2].state] == [JobState.SUCCEEDED] * 2


@pytest.mark.errors_in_log
def test_a_mistake_of_sigdesk_s_own_ends_its_job_alone_and_is_logged(
    watch: Watch, warm: Classifier, recording: MakeRecording, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(recording(), source=Gone(ZeroDivisionError("planted")))
    jobs = watch.run(*[JobRequest(warm, one) for one in (recording(), broken, recording())])
    Trial(jobs[1], watch).is_failed(
        FailureCode.INTERNAL, "SigDesk itself made a mistake (ZeroDivisionError('planted'))", "Report this."
    )
    assert [jobs[0].state, jobs[2].state] == [JobState.SUCCEEDED] * 2
    assert "planted" in caplog.text


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        ([[1.0]], "has one sample only, which is too little to judge."),
        ([[np.nan, np.inf, np.nan]], "holds no number: every sample is missing or infinite."),
        ([[]], "is empty: it has no samples."),
    ],
)
def test_fault_31_samples_that_nobody_could_judge_are_rejected_before_a_process_is_started(
    watch: Watch, warm: Classifier, recording: MakeRecording, samples: list[list[float]], reason: str
) -> None:
    jobs = watch.run(JobRequest(warm, recording(np.array(samples))), JobRequest(warm, recording([7.0, 7.0])))
    assert jobs[0].state is JobState.REJECTED
    Trial(jobs[0], watch).reads(f"was not accepted: signal.csv {reason}", "Choose another stretch.")
    assert jobs[1].state is JobState.SUCCEEDED, "a constant signal is a signal"


def test_fault_38_the_folder_is_private_and_a_planted_link_is_not_followed(
    watch: Watch, good: Classifier, recording: MakeRecording, tmp_path: Path
) -> None:
    assert stat.S_IMODE(watch.pool.temp_folder.stat().st_mode) == 0o700
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (watch.pool.temp_folder / "job-1.json").symlink_to(victim)
    jobs = watch.run(JobRequest(good, recording()), JobRequest(good, recording()))
    not_written(Trial(jobs[0], watch), "File exists")
    assert victim.read_text() == "precious"
    assert jobs[1].state is JobState.SUCCEEDED


@pytest.mark.parametrize("mode", RunMode)
def test_fault_39_the_folder_is_gone(
    watch: Watch, good: Classifier, warm: Classifier, recording: MakeRecording, mode: RunMode
) -> None:
    classifier = good if mode is RunMode.ONE_SHOT else warm
    folder = watch.pool.temp_folder
    shutil.rmtree(folder.parent)
    folder.parent.write_text("in the way")  # as a drive that has vanished, it cannot be made again
    first, *others = watch.pool.submit_many([JobRequest(classifier, recording())] * 3)
    stopped_by_disk(watch, [first], others, "Not a directory")
    folder.parent.unlink()
    goes_on(watch, others)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_fault_39_a_folder_that_was_swept_away_is_made_again(
    watch: Watch, good: Classifier, recording: MakeRecording
) -> None:
    shutil.rmtree(watch.pool.temp_folder)
    jobs = watch.run(*[JobRequest(good, recording())] * 2)
    not_written(Trial(jobs[0], watch), "No such file or directory")
    assert jobs[1].state is JobState.SUCCEEDED
    assert watch.pool.trouble is None


def not_written(trial: Trial, why: str) -> None:
    """Its job file could not be written, and the operator reads why, word for word."""
    folder = trial.watch.pool.temp_folder.parent
    way_out = f"Make room in {folder}, then retry."
    trial.is_failed(FailureCode.TEMP, f"its job file could not be written ({why})", way_out)


def stopped_by_disk(watch: Watch, failed: Sequence[str], waiting: Sequence[str], why: str) -> None:
    """The job at hand has failed, the others wait, and the operator reads why."""
    for job in watch.ended(failed):
        not_written(Trial(job, watch), why)
    watch.until(lambda: watch.pool.trouble is not None)
    assert str(watch.pool.trouble) == (
        f"No job can be handed to a model: in {watch.pool.temp_folder.parent} nothing can be written ({why}). "
        "Make room there, and see that you may write there; the jobs that wait then go on by themselves."
    )
    watch.look(0.3)
    assert {watch.jobs[job_id].state for job_id in waiting} == {JobState.QUEUED}
    assert watch.pool.stats().queued == len(waiting)


def goes_on(watch: Watch, waiting: Sequence[str]) -> None:
    assert {job.state for job in watch.ended(waiting)} == {JobState.SUCCEEDED}
    assert watch.pool.trouble is None


def is_root() -> bool:
    return os.geteuid() == 0


@contextmanager
def disk(folder: Path, *, size: str) -> Iterator[None]:
    """A disk of its own at `folder`; skips the test where it may not be mounted."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)]
    if not is_root() or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk that is full soon")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Whoever writes into the folder is refused, root as well; skips the test where that may not be done."""
    if not is_root():
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
        return
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False).returncode != 0:
        pytest.skip("root may write anywhere, and may not mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_fault_39_the_folder_is_read_only(watch: Watch, good: Classifier, recording: MakeRecording) -> None:
    with read_only(watch.pool.temp_folder):
        failed, *waiting = watch.pool.submit_many([JobRequest(good, recording())] * 3)
        stopped_by_disk(watch, [failed], waiting, "Read-only file system" if is_root() else "Permission denied")
    goes_on(watch, waiting)


@pytest.mark.parametrize("mode", RunMode)
def test_fault_39_the_disk_is_full(
    pool: MakePool, good: Classifier, warm: Classifier, recording: MakeRecording, tmp_path: Path, mode: RunMode
) -> None:
    classifier = good if mode is RunMode.ONE_SHOT else warm
    folder = tmp_path / "pool temp"
    with disk(folder, size="4m"):
        one = pool()
        watch = Watch(one)
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        failed, *waiting = one.submit_many([JobRequest(classifier, recording(np.arange(5000.0)))] * 4)
        stopped_by_disk(watch, [failed], waiting, "No space left on device")
        assert not list(one.temp_folder.glob("*-*")), "nothing half-written is left"
        filler.unlink()
        goes_on(watch, waiting)
        watch.rest()
        assert not list(one.temp_folder.glob("*-*"))
        one.close()


@pytest.mark.parametrize("mode", RunMode)
def test_fault_39_a_signal_that_no_disk_would_hold_stops_nobody_else(
    pool: MakePool, good: Classifier, warm: Classifier, recording: MakeRecording, tmp_path: Path, mode: RunMode
) -> None:
    classifier = good if mode is RunMode.ONE_SHOT else warm
    with disk(tmp_path / "pool temp", size="4m"):
        one = pool()
        watch = Watch(one)
        long, short = recording(np.arange(2_000_000.0)), recording([1.0, 2.0])
        jobs = watch.run(*[JobRequest(classifier, signal) for signal in (short, long, short)])
        not_written(Trial(jobs[1], watch), "No space left on device")
        assert [jobs[0].state, jobs[2].state] == [JobState.SUCCEEDED] * 2, "also where all were to go as one batch"
        assert one.trouble is None
        one.close()


def test_fault_39_a_stopped_pool_can_be_closed(watch: Watch, good: Classifier, recording: MakeRecording) -> None:
    parent = watch.pool.temp_folder.parent
    shutil.rmtree(parent)
    parent.write_text("in the way")
    failed, waiting = watch.pool.submit_many([JobRequest(good, recording())] * 2)
    stopped_by_disk(watch, [failed], [waiting], "Not a directory")
    watch.pool.close()
    assert watch.ended([waiting])[0].state is JobState.CANCELLED
    parent.unlink()
