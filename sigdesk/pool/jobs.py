"""A job, its states, and how it ended: the frozen values that cross threads and layers."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from sigdesk.classifiers.folder import Classifier
from sigdesk.protocol import Level, Output
from sigdesk.signals.recording import Recording


class JobState(enum.Enum):
    """Where a job stands. It is QUEUED, RUNNING, and then ends exactly once."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    CRASHED = "CRASHED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    INTERRUPTED = "INTERRUPTED"

    # States are looked up for every job, and an enum's own hash, made from the name in Python, takes ten times as long.
    __hash__ = object.__hash__

    def __init__(self, word: str) -> None:
        self.ended = word not in ("QUEUED", "RUNNING")


_NEXT = {
    # REJECTED after QUEUED: what is wrong with the samples themselves shows only when they are read, which the worker
    # does, before any process is started.
    JobState.QUEUED: {JobState.RUNNING, JobState.CANCELLED, JobState.REJECTED, JobState.FAILED},
    JobState.RUNNING: {
        # A batch that fails is run again one by one: its unanswered jobs wait once more.
        JobState.QUEUED,
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.TIMED_OUT,
        JobState.CRASHED,
        JobState.CANCELLED,
        JobState.INTERRUPTED,
    },
    JobState.INTERRUPTED: {JobState.QUEUED},
}


STATES_BEFORE: Final = {
    then: frozenset(now for now, following in _NEXT.items() if then in following) for then in JobState
}
"""The legal transitions, as the states from which each state may be entered."""


class JobRequest(Struct, frozen=True, gc=False):
    """What a caller asks for: one classifier over samples `start` to `stop` of one recording.

    `channels` picks channels by index (all when None). `windows` are stretches (start, stop in samples, counted from
    `start`) that are classified on their own; None means that the whole stretch is one window. `params` must name
    parameters of the manifest. Jobs of higher `priority` go first.
    """

    classifier: Classifier
    recording: Recording
    start: int = 0
    stop: int | None = None
    channels: tuple[int, ...] | None = None
    windows: tuple[tuple[int, int], ...] | None = None
    params: Mapping[str, object] = MappingProxyType({})
    priority: int = 0
    retry_of: str | None = None

    def asks_the_same(self, other: JobRequest) -> bool:
        """Whether the other asks for the same of another recording, as neighbours mostly do. Parameters must be the
        same, not just equal: 1 is equal to True."""
        return (
            self.params is other.params
            and self.classifier is other.classifier
            and self.start == other.start
            and self.stop == other.stop
            and self.channels == other.channels
            and self.windows == other.windows
            and self.priority == other.priority
            and self.retry_of == other.retry_of
        )


class Outcome(Struct, frozen=True, gc=False):
    """How a job ended. `code` is a failure code of `sigdesk.protocol` or a signal's name ("SIGSEGV"), else "".

    `what` and `way_out` are the operator's two sentences; `output` is set when it SUCCEEDED.
    """

    state: JobState
    output: Output | None = None
    code: str = ""
    what: str = ""
    way_out: str = ""
    warnings: tuple[str, ...] = ()
    stderr_tail: str = ""
    exit_code: int | None = None

    @property
    def sentences(self) -> str:
        """What happened and the way out, where both stand in one line; "" when there is nothing to say."""
        stop = "" if not self.what or self.what.endswith((".", "!", "?")) else "."
        return f"{self.what}{stop} {self.way_out}".strip()

    @property
    def whole(self) -> Outcome:
        """The outcome as one to which something can be added, which a plain answer's is made into first."""
        return self


class JobSnapshot(Struct, frozen=True, gc=False):
    """A job as it stands now. Times are seconds since the epoch (`created`) and durations in seconds."""

    id: str
    number: int
    request: JobRequest
    state: JobState
    created: float
    progress: float | None = None
    worker: int | None = None
    attempt: int = 1
    queued_s: float | None = None
    run_s: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None


class Origin(enum.Enum):
    """Where a log line came from, which is also how the Log marks it."""

    LOG = "LOG"
    OUT = "OUT"
    STDERR = "STDERR"
    ERROR = "ERROR"
    JOB = "JOB"

    # Looked up for every line; an enum's own hash is made from the name in Python.
    __hash__ = object.__hash__


class Note(Struct, frozen=True):
    """What the log should show, before it is known when and of whom."""

    origin: Origin
    level: Level
    text: str


class LogEntry(Struct, frozen=True):
    """One line of the live log. `job_id` is "" for a line that a process printed outside any job."""

    time: float
    job_id: str
    job_number: int
    worker: int
    origin: Origin
    level: Level
    text: str


class WorkerState(enum.Enum):
    """What a cell of the status bar shows for one worker."""

    IDLE = "idle"
    STARTING = "starting"
    BUSY = "busy"


class Paused(Struct, frozen=True):
    """A classifier whose jobs wait until it is resumed. `reason` is a sentence for the operator.

    `key` (model folder and version) is what the pool's `resume_classifier` takes.
    """

    key: tuple[str, str]
    name: str
    title: str
    reason: str
    by_operator: bool = False


class PoolStats(Struct, frozen=True):
    """The pool at one instant; `jobs_per_min` counts ends over the last ten seconds.

    `paused` are the classifiers whose jobs wait; `halted` says that the whole pool hands out no job.
    """

    workers: tuple[WorkerState, ...]
    queued: int
    running: int
    jobs_per_min: float
    paused: tuple[Paused, ...] = ()
    halted: bool = False

    @property
    def busy(self) -> int:
        return sum(state is WorkerState.BUSY for state in self.workers)


class PoolUpdate(Struct, frozen=True):
    """Everything that changed since the last update; at most one a frame. Each job stands once, as it is now.

    A job that has ended stands in a later update again when a warning was added to its outcome.
    """

    jobs: tuple[JobSnapshot, ...]
    lines: tuple[LogEntry, ...]
    lines_dropped: int
    stats: PoolStats
