"""The order of what waits: moved by the operator, asked for by rows on the screen, fair between classifiers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.lane import Lane
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.line import WaitingLine
from sigdesk.pool.pool import Pool
from tests.factories import MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty


@pytest.fixture
def row(watch: Watch, good: Classifier, recording: MakeRecording) -> list[str]:
    """Ten jobs that wait until the pool is resumed."""
    watch.pool.pause()
    return watch.pool.submit_many([JobRequest(good, recording())] * 10)


def ended_in_order(watch: Watch, job_ids: Sequence[str]) -> list[str]:
    watch.pool.resume()
    assert {job.state for job in watch.ended(job_ids)} == {JobState.SUCCEEDED}
    return [job.id for job in watch.endings]


def in_order_of_places(watch: Watch, job_ids: Sequence[str]) -> list[str]:
    places = watch.pool.places_in_line(job_ids)
    assert sorted(places.values()) == list(range(1, len(places) + 1))
    return sorted(places, key=places.__getitem__)


def test_jobs_run_next_and_last_in_the_order_they_are_named(watch: Watch, row: list[str]) -> None:
    watch.pool.run_last([row[1], row[0]])
    watch.pool.run_next([row[7], row[4]])
    watch.pool.run_next([row[9]])
    wanted = [row[place] for place in (9, 7, 4, 2, 3, 5, 6, 8, 1, 0)]
    assert in_order_of_places(watch, row) == wanted
    assert ended_in_order(watch, row) == wanted


def test_a_move_goes_before_what_the_operator_looks_at_and_across_classifiers(
    watch: Watch, row: list[str], faulty: Faulty, recording: MakeRecording
) -> None:
    shown = watch.pool.submit(JobRequest(faulty("good.sh"), recording(), priority=10))
    watch.pool.run_next([row[5]])
    assert in_order_of_places(watch, [*row, shown])[:3] == [row[5], shown, row[0]]
    assert ended_in_order(watch, [*row, shown])[:3] == [row[5], shown, row[0]]


def test_what_does_not_wait_has_no_place_and_is_not_moved(
    watch: Watch, row: list[str], faulty: Faulty, recording: MakeRecording
) -> None:
    watch.pool.cancel(row[:2])
    watch.ended(row[:2])
    running = watch.pool.submit(JobRequest(faulty("hangs.sh"), recording(), priority=1))
    watch.pool.resume()
    watch.until(lambda: watch.jobs[running].state is JobState.RUNNING if running in watch.jobs else False)
    gone = [*row[:2], running, "no such job"]
    watch.pool.run_next(gone)
    watch.pool.run_last(gone)
    assert watch.pool.places_in_line([*gone, *row[2:]]) == {job_id: place for place, job_id in enumerate(row[2:], 1)}
    assert watch.pool.stats().queued == 8
    watch.pool.cancel([running])
    assert watch.ended([running])[0].state is JobState.CANCELLED
    watch.ended(row)


def test_jobs_of_a_paused_classifier_have_no_place_and_take_none(
    watch: Watch, row: list[str], good: Classifier, faulty: Faulty, recording: MakeRecording
) -> None:
    (other,) = watch.pool.submit_many([JobRequest(faulty("good.sh"), recording())])
    assert watch.pool.places_in_line([other]) == {other: 2}
    watch.pool.pause_classifier(good)
    assert watch.pool.places_in_line([*row, other]) == {other: 1}
    watch.pool.resume_classifier(good)
    ended_in_order(watch, [*row, other])


def test_a_moved_job_may_be_cancelled(watch: Watch, row: list[str]) -> None:
    watch.pool.run_next(row[3:6])
    watch.pool.cancel(row[4:5])
    assert in_order_of_places(watch, row) == [row[3], row[5], *row[:3], *row[6:]]
    watch.pool.resume()
    assert [job.state for job in watch.ended(row)].count(JobState.SUCCEEDED) == 9


def test_ten_thousand_are_moved_and_asked_for_at_once(
    pool: MakePool, good: Classifier, recording: MakeRecording
) -> None:
    watch = Watch(pool(queue_limit=20_000))
    watch.pool.pause()
    ids = watch.pool.submit_many([JobRequest(good, recording())] * 10_000)
    moved = ids[::-2]
    watch.pool.run_next(moved)
    assert watch.pool.places_in_line(ids) == {job_id: place for place, job_id in enumerate(moved + ids[::2], 1)}
    watch.pool.cancel(ids)
    assert not watch.pool.places_in_line(ids)
    assert watch.pool.room == 20_000


def test_one_with_slow_jobs_leaves_a_worker_to_the_others(
    pool: MakePool, faulty: Faulty, recording: MakeRecording
) -> None:
    watch = Watch(pool(workers=2))
    slow, quick = faulty("hangs.sh"), faulty("good.sh")
    watch.pool.pause()
    flood = watch.pool.submit_many([JobRequest(slow, recording())] * 20)
    few = watch.pool.submit_many([JobRequest(quick, recording())] * 5)
    watch.pool.resume()
    assert {job.state for job in watch.ended(few)} == {JobState.SUCCEEDED}
    watch.pool.cancel(flood)
    watch.ended(flood)


# --- the line and a lane by themselves ---


@pytest.fixture
def ledger() -> Ledger:
    return Ledger("run", lambda: None)


def test_a_batch_that_is_put_back_keeps_the_level_it_was_moved_to(
    ledger: Ledger, faulty: Faulty, recording: MakeRecording
) -> None:
    warm = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON)
    line = WaitingLine(100, workers=1)
    records = line.add(5, lambda: ledger.accept([JobRequest(warm, recording())] * 5))
    line.move(records[3:], first=True)
    batch = line.take()
    assert batch == records[3:]
    ledger.begin(batch, worker=1)
    line.put_back(ledger.wait_again(batch))
    line.done(warm)
    places = line.places(records)
    assert [places[record.id] for record in records] == [3, 4, 5, 1, 2]
    assert [line.take() for _ in range(3)] == [[records[3]], [records[4]], records[:3]]


@pytest.fixture(scope="module")
def records() -> list[JobRecord]:
    return [JobRecord(str(number), number, None, 0.0, 0.0) for number in range(60)]  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(["append", "put first", "pop", "remove"]), st.integers(0, 59)), max_size=200))
def test_a_lane_knows_every_place_whatever_was_done_to_it(
    records: list[JobRecord], deeds: list[tuple[str, int]]
) -> None:
    lane, expected = Lane(), list[JobRecord]()
    for deed, number in deeds:
        record = records[number]
        if deed == "append" and record not in expected:
            lane.append(record)
            expected.append(record)
        elif deed == "put first" and record not in expected:
            lane.put_first(record)
            expected.insert(0, record)
        elif deed == "pop" and expected:
            assert lane.pop(1) == [expected.pop(0)]
        elif deed == "remove" and record in expected:
            lane.remove(record)
            expected.remove(record)
        if expected and number % 3 == 0:
            assert [lane.place(one) for one in expected] == list(range(len(expected)))
    assert lane.pop(len(lane)) == expected


def test_the_order_survives_a_restart(good: Classifier, recording: MakeRecording, tmp_path: Path) -> None:
    request = JobRequest(good, recording())
    journal = tmp_path / "journal.sqlite"

    def begin() -> Pool:
        pool = Pool(tmp_path / "temp", workers=1, journal=journal)
        pool.pause()
        return pool

    def order_of(pool: Pool, job_ids: Sequence[str]) -> list[int]:
        places = pool.places_in_line(job_ids)
        return [job_ids.index(job_id) for job_id in sorted(places, key=places.__getitem__)]

    first = begin()
    jobs = first.submit_many([request] * 5 + [replace(request, priority=10)] * 2)
    assert order_of(first, jobs) == [5, 6, 0, 1, 2, 3, 4]
    first.run_next([jobs[3], jobs[1]])
    first.run_last([jobs[0]])
    first.run_next([jobs[4]])
    wanted = [4, 3, 1, 5, 6, 2, 0]
    assert order_of(first, jobs) == wanted
    first.close(keep_waiting=True)

    second = begin()
    waiting = second.waiting()
    assert [jobs.index(row.id) for row in waiting] == wanted
    second.resume_many([(row, request) for row in waiting])
    later = second.submit(request)
    assert order_of(second, [*jobs, later]) == [4, 3, 1, 5, 6, 2, 7, 0], "what runs last goes behind what comes later"
    second.run_last([jobs[4]])
    second.close(keep_waiting=True)

    third = begin()
    assert [jobs.index(row.id) for row in third.waiting() if row.id != later] == [3, 1, 5, 6, 2, 0, 4]
    third.discard(third.waiting())
    third.close()
