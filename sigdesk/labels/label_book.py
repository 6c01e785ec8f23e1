"""All labels of a session, its classes and notes, and the history of what was done to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from sigdesk.errors import LabelError
from sigdesk.labels.classes import ClassTable
from sigdesk.labels.edits import ClassChange, Edit, LabelChange, NoteChange, SignalKey
from sigdesk.labels.label import Label, Review, checked, clean_name, new_id, of_class
from sigdesk.labels.label_set import LabelSet

UNDO_KEPT: Final = 5_000
"""Edits that can be undone; older ones are forgotten."""


class LabelBook(Struct):
    """Labels by signal, classes, notes. Every change by the operator goes through `do`, and can be undone.

    What a model says comes and goes without a trace in the history: who classifies a thousand signals while labelling
    one wants to undo the label, not the thousand. An undone edit passes over labels of a model that are no more.
    """

    classes: ClassTable = field(default_factory=ClassTable)
    notes: dict[SignalKey | None, str] = field(default_factory=dict)
    done: deque[Edit] = field(default_factory=lambda: deque(maxlen=UNDO_KEPT))
    undone: list[Edit] = field(default_factory=list)
    _kept: dict[SignalKey, LabelSet | Label] = field(default_factory=dict)
    """By signal. Most of thousands have one label, a model's: it stands here without a set about it, which takes more
    room than the label."""

    def labels(self, signal: SignalKey) -> LabelSet:
        """The labels of a signal as they are now, to be read only."""
        kept = self._kept.get(signal)
        if kept is None:
            return LabelSet()
        return LabelSet((kept,)) if isinstance(kept, Label) else kept

    @property
    def signals(self) -> Iterator[SignalKey]:
        """The signals that have labels."""
        return (signal for signal, kept in self._kept.items() if isinstance(kept, Label) or len(kept))

    def renaming(self, old: str, new: str) -> Edit:
        """The edit that gives a class another name on all labels of the operator's.

        It keeps its colour and key, unless a model says the old name: then that one keeps them. Raises LabelError for
        a name that is empty or another class's.
        """
        known, name = self.classes.find(old), clean_name(new)
        if known is None or name == old:
            return Edit("Rename")
        if not name:
            raise LabelError("A class must have a name.", "Give it one, or leave it as it is.")
        if self.classes.find(name) is not None:
            raise LabelError(f"There is a class “{name}” already.", "Set that class on the labels instead.")
        changes, said = [], False
        for signal in self._kept:
            for label in self.labels(signal):
                if label.class_name == old and label.by_model:
                    said = True
                elif label.class_name == old:
                    changes.append(LabelChange(signal, label, of_class(label, name)))
        renamed = () if said else (ClassChange(known, replace(known, name=name, title=name)),)
        return Edit(f"Rename {old} to {name}", tuple(changes), renamed)

    def keying(self, keys: Mapping[str, int | None]) -> Edit:
        """The edit that gives classes these keys. No two may have the same."""
        held = [(each, replace(each, key=keys[each.name])) for each in self.classes if each.name in keys]
        return Edit("Keys of classes", classes=tuple(ClassChange(*pair) for pair in held if pair[0] != pair[1]))

    def do(self, edit: Edit) -> bool:
        """Apply an edit of the operator's; one that changes nothing leaves no trace and answers False."""
        if not edit:
            return False
        self._apply(edit)
        self.done.append(edit)
        self.undone.clear()
        return True

    def undo(self) -> Edit | None:
        """Take the last edit back; the edit, None where there is none."""
        if not self.done:
            return None
        edit = self.done.pop()
        self._apply(edit.reversed())
        self.undone.append(edit)
        return edit

    def redo(self) -> Edit | None:
        """Do the edit again that was taken back last; None where there is none."""
        if not self.undone:
            return None
        edit = self.undone.pop()
        self._apply(edit)
        self.done.append(edit)
        return edit

    def load(self, signal: SignalKey, labels: Iterable[Label]) -> None:
        """Take the labels of a signal as a file has them, in place of what is there; no step of undo."""
        loaded = LabelSet(map(checked, labels))
        self._keep(signal, loaded)
        self._meet(loaded)

    def replace_model(self, signal: SignalKey, labels: Sequence[Label], start: float, stop: float) -> bool:
        """Put what a model says of `start` to `stop` in place of what models have said of it before.

        A label that says the same again keeps its id and what the operator has made of it. Answers whether anything
        is different now.
        """
        there = self.labels(signal)
        said = [label if label.review is Review.OPEN else replace(label, review=Review.OPEN) for label in labels]
        if not len(there):  # as of most signals, of which thousands may come at once
            put = list(map(checked, said))
            there.change((), put)
            self._keep(signal, there)
            self._meet(put)
            return bool(put)
        known = {_word(label): label for label in there if label.by_model}
        new = [known.get(_word(label)) or checked(label) for label in said]
        keep = {label.id for label in new}
        gone = [
            label for label in there.between(start, stop)
            if label.by_model and label.id not in keep and _overlaps(label, start, stop)
        ]  # fmt: skip
        put = [label for label in new if label.id not in there]
        put += [part for label in gone for part in _outside(label, start, stop)]
        if not (gone or put):
            return False
        there.change([label.id for label in gone], put)
        self._keep(signal, there)
        self._meet(put)
        return True

    def set_model(self, signal: SignalKey, labels: Iterable[Label]) -> None:
        """Take these as all that models say of a signal, with what the operator has made of it."""
        there, put = self.labels(signal), list(labels)
        there.change([label.id for label in there if label.by_model], put)
        self._keep(signal, there)
        self._meet(put)

    def prune(self, keep: Set[SignalKey]) -> None:
        """Forget the signals that are not among these, with their notes and what was done to them alone."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in keep}
        self.notes = {key: note for key, note in self.notes.items() if key is None or key in keep}
        self.done = deque((edit for edit in self.done if edit.signals <= keep), maxlen=UNDO_KEPT)
        self.undone = [edit for edit in self.undone if edit.signals <= keep]

    def rekey(self, old: SignalKey, new: SignalKey) -> None:
        """A signal's file was found at another place: all that is known of it goes along."""
        if old == new:
            return
        if old in self._kept:
            self._kept[new] = self._kept.pop(old)
        if old in self.notes:
            self.notes[new] = self.notes.pop(old)
        self.done = deque((_rekeyed(edit, old, new) for edit in self.done), maxlen=UNDO_KEPT)
        self.undone = [_rekeyed(edit, old, new) for edit in self.undone]

    def _keep(self, signal: SignalKey, labels: LabelSet) -> None:
        """These are the labels of a signal now."""
        self._kept[signal] = next(iter(labels)) if len(labels) == 1 else labels

    def _meet(self, labels: Iterable[Label]) -> None:
        """Every class that a label has gets its key and colour."""
        for name in dict.fromkeys(label.class_name for label in labels):
            self.classes.of(name)

    def _apply(self, edit: Edit) -> None:
        for change in edit.classes:
            self._apply_class(change)
        for note in edit.notes:
            self._apply_note(note)
        by_signal: dict[SignalKey, list[LabelChange]] = {}
        for each in edit.labels:
            by_signal.setdefault(each.signal, []).append(each)
        for signal, changes in by_signal.items():
            self._apply_labels(signal, changes)

    def _apply_labels(self, signal: SignalKey, changes: Sequence[LabelChange]) -> None:
        labels = self.labels(signal)
        gone, put = [], []
        for change in changes:
            before, after = change.before, change.after
            if before is not None and before.by_model and before.id not in labels:
                continue  # the model has spoken again since
            if before is not None and (after is None or after.id != before.id):
                gone.append(before.id)
            if after is not None:
                put.append(after)
        labels.change(gone, put)
        self._keep(signal, labels)
        self._meet(put)

    def _apply_class(self, change: ClassChange) -> None:
        if change.after is not None:
            self.classes.put(change.after, change.before.name if change.before else "")
        elif change.before is not None:
            self.classes.remove(change.before.name)

    def _apply_note(self, change: NoteChange) -> None:
        if change.after:
            self.notes[change.signal] = change.after
        else:
            self.notes.pop(change.signal, None)


def _word(label: Label) -> tuple[object, ...]:
    """What a model has said, and of what."""
    return label.start, label.stop, label.class_name, label.model, label.version, label.confidence, label.channels


def _overlaps(label: Label, start: float, stop: float) -> bool:
    """Whether they have time in common; neighbours that touch have none."""
    return (label.start < stop and label.stop > start) or (label.start == label.stop or start == stop)


def _outside(label: Label, start: float, stop: float) -> list[Label]:
    """What is left of a label that reaches beyond `start` or `stop`."""
    left = [replace(label, id=new_id(), stop=start)] if label.start < start else []
    right = [replace(label, id=new_id(), start=stop)] if label.stop > stop else []
    return left + right


def _rekeyed(edit: Edit, old: SignalKey, new: SignalKey) -> Edit:
    if old not in edit.signals:
        return edit
    return replace(
        edit,
        labels=tuple(replace(one, signal=new) if one.signal == old else one for one in edit.labels),
        notes=tuple(replace(one, signal=new) if one.signal == old else one for one in edit.notes),
    )
