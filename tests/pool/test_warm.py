"""Warm processes: kept, replaced, cleaned up after; and what a batch's failure shows of standard error."""

from __future__ import annotations

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Origin, WorkerState
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty, Trial


def process_of(job: JobSnapshot) -> int:
    assert job.outcome is not None
    assert job.outcome.output is not None, job.outcome
    process_id = job.outcome.output.results[0].extra["pid"]
    assert isinstance(process_id, int)
    return process_id


def test_one_process_answers_batch_after_batch(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = [job for _ in range(20) for job in watch.run(*[JobRequest(warm, recording())] * 3)]
    assert len({process_of(job) for job in jobs}) == 1


def test_each_classifier_has_a_process_of_its_own(watch: Watch, faulty: Faulty, recording: MakeRecording) -> None:
    models = [faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON) for _ in range(2)]
    rounds = [watch.run(*[JobRequest(model, recording()) for model in models]) for _ in range(3)]
    assert len({process_of(job) for jobs in rounds for job in jobs}) == 2


def test_a_process_is_replaced_after_the_jobs_that_its_manifest_allows(
    watch: Watch, faulty: Faulty, recording: MakeRecording
) -> None:
    warm = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, max_jobs=4)
    processes = [process_of(job) for _ in range(4) for job in watch.run(*[JobRequest(warm, recording())] * 2)]
    assert processes[:4] == [processes[0]] * 4
    assert processes[4:] == [processes[4]] * 4
    assert processes[0] != processes[4]
    watch.rest()
    assert not psutil.pid_exists(processes[0])


def test_more_idle_processes_than_the_shelf_holds_leave_the_longest_unused_first(
    watch: Watch, faulty: Faulty, recording: MakeRecording
) -> None:
    models = [faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON) for _ in range(5)]
    first = [process_of(watch.run(JobRequest(model, recording()))[0]) for model in models]
    watch.rest()
    assert [psutil.pid_exists(process_id) for process_id in first] == [False, True, True, True, True]
    assert process_of(watch.run(JobRequest(models[4], recording()))[0]) == first[4]
    assert process_of(watch.run(JobRequest(models[0], recording()))[0]) != first[0]


def test_a_killed_idle_process_is_replaced_without_a_word(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    (job,) = watch.run(JobRequest(warm, recording()))
    watch.rest()
    psutil.Process(process_of(job)).kill()
    (after,) = watch.run(JobRequest(warm, recording()))
    assert after.state is JobState.SUCCEEDED
    assert process_of(after) != process_of(job)


def test_a_worker_shows_that_it_starts_a_process_and_that_it_is_busy(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    ids = watch.pool.submit_many(
        [JobRequest(warm, recording(), params={"do": wish}) for wish in ("be slow", "talk", "be slow")]
    )
    seen: list[WorkerState] = []

    def over() -> bool:
        seen.extend(watch.pool.stats().workers)
        return ids[2] in watch.jobs and watch.jobs[ids[2]].state.ended

    watch.until(over)
    assert {WorkerState.STARTING, WorkerState.BUSY} <= set(seen)
    assert [watch.jobs[job_id].worker for job_id in ids] == [1, 1, 1]


def test_a_failure_shows_standard_error_of_its_own_batch_only(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier = model_folder(
        "import sys, sigdesk.script\n"
        "def classify(model, windows, params):\n"
        "    print('about', windows[0, 0, 0], file=sys.stderr, flush=True)\n"
        "    raise sigdesk.script.Refusal('no')\n"
        "sigdesk.script.main(lambda folder: None, classify)\n",
        mode=RunMode.WARM,
    )
    first, second = (watch.run(JobRequest(classifier, recording([value, value])))[0] for value in (1.0, 2.0))
    assert Trial(first, watch).outcome.stderr_tail == "about 1.0\n"
    assert Trial(second, watch).outcome.stderr_tail == "about 2.0\n"
    assert watch.texts(first, Origin.STDERR) == ["about 1.0"]
    assert watch.texts(second, Origin.STDERR) == ["about 2.0"]


@pytest.mark.parametrize("workers", [1, 3])
def test_many_jobs_of_all_kinds_end_once_each(
    pool: MakePool, faulty: Faulty, recording: MakeRecording, workers: int
) -> None:
    watch = Watch(pool(workers=workers))
    warm = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, timeout_s=5.0)
    good = faulty("good.sh")
    wishes = {7: "SIGSEGV", 23: "fail", 31: "exit", 44: "say nothing", 50: "name another"}
    requests = [
        JobRequest(warm if place % 5 else good, recording([float(place)] * 2), params={"do": wishes.get(place, "")})
        for place in range(60)
    ]
    jobs = watch.run(*requests)
    assert [place for place, job in enumerate(jobs) if job.state is not JobState.SUCCEEDED] == [7, 23, 31, 44]
    for place, job in enumerate(jobs):
        if place % 5 and place not in wishes:
            assert job.outcome is not None
            assert job.outcome.output is not None
            assert job.outcome.output.results[0].extra["sum"] == 2.0 * place
    assert len(watch.endings) == len(jobs)
    assert watch.pool.is_idle
