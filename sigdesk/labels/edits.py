"""What an operator does to labels, as values: each edit says what was before and what is after, so it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.errors import LabelError
from sigdesk.labels.classes import LabelClass
from sigdesk.labels.label import Label, Review, adopted, checked, clean_name, clean_note, new_id, of_class
from sigdesk.labels.label_set import LabelSet
from sigdesk.signals.recording import Recording


class SignalKey(NamedTuple):
    """Which signal of which file it is, the same in every run of the program."""

    path: str
    item: str = ""

    @classmethod
    def of(cls, recording: Recording) -> SignalKey:
        return cls(str(recording.path), recording.item)

    @property
    def file(self) -> Path:
        return Path(self.path)


class LabelChange(Struct, frozen=True):
    """A label that came (`before` is None), went (`after` is None) or became another."""

    signal: SignalKey
    before: Label | None
    after: Label | None

    def reversed(self) -> LabelChange:
        return LabelChange(self.signal, self.after, self.before)


class ClassChange(Struct, frozen=True):
    """A class that came, went or was renamed."""

    before: LabelClass | None
    after: LabelClass | None

    def reversed(self) -> ClassChange:
        return ClassChange(self.after, self.before)


class NoteChange(Struct, frozen=True):
    """The note of a signal, or of the session where `signal` is None."""

    signal: SignalKey | None
    before: str
    after: str

    def reversed(self) -> NoteChange:
        return NoteChange(self.signal, self.after, self.before)


class Edit(Struct, frozen=True):
    """One step of undo. `title` is what the operator reads of it: "Delete 3 labels"."""

    title: str
    labels: tuple[LabelChange, ...] = ()
    classes: tuple[ClassChange, ...] = ()
    notes: tuple[NoteChange, ...] = ()

    def reversed(self) -> Edit:
        """The edit that takes this one back."""
        return Edit(
            self.title,
            tuple(change.reversed() for change in reversed(self.labels)),
            tuple(change.reversed() for change in reversed(self.classes)),
            tuple(change.reversed() for change in reversed(self.notes)),
        )

    def __bool__(self) -> bool:
        return bool(self.labels or self.classes or self.notes)

    @property
    def signals(self) -> frozenset[SignalKey]:
        """The signals whose labels or notes it changes."""
        return frozenset(
            [change.signal for change in self.labels] + [change.signal for change in self.notes if change.signal]
        )


def create(signal: SignalKey, labels: Iterable[Label]) -> Edit:
    """New labels. Raises LabelError for one without a class or at no time."""
    new = [checked(label) for label in labels]
    title = f"Label {new[0].class_name}" if len(new) == 1 else f"Add {len(new)} labels"
    return Edit(title, tuple(LabelChange(signal, None, label) for label in new))


def delete(signal: SignalKey, among: LabelSet, ids: Iterable[str]) -> Edit:
    """Take labels away. A model's is kept as rejected; one of which the operator's own go is open again."""
    changes: list[LabelChange] = []
    gone = targets(among, ids)
    leaving = {label.id for label in gone}
    origins = {label.origin for label in gone if label.origin}
    still_used = {label.origin for label in among if label.origin in origins and label.id not in leaving}
    for label in gone:
        if not label.by_model:
            changes.append(LabelChange(signal, label, None))
            if label.origin not in still_used:
                changes += _reviewed(signal, among, label.origin, Review.OPEN)
        elif label.review is not Review.REJECTED:
            changes.append(LabelChange(signal, label, replace(label, review=Review.REJECTED)))
    return Edit(_title("Delete", gone), _once(changes))


def accept(signal: SignalKey, among: LabelSet, ids: Iterable[str]) -> Edit:
    """Make a model's labels the operator's own."""
    open_ones = [label for label in targets(among, ids) if label.by_model]
    changes = [change for label in open_ones for change in _taken_over(signal, among, label, [adopted(label)])]
    return Edit(_title("Accept", open_ones), tuple(changes))


def set_class(signal: SignalKey, among: LabelSet, ids: Iterable[str], class_name: str) -> Edit:
    """Give labels another class; a model's label is corrected by that. Raises LabelError for a class without a name."""
    name = _class_name(class_name)
    chosen = targets(among, ids)
    title = f"{_title('Set', chosen)} to {name}"
    return _each(title, signal, among, chosen, lambda label: [of_class(label, name)])


def move(signal: SignalKey, among: LabelSet, ids: Iterable[str], by: float) -> Edit:
    """Shift labels by `by` (s, or samples)."""
    chosen = targets(among, ids)
    return _each(
        _title("Move", chosen), signal, among, chosen,
        lambda label: [checked(replace(label, start=label.start + by, stop=label.stop + by))],
    )  # fmt: skip


def resize(signal: SignalKey, among: LabelSet, label_id: str, start: float, stop: float) -> Edit:
    """Give a label other ends."""
    chosen = targets(among, [label_id])
    return _each(
        _title("Resize", chosen), signal, among, chosen,
        lambda label: [checked(replace(label, start=start, stop=stop))],
    )  # fmt: skip


def split(signal: SignalKey, among: LabelSet, ids: Iterable[str], at: float) -> Edit:
    """Cut labels in two at a time that lies inside them; others stay."""
    chosen = [label for label in targets(among, ids) if label.start < at < label.stop]
    return _each(
        _title("Split", chosen), signal, among, chosen,
        lambda label: [replace(label, stop=at), replace(label, start=at, id=new_id())],
    )  # fmt: skip


def merge(signal: SignalKey, among: LabelSet, ids: Iterable[str], class_name: str = "") -> Edit:
    """Make one label of several: over all their time, of the class that covers most of it where none is given."""
    chosen = sorted(targets(among, ids), key=lambda label: label.order)
    if len(chosen) < 2:
        return Edit("Merge")
    covered: dict[str, float] = {}
    for label in chosen:
        covered[label.class_name] = covered.get(label.class_name, 0.0) + label.stop - label.start
    name = clean_name(class_name) or max(covered, key=lambda each: covered[each])
    texts = list(dict.fromkeys(label.note for label in chosen if label.note))
    channels = {label.channels for label in chosen}
    names = {label.name for label in chosen if label.name}
    one = Label(
        start=chosen[0].start,
        stop=max(label.stop for label in chosen),
        class_name=name,
        channels=channels.pop() if len(channels) == 1 else (),
        name=names.pop() if len(names) == 1 else "",
        note=clean_note("\n".join(texts)),
        id=new_id(),
    )
    changes = [LabelChange(signal, None, one)]
    for label in chosen:
        if label.by_model:
            review = Review.ACCEPTED if label.class_name == name else Review.CORRECTED
            changes.append(LabelChange(signal, label, replace(label, review=review)))
        else:
            changes.append(LabelChange(signal, label, None))
    return Edit(_title("Merge", chosen), tuple(changes))


def rename(signal: SignalKey, among: LabelSet, label_id: str, name: str) -> Edit:
    """Give a label a name of its own; an empty one takes it away."""
    chosen = targets(among, [label_id])
    return _each(
        _title("Name", chosen), signal, among, chosen, lambda label: [replace(label, name=clean_name(name))]
    )  # fmt: skip


def annotate(signal: SignalKey, among: LabelSet, label_id: str, note: str) -> Edit:
    """Write a note to a label."""
    chosen = targets(among, [label_id])
    return _each(
        _title("Note on", chosen), signal, among, chosen, lambda label: [replace(label, note=clean_note(note))]
    )  # fmt: skip


def write_note(signal: SignalKey | None, before: str, text: str) -> Edit:
    """Write the note of a signal, or of the session where `signal` is None."""
    after = clean_note(text)
    return Edit("Note", notes=(NoteChange(signal, before, after),) if after != before else ())


def targets(among: LabelSet, ids: Iterable[str]) -> list[Label]:
    """The labels that are meant: in place of a model's that was accepted or corrected, the operator's made of it."""
    labels = [label for label in map(among.find, dict.fromkeys(ids)) if label is not None]
    asked = {label.id for label in labels if label.by_model and label.review in (Review.ACCEPTED, Review.CORRECTED)}
    if not asked:
        return labels
    own = [label for label in among if label.origin in asked]
    replaced = {label.origin for label in own}
    kept = [label for label in labels if label.id not in replaced]
    return list({label.id: label for label in (*kept, *own)}.values())


def _each(
    title: str,
    signal: SignalKey,
    among: LabelSet,
    chosen: Sequence[Label],
    remade: Callable[[Label], list[Label]],
) -> Edit:
    """Every chosen label remade; of a model's, a copy that is the operator's."""
    changes: list[LabelChange] = []
    for label in chosen:
        own = adopted(label) if label.by_model else label
        new = remade(own)
        if label.by_model:
            changes += _taken_over(signal, among, label, new)
        elif new != [label]:
            changes += [LabelChange(signal, label, new[0])]
            changes += [LabelChange(signal, None, other) for other in new[1:]]
            changes += _reviewed(signal, among, label.origin, new[0].review)
    return Edit(title, _once(changes))


def _taken_over(signal: SignalKey, among: LabelSet, label: Label, own: Sequence[Label]) -> list[LabelChange]:
    new = [LabelChange(signal, None, each) for each in own]
    return [*_reviewed(signal, among, label.id, own[0].review), *new]


def _reviewed(signal: SignalKey, among: LabelSet, label_id: str, review: Review) -> list[LabelChange]:
    """The mark on a model's label of what became of it; nothing where it is not there any more."""
    label = among.find(label_id) if label_id else None
    if label is None or label.review is review:
        return []
    return [LabelChange(signal, label, replace(label, review=review))]


def _once(changes: Iterable[LabelChange]) -> tuple[LabelChange, ...]:
    """Without repetitions: two labels made of the same one mark it twice."""
    return tuple(dict.fromkeys(changes))


def _class_name(text: str) -> str:
    name = clean_name(text)
    if not name:
        raise LabelError("A label must have a class.", "Choose or name one.")
    return name


def _title(verb: str, labels: Sequence[Label]) -> str:
    return f"{verb} {labels[0].title}" if len(labels) == 1 else f"{verb} {len(labels)} labels"
