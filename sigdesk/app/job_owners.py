"""Whose jobs are: of every job that somebody can look at its signal, and the last word of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sigdesk.app.jobs_model import JobsModel
from sigdesk.app.session import Session
from sigdesk.pool.jobs import JobSnapshot


class JobOwners:
    """Knows jobs that are in the table or are the latest that has ended of a signal on the desk, and no others."""

    def __init__(self, session: Session, jobs: JobsModel) -> None:
        self._session = session
        self._jobs = jobs
        self.signal_of: dict[str, int] = {}
        """By the job's id; to be changed here only."""
        self._noted = 0
        jobs.forgotten.connect(self._on_jobs_forgotten)

    def note(self, pairs: Sequence[tuple[str, int]]) -> None:
        """Jobs by their ids, each with its signal."""
        self.signal_of.update(pairs)
        self._noted += len(pairs)

    def tidy(self) -> None:
        """Let go of the room of all that were known at once, where many have come and gone."""
        if self._noted > len(self.signal_of) // 2:
            self.signal_of, self._noted = dict(self.signal_of), 0

    def latest(self, job_id: str, fresh: Sequence[JobSnapshot]) -> JobSnapshot | None:
        """The last word of a job: of the `fresh` ones the table has not been told yet."""
        signal_id = self.signal_of.get(job_id, 0)
        if not signal_id:
            return None
        entry = self._session.find(signal_id)
        if entry is not None and entry.ended_job is not None and entry.ended_job.id == job_id:
            return entry.ended_job
        given: JobSnapshot | None = self._jobs.given(job_id)
        return next((snapshot for snapshot in reversed(fresh) if snapshot.id == job_id), given)

    def forget_superseded(self, jobs: Iterable[JobSnapshot]) -> None:
        """These are no signal's latest any more."""
        for job in jobs:
            if not self._jobs.holds(job.id):
                self.signal_of.pop(job.id, None)

    def forget_signals(self, signal_ids: Iterable[int]) -> list[str]:
        """Forget the jobs of signals that are gone; returns their ids."""
        gone = frozenset(signal_ids)
        job_ids = [job_id for job_id, signal_id in self.signal_of.items() if signal_id in gone]
        for job_id in job_ids:
            del self.signal_of[job_id]
        return job_ids

    def _on_jobs_forgotten(self, job_ids: Sequence[str]) -> None:
        signal_of, find = self.signal_of, self._session.by_id.get
        for job_id in job_ids:
            entry = find(signal_of.pop(job_id, 0))
            if entry is not None and entry.ended_job is not None and entry.ended_job.id == job_id:
                signal_of[job_id] = entry.id
