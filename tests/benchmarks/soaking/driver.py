"""The program under test: the pool with its journal in an event loop, as the window has it. It resumes what waits,
submits its share of the plan, cancels what the plan says, and writes down all that the pool tells. The soak kills it.

Run by the soak: `python -m tests.benchmarks.soaking.driver HOME OPTIONS`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import time
from collections import deque
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psutil
from PySide6.QtCore import QCoreApplication, QTimer

from sigdesk.places import find_places
from sigdesk.pool.jobs import JobSnapshot, JobState, PoolUpdate, WorkerState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.pool import Pool
from sigdesk.pool.requests import Restoring
from sigdesk.signals.shelf import Shelf
from tests.benchmarks.soaking import watching
from tests.benchmarks.soaking.events import EVENTS_VARIABLE, Diary
from tests.benchmarks.soaking.plan import Desk, Planned, draw, index_of, reference_of
from tests.benchmarks.soaking.plants import plant

_PORTION: Final = 32
_FEED_MS: Final = 10
_FILES_ALLOWED: Final = 2  # what Qt and the interpreter may open for good on first use
_SETTLE_S: Final = 3.0


class Driver:
    """Feeds the pool and tells the diary. `on_done` is called once all of the plan has ended."""

    def __init__(self, pool: Pool, desk: Desk, plan: list[Planned], until: int, window: int, diary: Diary) -> None:
        self.pool = pool
        self._desk = desk
        self._plan = plan
        self._until = until
        self._window = window
        self._diary = diary
        self._chance = random.Random(until)
        self._places: dict[str, int] = {}  # of open jobs, by their ids
        known = {index_of(row.stored.name) for row in read_journal(find_places().journal_file)}
        self._todo = deque(planned for planned in plan[:until] if planned.index not in known)
        self._resume()
        watching.cancel_as_they_end(pool, self._ends_in_a_cancel, diary)
        pool.updated.connect(self._on_update)
        self._feed_timer = QTimer(interval=_FEED_MS)
        self._feed_timer.timeout.connect(self._feed)
        self._feed_timer.start()
        self.on_done: Callable[[], None] = lambda: None

    def _resume(self) -> None:
        """Run what an earlier life has left, as `sigdesk resume` does."""
        restoring = Restoring(Shelf())
        waiting = self.pool.waiting()
        for row in waiting:
            self._places[row.id] = index_of(row.stored.name)
            self._diary.write("offered", row.id, row.state.value, row.attempt)
        if waiting:
            ids = self.pool.resume_many([(row, restoring.request(row.stored)) for row in waiting])
            self._diary.write("resumed", ",".join(ids))

    def _feed(self) -> None:
        if self._todo and len(self._places) < self._window:
            portion = list(islice(self._todo, _PORTION))
            ids = self.pool.submit_many([self._desk.request(planned) for planned in portion])
            self._diary.write("accepted", ",".join(ids))
            for job_id, planned in zip(ids, portion, strict=True):
                self._todo.popleft()
                self._places[job_id] = planned.index
            self.pool.cancel(
                job_id for job_id, planned in zip(ids, portion, strict=True) if planned.case.cancel == "queued"
            )
        if not self._todo and not self._places and self._until == len(self._plan):
            self._feed_timer.stop()
            self.on_done()

    def _on_update(self, update: PoolUpdate) -> None:
        for job in update.jobs:
            self._diary.write("told", job.id, json.dumps(_told(job)))
            if job.state.ended:
                self._places.pop(job.id, None)
            elif job.state is JobState.RUNNING and job.id in self._places:
                self._cancel_in_time(job.id)
        for paused in update.stats.paused:
            self._diary.write("paused", paused.name)
            self.pool.resume_classifier(paused.key)

    def _ends_in_a_cancel(self, job_id: str) -> bool:
        place = self._places.get(job_id)
        return place is not None and self._plan[place].case.cancel == "instant"

    def _cancel_in_time(self, job_id: str) -> None:
        cancel = self._plan[self._places[job_id]].case.cancel
        if cancel == "running":
            self.pool.cancel([job_id])
        elif cancel == "instant" and self._chance.random() < 0.5:  # the others not before their result
            QTimer.singleShot(self._chance.randrange(12), lambda: self.pool.cancel([job_id]))


def _told(job: JobSnapshot) -> dict[str, Any]:
    told: dict[str, Any] = {"s": job.state.value, "a": job.attempt}
    if (outcome := job.outcome) is not None:
        raw = None if outcome.output is None else outcome.output.raw.decode("utf-8", "replace")
        told |= {"e": job.ended, "c": str(outcome.code), "o": raw, "t": outcome.what, "w": outcome.warnings}
    return told


def _wait_until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _SETTLE_S
    while not condition() and time.monotonic() < give_up:
        QCoreApplication.processEvents()
        time.sleep(0.01)


def _held() -> tuple[int, int]:
    """Native threads and descriptors of this process."""
    me = psutil.Process()
    return me.num_threads(), me.num_fds()


def _zombies() -> int:
    lists = [(task / "children").read_text().split() for task in Path("/proc/self/task").iterdir()]
    stats = [Path(f"/proc/{pid}/stat") for pids in lists for pid in pids]
    return sum(stat.read_text().rpartition(")")[2].split()[0] == "Z" for stat in stats if stat.exists())


def _close_and_look(pool: Pool, before: tuple[int, int]) -> dict[str, int]:
    """What is left of the work: job files once all jobs have ended, and the rest once the pool is closed."""
    _wait_until(lambda: set(pool.stats().workers) == {WorkerState.IDLE})
    files = [file.name for file in pool.temp_folder.iterdir() if file.name != ".lock"]
    pool.close()
    gc.collect()
    _wait_until(lambda: _held()[0] <= before[0] and not _zombies())
    threads, descriptors = _held()
    return {
        "job files": len(files),
        "threads": max(0, threads - before[0]),
        "descriptors": max(0, descriptors - before[1] - _FILES_ALLOWED),
        "zombies": _zombies(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--faulty", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", default="")
    parser.add_argument("--until", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plant", default="")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    diary = Diary(Path(os.environ[EVENTS_VARIABLE]))
    watching.set_interpreter()
    watching.scale_down()
    watching.run_short_of_descriptors()
    watching.note_holders(diary)
    if options.plant:
        plant(options.plant)

    application = QCoreApplication([])
    QTimer.singleShot(0, application.quit)
    application.exec()
    before = _held()
    rows = [int(row) for row in options.rows.split(",") if row]
    plan = draw(options.jobs, options.faulty, options.seed, rows)
    plan = reference_of(plan) if options.reference else plan
    until = len(plan) if options.reference else options.until
    places = find_places()
    pool = Pool(places.temp_folder, workers=options.workers, journal=places.journal_file)
    clock = watching.JumpingClock(1.0)
    window = max(16, min(200, len(plan) // 4))
    desk = Desk(options.home)
    desk.read()
    driver = Driver(pool, desk, plan, until, window, diary)
    driver.on_done = application.quit
    meter = watching.GapMeter(diary)
    diary.write("up", os.getpid())
    application.exec()
    del meter, clock
    diary.write("done", json.dumps(_close_and_look(pool, before)))


if __name__ == "__main__":
    main()
