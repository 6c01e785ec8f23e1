"""What a job says of its signal: its state, its labels and its failure, written on the signal of the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sigdesk.app.outcomes import Spans, View, cause_of
from sigdesk.app.rows import ClassMark, SignalState
from sigdesk.app.session import SignalEntry
from sigdesk.pool.jobs import JobSnapshot, JobState

_SIGNAL_STATES: Final = {
    JobState.QUEUED: SignalState.QUEUED,
    JobState.RUNNING: SignalState.RUNNING,
}


def show_on_signal(entry: SignalEntry, snapshot: JobSnapshot, view: View) -> None:
    """Bring a signal up to the present state of its latest job."""
    if is_of_one_window(snapshot):
        show_succeeded([(entry, snapshot)], view)
        entry.job_id = snapshot.id
        return
    entry.progress = snapshot.progress
    if not snapshot.state.ended:
        entry.state = _SIGNAL_STATES[snapshot.state]
        return
    if snapshot.state is JobState.CANCELLED:
        show_cancelled(entry, view)
        return
    entry.ended_job = snapshot
    entry.job_id = snapshot.id
    entry.cause = cause_of(snapshot)
    if snapshot.state is JobState.SUCCEEDED:
        _show_windows(entry, Spans(snapshot, view), view)
    else:
        entry.view, entry.windows, entry.mark, entry.confidence = None, None, None, None
        entry.state = SignalState.FAILED


def is_of_one_window(snapshot: JobSnapshot) -> bool:
    """Whether a job has succeeded that was about its whole stretch as one window, as most are."""
    return snapshot.state is JobState.SUCCEEDED and snapshot.request.windows is None


def show_succeeded(pairs: Sequence[tuple[SignalEntry, JobSnapshot]], view: View) -> None:
    """Show jobs that are of one window on their signals, without the labels' times, which nobody looks at yet:
    thousands come in a second."""
    marks: dict[str, ClassMark] = {}
    below = view.unsure_below
    for entry, snapshot in pairs:
        outcome = snapshot.outcome
        assert outcome is not None
        assert outcome.output is not None  # it has succeeded
        result = outcome.output.results[0]
        label, confidence = result.label, result.confidence
        mark = marks.get(label)
        if mark is None:
            mark = marks[label] = view.mark_of(label)
        entry.ended_job, entry.view, entry.mark, entry.confidence = snapshot, view, mark, confidence
        entry.windows = entry.progress = None
        entry.cause = ""
        unsure = confidence is not None and confidence < below
        entry.state = SignalState.UNSURE if unsure else SignalState.CLASSIFIED


def _show_windows(entry: SignalEntry, spans: Spans, view: View) -> None:
    """The class that most of the signal has; it is unsure where anything of it is."""
    best = max(spans, key=lambda span: span.stop - span.start, default=None)
    entry.windows, entry.view = spans, view
    entry.mark = best.mark if best else None
    entry.confidence = best.confidence if best else None
    entry.state = SignalState.UNSURE if any(span.unsure for span in spans) else SignalState.CLASSIFIED


def show_cancelled(entry: SignalEntry, view: View) -> None:
    """What was cancelled changes nothing: a signal that had its label or its failure before has it still."""
    entry.progress = None
    if entry.ended_job is None:
        entry.state = SignalState.CANCELLED
    else:
        show_on_signal(entry, entry.ended_job, view)
