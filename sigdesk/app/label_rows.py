"""Labels as the rows that lanes and lists paint."""

from __future__ import annotations

from collections.abc import Callable

from sigdesk.app.rows import ClassMark, LabelSpan
from sigdesk.labels.label import Label, Review


def span_of(label: Label, mark_of: Callable[[str], ClassMark], unsure_below: float) -> LabelSpan:
    """A label over the plot; unsure where it is open for a check and below `unsure_below` (0..1)."""
    return LabelSpan(
        start=label.start,
        stop=label.stop,
        mark=mark_of(label.class_name),
        confidence=label.confidence,
        unsure=label.unsure(unsure_below),
        by_you=not label.by_model,
        id=label.id,
        title=label.name,
        note=label.note,
        channels=label.channels,
        settled=label.by_model and label.review in (Review.ACCEPTED, Review.CORRECTED),
    )
