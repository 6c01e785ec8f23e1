"""Which labels of the signal that is shown are chosen, and which class the label tool gives. Lanes, list and keys share
it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from sigdesk.app.labelling import Labelling
from sigdesk.app.rows import ClassMark
from sigdesk.app.session import Session
from sigdesk.labels.edits import Edit, targets
from sigdesk.labels.label import Label, Review

_FOLLOWED: Final = 500
"""What changes more labels than this, as an import does, is no act on chosen ones."""


class LabelChoice(QObject):
    """What came of chosen labels is chosen in their place, so that the next key is for it; as is what was just made,
    or came back by undo. `changed` says that other labels are chosen, or another class is current."""

    changed = Signal()

    def __init__(self, session: Session, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._labelling = labelling
        self._ids: tuple[str, ...] = ()
        self._class_name = ""
        session.current_changed.connect(self._on_current_changed)
        labelling.edited.connect(self._on_edited)
        labelling.undone.connect(lambda edit: self._follow(edit, [change.before for change in edit.labels]))
        labelling.redone.connect(lambda edit: self._follow(edit, [change.after for change in edit.labels]))
        labelling.changed.connect(self._on_labels_changed)
        labelling.classes_changed.connect(self.changed)

    @property
    def signal_id(self) -> int:
        """The signal that is shown, 0 for none."""
        current = self._session.current
        return 0 if current is None else current.id

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    @property
    def labels(self) -> list[Label]:
        """The chosen labels in order; in place of a model's that the operator has made their own, that one."""
        chosen = targets(self._labelling.labels(self.signal_id), self._ids)
        return sorted(chosen, key=lambda label: label.order)

    @property
    def to_accept(self) -> list[str]:
        """Ids of what can be accepted: of the chosen labels, else of all of the signal, those of a model that wait."""
        labels = self._labelling.labels(self.signal_id)
        among = map(labels.find, self._ids) if self._ids else labels
        return [label.id for label in among if label is not None and label.review is Review.OPEN]

    @property
    def some_to_accept(self) -> bool:
        """Whether `to_accept` has any."""
        if not self._ids:
            return self.some_wait
        chosen = map(self._labelling.labels(self.signal_id).find, self._ids)
        return any(label is not None and label.review is Review.OPEN for label in chosen)

    @property
    def some_wait(self) -> bool:
        """Whether a model's label of the signal waits to be accepted, chosen or not."""
        return any(label.review is Review.OPEN for label in self._labelling.labels(self.signal_id))

    @property
    def current_class(self) -> ClassMark | None:
        """What the label tool gives: the class that was used last, else that of the lowest key; None without any."""
        classes = self._labelling.classes
        if all(each.name != self._class_name for each in classes):
            keyed = sorted((each.key, each.name) for each in classes if each.key is not None)
            self._class_name = keyed[0][1] if keyed else ""
        return self._session.mark(self._class_name) if self._class_name else None

    def use_class(self, name: str) -> None:
        """Let the label tool give this class from now on."""
        if name != self._class_name:
            self._class_name = name
            self.changed.emit()

    def choose(self, ids: Iterable[str]) -> None:
        """Choose these labels of the signal that is shown; those that are not there are passed over."""
        labels = self._labelling.labels(self.signal_id)
        chosen = tuple(label_id for label_id in dict.fromkeys(ids) if label_id in labels)
        if chosen != self._ids:
            self._ids = chosen
            self.changed.emit()

    def choose_all(self) -> None:
        self.choose(label.id for label in self._labelling.labels(self.signal_id) if label.review is not Review.REJECTED)

    def _on_current_changed(self, _: int) -> None:
        self._ids = ()
        self.changed.emit()

    def _on_labels_changed(self, signal_ids: frozenset[int]) -> None:
        if self.signal_id in signal_ids:
            self.choose(self._ids)  # some may be gone: the model has spoken again

    def _on_edited(self, edit: Edit) -> None:
        self._follow(edit, [change.after for change in edit.labels])
        made = [change.after for change in edit.labels if change.before is None and change.after is not None]
        if len(made) == 1:
            self.use_class(made[0].class_name)

    def _follow(self, edit: Edit, there: Sequence[Label | None]) -> None:
        if edit.labels and self._labelling.key_of(self.signal_id) in edit.signals:
            own = [label.id for label in there if label is not None and not label.by_model]
            self.choose(own if len(own) <= _FOLLOWED else ())
