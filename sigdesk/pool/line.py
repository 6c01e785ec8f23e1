"""The bounded line of waiting jobs: fair between classifiers, higher priorities first, batches of one classifier."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import Run, RunMode
from sigdesk.errors import QueueFull
from sigdesk.pool.jobs import Paused
from sigdesk.pool.ledger import JobRecord

BATCH_AIM_S = 0.5
"""A batch is kept about this short, so that a cancel, a new priority or a neighbour's answer is never far."""
BATCH_VALUES = 16_000_000
"""Samples that one batch may hand over; a longer signal goes alone."""

Key = tuple[str, str]


def key_of(classifier: Classifier) -> Key:
    """What tells one classifier's jobs and processes from another's."""
    return (str(classifier.folder), classifier.manifest.version)


def title_of(classifier: Classifier) -> str:
    """How operators read of it."""
    return classifier.manifest.title or classifier.name


def paused(classifier: Classifier, reason: str, *, by_operator: bool = False) -> Paused:
    """A classifier as one that waits, for this reason."""
    return Paused(key_of(classifier), classifier.name, title_of(classifier), reason, by_operator)


class WaitingLine:
    """Jobs that wait. Workers take batches; a lone job leaves at once, nobody waits for a batch to fill."""

    def __init__(self, limit: int, workers: int) -> None:
        self._limit = limit
        self._workers = workers
        self._changed = threading.Condition()
        self._closed = False
        self._count = 0
        # The classifier at the front is the next to be served, and then goes to the back.
        self._waiting: OrderedDict[Key, dict[int, deque[JobRecord]]] = OrderedDict()
        self._pace_s: dict[Key, float] = {}
        self._held_until: dict[Key, float] = {}  # by the monotonic clock; infinite for those that are paused
        self.halted = False
        self.paused: tuple[Paused, ...] = ()

    def __len__(self) -> int:
        return self._count

    @property
    def room(self) -> int:
        """How many more jobs it takes."""
        with self._changed:
            return max(0, self._limit - self._count)

    def add(self, count: int, enter: Callable[[], Iterable[JobRecord]]) -> list[JobRecord]:
        """Add the `count` jobs that `enter` makes; it is called only if all of them have a place.

        Raises QueueFull otherwise, and nothing was stored.
        """
        with self._changed:
            if self._closed:
                raise QueueFull("The queue is closed, because SigDesk is closing.", "Start SigDesk again, then retry.")
            if self._count + count > self._limit:
                raise QueueFull(
                    f"The queue has {self._count} of {self._limit} places taken; {count} more do not fit.",
                    "Wait until some jobs have ended, or raise the queue size in the settings.",
                )
            records = list(enter())
            for record in records:
                record.in_line = True
                self._deque_for(record).append(record)
            self._count += len(records)
            self._changed.notify(len(records))
            return records

    def put_back(self, records: Sequence[JobRecord]) -> None:
        """Put jobs of a failed batch at the front again. They had their place before, so the bound does not apply."""
        with self._changed:
            for record in reversed(records):
                record.in_line = True
                self._deque_for(record).appendleft(record)
            self._count += len(records)
            self._changed.notify(len(records))

    def give_up(self, records: Iterable[JobRecord]) -> None:
        """Free the places of jobs that have ended while they waited; those that have left the line are passed over.

        They are dropped when they come to the front: looking for each in the line would take longer the longer it is.
        """
        with self._changed:
            for record in records:
                if record.in_line:
                    record.in_line = False
                    self._count -= 1

    def take(self) -> list[JobRecord]:
        """The next batch: jobs of one classifier, at least one. Blocks; an empty list means that the pool closes."""
        with self._changed:
            while not self._closed:
                key = self._next_key()
                if key is None:
                    self._changed.wait(self._held_for())
                    continue
                batch = self._cut(key)
                self._waiting.move_to_end(key)
                self._tidy(key)
                if batch:
                    self._count -= len(batch)
                    return batch
            return []

    def learn(self, classifier: Classifier, jobs: int, seconds: float) -> None:
        """Note how long a batch took; the next ones are cut to suit."""
        key, pace = key_of(classifier), seconds / max(1, jobs)
        with self._changed:
            self._pace_s[key] = 0.5 * (self._pace_s.get(key, pace) + pace)

    def halt(self) -> None:
        """Hand out no batch until `go_on`."""
        with self._changed:
            self.halted = True

    def go_on(self) -> None:
        """Hand out batches again; classifiers that are paused by themselves stay so."""
        with self._changed:
            self.halted = False
            self._changed.notify_all()

    def hold(self, key: Key, seconds: float) -> None:
        """Hand out no batch of this classifier for a while; one that is paused stays so."""
        with self._changed:
            self._held_until[key] = max(self._held_until.get(key, 0.0), time.monotonic() + seconds)

    def pause(self, paused: Paused) -> None:
        """Hand out no batch of this classifier until `resume`; others go on."""
        with self._changed:
            self._held_until[paused.key] = math.inf
            self.paused = (*(one for one in self.paused if one.key != paused.key), paused)

    def resume(self, key: Key) -> None:
        """Hand out this classifier's batches again."""
        with self._changed:
            self._held_until.pop(key, None)
            self.paused = tuple(one for one in self.paused if one.key != key)
            self._changed.notify_all()

    def held_back(self) -> int:
        """How many of the jobs that wait will go on only after a resume."""
        with self._changed:
            keys = list(self._waiting) if self.halted else [one.key for one in self.paused]
            lines = [jobs for key in keys for jobs in self._waiting.get(key, {}).values()]
            return sum(record.in_line for jobs in lines for record in jobs)

    def close(self) -> None:
        """Wake everyone who waits in `take`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _deque_for(self, record: JobRecord) -> deque[JobRecord]:
        by_priority = self._waiting.setdefault(key_of(record.request.classifier), {})
        return by_priority.setdefault(record.request.priority, deque())

    def _next_key(self) -> Key | None:
        waiting: Mapping[Key, dict[int, deque[JobRecord]]] = self._waiting
        if self._held_until:
            now = time.monotonic()
            self._held_until = {key: until for key, until in self._held_until.items() if until > now}
            waiting = {key: by_priority for key, by_priority in waiting.items() if key not in self._held_until}
        if self.halted or not waiting:
            return None
        top = max(max(by_priority) for by_priority in waiting.values())
        return next(key for key, by_priority in waiting.items() if top in by_priority)

    def _held_for(self) -> float | None:
        """Seconds until the first of the held classifiers may go on; None when only a resume can bring news."""
        until = min(self._held_until.values(), default=math.inf)
        return None if self.halted or until == math.inf else max(0.0, until - time.monotonic())

    def _cut(self, key: Key) -> list[JobRecord]:
        by_priority = self._waiting[key]
        jobs = by_priority[max(by_priority)]
        first = _pop(jobs)
        if first is None:
            return []
        batch = [first]
        size = 1 if first.alone else self._batch_size(key, first.request.classifier.manifest.run, len(jobs) + 1)
        values = _values(first)
        while len(batch) < size and jobs and not jobs[0].alone:
            values += _values(jobs[0])
            if values > BATCH_VALUES:
                break
            if (record := _pop(jobs)) is not None:
                batch.append(record)
        return batch

    def _batch_size(self, key: Key, run: Run, waiting: int) -> int:
        if run.mode is RunMode.ONE_SHOT:
            return 1
        size = min(run.batch, math.ceil(waiting / self._workers))
        pace = self._pace_s.get(key, 0.0)
        return min(size, max(1, int(BATCH_AIM_S / pace))) if pace > 0 else size

    def _tidy(self, key: Key) -> None:
        by_priority = self._waiting[key]
        for priority in [priority for priority, jobs in by_priority.items() if not jobs]:
            del by_priority[priority]
        if not by_priority:
            del self._waiting[key]


def _pop(jobs: deque[JobRecord]) -> JobRecord | None:
    """The first job that still waits."""
    while jobs:
        record = jobs.popleft()
        if record.in_line:
            record.in_line = False
            return record
    return None


def _values(record: JobRecord) -> int:
    request = record.request
    channels = len(request.recording.channels if request.channels is None else request.channels)
    stop = request.recording.length if request.stop is None else request.stop
    return channels * (stop - request.start)
