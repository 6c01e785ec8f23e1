"""What a job says of its signal: its state, its labels and its failure, written on the signal of the session."""

from __future__ import annotations

from typing import Final

from sigdesk.app.outcomes import Spans, View, cause_of
from sigdesk.app.rows import SignalState
from sigdesk.app.session import SignalEntry
from sigdesk.pool.jobs import JobSnapshot, JobState

_SIGNAL_STATES: Final = {
    JobState.QUEUED: SignalState.QUEUED,
    JobState.RUNNING: SignalState.RUNNING,
}


def show_on_signal(entry: SignalEntry, snapshot: JobSnapshot, view: View) -> None:
    """Bring a signal up to the present state of its latest job."""
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
        spans = entry.spans = Spans(snapshot, view)
        entry.state = SignalState.UNSURE if _show_best(entry, snapshot, spans, view) else SignalState.CLASSIFIED
        return
    entry.mark, entry.confidence, entry.spans = None, None, ()
    entry.state = SignalState.FAILED


def _show_best(entry: SignalEntry, snapshot: JobSnapshot, spans: Spans, view: View) -> bool:
    """The class that stands for the whole signal; answers whether anything of it is unsure."""
    outcome = snapshot.outcome
    if snapshot.request.windows is None and outcome is not None and outcome.output is not None:
        result = outcome.output.results[0]  # without the label's times, which nobody looks at yet
        entry.mark, entry.confidence = view.mark_of(result.label), result.confidence
        return view.unsure(result.confidence)
    best = max(spans, key=lambda span: span.stop - span.start, default=None)
    entry.mark = best.mark if best else None
    entry.confidence = best.confidence if best else None
    return any(span.unsure for span in spans)


def show_cancelled(entry: SignalEntry, view: View) -> None:
    """What was cancelled changes nothing: a signal that had its label or its failure before has it still."""
    entry.progress = None
    if entry.ended_job is None:
        entry.state = SignalState.CANCELLED
    else:
        show_on_signal(entry, entry.ended_job, view)
