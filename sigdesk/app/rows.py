"""The rows that lists and tables show: frozen values which delegates paint from and tests read.

Every model of the program answers `ROW` with one of these, so a view needs no other role to paint a row.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import Struct, field
from PySide6.QtCore import Qt

from sigdesk.pool.jobs import JobState, Origin
from sigdesk.protocol import Level

ROW: Final = int(Qt.ItemDataRole.UserRole) + 1
"""The role under which a model hands over the frozen row itself."""
SORT: Final = int(Qt.ItemDataRole.UserRole) + 2
"""The role by which a column sorts."""


class ClassMark(Struct, frozen=True):
    """How a class is shown: its title, its colour slot (0..7), and whether the slot is reused with a hatch."""

    name: str
    title: str
    slot: int
    hatched: bool = False


class SignalState(enum.Enum):
    """What the Signals list says of a signal."""

    NOT_CLASSIFIED = "Not classified"
    QUEUED = "Queued"
    RUNNING = "Running"
    CLASSIFIED = "Classified"
    UNSURE = "Unsure"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    # Signals are counted by their state at every change; an enum's own hash is made from the name in Python.
    __hash__ = object.__hash__


BUSY: Final = (SignalState.QUEUED, SignalState.RUNNING)
"""Somebody is working on a signal in these states."""


class GroupRow(Struct, frozen=True):
    """A folder, or a file that holds many signals, as the head of its rows."""

    name: str
    count: int
    collapsed: bool = False


class SignalRow(Struct, frozen=True):
    """A signal of the list. `id` is unique for the life of the session. `mark` and `confidence` are the result's, or,
    with `by_you`, `mark` is the operator's. `table`: it was read from a table of text,
    `arrays`: from a file of several arrays."""

    id: int
    name: str
    group: str
    duration: str
    detail: str
    state: SignalState
    mark: ClassMark | None = None
    confidence: float | None = None
    progress: float | None = None
    cause: str = ""
    table: bool = False
    arrays: bool = False
    by_you: bool = False


class JobRow(Struct, frozen=True):
    """A job of the Jobs table. `place` is its place in the line (1 is next); `cause` has two words at most."""

    id: str
    number: int
    signal_id: int
    signal: str
    model: str
    version: str
    state: JobState
    progress: float | None = None
    place: int | None = None
    mark: ClassMark | None = None
    result_text: str = ""
    confidence: float | None = None
    unsure: bool = False
    cause: str = ""
    worker: int | None = None
    queued_s: float | None = None
    run_s: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def can_cancel(self) -> bool:
        return not self.state.ended

    @property
    def can_retry(self) -> bool:
        return self.state.ended


def log_word(origin: Origin, level: Level) -> str:
    """What stands before a line: LOG, WARN, ERROR, OUT or JOB."""
    if origin is Origin.LOG:
        return "WARN" if level is Level.WARNING else "LOG"
    return "OUT" if origin in (Origin.OUT, Origin.STDERR) else origin.value


class LogRow(NamedTuple):
    """A line of the Log. `worker` is 0 for SigDesk's own lines; `clock` is the local time with milliseconds.

    A tuple, because one is made for every job and every line that a script says.
    """

    clock: str
    job_id: str
    job_number: int
    worker: int
    origin: Origin
    level: Level
    text: str

    @property
    def word(self) -> str:
        """The level as the Log shows it: LOG, WARN, ERROR, OUT or JOB."""
        return log_word(self.origin, self.level)


class ResultRow(Struct, frozen=True):
    """A classified signal of the Results table, or one window of it (`stretch` then says which)."""

    job_id: str
    signal_id: int
    signal: str
    stretch: str
    mark: ClassMark
    confidence: float | None
    unsure: bool
    runner_up: ClassMark | None
    runner_up_confidence: float | None
    model: str
    time: str


class ProblemAction(Struct, frozen=True):
    """A way out of a problem that the row offers; its id goes to whoever has told of the problem."""

    id: str
    text: str
    icon: str


RETRY: Final = ProblemAction("retry", "Retry", "arrow-clockwise")
SHOW_LOG: Final = ProblemAction("show log", "Show log", "terminal-window")
OPEN_SIGNAL: Final = ProblemAction("open signal", "Open signal", "folder-open")
HOW_READ: Final = ProblemAction("how it is read", "How to read it…", "table")
READ_AGAIN: Final = ProblemAction("read again", "Read again", "arrow-clockwise")


class ProblemRow(Struct, frozen=True):
    """Something that is wrong now, in the operator's two sentences. `job_id` is "" where no job is meant.

    `key` names its kind and, after a colon, what it is about. `actions` are its own ways out; that of a job or of a
    signal has others besides.
    """

    key: str
    what: str
    way_out: str
    time: str
    job_id: str = ""
    signal_id: int | None = None
    serious: bool = True
    actions: tuple[ProblemAction, ...] = ()

    @property
    def ways(self) -> tuple[ProblemAction, ...]:
        """All ways out, the likeliest first."""
        of_job = (RETRY, SHOW_LOG) if self.job_id else ()
        return (*self.actions, *of_job, *((OPEN_SIGNAL,) if self.signal_id is not None else ()))

    @property
    def about(self) -> str:
        """What it is about, such as a file."""
        return self.key.partition(":")[2]


class LabelSpan(Struct, frozen=True):
    """A label over the plot: a class from `start` to `stop` on the time axis. `by_you` is the operator's.

    `id` names it to the labelling controller. `title` is its own name where it has one. `settled` says of a model's
    label that the operator has accepted or corrected it.
    """

    start: float
    stop: float
    mark: ClassMark
    confidence: float | None = None
    unsure: bool = False
    by_you: bool = False
    id: str = ""
    title: str = ""
    note: str = ""
    channels: tuple[str, ...] = ()
    settled: bool = False


class ResultCard(Struct, frozen=True):
    """What the Inspector shows of one job. For windows, `shares` holds seconds (or samples) a class, largest first.
    `looked_at` is the confidence (0..1) that is lost without each tenth of the signal, () where it is not known."""

    job_id: str
    caption: str
    windowed: bool
    mark: ClassMark | None
    confidence: float | None
    unsure: bool
    probabilities: tuple[tuple[ClassMark, float], ...] = ()
    segments: tuple[LabelSpan, ...] = ()
    shares: tuple[tuple[ClassMark, float], ...] = ()
    unsure_count: int = 0
    model_line: str = ""
    failure: tuple[str, str] | None = None
    warnings: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    looked_at: tuple[float, ...] = ()
