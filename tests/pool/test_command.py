"""The command line of a worker process, from a checkout, an installed program and a frozen one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest
from msgspec.structs import replace

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import FileFormat, ModelFile, Run, RunMode
from sigdesk.errors import JobError
from sigdesk.pool.command import MODEL_SCRIPT, Command, command_for
from sigdesk.pool.jobs import JobRequest, JobState, Origin
from tests.factories import MakeModel, MakeRecording, Watch
from tests.pool.conftest import FAULTY_SCRIPTS, Faulty

SCRIPT = """
import sys
import sigdesk.script
import neighbour
print("frozen" if "--worker" in sys.orig_argv else "plain", sys.argv, neighbour.__name__)
sigdesk.script.main(lambda folder: None, lambda model, windows, params: ["a"] * len(windows))
"""


@pytest.fixture
def own(model_folder: MakeModel) -> Classifier:
    """A folder with a model file and no `[run]`: SigDesk's own script runs it."""
    classifier = model_folder("", mode=RunMode.WARM)
    run = Run(mode=RunMode.WARM)
    return replace(
        classifier, manifest=replace(classifier.manifest, run=run, file=ModelFile("model.skops", FileFormat.SKOPS))
    )


def run_python(command: Command, code: str) -> str:
    """What `code` prints when Python is started as the command starts it, but for the module that it runs."""
    arguments = [*command.arguments[: command.arguments.index("-m")], "-c", code]
    ran = subprocess.run(
        arguments, cwd=command.folder, env=dict(command.environment), capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_a_python_script_is_run_by_sigdesk_s_own_python(faulty: Faulty) -> None:
    classifier = faulty("dies.py")
    assert command_for(classifier).arguments == (sys.executable, str(classifier.folder / "dies.py"))
    assert command_for(classifier).folder == classifier.folder


def test_a_warm_script_is_asked_to_serve(warm: Classifier) -> None:
    assert command_for(warm).arguments[-1] == "--serve"


def test_a_command_s_program_is_looked_for_in_the_model_folder_then_on_the_path(model_folder: MakeModel) -> None:
    classifier = model_folder("#!/bin/sh\n", command=("sh", "classify.sh", "--fast"))
    program, *rest = command_for(classifier).arguments
    assert Path(program).is_absolute()
    assert Path(program).name == "sh"
    assert rest == ["classify.sh", "--fast"]
    (classifier.folder / "sh").write_text("#!/bin/sh\n")
    assert command_for(classifier).arguments[0] == str(classifier.folder / "sh")


def test_what_is_not_there_is_named_with_the_way_out(model_folder: MakeModel) -> None:
    classifier = model_folder("", name="moved")
    (classifier.folder / "classify.py").unlink()
    with pytest.raises(JobError) as caught:
        command_for(classifier)
    assert str(classifier.folder / "classify.py") in caught.value.what
    assert "classify.py" in caught.value.way_out


def test_a_model_without_a_script_is_run_by_sigdesk_s_own(own: Classifier) -> None:
    assert command_for(own).arguments == (sys.executable, "-P", "-m", MODEL_SCRIPT, "--serve")


def test_a_model_folder_cannot_shadow_a_module(own: Classifier) -> None:
    for module in ("json", "orjson", "numpy", "sigdesk", "sklearn"):
        (own.folder / f"{module}.py").write_text("raise SystemExit('the folder was imported')")
    printed = run_python(command_for(own), "import json, orjson, numpy, sigdesk.script, os; print(os.getcwd())")
    assert printed.strip() == str(own.folder)


def test_each_worker_computes_on_one_thread_unless_the_user_says_otherwise(
    own: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert command_for(own).environment["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert command_for(own).environment["OMP_NUM_THREADS"] == "4"


def test_another_program_does_not_get_sigdesk_s_packages(
    faulty: Faulty, own: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in command_for(faulty("good.sh")).environment
    assert "PYTHONPATH" in command_for(own).environment
    monkeypatch.setenv("PYTHONPATH", "/their/own")
    assert command_for(faulty("good.sh")).environment["PYTHONPATH"] == "/their/own"
    assert command_for(own).environment["PYTHONPATH"].endswith(os.pathsep + "/their/own")


def test_a_frozen_program_starts_itself_as_the_worker(
    own: Classifier, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/sigdesk/sigdesk")
    assert command_for(own).arguments == ("/opt/sigdesk/sigdesk", "--worker", MODEL_SCRIPT, "--serve")
    script = faulty("dies.py")
    assert command_for(script).arguments == ("/opt/sigdesk/sigdesk", "--worker", str(script.folder / "dies.py"))
    assert command_for(faulty("good.sh")).arguments[0] != "/opt/sigdesk/sigdesk", "a command has its own program"


@pytest.mark.parametrize("mode", RunMode)
@pytest.mark.parametrize("frozen", [False, True])
def test_a_script_runs_the_same_way_frozen_or_not(
    watch: Watch,
    model_folder: MakeModel,
    recording: MakeRecording,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    mode: RunMode,
    frozen: bool,
) -> None:
    if frozen:  # a frozen program is one file that is `python -m sigdesk`
        program = tmp_path / "sigdesk"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sigdesk "$@"\n')
        program.chmod(0o755)
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # with it nothing printed could stay in a buffer
    classifier = model_folder(SCRIPT, mode=mode)
    (classifier.folder / "neighbour.py").touch()
    jobs = watch.run(*[JobRequest(classifier, recording(np.arange(9.0)))] * 2)
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 2, jobs[0].outcome
    (printed, *_) = watch.texts(jobs[0], Origin.OUT)
    assert printed.startswith("frozen" if frozen else "plain")
    assert str(classifier.folder / "classify.py") in printed
    assert printed.endswith("neighbour")


def test_as_the_worker_the_program_runs_a_script_and_nothing_else(tmp_path: Path) -> None:
    job = tmp_path / "job.json"
    job.write_bytes(orjson.dumps({"params": {"line": "OUTPUT: {}"}}))
    script = FAULTY_SCRIPTS / "answers_as_told.py"
    arguments = [sys.executable, "-m", "sigdesk", "--worker", str(script), str(job)]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout == "OUTPUT: {}\n"
