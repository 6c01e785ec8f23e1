"""What the views of jobs have not been told yet; it comes together between two of their turns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from msgspec import Struct, field

from sigdesk.app.outcomes import Labels
from sigdesk.app.rows import LogRow, ProblemRow
from sigdesk.pool.jobs import JobSnapshot, PoolStats


class JobNews(Struct):
    """Of a job, a signal and a problem only the latest."""

    stats: PoolStats
    jobs: list[JobSnapshot] = field(default_factory=list)
    """The latest word last, for the table keeps this order."""
    telling: list[JobSnapshot] = field(default_factory=list)
    """Those that are being told now, portion by portion; the latest word comes first."""
    over: list[JobSnapshot] = field(default_factory=list)
    """Those that were superseded before these were told."""
    superseded: list[JobSnapshot] = field(default_factory=list)
    """Jobs that are no signal's latest any more."""
    touched: dict[int, None] = field(default_factory=dict)
    """Signals in the order in which they have changed: neighbours in the list mostly change together."""
    results: dict[int, Labels] = field(default_factory=dict)
    """The labels by signal."""
    without: dict[int, None] = field(default_factory=dict)
    """Signals that have no label any more."""
    problems: dict[str, ProblemRow | None] = field(default_factory=dict)
    """By key; None where the cause is gone."""
    lines: list[LogRow] = field(default_factory=list)
    lines_dropped: int = 0

    def take_jobs(self, most: int) -> list[JobSnapshot]:
        """The jobs whose word is the oldest, which are told now: of each its last word alone."""
        if not self.telling:  # a job that waited, ran and ended since the last turn is told of once
            latest: dict[str, JobSnapshot] = {}
            for job in reversed(self.jobs):
                latest.setdefault(job.id, job)
            self.telling, self.jobs = [*latest.values()], []
            self.over += self.superseded
            self.superseded = []
        part = self.telling[: -most - 1 : -1]
        del self.telling[-most:]
        return part

    def take_over(self) -> list[JobSnapshot]:
        """The jobs that were superseded before those were told that have been told now."""
        over, self.over = self.over, []
        return over

    @property
    def untold(self) -> list[JobSnapshot]:
        """The jobs of which the table has not been told, the latest word last."""
        return [*reversed(self.telling), *self.jobs]

    def take_touched(self, most: int) -> list[int]:
        """The signals that changed first, of which is told now."""
        part = list(islice(self.touched, most))
        for signal_id in part:
            del self.touched[signal_id]
        return part

    def take_lines(self) -> tuple[list[LogRow], int]:
        """The lines, and how many more were dropped."""
        lines, dropped = self.lines, self.lines_dropped
        self.lines, self.lines_dropped = [], 0
        return lines, dropped

    def take_results(self) -> tuple[dict[int, Labels], list[int]]:
        """The labels by signal, and the signals that have none any more."""
        results, without = self.results, list(self.without)
        self.results, self.without = {}, {}
        return results, without

    def take_problems(self) -> tuple[list[ProblemRow], list[str]]:
        """Those that are there now, and the keys of those that are gone."""
        problems, self.problems = self.problems, {}
        there = [problem for problem in problems.values() if problem is not None]
        return there, [key for key, problem in problems.items() if problem is None]

    def forget_signals(self, signal_ids: Iterable[int]) -> None:
        """Signals are gone: nobody is to be told of them any more."""
        for signal_id in signal_ids:
            self.results.pop(signal_id, None)
            self.without.pop(signal_id, None)
            self.problems.pop(f"signal:{signal_id}", None)
            self.touched.pop(signal_id, None)
