"""The types of the factories that `conftest.py` hands to tests, and what a test does with a pool."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import ParamValue
from sigdesk.pool.jobs import JobRequest, JobSnapshot, LogEntry, Origin, WorkerState
from sigdesk.pool.pool import Pool
from sigdesk.signals.recording import Recording, Samples


class MakePool(Protocol):
    """A real pool in a folder of its own; closed and searched for leftovers at the end of the test."""

    def __call__(
        self, *, workers: int = 1, queue_limit: int = 20_000, memory_budget_mb: int | None = None, steps: bool = True
    ) -> Pool: ...


class MakeModel(Protocol):
    """A real model folder that holds `script`: a text, or a file to copy. `run` are fields of the manifest's Run.

    A text or file that is a shell script runs as a command, Python as a script; `command` overrides both.
    """

    def __call__(
        self,
        script: str | Path,
        *,
        name: str = "model",
        classes: Sequence[str] = ("a", "b"),
        params: Mapping[str, ParamValue] | None = None,
        **run: Any,
    ) -> Classifier: ...


class MakeRecording(Protocol):
    """A recording in memory: of the given samples (one row a channel), or of some that rise from 0."""

    def __call__(
        self, samples: Samples | Sequence[float] | None = None, *, name: str = "signal.csv", rate_hz: float = 1000.0
    ) -> Recording: ...


class Watch:
    """Hears what a pool tells, as a program without an event loop does."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.jobs: dict[str, JobSnapshot] = {}
        self.endings: list[JobSnapshot] = []
        self.lines: list[LogEntry] = []
        self.lines_dropped = 0

    def look(self, timeout_s: float = 0.0) -> None:
        """Take one update in."""
        update = self.pool.take_update(timeout_s)
        for job in update.jobs:
            self.jobs[job.id] = job
            if job.state.ended:
                self.endings.append(job)
        self.lines += update.lines
        self.lines_dropped += update.lines_dropped

    def until(self, condition: Callable[[], bool], within_s: float = 15.0) -> None:
        """Take updates until the condition holds; fails when it does not within the time."""
        give_up = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < give_up, f"nothing came of it within {within_s} s; jobs: {self._states()}"
            self.look(0.05)

    def ended(self, job_ids: Sequence[str], within_s: float = 15.0) -> list[JobSnapshot]:
        """The jobs as they ended, in the order of `job_ids`."""
        self.until(lambda: all(job_id in self.jobs and self.jobs[job_id].state.ended for job_id in job_ids), within_s)
        return [self.jobs[job_id] for job_id in job_ids]

    def run(self, *requests: JobRequest, within_s: float = 15.0) -> list[JobSnapshot]:
        """Submit all at once and wait for their ends."""
        return self.ended(self.pool.submit_many(requests), within_s)

    def rest(self) -> None:
        """Wait until every worker has cleaned up after its last job and is free."""
        self.until(lambda: set(self.pool.stats().workers) == {WorkerState.IDLE})

    def texts(self, job: JobSnapshot | None = None, *origins: Origin) -> list[str]:
        """What the log shows of a job (of no job when None), from these origins (all when none is named)."""
        job_id = "" if job is None else job.id
        return [line.text for line in self.lines if line.job_id == job_id and (not origins or line.origin in origins)]

    def _states(self) -> str:
        return ", ".join(f"{job.number} {job.state.value}" for job in self.jobs.values()) or "none"
