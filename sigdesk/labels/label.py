"""A label, and how a classifier's answer becomes labels on the recording's time axis.

A model's label stays what the model has said: whoever accepts, corrects or resizes it makes a label of their own, which
remembers the model's word, and the model's is marked with what became of it. So both lanes of a plot stay true.
"""

from __future__ import annotations

import enum
import math
import secrets
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.errors import LabelError
from sigdesk.protocol import Output, Result
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording

MAX_NAME_CHARS = 200
MAX_NOTE_CHARS = 4_000


class Author(enum.Enum):
    MODEL = "model"
    OPERATOR = "operator"


class Review(enum.Enum):
    """What the operator has made of a model's label; an operator's own is MADE, or what it became of a model's."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    MADE = "made"


class Label(Struct, frozen=True, gc=False):
    """A class over `start` to `stop` (s, or sample numbers where the recording has no time); `confidence` is 0..1.

    `model`, `version` and `confidence` say which model spoke; in an operator's label that was made of a model's they
    are the model's still, `said` is the class that it had named, and `origin` the id of its label. `channels` names the
    channels that are meant (none means all). `id` is unique among the labels of a signal.
    """

    start: float
    stop: float
    class_name: str
    author: Author = Author.OPERATOR
    confidence: float | None = None
    model: str = ""
    version: str = ""
    channels: tuple[str, ...] = ()
    name: str = ""
    note: str = ""
    said: str = ""
    origin: str = ""
    review: Review = Review.MADE
    id: str = ""

    @property
    def by_model(self) -> bool:
        return self.author is Author.MODEL

    @property
    def title(self) -> str:
        """What stands on it: its own name where it has one, else its class."""
        return self.name or self.class_name

    @property
    def order(self) -> tuple[float, float, str]:
        """By this key labels are sorted."""
        return self.start, self.stop, self.id

    def unsure(self, below: float) -> bool:
        """Whether it is a model's, open for a check, and less sure than `below` (0..1)."""
        return self.review is Review.OPEN and self.confidence is not None and self.confidence < below


def new_id() -> str:
    """An id that no other label has."""
    return secrets.token_hex(6)


def checked(label: Label) -> Label:
    """The label as it may be kept: with an id, its ends in order and finite, its texts fit to be shown and stored.

    Raises LabelError for a label without a class or at no time.
    """
    if not (math.isfinite(label.start) and math.isfinite(label.stop)):
        raise LabelError(f"A label cannot lie from {label.start} to {label.stop}.", "Give it two times on the signal.")
    class_name = clean_name(label.class_name)
    if not class_name:
        raise LabelError("A label must have a class.", "Choose or name one.")
    confidence = label.confidence
    if confidence is not None and not 0 <= confidence <= 1:
        raise LabelError(f"The confidence of a label cannot be {confidence}.", "It lies from 0 to 1.")
    kept = (
        float(min(label.start, label.stop)),
        float(max(label.start, label.stop)),
        class_name,
        clean_name(label.name),
        clean_note(label.note),
        label.id,
    )
    if label.id and kept == (label.start, label.stop, label.class_name, label.name, label.note, label.id):
        return label  # tens of thousands may come from a file, and most are as they should be
    start, stop, class_name, name, note, label_id = kept
    return replace(
        label, start=start, stop=stop, class_name=class_name, name=name, note=note, id=label_id or new_id()
    )  # fmt: skip


@lru_cache(maxsize=1024)
def clean_name(text: str) -> str:
    """A class's or label's name on one line, no longer than is shown, without what would disturb a line."""
    return printable_name(" ".join(text.split()))[:MAX_NAME_CHARS].strip()


def clean_note(text: str) -> str:
    """A note of several lines, each fit to be shown."""
    return text and "\n".join(printable_name(line.rstrip()) for line in text.strip().splitlines())[:MAX_NOTE_CHARS]


def adopted(label: Label) -> Label:
    """The operator's own label made of a model's."""
    return replace(
        label,
        id=new_id(),
        author=Author.OPERATOR,
        said=label.class_name,
        origin=label.id,
        review=Review.ACCEPTED,
    )


def of_class(label: Label, class_name: str) -> Label:
    """An operator's label as one of another class; one that a model had made says whether the model was right."""
    review = label.review
    if label.said:
        review = Review.ACCEPTED if class_name == label.said else Review.CORRECTED
    return replace(label, class_name=class_name, review=review)


def labels_of(
    output: Output,
    recording: Recording,
    start: int,
    stop: int,
    windows: Sequence[tuple[int, int]] | None,
    *,
    model: str = "",
    version: str = "",
) -> tuple[Label, ...]:
    """The labels that `output` of a model puts on samples `start` to `stop` of a recording.

    A window speaks for the time until the next one begins, the last to its own end. Neighbours of one class become
    one label, with the mean of their confidences.
    """
    return tuple(
        Label(
            begin, end, class_name, Author.MODEL, confidence, model=model, version=version, review=Review.OPEN
        )
        for begin, end, class_name, confidence in stretches_of(output, recording, start, stop, windows)
    )  # fmt: skip


Stretch = tuple[float, float, str, float | None]
"""From when to when (s, or sample numbers), which class, and how sure (0..1)."""


def stretches_of(
    output: Output, recording: Recording, start: int, stop: int, windows: Sequence[tuple[int, int]] | None
) -> list[Stretch]:
    """What `labels_of` makes labels of."""
    if windows is None:
        return [_stretch(recording, start, stop, output.results[:1])]
    ends = [following for following, _ in windows[1:]] + [windows[-1][1]] if windows else []
    runs: list[tuple[int, int, list[Result]]] = []
    for result, (begin, own_end), end in zip(output.results, windows, ends, strict=True):
        end = min(max(end, begin), own_end)
        if runs and runs[-1][2][0].label == result.label and runs[-1][1] == begin:
            runs[-1] = (runs[-1][0], end, [*runs[-1][2], result])
        else:
            runs.append((begin, end, [result]))
    return [_stretch(recording, start + begin, start + end, results) for begin, end, results in runs]


def _stretch(recording: Recording, start: int, stop: int, results: Sequence[Result]) -> Stretch:
    known = [result.confidence for result in results if result.confidence is not None]
    return (
        _one_for_all(recording.time_base.time_of(start)),
        _one_for_all(end_time(recording, stop)),
        results[0].label,
        sum(known) / len(known) if len(known) > 1 else known[0] if known else None,
    )


@lru_cache(maxsize=256)
def _one_for_all(time: float) -> float:
    """A time as the object that others hold, too: thousands of labels begin and end at the same few."""
    return time


def end_time(recording: Recording, stop: int) -> float:
    """The time at which sample `stop` begins; past the last sample of explicit times, the last time."""
    times = recording.time_base.times
    if times is not None and stop >= len(times):
        return float(times[-1])
    return recording.time_base.time_of(stop)
