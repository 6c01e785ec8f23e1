"""From a job's outcome to what the operator sees of it: card, labels, table rows and problems. Pure functions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from msgspec import Struct

from sigdesk.app.jobs_model import STATE_WORDS, seconds_text
from sigdesk.app.rows import ClassMark, JobRow, LabelSpan, LogRow, ProblemRow, ResultCard, ResultRow
from sigdesk.classifiers.looking import LOOKED_AT, TENTHS
from sigdesk.labels.label import stretches_of
from sigdesk.pool.jobs import JobSnapshot, JobState, LogEntry, Origin
from sigdesk.protocol import FailureCode, Level, Result
from sigdesk.signals.describe import printable_name, stretch_text

MarkOf = Callable[[str], ClassMark]
_as_log_row: Final = partial(tuple.__new__, LogRow)  # takes half as long as to call the class

_CAUSES: Final[dict[str, str]] = {
    FailureCode.ERROR: "Script error",
    FailureCode.NO_OUTPUT: "No result",
    FailureCode.BAD_OUTPUT: "Bad result",
    FailureCode.LINE_TOO_LONG: "Endless line",
    FailureCode.EXIT: "Script ended",
    FailureCode.START: "Not started",
    FailureCode.POISON: "Crashed twice",
    FailureCode.MEMORY: "Memory limit",
    FailureCode.PROCESSES: "Process limit",
    FailureCode.TEMP: "Disk trouble",
    FailureCode.INPUT_CHANGED: "File changed",
    FailureCode.INTERNAL: "Internal error",
}


class View(Struct, frozen=True):
    """What turns outcomes into views: how classes are marked, and below which confidence (0..1) a label is unsure."""

    mark_of: MarkOf
    unsure_below: float

    def unsure(self, confidence: float | None) -> bool:
        return confidence is not None and confidence < self.unsure_below


def clock_text(epoch_s: float, *, milliseconds: bool = False) -> str:
    """The local time of day, "14:32:07" or "14:32:05.871"."""
    return _millisecond_text(int(epoch_s * 1000)) if milliseconds else _second_text(int(epoch_s))


@lru_cache(maxsize=64)
def _millisecond_text(epoch_ms: int) -> str:
    """The jobs of a batch end at one moment; all their lines hold the same text."""
    return f"{_second_text(epoch_ms // 1000)}.{epoch_ms % 1000:03d}"


@lru_cache(maxsize=16)
def _second_text(epoch_s: int) -> str:
    """Thousands of jobs end within one second; it is put into words once."""
    return time.strftime("%H:%M:%S", time.localtime(epoch_s))


def cause_of(snapshot: JobSnapshot) -> str:
    """The two words that stand beside a failed state."""
    outcome = snapshot.outcome
    if outcome is None or snapshot.state is JobState.SUCCEEDED:
        return ""
    if snapshot.state is JobState.CRASHED:
        return outcome.code
    if snapshot.state is JobState.FAILED:
        return _CAUSES.get(outcome.code, outcome.code)
    return "Signal unusable" if snapshot.state is JobState.REJECTED else ""


def job_row(snapshot: JobSnapshot, signal_id: int, view: View) -> JobRow:
    """The job's row in the table."""
    request, outcome = snapshot.request, snapshot.outcome
    manifest = request.classifier.manifest
    mark, confidence, text = _summary(snapshot, view)
    return JobRow(
        id=snapshot.id,
        number=snapshot.number,
        signal_id=signal_id,
        signal=printable_name(request.recording.name),
        model=manifest.title or manifest.name,
        version=manifest.version,
        state=snapshot.state,
        progress=snapshot.progress,
        mark=mark,
        result_text=text,
        confidence=confidence,
        unsure=view.unsure(confidence),
        cause=cause_of(snapshot),
        worker=snapshot.worker,
        queued_s=snapshot.queued_s,
        run_s=snapshot.run_s,
        warnings=outcome.warnings if outcome else (),
    )


def _summary(snapshot: JobSnapshot, view: View) -> tuple[ClassMark | None, float | None, str]:
    output = snapshot.outcome.output if snapshot.outcome else None
    if output is None or not output.results:
        return None, None, ""
    if output.windowed:
        return None, None, f"{len(output.results)} windows"
    result = output.results[0]
    mark = view.mark_of(result.label)
    return mark, result.confidence, mark.title


class Spans(Sequence[LabelSpan]):
    """The labels that a job which succeeded puts on its signal. They are made when somebody looks at them: of thousands
    of results one is shown. Those of windows are then kept, for there may be many."""

    __slots__ = ("_made", "snapshot", "view")

    def __init__(self, snapshot: JobSnapshot, view: View) -> None:
        self.snapshot = snapshot
        self.view = view
        self._made: tuple[LabelSpan, ...] | None = None

    def __len__(self) -> int:
        return 1 if self.snapshot.request.windows is None else len(self._all())

    def __getitem__(self, place: Any) -> Any:
        return self._all()[place]

    def _all(self) -> tuple[LabelSpan, ...]:
        if self._made is not None:
            return self._made
        request, outcome, view = self.snapshot.request, self.snapshot.outcome, self.view
        assert outcome is not None
        assert outcome.output is not None  # it has succeeded
        stop = request.recording.length if request.stop is None else request.stop
        stretches = stretches_of(outcome.output, request.recording, request.start, stop, request.windows)
        made = tuple(
            [LabelSpan(begin, end, view.mark_of(name), sure, view.unsure(sure)) for begin, end, name, sure in stretches]
        )
        if request.windows is not None:
            self._made = made
        return made


Labels = Spans | JobSnapshot
"""What a job has put on its signal; a job of one window stands for itself, as its label is made soon enough."""


def result_card(snapshot: JobSnapshot, labels: Sequence[LabelSpan], view: View) -> ResultCard:
    """What the Inspector shows of an ended job."""
    spans = tuple(labels)
    outcome, manifest = snapshot.outcome, snapshot.request.classifier.manifest
    parts = [clock_text(snapshot.ended or snapshot.created), seconds_text(snapshot.run_s)]
    if snapshot.worker is not None:
        parts.append(f"worker {snapshot.worker}")
    caption = " · ".join(parts)
    model_line = f"{manifest.title or manifest.name} {manifest.version}"
    output = outcome.output if outcome else None
    if output is None:
        failure = (outcome.what, outcome.way_out) if outcome else None
        return ResultCard(
            snapshot.id, caption, False, None, None, False, model_line=model_line, failure=failure,
            warnings=outcome.warnings if outcome else (),
        )  # fmt: skip
    first = output.results[0] if not output.windowed else None
    looked_at, extra = _looked_at(first.extra) if first else ((), {})
    return ResultCard(
        job_id=snapshot.id,
        caption=caption,
        windowed=output.windowed,
        mark=view.mark_of(first.label) if first else None,
        confidence=first.confidence if first else None,
        unsure=view.unsure(first.confidence) if first else False,
        probabilities=_ranked(first, view) if first else (),
        segments=spans,
        shares=_shares(spans) if output.windowed else (),
        unsure_count=sum(span.unsure for span in spans),
        model_line=model_line,
        warnings=outcome.warnings if outcome else (),
        extra=extra,
        looked_at=looked_at,
    )


def _looked_at(extra: Mapping[str, object]) -> tuple[tuple[float, ...], Mapping[str, object]]:
    """Where the model says that it looked, and what else it says: any script may answer anything under that name."""
    said = extra.get(LOOKED_AT)
    if not isinstance(said, list | tuple) or len(said) != TENTHS:
        return (), extra
    if not all(isinstance(one, int | float) and 0 <= one <= 1 for one in said):
        return (), extra
    return tuple(map(float, said)), {name: value for name, value in extra.items() if name != LOOKED_AT}


def _ranked(result: Result, view: View) -> tuple[tuple[ClassMark, float], ...]:
    ranked = sorted(result.probabilities.items(), key=lambda pair: -pair[1])
    return tuple((view.mark_of(name), value) for name, value in ranked)


def _shares(spans: tuple[LabelSpan, ...]) -> tuple[tuple[ClassMark, float], ...]:
    sums: dict[ClassMark, float] = {}
    for span in spans:
        sums[span.mark] = sums.get(span.mark, 0.0) + span.stop - span.start
    return tuple(sorted(sums.items(), key=lambda pair: -pair[1]))


def result_row(labels: Labels, view: View, signal_id: int, place: int) -> ResultRow:
    """A row of the Results table: of the label that stands at this place, or of the one that a job of one window has
    put on its signal."""
    spans = labels if isinstance(labels, Spans) else Spans(labels, view)
    snapshot, span = spans.snapshot, spans[place]
    request, outcome = snapshot.request, snapshot.outcome
    assert outcome is not None
    assert outcome.output is not None  # else there were no labels
    manifest, windowed = request.classifier.manifest, outcome.output.windowed
    second = None if windowed else _runner_up(outcome.output.results[0], view)
    unit = request.recording.time_base.unit
    whole = request.start == 0 and request.stop in (None, request.recording.length)
    return ResultRow(
        snapshot.id,
        signal_id,
        printable_name(request.recording.name),
        stretch="Whole" if whole and not windowed else stretch_text(span.start, span.stop, unit),
        mark=span.mark,
        confidence=span.confidence,
        unsure=span.unsure,
        runner_up=second[0] if second else None,
        runner_up_confidence=second[1] if second else None,
        model=f"{manifest.title or manifest.name} {manifest.version}",
        time=clock_text(snapshot.ended or snapshot.created),
    )


def _runner_up(result: Result, view: View) -> tuple[ClassMark, float] | None:
    others = [(value, name) for name, value in result.probabilities.items() if name != result.label]
    if not others:
        return None
    value, name = max(others)
    return view.mark_of(name), value


def problem_row(snapshot: JobSnapshot, signal_id: int) -> ProblemRow | None:
    """What stands in Problems while the signal's latest job is one that failed."""
    outcome = snapshot.outcome
    if outcome is None or snapshot.state in (JobState.SUCCEEDED, JobState.CANCELLED):
        return None
    name = printable_name(snapshot.request.recording.name)
    what = outcome.what or STATE_WORDS[snapshot.state]
    return ProblemRow(
        key=f"signal:{signal_id}",
        what=what if name in what else f"{what} ({name})",
        way_out=outcome.way_out,
        time=clock_text(snapshot.ended or snapshot.created),
        job_id=snapshot.id,
        signal_id=signal_id,
        serious=snapshot.state is not JobState.REJECTED,
    )


def log_row(entry: LogEntry) -> LogRow:
    """A line that came from the pool as the Log shows it."""
    return LogRow(
        clock_text(entry.time, milliseconds=True),
        entry.job_id,
        entry.job_number,
        entry.worker,
        entry.origin,
        entry.level,
        entry.text,
    )


def ending_lines(snapshots: Iterable[JobSnapshot], view: View) -> list[LogRow]:
    """SigDesk's own last line of each job: how it ended. The jobs of a batch end at one moment and mostly say the same;
    all their lines hold the same words."""
    words: dict[str, tuple[str, str]] = {}
    when = ran = None
    lines = []
    for snapshot in snapshots:
        outcome = snapshot.outcome
        output = None if outcome is None else outcome.output
        if output is None or output.windowed:
            clock, text = _ending_words(snapshot, view)
        else:
            if when != snapshot.ended or ran != snapshot.run_s:
                when, ran, words = snapshot.ended, snapshot.run_s, {}
            label = output.results[0].label
            known = words.get(label)
            if known is None:
                known = words[label] = _ending_words(snapshot, view)
            clock, text = known
        lines.append(
            _as_log_row((clock, snapshot.id, snapshot.number, snapshot.worker or 0, Origin.JOB, Level.INFO, text))
        )
    return lines


def _ending_words(snapshot: JobSnapshot, view: View) -> tuple[str, str]:
    """The clock and the text of a job's last line."""
    outcome, run_s = snapshot.outcome, snapshot.run_s
    text = outcome.what if outcome and outcome.what else "Done"
    if outcome is not None and (output := outcome.output) is not None:
        results = output.results
        text = f"Done: {len(results)} windows" if output.windowed else f"Done: {view.mark_of(results[0].label).title}"
    if run_s is not None:
        text = f"{text} after {run_s:.2f} s" if run_s < 10 else f"{text} after {run_s:.0f} s"
    return clock_text(snapshot.ended or snapshot.created, milliseconds=True), text
