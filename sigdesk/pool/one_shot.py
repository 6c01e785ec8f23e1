"""Attending to a one-shot script: one process, one job."""

from __future__ import annotations

import time
from functools import partial

from sigdesk.pool.answer import Answer, timed_out
from sigdesk.pool.bench import Bench, answer_for, error_notes, outcome_by_end
from sigdesk.pool.command import Command
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import Outcome
from sigdesk.pool.process import GRACE_S, Said, WorkerProcess
from sigdesk.protocol import Dialect, FailureCode, Level


def run_one_shot(record: JobRecord, command: Command, files: JobFiles, bench: Bench) -> Outcome | None:
    """Start the script on a job file and hear it out. None when the job was cancelled.

    The process and all it started are over when this returns. Raises JobError when it cannot be started.
    """
    tell = partial(bench.remark, record, level=Level.WARNING)
    process = WorkerProcess(command, Dialect.ONE_SHOT, record.request.classifier.manifest.run, tell, [str(files.path)])
    try:
        process.let_see(files)
        bench.warden.admit(process)
        return _attend(process, record, bench)
    finally:
        bench.warden.leave(process)
        process.end()


def _attend(process: WorkerProcess, record: JobRecord, bench: Bench) -> Outcome | None:
    answer = answer_for(record)
    timeout_s = record.request.classifier.manifest.run.timeout_s
    deadline = time.monotonic() + timeout_s
    answered = False
    while True:
        said = process.wait(deadline - time.monotonic(), bench.waker, bench.turn)
        with bench.turn:
            _hear(said, answer, record, bench)
        if said.ended:
            return outcome_by_end(process, answer, record)
        if record.over:
            return None
        if answer.outcome is not None and not answered:
            answered = True
            grace_s = 0.0 if answer.outcome.code == FailureCode.LINE_TOO_LONG else GRACE_S
            deadline = min(deadline, time.monotonic() + grace_s)
        if time.monotonic() >= deadline:
            process.end()
            if answer.outcome is None:
                return timed_out(record.name, timeout_s, process.stderr_tail)
            return answer.ended(process.exit_code or 0, process.stderr_tail, overstayed=True)


def _hear(said: Said, answer: Answer, record: JobRecord, bench: Bench) -> None:
    notes = [note for line in said.lines if (note := answer.hear(line)) is not None]
    bench.say(record, notes + error_notes(said.errors))
    if answer.progress is not None and answer.progress != record.progress and not record.over:
        bench.ledger.progress(record, answer.progress)
