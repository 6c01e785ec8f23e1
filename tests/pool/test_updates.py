"""How the pool tells what happens: with an event loop by one signal a frame, without one when it is asked."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Origin, PoolUpdate, WorkerState
from sigdesk.pool.live_lines import LINES_AN_UPDATE
from sigdesk.pool.pool import FRAME_S, JOBS_A_FRAME, Pool
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import FAULTY_SCRIPTS, Faulty


class Listener:
    """What a window hears from the pool's signal."""

    def __init__(self, pool: Pool) -> None:
        self.updates: list[PoolUpdate] = []
        self.times: list[float] = []
        self.threads: set[int] = set()
        pool.updated.connect(self._on_updated)

    def _on_updated(self, update: PoolUpdate) -> None:
        self.updates.append(update)
        self.times.append(time.monotonic())
        self.threads.add(threading.get_ident())

    @property
    def endings(self) -> list[JobSnapshot]:
        return [job for update in self.updates for job in update.jobs if job.state.ended]


def test_a_job_s_whole_life_comes_by_signal(
    qtbot: QtBot, pool: MakePool, good: Classifier, recording: MakeRecording
) -> None:
    one = pool()
    listener = Listener(one)
    with qtbot.waitSignal(one.updated, timeout=5000):
        job_id = one.submit(JobRequest(good, recording()))
    qtbot.waitUntil(lambda: bool(listener.endings), timeout=5000)
    (job,) = listener.endings
    assert (job.id, job.state) == (job_id, JobState.SUCCEEDED)
    assert job.run_s is not None
    assert job.queued_s is not None
    assert abs(time.time() - job.created) < 60
    assert listener.threads == {threading.get_ident()}, "the window's own thread hears it"
    qtbot.waitUntil(lambda: listener.updates[-1].stats.workers == (WorkerState.IDLE,), timeout=5000)


def test_a_thousand_jobs_come_in_few_updates_and_at_most_one_a_frame(
    qtbot: QtBot, pool: MakePool, warm: Classifier, recording: MakeRecording
) -> None:
    one = pool(workers=2)
    listener = Listener(one)
    ids = one.submit_many([JobRequest(warm, recording())] * 1000)
    began = time.monotonic()
    qtbot.waitUntil(lambda: len(listener.endings) >= 1000, timeout=20_000)
    frames = (time.monotonic() - began) / FRAME_S
    assert {job.id for job in listener.endings} == set(ids)
    assert len(listener.updates) <= frames + 2
    assert listener.updates[-1].stats.jobs_per_min > 1000


def test_what_is_cancelled_while_it_waits_is_no_measure_of_the_pace(
    pool: MakePool, model_folder: MakeModel, recording: MakeRecording
) -> None:
    one = pool()
    watch = Watch(one)
    slow = model_folder("#!/bin/sh\nsleep 20\n", name="slow")
    ids = one.submit_many([JobRequest(slow, recording())] * 100)

    one.cancel(ids[1:])

    watch.ended(ids[1:])
    assert one.stats().jobs_per_min == 0
    one.cancel(ids[:1])


def test_while_nothing_happens_nothing_is_told(
    qtbot: QtBot, pool: MakePool, good: Classifier, recording: MakeRecording
) -> None:
    one = pool()
    listener = Listener(one)
    one.submit(JobRequest(good, recording()))
    qtbot.waitUntil(lambda: bool(listener.endings) and one.stats().workers == (WorkerState.IDLE,), timeout=5000)
    qtbot.wait(50)
    told = len(listener.updates)
    qtbot.wait(100)
    assert len(listener.updates) == told


def test_a_flood_reaches_the_window_in_bounded_portions(
    qtbot: QtBot, pool: MakePool, faulty: Faulty, warm: Classifier, recording: MakeRecording
) -> None:
    """However much ends and is said at once, no single update holds the event loop for long: its size is bounded.
    How long the loop is away then is measured by tests/benchmarks/window.py."""
    one = pool(workers=8)
    listener = Listener(one)
    flood = faulty("flood.sh", "30000")
    requests = [JobRequest(warm, recording())] * 2000 + [JobRequest(flood, recording())] * 8
    one.cancel(one.submit_many(requests)[1000:1500])
    qtbot.waitUntil(lambda: len(listener.endings) >= len(requests), timeout=60_000)
    assert max(len(update.jobs) for update in listener.updates) <= JOBS_A_FRAME
    assert max(len(update.lines) for update in listener.updates) <= LINES_AN_UPDATE


def test_without_an_event_loop_an_update_is_there_as_soon_as_something_happens(
    watch: Watch, good: Classifier, recording: MakeRecording
) -> None:
    watch.rest()
    update = watch.pool.take_update(0.2)
    assert (update.jobs, update.lines) == ((), ())
    watch.pool.submit(JobRequest(good, recording()))
    assert watch.pool.take_update(5.0).jobs


def test_an_update_holds_each_job_once_as_it_is_now(watch: Watch, good: Classifier, recording: MakeRecording) -> None:
    ids = watch.pool.submit_many([JobRequest(good, recording())] * 3)
    deadline = time.monotonic() + 10
    while not watch.pool.is_idle:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    update = watch.pool.take_update(1.0)
    assert [(job.id, job.state) for job in update.jobs] == [(job_id, JobState.SUCCEEDED) for job_id in ids]
    assert watch.pool.take_update(0.0).jobs == ()


def test_progress_is_told_while_the_job_runs(watch: Watch, model_folder: MakeModel, recording: MakeRecording) -> None:
    classifier = model_folder("#!/bin/sh\necho 'PROGRESS: 0.25'\nexec sleep 60\n")
    job_id = watch.pool.submit(JobRequest(classifier, recording()))
    watch.until(lambda: job_id in watch.jobs and watch.jobs[job_id].progress == 0.25)
    running = watch.jobs[job_id]
    assert (running.state, running.worker) == (JobState.RUNNING, 1)
    assert watch.pool.stats().running == 1
    watch.pool.cancel([job_id])
    (cancelled,) = watch.ended([job_id])
    assert cancelled.progress is None


def test_lines_that_nobody_takes_are_bounded_and_counted(
    pool: MakePool, faulty: Faulty, recording: MakeRecording
) -> None:
    one = pool(workers=2)
    flood = faulty("flood.sh", "3000")
    one.submit_many([JobRequest(flood, recording())] * 12)
    deadline = time.monotonic() + 20
    while not one.is_idle:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    update = one.take_update(1.0)
    assert len(update.lines) == LINES_AN_UPDATE
    assert len(update.lines) + update.lines_dropped == 12 * 2001
    assert update.lines[-1].text == "line 3000"


def test_lines_are_numbered_for_the_operator(watch: Watch, faulty: Faulty, recording: MakeRecording) -> None:
    jobs = watch.run(*[JobRequest(faulty("flood.sh", "1"), recording()) for _ in range(3)])
    assert [job.number for job in jobs] == [1, 2, 3]
    lines = [line for line in watch.lines if line.origin is Origin.LOG]
    assert [(line.job_number, line.worker, line.text) for line in lines] == [
        (number, 1, "line 1") for number in (1, 2, 3)
    ]
    assert all(abs(time.time() - line.time) < 60 for line in lines)


PROGRAM = """
import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import Manifest, Run
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.pool import Pool
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase

how, scripts, temp = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
app = QCoreApplication([]) if how == "event loop" else None
manifest = Manifest("good", "1", ("a",), Run(command=("sh", "good.sh")))
source = ArraySource(np.array([[1.0, 2.0]]))
signal = Recording("x", Path("x"), (Channel("x"),), 2, TimeBase(), source, "memory")
ended = []

def hear(update):
    ended.extend(job.state.name for job in update.jobs if job.state.ended)
    if len(ended) == 5 and app is not None:
        app.quit()

with Pool(temp, workers=2) as pool:
    pool.updated.connect(hear)
    pool.submit_many([JobRequest(Classifier(scripts, manifest), signal)] * 5)
    if app is not None:
        app.exec()
    else:
        while len(ended) < 5:
            hear(pool.take_update(5.0))
print(*ended, QCoreApplication.instance() is not None, "PySide6.QtGui" in sys.modules)
"""


@pytest.mark.parametrize("how", ["event loop", "no event loop"])
def test_a_program_without_a_window_uses_the_same_pool(tmp_path: Path, how: str) -> None:
    arguments = [sys.executable, "-W", "error", "-c", PROGRAM, how, str(FAULTY_SCRIPTS), str(tmp_path / "pool")]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)
    assert ran.stderr == ""
    assert ran.stdout.split() == ["SUCCEEDED"] * 5 + [str(how == "event loop"), "False"]
    assert ran.returncode == 0
    assert not list((tmp_path / "pool").iterdir())


def test_who_wants_to_hear_of_endings_alone_hears_of_nothing_else(
    pool: MakePool, good: Classifier, faulty: Faulty, recording: MakeRecording
) -> None:
    """Each job is told of once, as it ended, and what it said is told as ever."""
    watch = Watch(pool(workers=2, steps=False))
    ids = watch.pool.submit_many([JobRequest(good, recording())] * 20)
    told: list[JobState] = []
    while len(told) < len(ids):
        update = watch.pool.take_update(5.0)
        assert update.jobs or update.stats.queued or update.stats.running, "nothing came of it"
        told += [job.state for job in update.jobs]
    assert told == [JobState.SUCCEEDED] * len(ids)
    assert watch.pool.is_idle
    (failed,) = watch.run(JobRequest(faulty("flood.sh", "3"), recording()))
    assert watch.texts(failed, Origin.LOG) == ["line 1", "line 2", "line 3"]
