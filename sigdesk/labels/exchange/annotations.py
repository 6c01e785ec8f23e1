"""What a signal's file says of its stretches (EDF+, BDF+, SigMF, WFDB, …) as labels, and labels as such annotations."""

from __future__ import annotations

from collections.abc import Iterable

from sigdesk.errors import LabelError
from sigdesk.labels.label import MAX_NAME_CHARS, Label, checked
from sigdesk.signals.annotations import Annotation


def from_annotations(annotations: Iterable[Annotation]) -> list[Label]:
    """Labels of the class that each annotation's text names; what is too long for a name stands in the note."""
    labels = []
    for each in annotations:
        note = each.text if len(each.text) > MAX_NAME_CHARS else ""
        try:
            labels.append(checked(Label(each.start_s, each.end_s, each.text, channels=each.channels, note=note)))
        except LabelError:
            continue  # a text of blanks, or no time: nothing to show
    return labels


def to_annotations(labels: Iterable[Label]) -> list[Annotation]:
    """Labels as annotations, by their start: the text is the class, or the label's own name."""
    ordered = sorted(labels, key=lambda label: label.order)
    return [Annotation(label.start, label.stop, label.title, label.channels) for label in ordered]
