"""From what the journal has of a job to what the operator sees of it in the history. Pure functions."""

from __future__ import annotations

from msgspec import Struct

from sigdesk.app.history_model import HistoryRow
from sigdesk.app.outcomes import clock_text
from sigdesk.app.rows import LogRow
from sigdesk.app.titles import Titles
from sigdesk.errors import SigDeskError
from sigdesk.pool.jobs import JobState, Origin
from sigdesk.pool.journal_search import FoundJob, StoredJob
from sigdesk.protocol import Level
from sigdesk.signals.describe import format_count
from sigdesk.signals.names import printable_name


class HistoryStatus(Struct, frozen=True):
    """Where a search stands. `reached` is the number down to which it has looked, 1 when it has looked at all jobs;
    `damaged` counts jobs that could not be read; `exported` those that were written so far, None when none are."""

    shown: int = 0
    searching: bool = False
    reached: int = 1
    full: bool = False
    damaged: int = 0
    exported: int | None = None
    problem: SigDeskError | None = None


class StoredLog(Struct, frozen=True):
    """The lines that the journal has kept of a job, and why it failed, in two sentences, if it did."""

    job_id: str
    lines: tuple[LogRow, ...]
    failure: tuple[str, str] | None


def row_of(job: FoundJob, titles: Titles, unsure_below: float) -> HistoryRow:
    """The row of a job; labels that are less sure than `unsure_below` (0..1) are unsure."""
    row, stored = job.row, job.row.stored
    return HistoryRow(
        id=row.id,
        number=row.number,
        signal_id=0,
        signal=printable_name(stored.name),
        model=titles.model(stored.model),
        version=stored.version,
        state=row.state,
        result_text=titles.label(stored.model, row.label) if row.label is not None else "",
        confidence=row.confidence,
        unsure=row.confidence is not None and row.confidence < unsure_below,
        cause=(row.error or "").removeprefix(f"Job {row.number} failed: "),
        worker=job.worker,
        run_s=None if row.started is None or row.ended is None else max(0.0, row.ended - row.started),
        created=row.created,
        path=stored.path,
        error=row.error or "",
    )


def log_of(job: StoredJob) -> StoredLog:
    """The lines of a job as the Log shows them."""
    lines = [
        LogRow(
            clock_text(line.time, milliseconds=True),
            job.row.id,
            job.row.number,
            line.worker,
            line.origin,
            line.level,
            line.text,
        )
        for line in job.lines
    ]
    if job.lines_dropped:
        text = f"{format_count(job.lines_dropped)} lines not kept"
        lines.append(lines[-1]._replace(origin=Origin.JOB, level=Level.INFO, text=text))
    outcome = job.outcome
    failure = (outcome.what, outcome.way_out) if outcome is not None and outcome.what else None
    return StoredLog(job.row.id, tuple(lines), None if job.row.state is JobState.CANCELLED else failure)


def number_in(job_id: str) -> int:
    """The number at the end of a job's full id."""
    return int(job_id.rpartition("-")[2])
