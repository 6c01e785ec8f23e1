"""The latest lines of a log, kept in columns: a row of it is made when somebody looks.

A line as an object of its own takes a quarter of a kilobyte, most of it for the id and the number of its job. Here it
takes a tenth, and of tens of thousands a dozen are in view.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
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
        self._clocks: list[str] = []
        self._texts: list[str] = []
        self._runs: list[str] = []
        self._jobs = array("q")
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
        return map(self.__getitem__, range(self.first, self.end))

    def __getitem__(self, number: int) -> LogRow:
        place = number % self._most
        kind, run, job = self._kinds[place], self._runs[place], self._jobs[place]
        origin, level = _KINDS[kind % _WHOLE]
        whole_id = run if kind >= _WHOLE else job_id(run, job)
        return LogRow(self._clocks[place], whole_id, job, self._workers[place], origin, level, self._texts[place])

    def extend(self, rows: Sequence[LogRow]) -> None:
        """Add lines; where there are as many as may be, each takes the place of the oldest one."""
        grown = self._most - len(self._texts)
        self._write(rows[:grown])
        rest = rows[grown:]
        while rest:
            step = self._most - self.end % self._most  # up to the end of the columns
            self._write(rest[:step])
            rest = rest[step:]

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
        self._clocks[part], self._texts[part], self._runs[part] = clocks, texts, runs
        self._jobs[part], self._workers[part] = array("q", jobs), array("i", workers)
        self._kinds[part] = bytes(kinds)
        self.end += len(rows)

    def origins(self, begin: int, end: int) -> Counter[Origin]:
        """How many of these lines came from where."""
        places = [place % self._most for place in (begin, end)]
        if end - begin == 0 or places[0] < places[1]:
            kinds = Counter(self._kinds[places[0] : places[1]])
        else:
            kinds = Counter(self._kinds[places[0] :] + self._kinds[: places[1]])
        found = Counter[Origin]()
        for kind, count in kinds.items():
            found[_KINDS[kind % _WHOLE][0]] += count
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
