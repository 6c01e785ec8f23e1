"""A lane of the waiting line: the jobs of one classifier and one level, in order. Any of them can be taken out, and
asked for its place, without a walk along the lane."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator

from sigdesk.pool.job_record import JobRecord

_GAPS_SPARED = 1024


class Lane:
    """First come, first out. Every job gets a number when it comes; its place follows from its number, that of the
    first job, and how many in between have been taken out."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[JobRecord, int] = OrderedDict()
        self._next = 0
        self._gaps: list[int] = []  # numbers of jobs that were taken out of the middle
        self._sorted = True

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[JobRecord]:
        return iter(self._numbers)

    @property
    def first(self) -> JobRecord:
        return next(iter(self._numbers))

    def append(self, record: JobRecord) -> None:
        self._numbers[record] = self._next
        self._next += 1

    def put_first(self, record: JobRecord) -> None:
        if not self._numbers:
            self.append(record)
            return
        first = self._tidy_gaps()
        self._numbers[record] = first - 1
        self._numbers.move_to_end(record, last=False)

    def pop(self, count: int) -> list[JobRecord]:
        """The first `count` jobs."""
        pop = self._numbers.popitem
        return [pop(last=False)[0] for _ in range(count)]

    def remove(self, record: JobRecord) -> None:
        """Take out a job that stands in this lane."""
        self._gaps.append(self._numbers.pop(record))
        self._sorted = False
        if len(self._gaps) > 2 * len(self._numbers) + _GAPS_SPARED:
            self._number_anew()

    def place(self, record: JobRecord) -> int:
        """How many jobs of this lane stand before this one."""
        first, number = self._tidy_gaps(), self._numbers[record]
        return number - first - bisect_left(self._gaps, number)

    def _tidy_gaps(self) -> int:
        """Sort the gaps and forget those before the first job, whose number is returned."""
        first = next(iter(self._numbers.values()))
        if not self._sorted:
            self._gaps.sort()
            self._sorted = True
        del self._gaps[: bisect_left(self._gaps, first)]
        return first

    def _number_anew(self) -> None:
        self._numbers = OrderedDict((record, number) for number, record in enumerate(self._numbers))
        self._next = len(self._numbers)
        self._gaps = []
        self._sorted = True
