"""What the operator has asked for with the Inspector's choices, and the job that it makes of a signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from sigdesk.app.scope_text import stretch_of, whole_text, windows_text
from sigdesk.classifiers.fit import refusal, windows_for
from sigdesk.classifiers.folder import Classifier
from sigdesk.errors import ModelError
from sigdesk.pool.jobs import JobRequest
from sigdesk.signals.describe import duration_text
from sigdesk.signals.recording import Recording


class Order(Struct, frozen=True):
    """The choices of the Inspector at the moment when the operator pressed the button."""

    classifier: Classifier | None
    scope: str
    channels: tuple[int, ...] | None
    params: Mapping[str, object]
    selection: tuple[int, int] | None
    windows_s: tuple[float, float]
    windows_samples: tuple[float, float]
    priority: int = 0


class Worked(NamedTuple):
    """The job that an order makes of a signal, the text under Apply to, and what stands in the way ("" if nothing)."""

    request: JobRequest | None
    scope_text: str
    obstacle: str


def job_or_reason(recording: Recording, order: Order, last: JobRequest | None = None) -> JobRequest | str:
    """The job, or the reason why there can be none. Where the `last` one of the signal asked for the same, it is that:
    thousands of both are kept."""
    request, _, obstacle = work_out(recording, order)
    if request is None or obstacle:
        return obstacle
    return last if last is not None and last.recording is recording and last.asks_the_same(request) else request


def work_out(recording: Recording, order: Order) -> Worked:
    """What an order makes of a signal."""
    classifier = order.classifier
    if classifier is None or not classifier.runnable:
        return Worked(None, "", "Choose a model that can run")
    start, stop, text = 0, recording.length, whole_text(recording)
    if order.scope == "selection":
        if order.selection is None:
            return Worked(None, "No stretch is selected", "Select a stretch on the plot first (S)")
        start, stop = order.selection
        text = stretch_of(recording, start, stop)
    channels = None
    if order.channels is not None:
        channels = tuple(index for index in order.channels if index < len(recording.channels)) or None
    windows = None
    if order.scope == "windows":
        try:
            length, step = order.windows_s if recording.time_base.unit else order.windows_samples
            windows = windows_for(recording, length, step, start, stop)
        except ModelError as error:
            return Worked(None, text, str(error))
        text = f"{windows_text(len(windows))} over {duration_text(recording)}"
    obstacle = refusal(classifier, recording, start, stop, channels, windows) or ""
    request = JobRequest(
        classifier, recording, start, stop, channels, windows, params=order.params, priority=order.priority
    )
    return Worked(request, text, obstacle)
