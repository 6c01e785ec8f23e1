"""Closing: whatever is running or waiting ends at once, and nothing is left. The `pool` fixture looks for leftovers."""

from __future__ import annotations

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode
from sigdesk.errors import QueueFull
from sigdesk.pool.jobs import JobRequest, JobState, Origin
from tests.factories import MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty


def test_closing_ends_what_runs_and_what_waits(
    pool: MakePool, faulty: Faulty, warm: Classifier, good: Classifier, recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2))
    hangs = JobRequest(faulty("hangs.sh"), recording())
    hangs_warm = JobRequest(warm, recording(), params={"do": "hang"})
    ids = watch.pool.submit_many([hangs, hangs_warm, *[JobRequest(good, recording())] * 500])
    watch.until(lambda: len([line for line in watch.lines if line.origin is Origin.LOG]) == 2)
    watch.pool.close()
    jobs = watch.ended(ids, within_s=1.0)
    assert {job.state for job in jobs} == {JobState.CANCELLED}
    assert jobs[0].outcome is not None
    assert jobs[0].outcome.what == "Job 1 was cancelled, because SigDesk was closed"
    assert len(watch.endings) == len(ids)
    assert not watch.pool.temp_folder.exists()
    watch.pool.close()


def test_closing_ends_idle_processes(pool: MakePool, faulty: Faulty, recording: MakeRecording) -> None:
    watch = Watch(pool(workers=2))
    models = [faulty("batches.py", mode=RunMode.WARM) for _ in range(3)]
    watch.run(*[JobRequest(model, recording()) for model in models])
    watch.rest()
    children = [child for child in psutil.Process().children() if child.pid != watch.pool.reaper_pid]
    assert len(children) == 3
    watch.pool.close()
    assert not psutil.Process().children()


def test_closing_ends_what_will_not_end_by_itself(pool: MakePool, faulty: Faulty, recording: MakeRecording) -> None:
    watch = Watch(pool(workers=3))
    watch.pool.submit_many([JobRequest(faulty("ignores_terminate.sh"), recording())] * 3)
    watch.until(lambda: len([line for line in watch.lines if line.origin is Origin.LOG]) == 3)
    watch.pool.close()
    assert not psutil.Process().children()


def test_closing_at_once_is_fine(pool: MakePool, good: Classifier, recording: MakeRecording) -> None:
    with pool(workers=4) as one:
        ids = one.submit_many([JobRequest(good, recording())] * 20)
    assert {job.id for job in one.take_update(0.0).jobs} == set(ids)
    assert one.is_idle


def test_a_closed_pool_takes_no_job(pool: MakePool, good: Classifier, recording: MakeRecording) -> None:
    one = pool()
    one.close()
    with pytest.raises(QueueFull, match="SigDesk is closing"):
        one.submit(JobRequest(good, recording()))


def test_pools_beside_each_other_do_not_disturb_each_other(
    pool: MakePool, faulty: Faulty, good: Classifier, recording: MakeRecording
) -> None:
    first, second = Watch(pool()), Watch(pool())
    assert first.pool.temp_folder != second.pool.temp_folder
    running = second.pool.submit(JobRequest(faulty("hangs.sh"), recording()))
    second.until(lambda: bool(second.lines))
    first.run(JobRequest(good, recording()))
    first.pool.close()
    second.look(0.1)
    assert second.jobs[running].state is JobState.RUNNING
    second.pool.cancel([running])
    (job,) = second.run(JobRequest(good, recording()))
    assert job.state is JobState.SUCCEEDED
