"""Faults 17 to 27: processes that die, will not die, leave something behind, or cannot be started."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.isolation import IsolationLevel
from sigdesk.pool.jobs import JobRequest, JobState, Origin
from sigdesk.pool.process import GRACE_S
from sigdesk.protocol import FailureCode
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty, Trial, Try, both_levels

SOON_S = 1.5
"""Half a second, on a machine that does something else besides."""
LATE_WAY_OUT = "No label was written. Retry it, or raise timeout_s in the model's manifest."
RAN_ON = "The script ran on after its answer and was ended; its answer was kept."
CHECK_PROGRAM = "Check that it is installed and that you may run it."


@both_levels
@pytest.mark.parametrize("when", ["at start", "while reading", "while computing", "while writing"])
@pytest.mark.parametrize("how", ["SIGKILL", "SIGSEGV", "3"])
def test_fault_17_death(attempt: Try, when: str, how: str) -> None:
    trial = attempt("dies.py", when, how)
    if how == "3":
        trial.is_failed(FailureCode.EXIT, "the script ended without a result, exit code 3")
    else:
        assert (trial.job.state, trial.outcome.code) == (JobState.CRASHED, how)
        trial.reads(f"failed: the script crashed: {how}")
    assert trial.run_s < SOON_S


@both_levels
@pytest.mark.parametrize("how", ["SIGKILL", "SIGSEGV", "exit", "raise"])
def test_fault_17_death_in_a_batch_leaves_the_neighbours_unharmed(
    watch: Watch, faulty: Faulty, recording: MakeRecording, how: str
) -> None:
    classifier = faulty("batches.py", mode=RunMode.WARM)
    requests = [
        JobRequest(classifier, recording([13.0 if place == 3 else -place, -1.0]), params={"do": how})
        for place in range(8)
    ]
    jobs = watch.run(*requests)
    dead = Trial(jobs.pop(3), watch)
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 7
    assert [Trial(job, watch).label for job in jobs] == ["a"] * 7
    if how == "raise":
        dead.is_failed(FailureCode.ERROR, "ValueError: 13 is unlucky")
    else:  # of its batch's process it was the second that died, which is row 26
        ended = how if how.startswith("SIG") else "exit code 3"
        dead.is_failed(
            FailureCode.POISON,
            f"two processes of the model have died of it ({ended}), so it is not tried again",
            "No label was written. Look at the signal, or show the script output to the model's author.",
        )
    assert len(watch.endings) == 8
    (again,) = watch.run(requests[0])
    assert again.state is JobState.SUCCEEDED


@both_levels
@pytest.mark.parametrize("how", ["SIGSEGV", "SIGKILL"])
def test_fault_17_a_warm_process_that_dies_at_its_start(attempt: Try, how: str) -> None:
    trial = attempt("loads_badly.py", how, mode=RunMode.WARM)
    assert (trial.job.state, trial.outcome.code) == (JobState.CRASHED, how)
    trial.reads(f"failed: the script crashed: {how}")
    assert trial.run_s < SOON_S


@pytest.mark.parametrize(("kills", "state", "starts"), [(1, JobState.SUCCEEDED, 2), (9, JobState.CRASHED, 2)])
def test_fault_17_a_start_that_a_signal_ends_is_tried_once_more(
    watch: Watch,
    model_folder: MakeModel,
    recording: MakeRecording,
    tmp_path: Path,
    kills: int,
    state: JobState,
    starts: int,
) -> None:
    tries = tmp_path / "tries"
    classifier = model_folder(
        "import os, signal, sigdesk.script\n"
        "def load(folder):\n"
        f"    with open({str(tries)!r}, 'a+') as tries:\n"
        "        print('x', end='', file=tries, flush=True)\n"
        "        tries.seek(0)\n"
        f"        if len(tries.read()) <= {kills}:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "def classify(model, windows, params):\n"
        "    return [{'label': 'a'}] * len(windows)\n"
        "sigdesk.script.main(load, classify)\n",
        mode=RunMode.WARM,
    )
    jobs = watch.run(*[JobRequest(classifier, recording())] * 3)
    assert {job.state for job in jobs} == {state}
    if state is JobState.SUCCEEDED:
        assert tries.read_text(encoding="utf-8") == "x" * starts
    said = [line.text for line in watch.lines if "started once more" in line.text]
    assert said[0] == "The process was ended by SIGKILL before it was ready; it is started once more"
    assert len(watch.endings) == len(jobs)


@both_levels
def test_a_job_that_hangs_in_a_batch_times_out_alone(watch: Watch, faulty: Faulty, recording: MakeRecording) -> None:
    warm = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, timeout_s=0.4)
    wishes = ["", "hang", "", ""]
    jobs = watch.run(*[JobRequest(warm, recording(), params={"do": wish}) for wish in wishes])
    hanging = Trial(jobs.pop(1), watch)
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 3
    assert hanging.job.state is JobState.TIMED_OUT
    assert "gave no answer within 0.4 s" in hanging.outcome.what


@both_levels
def test_fault_18_what_does_not_hear_the_request_to_end_is_killed(
    pool: MakePool, faulty: Faulty, recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=3))
    stubborn = [
        faulty("ignores_terminate.sh", timeout_s=0.5),
        faulty("stops_itself.sh", timeout_s=0.5),
        faulty("hangs.sh", timeout_s=0.5),
    ]
    jobs = [Trial(job, watch) for job in watch.run(*[JobRequest(one, recording()) for one in stubborn])]
    for trial in jobs:
        assert trial.job.state is JobState.TIMED_OUT
        trial.reads("was stopped: it gave no answer within 0.5 s", LATE_WAY_OUT)
        assert not trial.left
    for trial in jobs[:2]:
        assert 0.5 + GRACE_S <= trial.run_s < 0.5 + GRACE_S + SOON_S
    assert jobs[2].run_s < GRACE_S, "what can be asked to end is not waited for"


@both_levels
def test_fault_19_standard_output_closed(pool: MakePool, faulty: Faulty, recording: MakeRecording) -> None:
    watch = Watch(pool(workers=2))
    before, after = (
        Trial(job, watch)
        for job in watch.run(
            JobRequest(faulty("closes_output.sh", "early", timeout_s=0.5), recording()),
            JobRequest(faulty("closes_output.sh", "answered"), recording()),
        )
    )
    assert before.job.state is JobState.TIMED_OUT
    before.reads("was stopped: it gave no answer within 0.5 s", LATE_WAY_OUT)
    after.succeeded_with_warning(RAN_ON)
    assert GRACE_S <= after.run_s < GRACE_S + SOON_S
    assert not after.left


@both_levels
def test_fault_19_a_warm_process_that_does_not_end_its_batch(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    (job,) = watch.run(JobRequest(warm, recording(), params={"do": "never be done"}))
    assert job.state is JobState.SUCCEEDED
    (after,) = watch.run(JobRequest(warm, recording()), within_s=GRACE_S + SOON_S)
    assert after.state is JobState.SUCCEEDED
    Trial(watch.jobs[job.id], watch).succeeded_with_warning(RAN_ON)


@both_levels
@pytest.mark.parametrize("how", ["pipe", "quiet", "session"])
def test_fault_20_a_process_left_behind(attempt: Try, how: str) -> None:
    trial = attempt("leaves_a_child.py", how)
    assert (trial.job.state, trial.label) == (JobState.SUCCEEDED, "a")
    assert trial.run_s < SOON_S
    assert not trial.left


def not_there(trial: Trial, model: Classifier, program: str) -> None:
    """What it was to be started with is missing, and the operator reads what and where it is named."""
    trial.is_failed(
        FailureCode.START,
        f"{model.name} could not be started: {model.folder / program} is not there.",
        f"Install {program}, or correct [run] in {model.folder / 'model.toml'}.",
    )


@both_levels
def test_fault_23_the_program_is_not_there(
    watch: Watch, model_folder: MakeModel, good: Classifier, recording: MakeRecording
) -> None:
    missing = model_folder("", name="missing", command=("no-such-interpreter", "classify.R"))
    job, after = watch.run(JobRequest(missing, recording()), JobRequest(good, recording()))
    trial = Trial(job, watch)
    not_there(trial, missing, "no-such-interpreter")
    assert after.state is JobState.SUCCEEDED


@both_levels
@pytest.mark.parametrize("mode", RunMode)
def test_fault_23_the_script_is_not_there(
    watch: Watch, model_folder: MakeModel, good: Classifier, recording: MakeRecording, mode: RunMode
) -> None:
    missing = model_folder("", mode=mode)
    (missing.folder / "classify.py").unlink()
    job, after = watch.run(JobRequest(missing, recording()), JobRequest(good, recording()))
    trial = Trial(job, watch)
    not_there(trial, missing, "classify.py")
    assert after.state is JobState.SUCCEEDED


@both_levels
@pytest.mark.parametrize(("first_line", "mode"), [("#!/bin/sh", 0o644), ("#!/no/such/interpreter", 0o755)])
def test_fault_23_the_program_cannot_be_run(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording, first_line: str, mode: int
) -> None:
    classifier = model_folder(f"{first_line}\nexit 0\n", command=("program",))
    (script,) = classifier.folder.iterdir()
    program = script.rename(classifier.folder / "program")
    program.chmod(mode)
    (job,) = watch.run(JobRequest(classifier, recording()))
    trial = Trial(job, watch)
    reason = "Permission denied" if not mode & 0o100 else "No such file or directory"
    seen = watch.pool.isolation.level is not IsolationLevel.SANDBOXED or reason == "Permission denied"
    hidden = "Check that it is installed, that you may run it, and what a sandbox lets it read."
    trial.is_failed(FailureCode.START, f"{program} could not be started: {reason}.", CHECK_PROGRAM if seen else hidden)


@both_levels
def test_fault_23_the_model_folder_is_not_there(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier = model_folder("#!/bin/sh\nexit 0\n")
    shutil.rmtree(classifier.folder)
    (job,) = watch.run(JobRequest(classifier, recording()))
    trial = Trial(job, watch)
    trial.is_failed(
        FailureCode.START, f"{classifier.folder} could not be started: No such file or directory.", CHECK_PROGRAM
    )


# --- 27: cancel ---


def running(watch: Watch, job_id: str) -> None:
    """Wait until the job's script has said that it runs."""
    watch.until(lambda: any(line.job_id == job_id and line.origin is Origin.LOG for line in watch.lines))


@both_levels
def test_fault_27_cancel_while_it_runs_and_before_its_start(
    watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording
) -> None:
    hangs = JobRequest(faulty("hangs.sh"), recording())
    busy, waiting, last = watch.pool.submit_many([hangs, hangs, JobRequest(good, recording())])
    running(watch, busy)
    watch.pool.cancel([waiting])
    (never,) = watch.ended([waiting], within_s=1.0)
    assert (never.state, never.worker, never.run_s) == (JobState.CANCELLED, None, None)
    watch.pool.cancel([busy])
    (stopped,) = watch.ended([busy], within_s=1.0)
    assert stopped.state is JobState.CANCELLED
    assert stopped.outcome is not None
    assert stopped.outcome.what == f"Job {stopped.number} was cancelled by the operator"
    (after,) = watch.ended([last])
    assert after.state is JobState.SUCCEEDED
    assert not Trial(stopped, watch).left
    assert len(watch.endings) == 3


@both_levels
def test_fault_27_cancel_in_a_warm_batch(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    wishes = ["", "hang", "", ""]
    ids = watch.pool.submit_many([JobRequest(warm, recording(), params={"do": wish}) for wish in wishes])
    running(watch, ids[1])
    watch.pool.cancel([ids[1], ids[3]])
    jobs = watch.ended(ids, within_s=4.0)
    assert [job.state for job in jobs] == [
        JobState.SUCCEEDED,
        JobState.CANCELLED,
        JobState.SUCCEEDED,
        JobState.CANCELLED,
    ]
    assert len(watch.endings) == 4


@both_levels
def test_fault_27_cancel_while_the_model_is_being_loaded(
    watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording
) -> None:
    loading = faulty("loads_badly.py", "hang", mode=RunMode.WARM)
    first, second, last = watch.pool.submit_many(
        [JobRequest(loading, recording()), JobRequest(loading, recording()), JobRequest(good, recording())]
    )
    watch.until(lambda: first in watch.jobs and watch.jobs[first].state is JobState.RUNNING)
    watch.pool.cancel([first, second])
    jobs = watch.ended([first, second, last], within_s=5.0)
    assert [job.state for job in jobs] == [JobState.CANCELLED, JobState.CANCELLED, JobState.SUCCEEDED]


def test_fault_27_a_thousand_queued_jobs_are_cancelled_at_once(
    watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording
) -> None:
    (busy,) = watch.pool.submit_many([JobRequest(faulty("hangs.sh"), recording())])
    running(watch, busy)
    ids = watch.pool.submit_many([JobRequest(good, recording())] * 1000)
    watch.pool.cancel_queued()
    jobs = watch.ended(ids, within_s=1.0)
    assert {job.state for job in jobs} == {JobState.CANCELLED}
    assert watch.pool.stats().queued == 0
    assert watch.jobs[busy].state is JobState.RUNNING
    watch.pool.cancel([busy])
    (after,) = watch.run(JobRequest(good, recording()))
    assert after.state is JobState.SUCCEEDED
    assert len(watch.endings) == 1002


@both_levels
def test_fault_27_cancel_at_the_instant_of_the_result_is_one_ending(
    pool: MakePool, good: Classifier, warm: Classifier, recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2))
    chance = random.Random(27)
    ids: list[str] = []
    for number in range(60):
        (job_id,) = watch.pool.submit_many([JobRequest((good, warm)[number % 2], recording())])
        ids.append(job_id)
        watch.look(chance.uniform(0.0, 0.006))
        watch.pool.cancel([job_id])
    jobs = watch.ended(ids)
    assert {job.state for job in jobs} <= {JobState.SUCCEEDED, JobState.CANCELLED}
    assert len(watch.endings) == len(ids)
    (after,) = watch.run(JobRequest(good, recording()))
    assert after.state is JobState.SUCCEEDED


def test_cancelling_what_has_ended_changes_nothing(watch: Watch, good: Classifier, recording: MakeRecording) -> None:
    (job,) = watch.run(JobRequest(good, recording()))
    watch.pool.cancel([job.id, "no such job"])
    watch.look()
    assert watch.endings == [job]
