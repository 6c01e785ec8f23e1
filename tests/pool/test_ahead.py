"""Batches that a worker makes ready while its process is still at the one before."""

from __future__ import annotations

import errno
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode
from sigdesk.pool.exchange import Exchange, Handover, JobFiles
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.pool import Pool
from tests.factories import MakeModel, MakeRecording, Watch

HELD_UP = """
import json, pathlib, sys, time
hold = pathlib.Path(__file__).with_name("hold")
print("READY", flush=True)
for line in sys.stdin:
    while hold.exists():
        time.sleep(0.01)
    jobs = json.load(open(line.removeprefix("RUN ").rstrip()))["jobs"]
    for job in jobs:
        print("JOB:", job["job"])
        print("OUTPUT:", json.dumps({"label": "a", "together": len(jobs)}))
    print("DONE:", len(jobs), flush=True)
"""


@pytest.fixture
def held_up(watch: Watch, model_folder: MakeModel, recording: MakeRecording) -> Classifier:
    """A model that is known to be quick, two jobs at a time; it answers nothing while its folder holds a file."""
    model = model_folder(HELD_UP, mode=RunMode.WARM, batch=2)
    watch.run(*[JobRequest(model, recording())] * 2)
    watch.rest()
    (model.folder / "hold").touch()
    return model


@pytest.fixture
def six(watch: Watch, held_up: Classifier, recording: MakeRecording) -> Sequence[str]:
    """Six jobs: two run, two are ready to be, two wait in the line."""
    ids = watch.pool.submit_many([JobRequest(held_up, recording())] * 6)
    watch.until(lambda: len(job_files(watch.pool)) == 2)
    assert list(watch.pool.places_in_line(ids)) == list(ids[4:])
    return ids


def job_files(pool: Pool) -> list[Path]:
    return list(pool.temp_folder.glob("job-*.json"))


def let_go(model: Classifier) -> None:
    (model.folder / "hold").unlink()


def states(watch: Watch, ids: Sequence[str]) -> list[JobState]:
    return [watch.jobs[job_id].state for job_id in ids]


def test_what_was_made_ready_runs_next_and_leaves_nothing_behind(
    watch: Watch, held_up: Classifier, six: Sequence[str]
) -> None:
    let_go(held_up)
    jobs = watch.ended(six)
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 6
    assert [job.id for job in watch.endings[-6:]] == list(six)
    assert [job.outcome.output.results[0].extra["together"] for job in jobs if job.outcome and job.outcome.output] == [
        2
    ] * 6
    watch.rest()
    assert job_files(watch.pool) == []


def test_what_was_made_ready_waits_while_the_pool_is_paused(
    watch: Watch, held_up: Classifier, six: Sequence[str]
) -> None:
    watch.pool.pause()
    let_go(held_up)
    watch.ended(six[:2])
    watch.rest()
    assert watch.pool.stats().queued == 4
    assert job_files(watch.pool) == []
    watch.pool.resume()
    watch.ended(six)
    assert [job.id for job in watch.endings[-6:]] == list(six)


def test_what_was_made_ready_can_be_cancelled_and_its_neighbour_runs(
    watch: Watch, held_up: Classifier, six: Sequence[str]
) -> None:
    watch.pool.cancel([six[2]])
    watch.ended([six[2]])
    let_go(held_up)
    jobs = watch.ended(six)
    ended = [JobState.SUCCEEDED, JobState.SUCCEEDED, JobState.CANCELLED, *[JobState.SUCCEEDED] * 3]
    assert [job.state for job in jobs] == ended
    (left,) = [job.outcome.output for job in jobs[3:4] if job.outcome]
    assert left is not None
    assert left.results[0].extra["together"] == 1


def test_what_cannot_be_made_ready_is_written_when_its_turn_comes(
    watch: Watch, held_up: Classifier, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, failed, numbers = Exchange.write, threading.Event(), iter(range(10))

    def fail_ahead(exchange: Exchange, handovers: Sequence[Handover]) -> JobFiles:
        if next(numbers) == 1:
            failed.set()
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(exchange, handovers)

    monkeypatch.setattr(Exchange, "write", fail_ahead)
    ids = watch.pool.submit_many([JobRequest(held_up, recording())] * 6)
    watch.until(failed.is_set)
    let_go(held_up)
    assert [job.state for job in watch.ended(ids)] == [JobState.SUCCEEDED] * 6
    assert [job.id for job in watch.endings[-6:]] == ids
    assert watch.pool.trouble is None


def test_no_more_is_made_ready_than_leaves_a_batch_for_every_worker(
    watch: Watch, held_up: Classifier, recording: MakeRecording
) -> None:
    watch.pool.submit_many([JobRequest(held_up, recording())] * 3)
    watch.until(lambda: watch.pool.stats().running == 2)
    watch.look(0.2)
    assert len(job_files(watch.pool)) == 1
    assert watch.pool.room == 20_000 - 1
    let_go(held_up)


def test_what_was_made_ready_is_left_to_a_later_run(
    model_folder: MakeModel, recording: MakeRecording, tmp_path: Path
) -> None:
    model = model_folder(HELD_UP, mode=RunMode.WARM, batch=2)
    places = (tmp_path / "temp", tmp_path / "journal.sqlite")
    with Pool(places[0], workers=1, journal=places[1]) as pool:
        watch = Watch(pool)
        watch.run(*[JobRequest(model, recording())] * 2)
        watch.rest()
        (model.folder / "hold").touch()
        ids = pool.submit_many([JobRequest(model, recording())] * 6)
        watch.until(lambda: len(job_files(pool)) == 2)
        pool.close(keep_waiting=True)
    with Pool(places[0], workers=1, journal=places[1]) as pool:
        waiting = pool.waiting()
        assert [row.id for row in waiting] == list(ids)
        assert {row.state for row in waiting[2:]} == {JobState.QUEUED}
