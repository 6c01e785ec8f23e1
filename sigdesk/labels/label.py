"""A label, and how a classifier's answer becomes labels on the recording's time axis."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from sigdesk.protocol import Output, Result
from sigdesk.signals.recording import Recording


class Author(enum.Enum):
    MODEL = "model"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Label:
    """A class over `start` to `stop` (s, or sample numbers where the recording has no time); `confidence` is 0..1."""

    start: float
    stop: float
    class_name: str
    author: Author
    confidence: float | None = None


def labels_of(
    output: Output, recording: Recording, start: int, stop: int, windows: Sequence[tuple[int, int]] | None
) -> tuple[Label, ...]:
    """The labels that `output` puts on samples `start` to `stop` of a recording.

    A window speaks for the time until the next one begins, the last to its own end. Neighbours of one class become
    one label, with the mean of their confidences.
    """
    if windows is None:
        return (_label(recording, start, stop, [output.results[0]]),)
    ends = [following for following, _ in windows[1:]] + [windows[-1][1]] if windows else []
    runs: list[tuple[int, int, list[Result]]] = []
    for result, (begin, own_end), end in zip(output.results, windows, ends, strict=True):
        end = min(max(end, begin), own_end)
        if runs and runs[-1][2][0].label == result.label and runs[-1][1] == begin:
            runs[-1] = (runs[-1][0], end, [*runs[-1][2], result])
        else:
            runs.append((begin, end, [result]))
    return tuple(_label(recording, start + begin, start + end, results) for begin, end, results in runs)


def _label(recording: Recording, start: int, stop: int, results: Sequence[Result]) -> Label:
    known = [result.confidence for result in results if result.confidence is not None]
    return Label(
        start=recording.time_base.time_of(start),
        stop=_end_time(recording, stop),
        class_name=results[0].label,
        author=Author.MODEL,
        confidence=sum(known) / len(known) if known else None,
    )


def _end_time(recording: Recording, stop: int) -> float:
    """The time at which sample `stop` begins; past the last sample of explicit times, the last time."""
    times = recording.time_base.times
    if times is not None and stop >= len(times):
        return float(times[-1])
    return recording.time_base.time_of(stop)
