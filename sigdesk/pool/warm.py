"""Attending to a warm process: starting it, handing it a batch, and routing its lines to the batch's jobs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from sigdesk.classifiers.manifest import Run
from sigdesk.pool.answer import ASK_AUTHOR, Answer, failed, poison, timed_out
from sigdesk.pool.bench import Bench, answer_for, error_notes, outcome_by_end, stray_notes
from sigdesk.pool.command import Command
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import JobState, Note, Outcome, WorkerState
from sigdesk.pool.plain_answers import plain_outcomes
from sigdesk.pool.process import GRACE_S, Said, WorkerProcess, signal_name
from sigdesk.pool.right_of_way import give_way
from sigdesk.pool.warden import Warden
from sigdesk.protocol import (
    AnswerLines,
    Dialect,
    DoneLine,
    ErrorLine,
    FailureCode,
    JobLine,
    Level,
    Line,
    OutputLine,
    ReadyLine,
    TooLongLine,
    singly,
)

OutcomeOf = Callable[[JobRecord], Outcome]

_IDLE_CHUNKS = 20
_DYING_S = 0.2
_UNASKED = (OutputLine, ErrorLine, JobLine, DoneLine, TooLongLine)


class StartFailed(Exception):  # noqa: N818 - it says how far the start got
    """The process did not become ready. `outcome_of` says what that means for a job; `killed_by` names the signal, ""
    when none ended it or SigDesk did."""

    def __init__(self, outcome_of: OutcomeOf, killed_by: str = "") -> None:
        super().__init__()
        self.outcome_of = outcome_of
        self.killed_by = killed_by


class Abandoned(Exception):  # noqa: N818
    """Every job for which the process was being started has been cancelled."""


def start_warm(command: Command, records: Sequence[JobRecord], bench: Bench) -> WorkerProcess:
    """Start a process for these jobs and wait until it is READY.

    Raises JobError when the system cannot start it, StartFailed when it does not get ready, Abandoned.
    """
    run = records[0].request.classifier.manifest.run
    bench.show(WorkerState.STARTING)
    process = launch(command, run, partial(bench.remark, records[0], level=Level.WARNING), bench.warden)
    await_ready(process, records, bench)
    return process


def launch(command: Command, run: Run, tell: Callable[[str], None], warden: Warden) -> WorkerProcess:
    """Start a process, which is then on its way to READY and watched by the warden. Raises JobError."""
    process = WorkerProcess(command, Dialect.WARM, run, tell)
    warden.admit(process)
    return process


def await_ready(process: WorkerProcess, records: Sequence[JobRecord], bench: Bench) -> None:
    """Wait, for these jobs, until a process that was launched is READY; one that will not be is ended.

    Raises StartFailed, Abandoned.
    """
    bench.show(WorkerState.STARTING)
    try:
        _wait_until_ready(process, records, process.run.start_timeout_s, bench)
    except BaseException:
        bench.warden.leave(process)
        process.end()
        raise
    bench.warden.leave(process)
    bench.show(WorkerState.BUSY)


def _wait_until_ready(process: WorkerProcess, records: Sequence[JobRecord], timeout_s: float, bench: Bench) -> None:
    deadline = time.monotonic() + timeout_s
    answer = answer_for(records[0])
    while True:
        said = process.wait(deadline - time.monotonic(), bench.waker, bench.turn)
        notes = [] if not said.lines else _notes(said.lines, answer)
        bench.say(records[0], notes + error_notes(said.errors))
        if any(isinstance(line, ReadyLine) for line in said.lines):
            return
        outcome_of = _start_failure(process, said, deadline, timeout_s)
        if outcome_of is not None:
            raise StartFailed(outcome_of, _killed_by(process) if said.ended else "")
        if all(record.over for record in records):
            raise Abandoned


def _start_failure(process: WorkerProcess, said: Said, deadline: float, timeout_s: float) -> OutcomeOf | None:
    """What went wrong with a start, if something did."""
    tail = process.stderr_tail
    told = next((line.text for line in said.lines if isinstance(line, ErrorLine)), None)
    if told is not None:
        return lambda record: failed(record.name, FailureCode.START, told, ASK_AUTHOR, tail)
    if said.ended:
        return lambda record: outcome_by_end(process, answer_for(record), record)
    if time.monotonic() >= deadline:
        why = f"the model was not ready within {timeout_s:g} s"
        way_out = "Retry it, or raise start_timeout_s in the model's manifest."
        return lambda record: failed(record.name, FailureCode.START, why, way_out, tail)
    return None


def _killed_by(process: WorkerProcess) -> str:
    return signal_name(process.exit_code or 0) if process.verdict is None else ""


def _notes(lines: Sequence[Line], answer: Answer) -> list[Note]:
    plain = [line for line in lines if not isinstance(line, ReadyLine | JobLine | DoneLine)]
    return [note for line in plain if (note := answer.hear(line)) is not None]


def is_fit(process: WorkerProcess, bench: Bench) -> tuple[bool, list[Note]]:
    """Whether a process that has rested may be given a batch, and what it said meanwhile, which belongs to no job. One
    that gave an answer unasked might give it to the next job, and one that never stops talking is no better."""
    notes: list[Note] = []
    for _ in range(_IDLE_CHUNKS):
        said = process.wait(0.0, bench.waker, bench.turn)
        notes += stray_notes(said.lines) + error_notes(said.errors)
        if said.ended or said.out_ended or any(isinstance(line, _UNASKED) for line in said.lines):
            return False, notes
        if not said.lines and not said.errors:
            return True, notes
    return False, notes


def has_died(process: WorkerProcess, bench: Bench) -> bool:
    """Whether a process that is not fit is over, or just about to be: its pipes end a moment before itself."""
    give_up = time.monotonic() + _DYING_S
    while process.alive and (left_s := give_up - time.monotonic()) > 0:
        said = process.wait(left_s, bench.waker, bench.turn)
        if said.lines or said.errors:
            break
    return not process.alive


class WarmBatch:
    """One batch with one warm process. After `run`, `healthy` says whether the process may be kept."""

    def __init__(
        self, process: WorkerProcess, records: Sequence[JobRecord], bench: Bench, meanwhile: Callable[[], None]
    ) -> None:
        """`meanwhile` is called once the process is at work."""
        self._process = process
        self._meanwhile = meanwhile
        self._rested = process.jobs_done > 0
        self._bench = bench
        self._records = {record.id: record for record in records}
        self._classes = dict.fromkeys(records[0].request.classifier.manifest.classes)
        self._windowed = any(record.request.windows is not None for record in records)
        self._open = dict(self._records)
        self._given: dict[str, Outcome] = {}
        # Most jobs say nothing but one right answer: they have no entry in these.
        self._answers: dict[str, Answer] = {}
        self._warnings_told: Counter[str] = Counter()
        self._timeout_s = records[0].request.classifier.manifest.run.timeout_s
        self._current = ""
        self._done = False
        self._spoke_unasked = False
        self._broken: OutcomeOf | None = None
        self.healthy = False

    def run(self, path: Path) -> list[JobRecord]:
        """Hand over the batch file and hear it out. Returns the jobs that must be run again, each alone."""
        if self._must_stop():  # cancelled while the process was being started
            self.healthy = True
            return []
        self._process.forget_stderr()
        self._process.send(f"RUN {path}")  # a process that no longer reads has ended, and the wait below says how
        deadline = time.monotonic() + self._timeout_s
        self._meanwhile()
        while not self._over():
            said = self._process.wait(deadline - time.monotonic(), self._bench.waker, self._bench.turn)
            answered = self._hear(said.heard, error_notes(said.errors))
            if answered:
                deadline = time.monotonic() + (self._timeout_s if self._open else GRACE_S)
            if self._over():
                break
            if said.ended:
                self._break(self._by_its_end)
            elif said.woken and self._must_stop():
                return list(self._open.values())
            elif time.monotonic() >= deadline:
                self._break(self._by_time, overstayed=True)
        if self._broken is not None:
            return self._rest_of_broken(self._broken)
        self._process.jobs_done += len(self._records)
        self.healthy = not self._spoke_unasked
        return []

    def _hear(self, lines: Sequence[Line | AnswerLines], errors: list[Note]) -> bool:
        """Route lines to their jobs and end those that are answered; True if there was one."""
        notes: dict[str, list[Note]] = {}
        give_way()
        with self._bench.turn:
            endings = self._judge(lines, errors, notes)
        for job_id, own in notes.items():
            self._bench.say(self._records.get(job_id), own)
        if endings:
            self._bench.ledger.end(endings)  # while the disk has its time, others may judge theirs
        if notes:
            self._tell_late_warnings(notes)
        return bool(endings)

    def _judge(
        self, lines: Sequence[Line | AnswerLines], errors: list[Note], notes: dict[str, list[Note]]
    ) -> list[tuple[JobRecord, Outcome]]:
        """What these lines say of whom: notes by the jobs' ids, and the endings of those that are answered."""
        answered: list[str] = []
        endings: list[tuple[JobRecord, Outcome]] = []
        for line in lines:
            plain = self._hear_plain(line) if isinstance(line, AnswerLines) else []
            endings += plain
            if not plain:
                self._hear_each(singly([line]), notes, answered)
        if errors:
            notes.setdefault(self._target(), []).extend(errors)
        endings += [self._ending(job_id) for job_id in answered]
        if self._done:
            endings += [(record, self._unanswered(record)) for record in self._open.values()]
            self._open.clear()
        return endings

    def _hear_plain(self, answers: AnswerLines) -> list[tuple[JobRecord, Outcome]]:
        """Take in what a batch nearly always says: one answer a job, and every answer right. They are judged together,
        and none is taken if not all are right."""
        if self._windowed or self._done or self._broken is not None:
            return []
        job_ids = answers.job_ids
        records = [record for record in map(self._open.get, job_ids) if record is not None]
        count = len(job_ids)
        if len(set(job_ids)) < count or len(records) < count or not self._answers.keys().isdisjoint(job_ids):
            return []
        outcomes = plain_outcomes(answers.payloads, self._classes)
        if outcomes is None:
            return []
        for job_id in job_ids:
            del self._open[job_id]
        self._current = job_ids[-1]
        self._given.update(zip(job_ids, outcomes, strict=True))
        return list(zip(records, outcomes, strict=True))

    def _hear_each(self, lines: Sequence[Line], notes: dict[str, list[Note]], answered: list[str]) -> None:
        """Route lines one by one, until one of them breaks the batch."""
        for line in lines:
            if self._broken is not None:
                break
            match line:
                case JobLine(job_id) if job_id in self._records:
                    self._current = job_id
                case JobLine(job_id):
                    self._broken = self._by_foreign_job(job_id)
                case DoneLine():
                    self._done = True
                case OutputLine() | ErrorLine() if not self._current and not self._done:
                    self._broken = self._by_nameless_answer
                case _:
                    self._hear_one(line, notes, answered)

    def _answer(self, job_id: str) -> Answer:
        """What the job has said so far, which is known from its first line that was more than a right answer."""
        answer = self._answers.get(job_id)
        if answer is None:
            answer = self._answers[job_id] = answer_for(self._records[job_id], self._classes)
            given = self._given.get(job_id)
            answer.outcome = None if given is None else given.whole
        return answer

    def _target(self) -> str:
        """Whose the next line is: the job last named, else the first that has no answer."""
        return self._current or next(iter(self._open), "")

    def _hear_one(self, line: Line, notes: dict[str, list[Note]], answered: list[str]) -> None:
        job_id = self._target()
        if self._done or job_id not in self._records or isinstance(line, ReadyLine):
            notes.setdefault("", []).extend(stray_notes([line]))
            self._spoke_unasked |= isinstance(line, _UNASKED)
            return
        answer, record = self._answer(job_id), self._records[job_id]
        if (note := answer.hear(line)) is not None:
            notes.setdefault(job_id, []).append(note)
        if answer.cut_short:
            return  # the process is about to end, and how it ends decides: in a batch, the job is run again
        if answer.outcome is not None and job_id in self._open:
            del self._open[job_id]
            answered.append(job_id)
        elif answer.progress is not None and job_id in self._open and not isinstance(line, OutputLine):
            self._bench.ledger.progress(record, answer.progress)
        if isinstance(line, TooLongLine):
            self._broken = self._by_its_end

    def _ending(self, job_id: str) -> tuple[JobRecord, Outcome]:
        answer = self._answer(job_id)
        outcome = answer.outcome
        assert outcome is not None
        if answer.warnings or outcome.state is not JobState.SUCCEEDED:  # else there is nothing to add
            tail = "" if outcome.state is JobState.SUCCEEDED else self._process.stderr_tail
            self._warnings_told[job_id] = len(answer.warnings)
            outcome = replace(outcome, stderr_tail=tail, warnings=tuple(answer.warnings))
        return self._records[job_id], outcome

    def _tell_late_warnings(self, job_ids: Iterable[str]) -> None:
        """Of jobs that have ended already: their script went on talking."""
        for job_id in job_ids:
            if job_id in self._answers and job_id not in self._open:
                new = self._answers[job_id].warnings[self._warnings_told[job_id] :]
                if new:
                    self._warnings_told[job_id] += len(new)
                    self._bench.ledger.warn(self._records[job_id], new)

    def _break(self, outcome_of: OutcomeOf, *, overstayed: bool = False) -> None:
        """The batch has come to a bad end; if all its jobs were answered, the last one is marked with a warning."""
        self._broken = outcome_of
        if not self._open and self._current:
            self._answer(self._current).ended(self._process.exit_code or 0, "", overstayed=overstayed)
            self._tell_late_warnings([self._current])

    def _must_stop(self) -> bool:
        """After a cancel: whether what is left to hear is not worth the wait, or stands behind a cancelled job."""
        cancelled = [job_id for job_id, record in self._open.items() if record.over]
        for job_id in cancelled:
            del self._open[job_id]
        return bool(cancelled) and (not self._open or self._current in cancelled)

    def _over(self) -> bool:
        return self._done or self._broken is not None

    def _rest_of_broken(self, outcome_of: OutcomeOf) -> list[JobRecord]:
        """A job that ran alone ends with what happened; of a batch nobody knows whose fault it was. A process that had
        rested may have died of something else just as it was handed its job, which therefore runs once more.
        """
        rest = [record for record in self._open.values() if not record.over]
        died = self._process.exit_code is not None
        nameless = outcome_of == self._by_nameless_answer and len(self._records) == 1
        if (died and self._process.verdict is None) or nameless:
            for suspect in [self._open[self._current]] if self._current in self._open else rest:
                suspect.kills += 1
        in_doubt = self._rested and died and not any(record.alone for record in rest)
        if len(self._records) > 1 or in_doubt or self._may_be_older(rest, ended=died or nameless):
            return rest
        self._process.end()
        self._bench.ledger.end((record, self._last_word(record, outcome_of, died=died)) for record in rest)
        return []

    def _may_be_older(self, rest: Sequence[JobRecord], *, ended: bool) -> bool:
        """Whether a process that had rested failed before it named a job: that may be the end of what it did before.
        A job that this befalls twice has had its share of doubt."""
        unnamed = self._rested and not self._current and self._process.verdict is None
        return unnamed and ended and all(record.kills < 2 for record in rest)

    def _last_word(self, record: JobRecord, outcome_of: OutcomeOf, *, died: bool) -> Outcome:
        outcome = outcome_of(record)
        return poison(record.name, outcome) if died and record.kills > 1 and self._process.verdict is None else outcome

    def _unanswered(self, record: JobRecord) -> Outcome:
        why = "the script finished its batch without a result for it"
        return failed(record.name, FailureCode.NO_OUTPUT, why, ASK_AUTHOR, self._process.stderr_tail)

    def _by_its_end(self, record: JobRecord) -> Outcome:
        return outcome_by_end(self._process, self._answer(record.id), record)

    def _by_time(self, record: JobRecord) -> Outcome:
        return timed_out(record.name, self._timeout_s, self._process.stderr_tail)

    def _by_nameless_answer(self, record: JobRecord) -> Outcome:
        why = "the script answered without naming its job"
        return failed(record.name, FailureCode.BAD_OUTPUT, why, ASK_AUTHOR, self._process.stderr_tail)

    def _by_foreign_job(self, job_id: str) -> OutcomeOf:
        why = f"the script answered for a job that it was not given ({job_id[:40]})"
        return lambda record: failed(record.name, FailureCode.BAD_OUTPUT, why, ASK_AUTHOR, self._process.stderr_tail)
