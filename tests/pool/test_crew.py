"""Another number of workers while they work: more begin at once, and who is too many goes as it comes free."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.jobs import JobRequest, JobState, WorkerState
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.test_warm import process_of


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def gated(model_folder: MakeModel, gate: Path) -> Classifier:
    """Answers once the gate is there."""
    return model_folder(
        f"#!/bin/sh\nwhile [ ! -e '{gate}' ]; do sleep 0.02; done\necho 'OUTPUT: {{\"label\": \"a\"}}'\n", timeout_s=60
    )


def test_more_workers_begin_at_once_and_those_too_many_go_when_their_jobs_have_ended(
    pool: MakePool, gated: Classifier, recording: MakeRecording, gate: Path
) -> None:
    one = pool(workers=1)
    watch = Watch(one)
    ids = one.submit_many([JobRequest(gated, recording()) for _ in range(5)])
    watch.until(lambda: one.stats().running == 1)

    one.set_workers(3)
    watch.until(lambda: one.stats().running == 3)
    assert len(one.stats().workers) == 3

    one.set_workers(1)
    assert one.stats().running == 3, "nobody is torn from its job"
    assert one.stats().workers == (WorkerState.BUSY,) * 3
    gate.touch()
    ended = watch.ended(ids, within_s=30)
    assert [job.state for job in ended] == [JobState.SUCCEEDED] * 5
    watch.until(lambda: len(one.stats().workers) == 1)
    assert watch.run(JobRequest(gated, recording()), within_s=30)[0].state is JobState.SUCCEEDED


def test_those_that_rest_go_at_once_and_may_come_back(
    pool: MakePool, gated: Classifier, recording: MakeRecording, gate: Path
) -> None:
    one = pool(workers=4)
    watch = Watch(one)
    one.set_workers(2)
    watch.until(lambda: len(one.stats().workers) == 2)
    one.set_workers(4)
    ids = one.submit_many([JobRequest(gated, recording()) for _ in range(4)])
    watch.until(lambda: one.stats().running == 4)
    assert {watch.jobs[job_id].worker for job_id in ids} == {1, 2, 3, 4}

    one.set_workers(2)
    one.set_workers(4)  # before any has gone
    assert len(one.stats().workers) == 4
    one.cancel(ids)
    assert {job.state for job in watch.ended(ids, within_s=30)} == {JobState.CANCELLED}

    one.set_workers(None)
    watch.until(lambda: len(one.stats().workers) == (os.cpu_count() or 1))
    gate.touch()


def test_a_warm_process_outlives_the_worker_that_started_it(
    pool: MakePool, warm: Classifier, recording: MakeRecording
) -> None:
    one = pool(workers=2)
    watch = Watch(one)
    slow = JobRequest(warm, recording(), params={"do": "be slow"})
    first = {process_of(job) for job in watch.run(slow, slow, within_s=30)}
    watch.rest()
    assert len(first) == 2

    one.set_workers(1)
    watch.until(lambda: len(one.stats().workers) == 1)
    assert {process_of(job) for job in watch.run(slow, within_s=30)} <= first
    assert all(map(psutil.pid_exists, first))
