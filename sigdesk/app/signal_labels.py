"""A class given to whole signals, as a digit in the Signals list does: to the one label that a signal has, or to all of
it where it has none. All signals together are one step of undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sigdesk.app.labelling import Labelling
from sigdesk.labels import edits
from sigdesk.labels.edits import Edit, LabelChange
from sigdesk.labels.label import Label, Review
from sigdesk.labels.label_set import LabelSet
from sigdesk.signals.recording import Recording


class Given(Struct, frozen=True):
    """How many signals have the class now, and how many were left as they are: they have several labels, or no sample.
    `is_new` says whether there is anything to undo."""

    signals: int
    left: int
    is_new: bool


def meant(labels: LabelSet) -> list[Label]:
    """The labels that stand for a signal; of a model's and the operator's made of it only one."""
    shown = [label for label in labels if label.review is not Review.REJECTED]
    return list({label.origin or label.id: label for label in shown}.values())


def give_class(labelling: Labelling, recordings: Iterable[tuple[int, Recording]], class_name: str) -> Given:
    """Give a class to each of these signals, ids and recordings. Raises LabelError for a class without a name."""
    changes: list[LabelChange] = []
    done = left = 0
    for signal_id, recording in recordings:
        made = _changes(labelling, signal_id, recording, class_name)
        if made is None:
            left += 1
        else:
            done += 1
            changes += made
    words = f"{done} signal{'' if done == 1 else 's'}"
    return Given(done, left, labelling.do(Edit(f"Label {words} {class_name}", tuple(changes))))


def _changes(
    labelling: Labelling, signal_id: int, recording: Recording, class_name: str
) -> Sequence[LabelChange] | None:
    key, labels = labelling.key_of(signal_id), labelling.labels(signal_id)
    ones = meant(labels)
    if key is None or len(ones) > 1 or not recording.length:
        return None
    if ones:
        return edits.set_class(key, labels, [ones[0].id], class_name).labels
    base = recording.time_base
    return edits.create(key, [Label(base.time_of(0), base.time_of(recording.length), class_name)]).labels
