"""Fault 25 and what the operator may do as well: classifiers, and the whole pool, are paused and resumed."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Collection
from functools import partial

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.breaker import LONGEST_PAUSE_S, Breaker
from sigdesk.pool.jobs import JobRequest, JobState
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty, processes_of
from tests.pool.test_warm import process_of

KEY = ("models/one", "1")
WEARY = """
import json, os, select, sys
print("READY", flush=True)
while select.select([sys.stdin], [], [], 0.3)[0]:
    if not (line := sys.stdin.readline()):
        sys.exit()
    for job in json.load(open(line.removeprefix("RUN ").rstrip()))["jobs"]:
        print("JOB:", job["job"])
        print('OUTPUT: {"label": "a"}')
    print("DONE: 1", flush=True)
os._exit(3)
"""


def kill_idle(watch: Watch, pids: Collection[int]) -> None:
    """Kill processes that rest, as something outside SigDesk may; back when that was noticed, without any job."""
    watch.rest()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    watch.until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


SLOW_TO_LOAD = """
import json, os, pathlib, sys, time
mark = pathlib.Path(__file__).with_name("loaded before")
if mark.exists():
    if mark.read_text() == "fail":
        print("ERROR: the licence server is gone", flush=True)
        sys.exit(1)
    time.sleep(1.0)
mark.touch()
print("READY", flush=True)
for line in sys.stdin:
    for job in json.load(open(line.removeprefix("RUN ").rstrip()))["jobs"]:
        print("JOB:", job["job"])
        print("OUTPUT:", json.dumps({"label": "a", "pid": os.getpid()}))
    print("DONE: 1", flush=True)
"""


def says(watch: Watch, text: str) -> bool:
    return text in watch.texts()


def waits(watch: Watch, job_id: str) -> None:
    """Give the job time enough to be run if anything were to run it."""
    watch.look(0.4)
    watch.look()
    assert watch.jobs[job_id].state is JobState.QUEUED


def test_fault_25_an_idle_death_is_noticed_at_once_and_three_pause_the_classifier_and_no_other(
    watch: Watch, warm: Classifier, good: Classifier, recording: MakeRecording
) -> None:
    request = JobRequest(warm, recording())
    watch.run(request)
    for pause_s in (0.1, 0.2):
        before = processes_of(warm)
        kill_idle(watch, before)
        said = f"A process of {warm.name} died while idle; a new one is started in {pause_s:g} s"
        watch.until(partial(says, watch, said))
        watch.until(lambda: bool(processes_of(warm)))
        assert not processes_of(warm) & before
    anew = processes_of(warm)
    (job,) = watch.run(request)
    assert job.state is JobState.SUCCEEDED
    assert {process_of(job)} == anew, "what was started anew waits for jobs"
    assert not watch.pool.stats().paused

    kill_idle(watch, anew)
    watch.until(lambda: bool(watch.pool.stats().paused))
    waiting = watch.pool.submit(request)
    (other,) = watch.run(JobRequest(good, recording()))
    assert other.state is JobState.SUCCEEDED
    waits(watch, waiting)
    (paused,) = watch.pool.stats().paused
    assert (paused.name, paused.by_operator) == (warm.name, False)
    why = "3 of its processes died within 60 s without a job to blame. Its jobs wait."
    assert paused.reason == f"{warm.name} is paused: {why}"
    assert paused.reason in watch.texts()
    assert watch.pool.stats().queued == 1
    assert not processes_of(warm)

    watch.pool.resume_classifier(warm.name)
    (job,) = watch.ended([waiting])
    assert job.state is JobState.SUCCEEDED
    assert not watch.pool.stats().paused
    kill_idle(watch, [process_of(job)])
    (job,) = watch.run(request)
    assert job.state is JobState.SUCCEEDED, "after a resume it is counted anew"


def test_fault_25_a_process_that_dies_whenever_it_rests_is_paused_without_a_job(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    weary = model_folder(WEARY, mode=RunMode.WARM, samples=SamplesForm.JSON)
    (job,) = watch.run(JobRequest(weary, recording()))
    assert job.state is JobState.SUCCEEDED
    watch.until(lambda: bool(watch.pool.stats().paused))
    assert len([text for text in watch.texts() if "died while idle" in text]) == 2
    assert not processes_of(weary)


def test_fault_25_a_death_among_idle_processes_makes_nobody_wait_while_another_lives(
    pool: MakePool, warm: Classifier, recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2))
    slow = JobRequest(warm, recording(), params={"do": "be slow"})
    jobs = watch.run(slow, slow)
    assert len({process_of(job) for job in jobs}) == 2
    kill_idle(watch, [process_of(jobs[0])])
    after = watch.run(slow, slow)
    assert [job.state for job in after] == [JobState.SUCCEEDED] * 2
    assert process_of(jobs[1]) in {process_of(job) for job in after}


def test_fault_25_the_pauses_grow_to_ten_seconds() -> None:
    breaker = Breaker()
    pauses = [breaker.died(KEY, 40.0 * count) for count in range(9)]
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, LONGEST_PAUSE_S, LONGEST_PAUSE_S])
    assert breaker.died(KEY, 3600.0) == pytest.approx(0.1), "a death long ago is forgiven"


def test_fault_25_three_deaths_count_within_sixty_seconds_only() -> None:
    breaker = Breaker()
    times = (0.0, 30.0, 61.0, 92.0, 121.0)
    assert [breaker.died(KEY, time) < math.inf for time in times] == [True, True, True, True, False]
    assert breaker.died(("models/two", "1"), 121.5) < math.inf
    breaker.forgive(KEY)
    assert breaker.died(KEY, 122.0) == pytest.approx(0.1)


def test_a_script_that_its_jobs_end_is_not_paused(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*[JobRequest(warm, recording(), params={"do": "SIGSEGV"})] * 5)
    assert not any(job.state is JobState.SUCCEEDED for job in jobs)
    assert not watch.pool.stats().paused
    (after,) = watch.run(JobRequest(warm, recording()))
    assert after.state is JobState.SUCCEEDED


def test_the_operator_pauses_and_resumes_a_classifier(
    watch: Watch, warm: Classifier, good: Classifier, recording: MakeRecording
) -> None:
    watch.pool.pause_classifier(good)
    waiting, other = watch.pool.submit_many([JobRequest(good, recording()), JobRequest(warm, recording())])
    assert watch.ended([other])[0].state is JobState.SUCCEEDED
    waits(watch, waiting)
    stuck = watch.pool.is_stuck
    (paused,) = watch.pool.stats().paused
    assert (paused.name, paused.by_operator) == (good.name, True)
    watch.pool.resume_classifier(good)
    assert (stuck, watch.pool.is_stuck) == (True, False)
    assert watch.ended([waiting])[0].state is JobState.SUCCEEDED


def test_the_whole_pool_is_paused_and_resumed(
    watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording
) -> None:
    slow = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON)
    running = watch.pool.submit(JobRequest(slow, recording(), params={"do": "be slow"}))
    watch.until(lambda: running in watch.jobs and watch.jobs[running].state is JobState.RUNNING)
    watch.pool.pause()
    assert watch.pool.stats().halted
    waiting = watch.pool.submit(JobRequest(good, recording()))
    assert watch.ended([running])[0].state is JobState.SUCCEEDED, "what runs goes on"
    waits(watch, waiting)
    watch.pool.resume()
    assert not watch.pool.stats().halted
    assert watch.ended([waiting])[0].state is JobState.SUCCEEDED


def test_a_paused_job_can_be_cancelled_and_the_pool_closed(
    watch: Watch, good: Classifier, recording: MakeRecording
) -> None:
    watch.pool.pause_classifier(good)
    cancelled, left = watch.pool.submit_many([JobRequest(good, recording())] * 2)
    watch.pool.cancel([cancelled])
    assert watch.ended([cancelled])[0].state is JobState.CANCELLED
    assert watch.pool.stats().queued == 1
    watch.pool.close()
    assert watch.ended([left], within_s=1.0)[0].state is JobState.CANCELLED


def test_a_pause_is_news(watch: Watch, good: Classifier) -> None:
    watch.look()
    watch.pool.pause_classifier(good)
    update = watch.pool.take_update(1.0)
    assert [paused.name for paused in update.stats.paused] == [good.name]
    watch.pool.resume_classifier(update.stats.paused[0].key)
    assert not watch.pool.take_update(1.0).stats.paused


def test_fault_25_a_job_takes_the_process_that_is_being_started_anew(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    model = model_folder(SLOW_TO_LOAD, mode=RunMode.WARM, samples=SamplesForm.JSON)
    (job,) = watch.run(JobRequest(model, recording()))
    kill_idle(watch, [process_of(job)])
    watch.until(lambda: bool(processes_of(model)))
    starting = processes_of(model)
    (after,) = watch.run(JobRequest(model, recording()))
    assert {process_of(after)} == starting == processes_of(model)


def test_fault_25_a_model_that_cannot_be_started_anew_is_paused(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    model = model_folder(SLOW_TO_LOAD, mode=RunMode.WARM, samples=SamplesForm.JSON)
    (job,) = watch.run(JobRequest(model, recording()))
    (model.folder / "loaded before").write_text("fail")
    kill_idle(watch, [process_of(job)])
    watch.until(lambda: bool(watch.pool.stats().paused))
    assert watch.texts().count("ERROR: the licence server is gone") == 2
    (model.folder / "loaded before").unlink()
    watch.pool.resume_classifier(model)
    (after,) = watch.run(JobRequest(model, recording()))
    assert after.state is JobState.SUCCEEDED
