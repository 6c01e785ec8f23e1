"""Labels as the rows that lanes and lists paint."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


class SpanRows:
    """Labels as rows, made once for each label: of ten thousand an edit changes a few."""

    def __init__(self) -> None:
        self._made: dict[int, dict[str, tuple[Label, LabelSpan]]] = {}
        self._below = 0.0

    def of(
        self, signal_id: int, labels: Iterable[Label], mark_of: Callable[[str], ClassMark], unsure_below: float
    ) -> tuple[LabelSpan, ...]:
        """The rows of a signal's labels, without the rejected ones."""
        if unsure_below != self._below:
            self.forget()
            self._below = unsure_below
        made = self._made.get(signal_id, {})
        rows: dict[str, tuple[Label, LabelSpan]] = {}
        for label in labels:
            if label.review is not Review.REJECTED:
                known = made.get(label.id)
                same = known is not None and known[0] is label
                rows[label.id] = known if known and same else (label, span_of(label, mark_of, unsure_below))
        self._made = {signal_id: rows}  # those of one signal are enough: it is the one that is shown
        return tuple(row for _, row in rows.values())

    def forget(self) -> None:
        """The classes have other names or colours."""
        self._made.clear()
