"""A job that was exported fails the same way outside SigDesk: unpacked, and run by its own program."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

import sigdesk
from sigdesk.classifiers.folder import read_classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.errors import JobError, ModelError, RecordingError
from sigdesk.places import shipped_folder
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState
from sigdesk.pool.reproduction import export_reproduction
from sigdesk.protocol import FailureCode
from sigdesk.signals import open_recordings
from tests.factories import MakeRecording, Watch
from tests.pool.conftest import Faulty


class Unpacked:
    """An archive that was exported and unpacked somewhere else."""

    def __init__(self, job: JobSnapshot, place: Path) -> None:
        self.job = job
        target = place / f"job-{job.number}.zip"
        export_reproduction(job, target, place / "temp")
        assert [path.name for path in place.iterdir() if path.is_file()] == [target.name], "nothing half-written stays"
        assert not list((place / "temp").iterdir()), "temporary files left behind"
        with zipfile.ZipFile(target) as archive:
            archive.extractall(place / "elsewhere")
        target.unlink()
        (self.folder,) = (place / "elsewhere").iterdir()

    @property
    def about(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "reproduction.json").read_text(encoding="utf-8"))
        return read

    def run(self, model_folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        folder = model_folder or self.job.request.classifier.folder
        command = [sys.executable, str(self.folder / "reproduce.py"), str(folder)]
        installed = {"PYTHONPATH": str(Path(sigdesk.__file__).parent.parent)}  # some scripts import sigdesk.script
        return subprocess.run(
            command, capture_output=True, text=True, timeout=30, cwd=self.folder.parent, env={**os.environ, **installed}
        )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for the archive."""
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def test_a_script_that_says_error_says_it_again(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path
) -> None:
    (job,) = watch.run(JobRequest(faulty("says_error.sh"), recording()))
    assert job.outcome is not None
    assert job.outcome.code == FailureCode.ERROR

    again = Unpacked(job, place).run()

    assert "ERROR: the signal is too quiet to judge" in again.stdout
    assert "careful" in again.stderr
    assert "Now: FAILED ERROR. The same." in again.stdout
    assert again.returncode == job.outcome.exit_code == 1


@pytest.mark.parametrize("when", ["at start", "while writing"])
def test_a_script_that_crashes_crashes_again(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path, when: str
) -> None:
    (job,) = watch.run(JobRequest(faulty("dies.py", when, "SIGSEGV"), recording()))
    assert job.state is JobState.CRASHED

    again = Unpacked(job, place).run()

    assert "Now: CRASHED SIGSEGV. The same." in again.stdout
    assert "crashed: SIGSEGV" in again.stdout, "what SigDesk said of it"
    assert again.returncode == 128 + 11


@pytest.mark.parametrize(("do", "said"), [("SIGKILL", "CRASHED SIGKILL"), ("raise", "FAILED ERROR")])
def test_a_warm_script_gets_its_batch_and_fails_again(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path, do: str, said: str
) -> None:
    classifier = faulty("batches.py", mode=RunMode.WARM)
    (job,) = watch.run(JobRequest(classifier, recording([13.0, 1.0]), params={"do": do}))

    again = Unpacked(job, place).run()

    assert f"Now: {said}. The same." in again.stdout
    assert again.returncode != 0


@pytest.mark.parametrize(
    ("script", "limits", "said"),
    [
        (("takes_memory.py", "alone"), {"memory_mb": 300}, "FAILED MEMORY"),
        (("multiplies.py", "same"), {"processes": 8}, "FAILED PROCESSES"),
        (("endless_line.sh",), {}, "FAILED LINE_TOO_LONG"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="limits are counted on Linux only")
def test_what_is_over_a_limit_is_stopped_again(
    watch: Watch,
    faulty: Faulty,
    recording: MakeRecording,
    place: Path,
    script: tuple[str, ...],
    limits: dict[str, Any],
    said: str,
) -> None:
    (job,) = watch.run(JobRequest(faulty(*script, **limits), recording()))
    assert job.state is JobState.FAILED

    again = Unpacked(job, place).run()

    assert f"Now: {said}. The same." in again.stdout[-2000:]
    assert again.returncode != 0


def test_what_killed_two_processes_kills_one_more(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path
) -> None:
    classifier = faulty("batches.py", mode=RunMode.WARM)
    bad = JobRequest(classifier, recording([13.0, 1.0]), params={"do": "SIGSEGV"})
    good = JobRequest(classifier, recording([-1.0, -1.0]))
    jobs = watch.run(bad, good, good)
    assert jobs[0].outcome is not None
    assert jobs[0].outcome.code == FailureCode.POISON

    again = Unpacked(jobs[0], place).run()

    assert "Now: CRASHED SIGSEGV. The same." in again.stdout, jobs[0].outcome


@pytest.mark.parametrize("length", [500, 3])
def test_a_model_that_sigdesks_own_script_runs_ends_alike(
    watch: Watch, recording: MakeRecording, place: Path, length: int
) -> None:
    """One stretch gets its label again; one that is too short for the model is refused again."""
    classifier = read_classifier(shipped_folder("models") / "appliance-current")
    (job,) = watch.run(JobRequest(classifier, recording([float(value % 7) for value in range(length)])), within_s=60)
    assert job.outcome is not None

    again = Unpacked(job, place).run()

    assert "The same." in again.stdout, (job.outcome, again.stdout, again.stderr)
    assert (again.returncode == 0) is (job.state is JobState.SUCCEEDED)


def test_a_script_without_an_answer_is_stopped_again(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path
) -> None:
    (job,) = watch.run(JobRequest(faulty("hangs.sh", timeout_s=0.5), recording()))
    assert job.state is JobState.TIMED_OUT

    again = Unpacked(job, place).run()

    assert "Now: TIMED_OUT. The same." in again.stdout
    assert again.returncode == 124


def test_the_archive_holds_what_the_script_got_and_no_path_of_this_machine(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path, tmp_path: Path
) -> None:
    classifier = faulty("dies.py", "at start", "3", samples=SamplesForm.NPY)
    (classifier.folder / "model.toml").write_text("[model]\n", encoding="utf-8")
    signal = recording([[0.1, 0.2, 0.3], [4.0, 5.0, 6.0]], name="pump ü.csv")  # type: ignore[list-item]
    (job,) = watch.run(JobRequest(classifier, signal, start=1, channels=(1,), params={}))

    unpacked = Unpacked(job, place)

    text = (unpacked.folder / "job-1.json").read_text(encoding="utf-8")
    told = json.loads(text)
    assert told["job"] == job.id
    assert told["signal"]["name"] == "pump ü.csv"
    assert told["signal"]["samples_file"] == {"path": "job-1.npy", "offset": 0, "shape": [1, 2]}
    assert np.load(unpacked.folder / "job-1.npy").tolist() == [5.0, 6.0]
    for file in unpacked.folder.iterdir():
        assert str(tmp_path).encode() not in file.read_bytes(), file.name
    assert (unpacked.folder / "model.toml").read_text(encoding="utf-8") == "[model]\n"
    hashes = {file["path"]: file["sha256"] for file in unpacked.about["model"]["files"]}
    script = (classifier.folder / "dies.py").read_bytes()
    assert hashes["dies.py"] == hashlib.sha256(script).hexdigest()
    assert set(hashes) == {"dies.py", "model.toml"}
    assert {"sigdesk", "python", "numpy", "scikit-learn", "system"} <= set(unpacked.about["versions"])
    assert unpacked.about["ended"]["code"] == "EXIT"
    assert "python reproduce.py MODEL_FOLDER" in (unpacked.folder / "README.txt").read_text(encoding="utf-8")


def test_another_model_is_told_of_and_so_is_another_ending(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path, tmp_path: Path
) -> None:
    (job,) = watch.run(JobRequest(faulty("says_error.sh"), recording()))
    unpacked = Unpacked(job, place)
    mended = tmp_path / "mended"
    shutil.copytree(job.request.classifier.folder, mended)
    (mended / "says_error.sh").write_text("kill -SEGV $$\n", encoding="utf-8")

    again = unpacked.run(mended)

    assert "is not the file that the job was run with" in again.stdout
    assert "Now: CRASHED SIGSEGV. Not the same: it was FAILED ERROR." in again.stdout


def test_what_cannot_be_exported_says_why_and_leaves_nothing(
    watch: Watch, faulty: Faulty, recording: MakeRecording, place: Path
) -> None:
    (job,) = watch.run(JobRequest(faulty("says_error.sh"), recording()))
    (place / "temp").mkdir()
    with pytest.raises(JobError, match="could not be written: No such file") as missing:
        export_reproduction(job, place / "no such folder" / "job.zip", place / "temp")
    assert missing.value.way_out
    with pytest.raises(JobError, match="has not ended yet"):
        export_reproduction(replace(job, outcome=None), place / "job.zip", place / "temp")
    shutil.rmtree(job.request.classifier.folder)
    with pytest.raises(ModelError, match="is not there any more") as gone:
        export_reproduction(job, place / "job.zip", place / "temp")
    assert gone.value.way_out
    assert [path.name for path in place.iterdir()] == ["temp"]
    assert not list((place / "temp").iterdir())


def test_a_signal_that_is_not_what_it_was_is_not_exported(
    watch: Watch, faulty: Faulty, place: Path, tmp_path: Path
) -> None:
    file = tmp_path / "pump.npy"
    np.save(file, np.arange(8.0))
    (signal,) = open_recordings(file)
    (job,) = watch.run(JobRequest(faulty("says_error.sh"), signal))
    file.unlink()
    np.save(file, np.arange(4.0))

    with pytest.raises(RecordingError) as changed:
        export_reproduction(job, place / "job.zip", place / "temp")

    assert changed.value.way_out
    assert not list(place.iterdir()), "nothing was begun"
