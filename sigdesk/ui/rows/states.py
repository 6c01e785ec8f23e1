"""How the states of jobs and signals look: always an icon and a word, never a colour alone."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from sigdesk.app.rows import SignalState
from sigdesk.pool.jobs import JobState


class StateLook(Struct, frozen=True):
    """The word of a state, its Phosphor icon, and the token of both."""

    word: str
    icon: str
    token: str


JOB_STATES: Final = {
    JobState.QUEUED: StateLook("Queued", "clock", "muted"),
    JobState.RUNNING: StateLook("Running", "spinner-gap", "accent_text"),
    JobState.SUCCEEDED: StateLook("Done", "check-circle", "ok"),
    JobState.FAILED: StateLook("Failed", "warning-circle-fill", "error"),
    JobState.TIMED_OUT: StateLook("Timed out", "hourglass", "error"),
    JobState.CRASHED: StateLook("Crashed", "lightning", "error"),
    JobState.CANCELLED: StateLook("Cancelled", "prohibit", "muted"),
    JobState.REJECTED: StateLook("Rejected", "x-circle", "warn"),
    JobState.INTERRUPTED: StateLook("Interrupted", "pause", "warn"),
}

SIGNAL_STATES: Final = {
    SignalState.NOT_CLASSIFIED: StateLook("Not classified", "circle", "muted"),
    SignalState.QUEUED: StateLook("Queued", "clock", "muted"),
    SignalState.RUNNING: StateLook("Running", "spinner-gap", "accent_text"),
    SignalState.CLASSIFIED: StateLook("Classified", "check-circle", "text_2"),
    SignalState.UNSURE: StateLook("Unsure", "warning", "warn"),
    SignalState.FAILED: StateLook("Failed", "warning-circle-fill", "error"),
    SignalState.CANCELLED: StateLook("Cancelled", "prohibit", "muted"),
}
