"""What a worker has at hand while it attends to a process: its number, the book, and the waker that calls it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from sigdesk.pool.answer import Answer, failed
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import JobState, Note, Origin, Outcome, WorkerState
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.process import WorkerProcess
from sigdesk.pool.streams import Waker
from sigdesk.pool.warden import Warden
from sigdesk.protocol import (
    DoneLine,
    ErrorLine,
    JobLine,
    Level,
    Line,
    LogLine,
    OtherLine,
    OutputLine,
    ReadyLine,
    TooLongLine,
)


class Bench(Struct, frozen=True):
    """`show` tells the pool what the worker's cell in the status bar should look like.

    `turn` is held while a worker reads and judges what a script said. Only one Python thread computes at a time anyway;
    but if all workers wanted to, the window would have to wait for each of them before its own turn came.
    """

    number: int
    ledger: Ledger
    waker: Waker
    turn: threading.Lock
    show: Callable[[WorkerState], None]
    warden: Warden

    def say(self, record: JobRecord | None, notes: Sequence[Note]) -> None:
        if notes:
            self.ledger.say(record, self.number, notes)

    def remark(self, record: JobRecord | None, text: str, level: Level = Level.INFO) -> None:
        """A line of SigDesk's own."""
        self.say(record, [Note(Origin.JOB, level, text)])


def outcome_by_end(process: WorkerProcess, answer: Answer, record: JobRecord) -> Outcome:
    """What it means for a job that its process is over: by itself, or because the warden has ended it."""
    answered = answer.outcome is not None and answer.outcome.state is JobState.SUCCEEDED
    if process.verdict is not None and not answered:
        return failed(record.name, *process.verdict, stderr_tail=process.stderr_tail)
    return answer.ended(process.exit_code or 0, process.stderr_tail)


def answer_for(record: JobRecord, classes: Collection[str] = ()) -> Answer:
    """An empty answer that knows what the job's OUTPUT must hold; `classes` are the manifest's, in a form that is
    quick to look into, where there are many jobs."""
    request = record.request
    return Answer(
        record.name,
        classes=classes or request.classifier.manifest.classes,
        windows=None if request.windows is None else len(request.windows),
    )


def error_notes(lines: Sequence[Line]) -> list[Note]:
    """Lines of standard error as the log shows them."""
    return [Note(Origin.STDERR, Level.INFO, text) for line in lines if (text := _text_of(line)) is not None]


def stray_notes(lines: Sequence[Line]) -> list[Note]:
    """Lines that belong to no job, as the log shows them."""
    return [
        Note(Origin.LOG, line.level, line.text) if isinstance(line, LogLine) else Note(Origin.OUT, Level.INFO, text)
        for line in lines
        if (text := _text_of(line)) is not None
    ]


def _text_of(line: Line) -> str | None:
    match line:
        case LogLine(_, text) | OtherLine(text):
            return text
        case ErrorLine(text):
            return f"ERROR: {text}"
        case OutputLine(payload):
            return f"OUTPUT: {payload[:2000].decode('utf-8', 'replace')}"
        case TooLongLine(start):
            return f"{start} … [line too long, not kept]"
        case JobLine(job_id):
            return f"JOB: {job_id}"
        case DoneLine(count):
            return f"DONE: {count}"
        case ReadyLine():
            return "READY"
    return None
