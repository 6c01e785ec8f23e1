"""What the Signals list says of a signal's labels: the operator's own, and whether some of a model wait for a check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject

from sigdesk.app.labelling import Labelling
from sigdesk.app.rows import ClassMark, SignalState
from sigdesk.app.session import Session, SignalEntry
from sigdesk.labels.label_set import LabelSet

_ANSWERED: Final = (SignalState.CLASSIFIED, SignalState.UNSURE)


class LabelMarks(QObject):
    """Keeps `SignalEntry.you`, and the state of classified signals, in step with the labels.

    A model's label that was accepted or corrected is unsure no more, and neither is a signal that has no other.
    """

    def __init__(self, session: Session, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._labelling = labelling
        labelling.changed.connect(self._on_labels_changed)

    def _on_labels_changed(self, signal_ids: Iterable[int]) -> None:
        entries = filter(None, map(self._session.find, signal_ids))
        self._session.touch([entry.id for entry in entries if self._bring_up_to_date(entry)])

    def _bring_up_to_date(self, entry: SignalEntry) -> bool:
        """Answers whether anything is different now."""
        labels = self._labelling.labels(entry.id)
        before = entry.you, entry.state
        entry.you = self._longest_of_yours(labels)
        if entry.state in _ANSWERED:
            below = self._labelling.unsure_below
            unsure = any(label.unsure(below) for label in labels)
            entry.state = SignalState.UNSURE if unsure else SignalState.CLASSIFIED
        return (entry.you, entry.state) != before

    def _longest_of_yours(self, labels: LabelSet) -> ClassMark | None:
        """The class that most of the operator's labelled time has."""
        covered: dict[str, float] = {}
        for label in labels:
            if not label.by_model:
                covered[label.class_name] = covered.get(label.class_name, 0.0) + label.stop - label.start
        return self._session.mark(max(covered, key=lambda name: covered[name])) if covered else None
