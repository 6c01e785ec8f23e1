"""All that is known of one job, in words: what the details show, and what is copied from them. Pure functions."""

from __future__ import annotations

import time
from collections.abc import Iterable

from msgspec import Struct

from sigdesk.app.jobs_model import STATE_WORDS, seconds_text
from sigdesk.app.outcomes import View, clock_text
from sigdesk.app.rows import LogRow, log_word
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Outcome
from sigdesk.pool.journal_search import StoredJob
from sigdesk.protocol import Result
from sigdesk.signals.describe import NOTHING, format_count, format_time, stretch_text
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording

LINES_SHOWN = 200
"""Lines of the job's log, and of its standard error; the Log has the rest."""

Field = tuple[str, str]


class Section(Struct, frozen=True):
    """A heading, and names with their values."""

    title: str
    fields: tuple[Field, ...]


class JobDetails(Struct, frozen=True):
    """A job in words. `stderr` and `log` are lines as they were written; `left_out` counts log lines before them.

    `stored` says that it is told from the journal: the Log and the table of this session know nothing of the job.
    """

    job_id: str
    title: str
    state: JobState
    sections: tuple[Section, ...]
    stderr: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    left_out: int = 0
    stored: bool = False

    @property
    def text(self) -> str:
        """All of it as plain text."""
        parts = [self.title]
        for section in self.sections:
            parts += ["", section.title, *(f"  {name}: {value}" for name, value in section.fields)]
        for title, lines in (("Standard error", self.stderr), ("Log", self.log)):
            if lines:
                parts += ["", title, *(f"  {line}" for line in lines)]
        return "\n".join(parts)


def details_of(snapshot: JobSnapshot, lines: Iterable[LogRow], view: View, input_sum: int | None = None) -> JobDetails:
    """The details of a job; `lines` are its lines that the Log has kept, `input_sum` the CRC-32 of its samples."""
    request, outcome = snapshot.request, snapshot.outcome
    log = [f"{line.clock}  {line.word:<5}  {line.text}" for line in lines]
    params = {**request.classifier.manifest.params, **request.params}
    sections = (
        Section("Outcome", tuple(_outcome(snapshot, outcome, view))),
        Section("Times", tuple(_times(snapshot))),
        Section("Signal", (*_signal(request), *_hash(input_sum))),
        Section("Model", tuple(_model(request))),
        Section("Parameters", tuple((name, str(value)) for name, value in params.items())),
    )
    return JobDetails(
        job_id=snapshot.id,
        title=f"Job {snapshot.number} · {printable_name(request.recording.name)}",
        state=snapshot.state,
        sections=tuple(section for section in sections if section.fields),
        stderr=tuple(outcome.stderr_tail.splitlines()[-LINES_SHOWN:]) if outcome else (),
        log=tuple(log[-LINES_SHOWN:]),
        left_out=max(0, len(log) - LINES_SHOWN),
    )


def details_of_stored(job: StoredJob, model_title: str, label_title: str) -> JobDetails:
    """The details of a job as the journal has it, under the titles of its model and its label."""
    row, stored = job.row, job.row.stored
    outcome = job.outcome
    lines = [
        f"{clock_text(line.time, milliseconds=True)}  {log_word(line.origin, line.level):<5}  {line.text}"
        for line in job.lines
    ]
    sections = (
        Section("Outcome", tuple(_stored_outcome(job, label_title))),
        Section("Times", tuple(_changes(job))),
        Section("Signal", (*_stored_signal(job), *_hash(job.input_sum))),
        Section(
            "Model",
            (
                ("Name", f"{model_title} ({stored.model})" if model_title != stored.model else stored.model),
                ("Version", stored.version),
                ("Folder", printable_name(stored.folder)),
                *([("SHA-256", job.model_sha256)] if job.model_sha256 else []),
            ),
        ),
        Section("Parameters", tuple((name, str(value)) for name, value in job.params.items())),
    )
    return JobDetails(
        job_id=row.id,
        title=f"Job {row.number} · {printable_name(stored.name)}",
        state=row.state,
        sections=tuple(section for section in sections if section.fields),
        stderr=tuple(outcome.stderr_tail.splitlines()[-LINES_SHOWN:]) if outcome else (),
        log=tuple(lines[-LINES_SHOWN:]),
        left_out=max(0, len(lines) - LINES_SHOWN) + job.lines_dropped,
        stored=True,
    )


def _stored_outcome(job: StoredJob, label_title: str) -> Iterable[Field]:
    row, outcome = job.row, job.outcome
    yield "State", STATE_WORDS[row.state]
    if row.label is not None:
        yield "Result", label_title + ("" if row.confidence is None else f" {row.confidence:.1%}")
    elif row.state is JobState.SUCCEEDED and job.windows is not None:
        yield "Result", f"{format_count(job.windows)} windows"
    if outcome is not None:
        yield from _words_of(outcome)


def _changes(job: StoredJob) -> Iterable[Field]:
    """The states one after another, each with the time that the one before it took."""
    before: float | None = None
    for state, at in job.changes:
        spent = "" if before is None else f", after {seconds_text(max(0.0, at - before))}"
        yield STATE_WORDS[state], _moment(at) + spent
        before = at
    yield "Attempt", str(job.row.attempt)
    yield "Worker", NOTHING if job.worker is None else str(job.worker)
    yield "Job", job.row.id
    if job.retry_of:
        yield "Retry of", job.retry_of


def _stored_signal(job: StoredJob) -> Iterable[Field]:
    stored = job.row.stored
    yield "Name", printable_name(stored.name)
    yield "File", printable_name(stored.path) if stored.path else "None: it existed only in memory"
    if stored.item:
        yield "Signal in it", printable_name(stored.item)
    if job.start or job.stop is not None:
        last = "its end" if job.stop is None else f"sample {format_count(job.stop)}"
        yield "Stretch", f"From sample {format_count(job.start)} to {last}"
    if job.windows is not None:
        yield "Windows", format_count(job.windows)


def _outcome(snapshot: JobSnapshot, outcome: Outcome | None, view: View) -> Iterable[Field]:
    yield "State", STATE_WORDS[snapshot.state]
    if outcome is None:
        if snapshot.progress is not None:
            yield "Progress", f"{snapshot.progress:.0%}"
        return
    if outcome.output is not None:
        if outcome.output.windowed:
            yield "Result", f"{format_count(len(outcome.output.results))} windows"
        else:
            yield "Result", _result_text(outcome.output.results[0], view)
    yield from _words_of(outcome)


def _words_of(outcome: Outcome) -> Iterable[Field]:
    if outcome.what:
        yield "Error", outcome.what
    if outcome.way_out:
        yield "Way out", outcome.way_out
    if outcome.code:
        yield "Code", str(outcome.code)
    if outcome.exit_code is not None:
        yield "Exit code", str(outcome.exit_code)
    for warning in outcome.warnings:
        yield "Warning", warning


def _result_text(result: Result, view: View) -> str:
    sure = "" if result.confidence is None else f" {result.confidence:.1%}"
    return f"{view.mark_of(result.label).title}{sure}"


def _times(snapshot: JobSnapshot) -> Iterable[Field]:
    yield "Queued", _moment(snapshot.created)
    yield "Started", _after(_started(snapshot), snapshot.queued_s, "waiting")
    yield "Ended", _after(snapshot.ended, snapshot.run_s, "running")
    yield "Attempt", str(snapshot.attempt)
    yield "Worker", NOTHING if snapshot.worker is None else str(snapshot.worker)
    yield "Job", snapshot.id
    if snapshot.request.retry_of:
        yield "Retry of", snapshot.request.retry_of


def _started(snapshot: JobSnapshot) -> float | None:
    """When the latest attempt began, seconds since the epoch."""
    if snapshot.ended is not None:
        return None if snapshot.run_s is None else snapshot.ended - snapshot.run_s
    waited = snapshot.queued_s if snapshot.state is JobState.RUNNING else None
    return None if waited is None else snapshot.created + waited


def _moment(epoch_s: float) -> str:
    text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(epoch_s))
    return f"{text}.{int(epoch_s * 1000) % 1000:03d}"


def _after(epoch_s: float | None, span_s: float | None, doing: str) -> str:
    if epoch_s is None:
        return NOTHING
    return _moment(epoch_s) + ("" if span_s is None else f", after {seconds_text(span_s)} {doing}")


def _signal(request: JobRequest) -> Iterable[Field]:
    recording = request.recording
    stop = recording.length if request.stop is None else request.stop
    yield "Name", printable_name(recording.name)
    yield "File", printable_name(str(recording.path))
    if recording.item:
        yield "Signal in it", printable_name(recording.item)
    yield "Stretch", _stretch(recording, request.start, stop)
    if request.windows is not None:
        yield "Windows", _windows(recording, request.windows)
    chosen = range(len(recording.channels)) if request.channels is None else request.channels
    named = [recording.channels[index] for index in chosen]
    texts = [printable_name(f"{channel.name} ({channel.unit})" if channel.unit else channel.name) for channel in named]
    yield "Channels", f"{len(texts)} of {len(recording.channels)}: {', '.join(texts)}"


def _hash(input_sum: int | None) -> Iterable[Field]:
    """Of what was classified: two jobs with the same have had the same samples."""
    if input_sum is not None:
        yield "CRC-32", f"{input_sum:08x}, of the samples"


def _stretch(recording: Recording, start: int, stop: int) -> str:
    whole = "Whole signal" if (start, stop) == (0, recording.length) else "A part"
    times = recording.time_base
    span = stretch_text(times.time_of(start), times.time_of(stop), times.unit)
    return f"{whole}, {span}, {format_count(stop - start)} samples"


def _windows(recording: Recording, windows: tuple[tuple[int, int], ...]) -> str:
    if not windows:
        return "0"
    first, last = windows[0]
    rate = recording.time_base.rate_hz
    length = f"{format_count(last - first)} samples" if rate is None else format_time((last - first) / rate)
    return f"{format_count(len(windows))} of {length} each"


def _model(request: JobRequest) -> Iterable[Field]:
    manifest = request.classifier.manifest
    yield "Name", f"{manifest.title} ({manifest.name})" if manifest.title else manifest.name
    yield "Version", manifest.version
    yield "Folder", printable_name(str(request.classifier.folder))
    if manifest.file is not None:
        yield "Model file", manifest.file.name
        yield "SHA-256", request.classifier.sha256 or manifest.file.sha256 or NOTHING
