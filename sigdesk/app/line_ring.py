"""The latest lines of a log, kept in columns: a row of it is made when somebody looks.

A line as an object of its own takes a quarter of a kilobyte, most of it for the id and the number of its job. And the
jobs of a batch end at one moment on one worker, so that their lines differ by number and text alone: all else stands
once for a stretch of neighbours. Of tens of thousands of lines a dozen are in view.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from sigdesk.app.rows import LogRow
from sigdesk.pool.jobs import Origin
from sigdesk.pool.journal_rows import job_id
from sigdesk.protocol import Level

_KINDS: Final = tuple((origin, level) for origin in Origin for level in Level)
_PLACE_OF_KIND: Final = {kind: place for place, kind in enumerate(_KINDS)}
_WHOLE: Final = 128
"""Added to the kind of a line whose id stands there whole, as it does not follow from run and number."""


class LineRing:
    """At most `most` lines. They are numbered as they come, from 0 on, and each keeps its number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Forget every line; the numbers begin anew."""
        self.end = 0
        """The number of the line that comes next."""
        self._texts: list[str] = []
        self._jobs = array("q")
        # Stretches of lines: the number of the first line of each, and what its lines have in common.
        self._begins = array("q")
        self._clocks: list[str] = []
        self._runs: list[str] = []
        self._workers = array("i")
        self._kinds = bytearray()
        self._run = ""

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def first(self) -> int:
        """The number of the oldest line that is kept."""
        return self.end - len(self._texts)

    def __iter__(self) -> Iterator[LogRow]:
        first = self.first
        for stretch, (begin, end) in enumerate(pairwise([*self._begins, self.end])):
            for number in range(max(begin, first), end):
                yield self._row(number, stretch)

    def __getitem__(self, number: int) -> LogRow:
        return self._row(number, self._stretch_of(number))

    def _row(self, number: int, stretch: int) -> LogRow:
        place = number % self._most
        kind, run, job = self._kinds[stretch], self._runs[stretch], self._jobs[place]
        origin, level = _KINDS[kind % _WHOLE]
        whole_id = run if kind >= _WHOLE else job_id(run, job)
        return LogRow(self._clocks[stretch], whole_id, job, self._workers[stretch], origin, level, self._texts[place])

    def extend(self, rows: Sequence[LogRow]) -> None:
        """Add lines; where there are as many as may be, each takes the place of the oldest one."""
        grown = self._most - len(self._texts)
        self._write(rows[:grown])
        rest = rows[grown:]
        while rest:
            step = self._most - self.end % self._most  # up to the end of the columns
            self._write(rest[:step])
            rest = rest[step:]
        gone = self._stretch_of(self.first) if self._begins else 0
        if gone > len(self._begins) // 2:
            for column in (self._begins, self._clocks, self._runs, self._workers, self._kinds):
                del column[:gone]

    def _write(self, rows: Sequence[LogRow]) -> None:
        """Write lines to places that follow one another, column by column: by line it takes four times as long."""
        if not rows:
            return
        clocks, ids, jobs, workers, origins, levels, texts = zip(*rows, strict=True)
        runs = self._runs_of(ids, jobs)
        kinds = list(map(_PLACE_OF_KIND.__getitem__, zip(origins, levels, strict=True)))
        if not all(runs):
            kinds = [kind if run else kind + _WHOLE for kind, run in zip(kinds, runs, strict=True)]
            runs = [run or whole_id for run, whole_id in zip(runs, ids, strict=True)]
        place = self.end % self._most
        part = slice(place, place + len(rows))
        self._texts[part], self._jobs[part] = texts, array("q", jobs)
        self._append_stretches(list(zip(clocks, runs, workers, kinds, strict=True)))
        self.end += len(rows)

    def _append_stretches(self, heads: Sequence[tuple[str, str, int, int]]) -> None:
        """Note what lines are besides their job's number and text."""
        begins = [0, *(place for place, (one, other) in enumerate(pairwise(heads), 1) if one != other)]
        clocks, runs, workers, kinds = zip(*map(heads.__getitem__, begins), strict=True)
        self._begins.extend([self.end + place for place in begins])
        self._clocks.extend(clocks)
        self._runs.extend(runs)
        self._workers.extend(workers)
        self._kinds.extend(kinds)

    def _stretch_of(self, number: int) -> int:
        return bisect_right(self._begins, number) - 1

    def origins(self, begin: int, end: int) -> Counter[Origin]:
        """How many of these lines came from where."""
        found = Counter[Origin]()
        if begin == end:
            return found
        first, last = self._stretch_of(begin), self._stretch_of(end - 1)
        bounds = [begin, *self._begins[first + 1 : last + 1], end]
        for kind, (start, stop) in zip(self._kinds[first : last + 1], pairwise(bounds), strict=True):
            found[_KINDS[kind % _WHOLE][0]] += stop - start
        return found

    def _runs_of(self, ids: Sequence[str], jobs: Sequence[int]) -> list[str]:
        """The runs in the ids of jobs; mostly all are of the one that came last."""
        if ids == tuple(map(f"{self._run.replace('%', '%%')}-%06d".__mod__, jobs)):
            return [self._run] * len(ids)
        return list(map(self._run_of, ids, jobs))

    def _run_of(self, whole_id: str, job: int) -> str:
        """The run in a job's id, which neighbours mostly share; "" where the id is none that run and number make."""
        if whole_id != job_id(self._run, job):
            run = whole_id.rpartition("-")[0]
            if whole_id != job_id(run, job):
                return ""
            self._run = run
        return self._run
