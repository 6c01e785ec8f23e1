"""Fault 25 and what the operator may do as well: classifiers, and the whole pool, are paused and resumed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.breaker import LONGEST_PAUSE_S, Breaker
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState
from tests.factories import MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty
from tests.pool.test_warm import process_of

KEY = ("models/one", "1")


def kill_idle(watch: Watch, jobs: Sequence[JobSnapshot]) -> None:
    """Kill the processes that gave these answers, as something outside SigDesk may."""
    watch.rest()
    killed = [psutil.Process(pid) for pid in {process_of(job) for job in jobs}]
    for process in killed:
        process.kill()
    watch.until(lambda: all(process.status() == psutil.STATUS_ZOMBIE for process in killed))


def waits(watch: Watch, job_id: str) -> None:
    """Give the job time enough to be run if anything were to run it."""
    watch.look(0.4)
    watch.look()
    assert watch.jobs[job_id].state is JobState.QUEUED


def test_fault_25_three_deaths_pause_the_classifier_and_no_other(
    watch: Watch, warm: Classifier, good: Classifier, recording: MakeRecording
) -> None:
    request = JobRequest(warm, recording())
    (job,) = watch.run(request)
    for pause_s in (0.1, 0.2):
        kill_idle(watch, [job])
        (job,) = watch.run(request)
        assert job.state is JobState.SUCCEEDED
        assert job.queued_s is not None
        assert job.queued_s >= pause_s, "a new process is started after a pause that grows"
        assert not watch.pool.paused_classifiers()
    kill_idle(watch, [job])
    waiting = watch.pool.submit(request)
    watch.until(lambda: bool(watch.pool.stats().paused))
    (other,) = watch.run(JobRequest(good, recording()))
    assert other.state is JobState.SUCCEEDED
    waits(watch, waiting)
    (paused,) = watch.pool.paused_classifiers()
    assert (paused.name, paused.by_operator) == (warm.name, False)
    assert "3 of its processes died within 60 s" in paused.reason
    assert paused.reason in watch.texts()
    assert watch.pool.stats().queued == 1

    watch.pool.resume_classifier(warm.name)
    (job,) = watch.ended([waiting])
    assert job.state is JobState.SUCCEEDED
    assert not watch.pool.stats().paused
    kill_idle(watch, [job])
    (job,) = watch.run(request)
    assert job.state is JobState.SUCCEEDED, "after a resume it is counted anew"


def test_fault_25_a_death_among_idle_processes_makes_nobody_wait_while_another_lives(
    pool: MakePool, warm: Classifier, recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2))
    slow = JobRequest(warm, recording(), params={"do": "be slow"})
    jobs = watch.run(slow, slow)
    assert len({process_of(job) for job in jobs}) == 2
    kill_idle(watch, jobs[:1])
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
