"""What one job's script has said so far, and what that makes of the job. Pure: no process, no clock."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from sigdesk.errors import ProtocolError
from sigdesk.pool.jobs import JobState, Note, Origin, Outcome
from sigdesk.pool.process import signal_name
from sigdesk.protocol import (
    ErrorLine,
    FailureCode,
    Level,
    Line,
    LogLine,
    OtherLine,
    Output,
    OutputLine,
    ProgressLine,
    TooLongLine,
    read_output,
)

ASK_AUTHOR = "No label was written. Show the script output to the model's author."
_WARNINGS_KEPT = 10


class Answer:
    """Hears the lines of one job. The first `OUTPUT:` or `ERROR:` settles it; what comes after changes nothing."""

    def __init__(self, job_name: str, *, classes: Collection[str], windows: int | None) -> None:
        self._job_name = job_name
        self._classes = classes
        self._windows = windows
        self.outcome: Outcome | None = None
        self.progress: float | None = None
        self.warnings: list[str] = []
        self.cut_short = False
        """Whether the outcome is but half an answer, which says less than what cut it short."""

    def hear(self, line: Line) -> Note | None:
        """Take in one line and say what the log should show of it."""
        match line:
            case OutputLine():  # in the order in which they are common
                return self._hear_output(line)
            case LogLine(level, text):
                return Note(Origin.LOG, level, text)
            case OtherLine(text):
                return Note(Origin.OUT, Level.INFO, text)
            case ProgressLine(fraction):
                self.progress = fraction
                return None
            case ErrorLine(text):
                return self._hear_error(text)
            case TooLongLine(start):
                self._settle(FailureCode.LINE_TOO_LONG, "the script wrote a line over 64 MiB")
                return Note(Origin.OUT, Level.WARNING, f"{start} … [line too long, not kept]")
        return Note(Origin.OUT, Level.INFO, str(line))

    def _hear_output(self, line: OutputLine) -> Note | None:
        if self.outcome is not None:
            self._warn("The script gave a second answer after its first; the first was kept.")
            return Note(Origin.OUT, Level.WARNING, f"OUTPUT: {_shown(line)} (late, ignored)")
        try:
            output: Output = read_output(line, classes=self._classes, windows=self._windows)
        except ProtocolError as error:
            self.cut_short = not line.whole
            self.outcome = Outcome(
                JobState.FAILED, code=error.code, what=f"{self._job_name} failed: {error.what}", way_out=error.way_out
            )
            return Note(Origin.OUT, Level.INFO, f"OUTPUT: {_shown(line)}")
        self.outcome = Outcome(JobState.SUCCEEDED, output=output)
        return None

    def _hear_error(self, text: str) -> Note:
        if self.outcome is not None:
            if self.outcome.state is JobState.SUCCEEDED:
                self._warn(f"The script reported an error after its answer, which was kept: {text[:200]}")
            return Note(Origin.OUT, Level.WARNING, f"ERROR: {text} (late, ignored)")
        self._settle(FailureCode.ERROR, text or "the script reported an error without a word")
        return Note(Origin.ERROR, Level.WARNING, text)

    def _settle(self, code: FailureCode, why: str) -> None:
        if self.outcome is None:
            self.outcome = Outcome(
                JobState.FAILED, code=code, what=f"{self._job_name} failed: {why}", way_out=ASK_AUTHOR
            )

    def ended(self, exit_code: int, stderr_tail: str, *, overstayed: bool = False) -> Outcome:
        """How the job ended, now that its process is over by itself (`overstayed`: after it had to be ended)."""
        outcome = self.outcome
        if outcome is None or (self.cut_short and exit_code and not overstayed):
            outcome = self._silent(exit_code)
        elif outcome.state is JobState.SUCCEEDED and overstayed:
            self._warn("The script ran on after its answer and was ended; its answer was kept.")
        elif outcome.state is JobState.SUCCEEDED and exit_code != 0:
            self._warn(f"The script {_how_it_ended(exit_code)} after its answer, which was kept.")
        return replace(outcome, warnings=tuple(self.warnings), exit_code=exit_code, stderr_tail=stderr_tail)

    def _warn(self, text: str) -> None:
        """Once is enough, and a script that goes on and on does not fill the memory."""
        if text not in self.warnings and len(self.warnings) < _WARNINGS_KEPT:
            self.warnings.append(text)

    def _silent(self, exit_code: int) -> Outcome:
        if exit_code < 0:
            return Outcome(
                JobState.CRASHED,
                code=signal_name(exit_code),
                what=f"{self._job_name} failed: the script {_how_it_ended(exit_code)}",
                way_out=ASK_AUTHOR,
            )
        code = FailureCode.EXIT if exit_code else FailureCode.NO_OUTPUT
        return Outcome(
            JobState.FAILED,
            code=code,
            what=f"{self._job_name} failed: the script ended without a result, exit code {exit_code}",
            way_out=ASK_AUTHOR,
        )


def timed_out(job_name: str, timeout_s: float, stderr_tail: str) -> Outcome:
    """The outcome of a job whose script took longer than its manifest allows."""
    return Outcome(
        JobState.TIMED_OUT,
        code="TIMED_OUT",
        what=f"{job_name} was stopped: it gave no answer within {timeout_s:g} s",
        way_out="No label was written. Retry it, or raise timeout_s in the model's manifest.",
        stderr_tail=stderr_tail,
    )


def poison(job_name: str, last: Outcome) -> Outcome:
    """The outcome of a job that has ended two processes, the second of them as `last` says."""
    how = last.code if last.state is JobState.CRASHED else f"exit code {last.exit_code}"
    return Outcome(
        JobState.FAILED,
        code=FailureCode.POISON,
        what=f"{job_name} failed: two processes of the model have died of it ({how}), so it is not tried again",
        way_out="No label was written. Look at the signal, or show the script output to the model's author.",
        warnings=last.warnings,
        stderr_tail=last.stderr_tail,
        exit_code=last.exit_code,
    )


def failed(job_name: str, code: FailureCode, why: str, way_out: str, stderr_tail: str = "") -> Outcome:
    """The outcome of a job that failed for a reason of SigDesk's own finding."""
    return Outcome(
        JobState.FAILED, code=code, what=f"{job_name} failed: {why}", way_out=way_out, stderr_tail=stderr_tail
    )


def _shown(line: OutputLine) -> str:
    return line.payload[:2000].decode("utf-8", "replace")


def _how_it_ended(exit_code: int) -> str:
    return f"crashed: {signal_name(exit_code)}" if exit_code < 0 else f"ended with exit code {exit_code}"
