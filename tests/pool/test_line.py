"""The waiting line and the batches that are cut from it, seen through the order in which a lone worker ends jobs."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np
import pytest
from msgspec.structs import replace

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.errors import QueueFull
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Origin, Outcome
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.line import BATCH_AIM_S, BATCH_VALUES, FIRST_BATCH, WaitingLine
from tests.factories import MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty


@pytest.fixture
def busy(watch: Watch, faulty: Faulty, recording: MakeRecording) -> str:
    """A job that keeps the only worker busy until it is cancelled."""
    job_id = watch.pool.submit(JobRequest(faulty("hangs.sh"), recording()))
    watch.until(lambda: any(line.origin is Origin.LOG for line in watch.lines))
    return job_id


def sizes(jobs: list[JobSnapshot]) -> Counter[int]:
    """How many batches of which size answered these jobs of the warm script."""
    found: Counter[int] = Counter()
    for job in jobs:
        assert job.outcome is not None
        assert job.outcome.output is not None, job.outcome
        size = job.outcome.output.results[0].extra["size"]
        assert isinstance(size, int)
        found[size] += 1
    return Counter({size: count // size for size, count in found.items()})


def test_a_full_queue_is_told_and_nothing_of_it_is_stored(
    pool: MakePool, faulty: Faulty, good: Classifier, recording: MakeRecording
) -> None:
    watch = Watch(pool(queue_limit=5))
    running = watch.pool.submit(JobRequest(faulty("hangs.sh"), recording()))
    watch.until(lambda: any(line.origin is Origin.LOG for line in watch.lines))
    assert watch.pool.room == 5
    ids = watch.pool.submit_many([JobRequest(good, recording())] * 3)
    assert watch.pool.room == 2
    with pytest.raises(QueueFull, match=r"3 of 5 places taken; 3 more do not fit.*Wait until"):
        watch.pool.submit_many([JobRequest(good, recording())] * 3)
    watch.pool.submit_many([])
    assert (watch.pool.room, watch.pool.stats().queued) == (2, 3)
    ids += watch.pool.submit_many([JobRequest(good, recording())] * 2)
    with pytest.raises(QueueFull):
        watch.pool.submit(JobRequest(good, recording()))
    watch.pool.cancel(ids[:1])
    assert watch.pool.room == 1
    watch.pool.cancel([running])
    assert {job.state for job in watch.ended(ids[1:])} == {JobState.SUCCEEDED}
    assert len(watch.jobs) == 6, "what was refused never appears"
    assert watch.pool.room == 5


def test_jobs_of_one_classifier_start_in_the_order_they_came(
    watch: Watch, busy: str, good: Classifier, recording: MakeRecording
) -> None:
    ids = watch.pool.submit_many([JobRequest(good, recording())] * 10)
    watch.pool.cancel([busy])
    watch.ended(ids)
    assert [job.id for job in watch.endings] == [busy, *ids]
    assert sorted(ids) == ids, "their ids sort by the time they were accepted"


def test_a_long_row_of_one_classifier_does_not_keep_the_others_waiting(
    watch: Watch, busy: str, faulty: Faulty, recording: MakeRecording
) -> None:
    many, few = faulty("good.sh"), faulty("good.sh")
    long_row = watch.pool.submit_many([JobRequest(many, recording())] * 20)
    short_row = watch.pool.submit_many([JobRequest(few, recording())] * 3)
    watch.pool.cancel([busy])
    watch.ended(long_row + short_row)
    order = [job.id for job in watch.endings[1:]]
    assert order.index(short_row[-1]) <= 5, "they take turns"


def test_a_higher_priority_goes_first(watch: Watch, busy: str, faulty: Faulty, recording: MakeRecording) -> None:
    one, other = faulty("good.sh"), faulty("good.sh")
    low = watch.pool.submit_many([JobRequest(one, recording())] * 3)
    high = watch.pool.submit_many([JobRequest(who, recording(), priority=5) for who in (other, one, other)])
    watch.pool.cancel([busy])
    watch.ended(low + high)
    order = [job.id for job in watch.endings[1:]]
    assert set(order[:3]) == set(high)


def test_waiting_jobs_of_a_warm_classifier_go_as_one_batch(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    assert sizes(watch.run(*[JobRequest(warm, recording())] * 10)) == {10: 1}
    assert sizes(watch.run(JobRequest(warm, recording()))) == {1: 1}


def test_the_manifest_bounds_the_batch(watch: Watch, faulty: Faulty, recording: MakeRecording) -> None:
    warm = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, batch=4)
    assert sizes(watch.run(*[JobRequest(warm, recording())] * 10)) == {4: 2, 2: 1}


def test_the_workers_share_what_waits(pool: MakePool, faulty: Faulty, recording: MakeRecording) -> None:
    watch = Watch(pool(workers=2))
    warm = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON)
    jobs = watch.run(*[JobRequest(warm, recording(), params={"do": "be slow"})] * 4)
    assert max(sizes(jobs)) == 2
    assert {job.worker for job in jobs} == {1, 2}


def test_who_was_never_seen_at_work_is_given_little_at_first(
    watch: Watch, faulty: Faulty, recording: MakeRecording
) -> None:
    many = faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, batch=1024)
    found = sizes(watch.run(*[JobRequest(many, recording())] * 400))
    assert found[FIRST_BATCH] >= 1
    assert max(found) > FIRST_BATCH, "once it is known to be quick"


def test_batches_of_slow_jobs_are_kept_short(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    slow = JobRequest(warm, recording(), params={"do": "be slow"})
    watch.run(*[slow] * 3)
    assert max(sizes(watch.run(*[slow] * 5))) <= BATCH_AIM_S / 0.2


@pytest.mark.parametrize("form", SamplesForm)
def test_results_are_the_same_with_and_without_batches(
    pool: MakePool, faulty: Faulty, recording: MakeRecording, form: SamplesForm
) -> None:
    watch = Watch(pool(workers=2))
    random = np.random.default_rng(7)
    signals = [recording(random.normal(size=(channels, length))) for channels in (1, 2) for length in range(20, 40)]
    alone = faulty("batches.py", mode=RunMode.WARM, samples=form, batch=1)
    together = faulty("batches.py", mode=RunMode.WARM, samples=form, batch=64)
    windows = ((0, 10), (5, 15), (10, 20))
    raw = []
    for classifier in (alone, together):
        requests = [
            JobRequest(classifier, signal, windows=windows if index % 3 else None)
            for index, signal in enumerate(signals)
        ]
        outcomes = [job.outcome for job in watch.run(*requests)]
        raw.append([outcome.output.raw for outcome in outcomes if outcome is not None and outcome.output is not None])
    assert len(raw[0]) == len(signals)
    assert raw[0] == raw[1]


# --- the line by itself ---


@pytest.fixture
def ledger() -> Ledger:
    return Ledger("run", lambda: None)


def test_long_signals_do_not_share_a_batch(ledger: Ledger, warm: Classifier, recording: MakeRecording) -> None:
    line = WaitingLine(100, workers=1)
    long = replace(recording(), length=BATCH_VALUES // 2 + 1)
    requests = [JobRequest(warm, signal) for signal in (long, long, recording(), recording())]
    line.add(4, lambda: ledger.accept(requests))
    assert [len(line.take()) for _ in range(2)] == [1, 3]
    assert len(line) == 0


def test_a_stretch_counts_with_its_own_length(ledger: Ledger, warm: Classifier, recording: MakeRecording) -> None:
    line = WaitingLine(100, workers=1)
    long = replace(recording(), length=BATCH_VALUES)
    line.add(3, lambda: ledger.accept([JobRequest(warm, long, start=10, stop=500)] * 3))
    assert len(line.take()) == 3


def test_jobs_put_back_go_first_alone_and_beyond_the_bound(
    ledger: Ledger, warm: Classifier, recording: MakeRecording
) -> None:
    line = WaitingLine(3, workers=1)
    line.add(3, lambda: ledger.accept([JobRequest(warm, recording())] * 3))
    batch = line.take()
    later = line.add(3, lambda: ledger.accept([JobRequest(warm, recording())] * 3))
    ledger.begin(batch, worker=1)
    line.put_back(ledger.wait_again(batch))
    assert (len(line), line.room) == (6, 0)
    assert [line.take() for _ in range(3)] == [[record] for record in batch]
    assert line.take() == later


def test_a_job_that_is_cancelled_while_it_is_being_added_takes_no_place(
    ledger: Ledger, warm: Classifier, recording: MakeRecording
) -> None:
    line = WaitingLine(3, workers=1)

    def enter() -> list[JobRecord]:
        records = ledger.accept([JobRequest(warm, recording())] * 2)
        ledger.end([(records[0], Outcome(JobState.CANCELLED))])
        line.give_up(records[:1])
        return records

    records = line.add(2, enter)

    assert (len(line), line.room) == (1, 2)
    assert line.take() == records[1:]


def test_a_line_is_closed_once_those_that_are_being_added_are_known(
    ledger: Ledger, warm: Classifier, recording: MakeRecording
) -> None:
    line = WaitingLine(3, workers=1)
    closing = threading.Thread(target=line.close)

    def enter() -> list[JobRecord]:
        closing.start()
        while True:
            try:
                line.add(1, list)
            except QueueFull:
                break
        assert closing.is_alive()
        return ledger.accept([JobRequest(warm, recording())])

    records = line.add(1, enter)
    closing.join()

    assert ledger.open_jobs() == records, "whoever closes ends them"
    assert line.take() == []


def test_a_closed_line_gives_nothing_and_takes_nothing(
    ledger: Ledger, warm: Classifier, recording: MakeRecording
) -> None:
    line = WaitingLine(3, workers=1)
    line.add(1, lambda: ledger.accept([JobRequest(warm, recording())]))
    line.close()
    assert line.take() == []
    with pytest.raises(QueueFull, match="closed"):
        line.add(1, lambda: ledger.accept([JobRequest(warm, recording())]))
