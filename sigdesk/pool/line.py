"""The bounded line of waiting jobs: higher levels first, fair between classifiers, batches of one classifier.

A job's level is its priority until the operator moves it: before all that wait there is always one more level.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import Run, RunMode
from sigdesk.errors import QueueFull
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import Paused
from sigdesk.pool.lane import Lane

BATCH_AIM_S = 0.5
"""A batch is kept about this short, so that a cancel, a new priority or a neighbour's answer is never far."""
AHEAD_S = 0.2
"""A batch is taken ahead only if it is about this short: it goes before whatever is given a higher level meanwhile."""
FIRST_BATCH = 64
"""No more jobs than this are handed to a classifier of which nobody knows yet how long it takes."""
BATCH_VALUES = 16_000_000
"""Samples that one batch may hand over; a longer signal goes alone."""

Key = tuple[str, str]


def key_of(classifier: Classifier) -> Key:
    """What tells one classifier's jobs and processes from another's. The file's hash is part of it: a model that was
    removed and made anew has the folder and the version of the old one, whose processes may still rest."""
    return (f"{classifier.folder} {classifier.sha256}".rstrip(), classifier.manifest.version)


def title_of(classifier: Classifier) -> str:
    """How operators read of it."""
    return classifier.manifest.title or classifier.name


def paused(classifier: Classifier, reason: str, *, by_operator: bool = False) -> Paused:
    """A classifier as one that waits, for this reason."""
    return Paused(key_of(classifier), classifier.name, title_of(classifier), reason, by_operator)


class WaitingLine:
    """Jobs that wait. Workers take batches; a lone job leaves at once, nobody waits for a batch to fill."""

    def __init__(self, limit: int, workers: int = 0) -> None:
        """`workers` take from it from the start; more come by `set_workers`."""
        self._limit = limit
        self._workers = workers
        self._present = workers  # of whom some may be too many
        self._changed = threading.Condition()
        self._closed = False
        self._count = 0
        self._entering = 0  # calls of `add` that write jobs down
        # Lanes by level. The classifier at the front is the next to be served, and then goes to the back.
        self._waiting: OrderedDict[Key, dict[int, Lane]] = OrderedDict()
        self._at_work: Counter[Key] = Counter()  # batches that were taken and are not done
        self._at_most: dict[Key, int] = {}  # batches at once, of classifiers for whose processes memory is short
        self._pace_s: dict[Key, float] = {}
        self._held_until: dict[Key, float] = {}  # by the monotonic clock; infinite for those that are paused
        self._stops = 0
        self.halted = False
        self.paused: tuple[Paused, ...] = ()

    def __len__(self) -> int:
        return self._count

    @property
    def room(self) -> int:
        """How many more jobs it takes. Read without the lock, which is held while jobs are written down."""
        return max(0, self._limit - self._count)

    def set_limit(self, limit: int) -> None:
        """Take so many jobs from now on; those that wait beyond it stay."""
        with self._changed:
            self._limit = limit

    def set_workers(self, count: int) -> int:
        """Have so many workers take from it; returns how many new ones must begin. Who is too many is told by `take` as
        it comes free."""
        with self._changed:
            self._workers = count
            more = max(0, count - self._present)
            self._present += more
            self._changed.notify_all()
            return more

    def add(self, count: int, enter: Callable[[], Iterable[JobRecord]]) -> list[JobRecord]:
        """Add the `count` jobs that `enter` makes; it is called only if all of them have a place.

        Raises QueueFull otherwise, and nothing was stored. While they are made, which may take a disk its time, nobody
        waits for the line.
        """
        with self._changed:
            if self._closed:
                raise QueueFull("The queue is closed, because SigDesk is closing.", "Start SigDesk again, then retry.")
            if self._count + count > self._limit:
                raise QueueFull(
                    f"The queue has {self._count} of {self._limit} places taken; {count} more do not fit.",
                    "Wait until some jobs have ended, or raise the queue size in the settings.",
                )
            self._count += count
            self._entering += 1
        records: list[JobRecord] = []
        try:
            records = list(enter())
        finally:
            with self._changed:
                self._entering -= 1
                self._count -= count - self._append(records)
                self._changed.notify_all() if self._closed else self._changed.notify(len(records))
        return records

    def _append(self, records: Iterable[JobRecord]) -> int:
        """Put new jobs into their lanes, of which neighbours mostly have the same, and count them; those that were
        cancelled as soon as they were known take no place."""
        lane: Lane | None = None
        classifier, level, count = None, 0, 0
        for record in records:
            if record.over:
                continue
            request = record.request
            count += 1
            record.in_line = True
            if lane is None or request.classifier is not classifier or record.level != level:
                classifier, level = request.classifier, record.level
                lane = self._lane_of(record)
            lane.append(record)
        return count

    def put_back(self, records: Sequence[JobRecord]) -> None:
        """Put jobs of a failed batch at the front again. They had their place before, so the bound does not apply."""
        with self._changed:
            for record in reversed(records):
                record.in_line = True
                self._lane_of(record).put_first(record)
            if records and (key := key_of(records[0].request.classifier)) in self._at_most:
                self._waiting.move_to_end(key, last=False)  # it has not had its turn
            self._count += len(records)
            self._changed.notify(len(records))

    def give_up(self, records: Iterable[JobRecord]) -> None:
        """Free the places of jobs that have ended while they waited; those that have left the line are passed over."""
        with self._changed:
            for record in records:
                if record.in_line:
                    record.in_line = False
                    self._leave_lane(record)
                    self._count -= 1

    def move(self, records: Iterable[JobRecord], *, first: bool) -> list[JobRecord]:
        """Let those of these jobs that wait go before all others that wait, or behind them, in this order; returns
        them. All have the same level then."""
        with self._changed:
            moved = [record for record in records if record.in_line]
            levels = [level for lanes in self._waiting.values() for level in lanes]
            if not moved:
                return []
            level = max(levels) + 1 if first else min(levels) - 1
            for record in moved:
                self._leave_lane(record)
                record.level = level
                self._lane_of(record).append(record)
            return moved

    def places(self, records: Iterable[JobRecord]) -> dict[str, int]:
        """The places of those that wait, by their ids, from 1 on; as if jobs went one by one, and classifiers took
        turns. Jobs of a classifier that is paused have none."""
        with self._changed:
            paused = {one.key for one in self.paused}
            turns = {key: lanes for key, lanes in self._waiting.items() if key not in paused}
            order = {key: turn for turn, key in enumerate(turns)}
            above: dict[int, int] = {}
            places = {}
            for record in records:
                key, level = key_of(record.request.classifier), record.level
                if not record.in_line or key not in turns:
                    continue
                if level not in above:
                    lanes_above = (lane for lanes in turns.values() for one, lane in lanes.items() if one > level)
                    above[level] = sum(map(len, lanes_above))
                place = turns[key][level].place(record)
                others = (
                    min(len(lanes[level]), place + (order[other] < order[key]))
                    for other, lanes in turns.items()
                    if other != key and level in lanes
                )
                places[record.id] = above[level] + place + sum(others) + 1
            return places

    def take(self) -> list[JobRecord]:
        """The next batch: jobs of one classifier, at least one. Blocks; an empty list means that the worker goes: the
        pool closes, or has too many.

        Whoever takes a batch says so when it is `done`.
        """
        with self._changed:
            while not self._closed:
                if self._present > self._workers:
                    self._present -= 1
                    return []
                key = self._next_key()
                if key is None:
                    self._changed.wait(self._held_for())
                    continue
                return self._hand_out(key)
            return []

    def take_ahead(self, classifier: Classifier) -> list[JobRecord]:
        """The batch that is next, for a worker whose process is at a batch of this classifier: it can be made ready
        meanwhile. None unless it is this classifier's, is soon over, and leaves a full batch for every worker."""
        key, run = key_of(classifier), classifier.manifest.run
        # A lone job is read in no time, and a process that dies of the one before is found dead before it is given it.
        quick = run.batch > 1 and self._pace_s.get(key, math.inf) * run.batch <= AHEAD_S
        with self._changed:
            if not quick or self._closed or self._at_most or self._present > self._workers or self._next_key() != key:
                return []
            lanes = self._waiting[key]
            lane = lanes[max(lanes)]
            if len(lane) < run.batch * self._workers or lane.first.alone:
                return []
            return self._hand_out(key)

    def may_begin(self, classifier: Classifier) -> bool:
        """Whether a batch that was taken ahead may begin: nothing has been paused or stopped since."""
        with self._changed:
            return not (self._closed or self.halted or self._stops or key_of(classifier) in self._held_until)

    def _hand_out(self, key: Key) -> list[JobRecord]:
        batch = self._cut(key)
        self._waiting.move_to_end(key)
        self._tidy(key)
        self._count -= len(batch)
        self._at_work[key] += 1
        return batch

    def done(self, classifier: Classifier) -> None:
        """A batch of this classifier is over, whatever came of it."""
        key = key_of(classifier)
        with self._changed:
            self._at_work[key] -= 1
            if not self._at_work[key]:
                del self._at_work[key]
            if starved := [other for other, most in self._at_most.items() if not most and other != key]:
                for other in starved:  # its process rests now, and may make way for theirs
                    del self._at_most[other]
                self._changed.notify_all()

    def short_of_memory(self, key: Key) -> None:
        """There is no room for a process to serve the batch that was just taken, which is about to be put back: hand
        out no more of this classifier's than are at work besides, until something changes."""
        with self._changed:
            self._at_most[key] = self._at_work[key] - 1

    def try_again(self) -> None:
        """Memory may have become free."""
        with self._changed:
            if self._at_most:
                self._at_most.clear()
                self._changed.notify_all()

    @property
    def is_short_of_memory(self) -> bool:
        """Whether a classifier waits for memory."""
        return bool(self._at_most)

    def wants(self, key: Key) -> bool:
        """Whether jobs of this classifier wait."""
        return key in self._waiting

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

    def set_stopped(self, stopped: bool) -> None:
        """Hand out no batch while something is in the way, whatever the operator does; of several things each must
        go."""
        with self._changed:
            self._stops += 1 if stopped else -1
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
            return sum(len(lane) for key in keys for lane in self._waiting.get(key, {}).values())

    def close(self) -> None:
        """Wake everyone who waits in `take`, and wait until those that are being added are known to the ledger."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._entering)

    def _lane_of(self, record: JobRecord) -> Lane:
        lanes = self._waiting.setdefault(key_of(record.request.classifier), {})
        lane = lanes.get(record.level)
        if lane is None:
            lanes[record.level] = lane = Lane()
        return lane

    def _leave_lane(self, record: JobRecord) -> None:
        key = key_of(record.request.classifier)
        self._waiting[key][record.level].remove(record)
        self._tidy(key)

    def _next_key(self) -> Key | None:
        """Of the classifiers with jobs of the highest level, the one with the fewest batches at work, so that one with
        slow jobs leaves workers to the others; of several, the one that was not served for longest."""
        waiting: Mapping[Key, dict[int, Lane]] = self._waiting
        if self._held_until:
            now = time.monotonic()
            self._held_until = {key: until for key, until in self._held_until.items() if until > now}
            waiting = {key: lanes for key, lanes in waiting.items() if key not in self._held_until}
        if self._at_most:
            most = self._at_most
            waiting = {key: lanes for key, lanes in waiting.items() if self._at_work[key] < most.get(key, math.inf)}
        if self.halted or self._stops or not waiting:
            return None
        top = max(max(lanes) for lanes in waiting.values())
        return min((key for key, lanes in waiting.items() if top in lanes), key=self._at_work.__getitem__)

    def _held_for(self) -> float | None:
        """Seconds until the first of the held classifiers may go on; None when only a resume can bring news."""
        until = min(self._held_until.values(), default=math.inf)
        return None if self.halted or self._stops or until == math.inf else max(0.0, until - time.monotonic())

    def _cut(self, key: Key) -> list[JobRecord]:
        lanes = self._waiting[key]
        lane = lanes[max(lanes)]
        first = lane.first
        size = 1 if first.alone else self._batch_size(key, first.request.classifier.manifest.run, len(lane))
        count = values = 0
        for record in lane:
            request = record.request
            recording = request.recording
            channels = recording.channels if request.channels is None else request.channels
            stop = recording.length if request.stop is None else request.stop
            values += len(channels) * (stop - request.start)
            if count and (count == size or record.alone or values > BATCH_VALUES):
                break
            count += 1
            record.in_line = False
        return lane.pop(count)

    def _batch_size(self, key: Key, run: Run, waiting: int) -> int:
        if run.mode is RunMode.ONE_SHOT:
            return 1
        size = min(run.batch, math.ceil(waiting / self._workers))
        pace = self._pace_s.get(key)
        if pace is None:
            return min(size, FIRST_BATCH)
        return min(size, max(1, int(BATCH_AIM_S / pace))) if pace > 0 else size

    def _tidy(self, key: Key) -> None:
        lanes = self._waiting[key]
        for level in [level for level, lane in lanes.items() if not lane]:
            del lanes[level]
        if not lanes:
            del self._waiting[key]
