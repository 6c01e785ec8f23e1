"""Warm processes within a budget of memory, shared out by demand: real processes that hold real memory."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool import shelf
from sigdesk.pool.jobs import JobRequest, JobState
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import both_levels, processes_of

HELD_MB = 60
LARGE = f"""
import json, sys, time
held = bytearray({HELD_MB} * 1024 * 1024)
for place in range(0, len(held), 4096):
    held[place] = 1
print("READY", flush=True)
for line in sys.stdin:
    jobs = json.load(open(line.removeprefix("RUN ").rstrip()))["jobs"]
    for job in jobs:
        print("JOB:", job["job"])
        time.sleep(job["params"].get("take_s", 0))
        print('OUTPUT: {{"label": "a"}}')
    print("DONE:", len(jobs), flush=True)
"""


@pytest.fixture
def large(model_folder: MakeModel) -> Sequence[Classifier]:
    """Three models whose processes hold some 70 MB each."""
    run: dict[str, Any] = {"mode": RunMode.WARM, "samples": SamplesForm.JSON, "batch": 2}
    return [model_folder(LARGE, name=f"large-{number}", params={"take_s": 0.0}, **run) for number in range(3)]


def held_mb(models: Sequence[Classifier]) -> int:
    held = 0
    for pid in {pid for model in models for pid in processes_of(model)}:
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
            held += int(psutil.Process(pid).memory_info().rss)
    return held // shelf.MB


def run_one_after_another(watch: Watch, models: Sequence[Classifier], recording: MakeRecording) -> None:
    for model in models:
        (job,) = watch.run(JobRequest(model, recording()))
        assert job.state is JobState.SUCCEEDED
        watch.rest()


def test_within_the_budget_every_model_stays_warm(
    pool: MakePool, large: Sequence[Classifier], recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2))
    run_one_after_another(watch, large, recording)
    kept = [processes_of(model) for model in large]
    run_one_after_another(watch, large, recording)
    assert [processes_of(model) for model in large] == kept
    assert [len(pids) for pids in kept] == [1, 1, 1]


@both_levels
def test_over_the_budget_the_longest_unused_is_ended(
    pool: MakePool, large: Sequence[Classifier], recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2, memory_budget_mb=2 * HELD_MB + 50))
    run_one_after_another(watch, large[:2], recording)
    run_one_after_another(watch, large[:1], recording)  # so that the second is the longest unused
    first = processes_of(large[0])
    run_one_after_another(watch, large[2:], recording)
    watch.until(lambda: not processes_of(large[1]))
    assert processes_of(large[0]) == first
    assert held_mb(large) <= 2 * HELD_MB + 50


def test_a_smaller_budget_holds_at_once(pool: MakePool, large: Sequence[Classifier], recording: MakeRecording) -> None:
    watch = Watch(pool(workers=2))
    run_one_after_another(watch, large, recording)
    watch.pool.set_memory_budget(HELD_MB + 40)
    watch.until(lambda: held_mb(large) <= HELD_MB + 40)
    assert processes_of(large[2]), "the last one used is kept"


def test_where_memory_is_short_fewer_work_at_once_and_no_process_is_started_in_vain(
    pool: MakePool, large: Sequence[Classifier], recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=3, memory_budget_mb=2 * HELD_MB + 50))
    run_one_after_another(watch, large[:1], recording)  # now it is known how much one holds
    ids = watch.pool.submit_many([JobRequest(large[0], recording(), params={"take_s": 0.05})] * 40)
    most, seen = 0, set[int]()
    while not all(job_id in watch.jobs and watch.jobs[job_id].state.ended for job_id in ids):
        watch.look(0.02)
        seen |= processes_of(large[0])
        most = max(most, held_mb(large))
    assert {job.state for job in watch.ended(ids)} == {JobState.SUCCEEDED}
    assert most <= 2 * HELD_MB + 50
    assert len(seen) == 2, "two fit, and they stay"


def test_an_idle_process_gives_way_to_another_classifier(
    pool: MakePool, large: Sequence[Classifier], recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2, memory_budget_mb=HELD_MB + 40))
    run_one_after_another(watch, large, recording)
    run_one_after_another(watch, large, recording)
    assert [len(processes_of(model)) for model in large] == [0, 0, 1]


def test_a_flood_of_one_does_not_keep_another_from_its_memory(
    pool: MakePool, large: Sequence[Classifier], recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "TURN_S", 0.5)
    watch = Watch(pool(workers=2, memory_budget_mb=HELD_MB + 40))
    run_one_after_another(watch, large[:2], recording)
    flood = watch.pool.submit_many([JobRequest(large[0], recording(), params={"take_s": 0.02})] * 2000)
    watch.until(lambda: bool(processes_of(large[0])))
    few = watch.pool.submit_many([JobRequest(large[1], recording())] * 3)
    assert {job.state for job in watch.ended(few)} == {JobState.SUCCEEDED}
    assert not all(watch.jobs[job_id].state.ended for job_id in flood), "they did not wait for its end"
    watch.pool.cancel(flood)
    watch.ended(flood)
    watch.rest()


def test_a_process_larger_than_the_budget_works_all_the_same(
    pool: MakePool, large: Sequence[Classifier], recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2, memory_budget_mb=10))
    jobs = watch.run(*[JobRequest(large[0], recording())] * 6)
    assert {job.state for job in jobs} == {JobState.SUCCEEDED}
    watch.until(lambda: not processes_of(large[0]))


def test_the_automatic_budget_is_half_of_what_there_is() -> None:
    assert 0 < shelf.automatic_budget_mb() <= psutil.virtual_memory().total // 2 // shelf.MB
