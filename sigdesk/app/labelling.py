"""Labels in the program: what the views call to see, make and change labels, and to undo it. Without a window.

For whoever builds lanes, tools and lists on it (`signal_id` is the id in the Session, `ids` are ids of labels):

    seen     labels(signal_id) -> LabelSet           all of a signal, both authors'; ask it `between`, `at`, `find`
             spans(signal_id) -> tuple[LabelSpan]    the same as rows for the lanes, without the rejected ones
             class_of_key(1..9), classes             what the digits set; every class in the order of its coming
             note_of(signal_id), session_note
             undo_text, redo_text                    "Delete 3 labels"; "" where there is nothing
    made     create_label(signal_id, start, stop, class_name) -> id      for the label tool
             label_stretch_by_key(signal_id, start, stop, key) -> id     for a digit on a selection: sets the class of
             label_stretch(signal_id, start, stop, class_name) -> id     the label that lies exactly there, if any
             add_labels(signal_id, labels, title) -> ids                 for an import
    changed  set_class(signal_id, ids, name), set_class_by_key(signal_id, ids, key)     corrects a model's label
             accept(signal_id, ids), accept_all(signal_ids)                             A, Shift A
             move(signal_id, ids, by), resize(signal_id, id, start, stop)               once, at the end of a drag
             split(signal_id, at, ids=None), merge(signal_id, ids, class_name="")       None: what lies over `at`
             delete(signal_id, ids), rename(signal_id, id, name), annotate(signal_id, id, note)
             rename_class(old, new), set_keys(keys), write_note(signal_id | None, text)
    undone   undo(), redo() -> Edit | None           its `title` and `signals` say what to tell and to show
    walked   next_edge(signal_id, time), previous_edge(signal_id, time)                 ] and [; None at the end
             next_unsure(signal_id, after, step=1) -> (signal_id, Label)                N, Shift N; over all signals
             next_label(signal_id, label_or_time, step=1) -> Label

Signals: `changed` carries the ids of signals whose labels or notes are others now, at most once a frame;
`history_changed` says that undo_text or redo_text is another; `classes_changed` that classes came or have other names;
`edited`, `undone` and `redone` carry the Edit, `loaded` the SignalKey of labels that a file gave, for whoever keeps
them.
Everything raises LabelError, in the operator's words, where something cannot be (no name, no time). Other programs'
files: `sigdesk/app/label_exchange.py`. Autosave, label files, session files and their conflicts: `Program.keeping`.
Times are seconds, or sample numbers where the signal has no time: those of `Recording.time_base`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.label_rows import SpanRows, span_of
from sigdesk.app.label_walk import step_in, step_over
from sigdesk.app.model_labels import ModelLabels
from sigdesk.app.rows import LabelSpan
from sigdesk.app.session import Session
from sigdesk.app.settings import Settings
from sigdesk.errors import LabelError
from sigdesk.labels import edits
from sigdesk.labels.classes import LabelClass
from sigdesk.labels.edits import Edit, LabelChange, SignalKey
from sigdesk.labels.label import Label, Review
from sigdesk.labels.label_book import LabelBook
from sigdesk.labels.label_set import LabelSet

_FRAME_MS: Final = 16


class Labelling(QObject):
    """The one way to the labels of the session; see the module's text for all of it."""

    changed = Signal(object)
    classes_changed = Signal()
    history_changed = Signal()
    edited = Signal(object)
    undone = Signal(object)
    redone = Signal(object)
    loaded = Signal(object)

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self.book = LabelBook(classes=session.classes)
        self._keys: dict[int, SignalKey] = {}
        self.models = ModelLabels(session, self.book, self._keys.get, self)
        self._rows = SpanRows()
        self._ids: dict[SignalKey, int] = {}
        self._told_later: set[int] = set()
        self._classes_told = 0
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._connect()

    def _connect(self) -> None:
        self._session.added.connect(self._on_signals_added)
        self._session.removed.connect(self._on_signals_removed)
        self._settings.changed.connect(self._on_setting_changed)
        self.models.spoke.connect(self.tell)
        self._frame.timeout.connect(self._on_frame)

    # What is seen

    def labels(self, signal_id: int) -> LabelSet:
        """The labels of a signal, in order; to be read, not changed. Empty for a signal that is not open."""
        key = self.key_of(signal_id)
        if key is None:
            return LabelSet()
        self.models.settle(signal_id)
        return self.book.labels(key)

    def spans(self, signal_id: int, start: float | None = None, stop: float | None = None) -> tuple[LabelSpan, ...]:
        """Labels as the lanes paint them, all of them or those that touch a stretch; rejected ones are left out."""
        labels = self.labels(signal_id)
        below, mark = self.unsure_below, self._session.mark
        if start is None or stop is None:
            return self._rows.of(signal_id, labels, mark, below)
        touching = labels.between(start, stop)
        return tuple(span_of(label, mark, below) for label in touching if label.review is not Review.REJECTED)

    def find(self, signal_id: int, label_id: str) -> Label | None:
        return self.labels(signal_id).find(label_id)

    @property
    def classes(self) -> Sequence[LabelClass]:
        """Every class of the session, in the order of its coming."""
        return list(self.book.classes)

    def class_of_key(self, key: int) -> LabelClass | None:
        """What a digit sets: 1 to 8 the first classes of the session, 9 "Unknown"."""
        return self.book.classes.with_key(key)

    @property
    def unsure_below(self) -> float:
        """Confidence (0..1) below which a model's label is to be checked."""
        return self._settings.number("unsure_below") / 100

    @property
    def undo_text(self) -> str:
        return self.book.done[-1].title if self.book.done else ""

    @property
    def redo_text(self) -> str:
        return self.book.undone[-1].title if self.book.undone else ""

    def note_of(self, signal_id: int) -> str:
        key = self.key_of(signal_id)
        return self.book.notes.get(key, "") if key else ""

    @property
    def session_note(self) -> str:
        return self.book.notes.get(None, "")

    def key_of(self, signal_id: int) -> SignalKey | None:
        recording = self._session.recording(signal_id)
        return None if recording is None else SignalKey.of(recording)

    def id_of(self, key: SignalKey) -> int:
        """The id in the session of a signal, 0 where it is not open."""
        return self._ids.get(key, 0)

    # What is made and changed

    def create_label(
        self, signal_id: int, start: float, stop: float, class_name: str, channels: Sequence[str] = ()
    ) -> str:
        """Label a stretch; the id of the label."""
        return self.add_labels(signal_id, [Label(start, stop, class_name, channels=tuple(channels))])[0]

    def add_labels(self, signal_id: int, labels: Iterable[Label], title: str = "") -> list[str]:
        """Put labels on a signal, as an import does; one step of undo. Their ids."""
        new = list(labels)
        if not new:
            return []
        edit = edits.create(self._open_key(signal_id), new)
        self.do(Edit(title or edit.title, edit.labels))
        return [change.after.id for change in edit.labels if change.after is not None]

    def label_stretch_by_key(self, signal_id: int, start: float, stop: float, key: int) -> str | None:
        """What a digit does to a selection; the label's id, None where the digit has no class."""
        chosen = self.class_of_key(key)
        return None if chosen is None else self.label_stretch(signal_id, start, stop, chosen.name)

    def label_stretch(self, signal_id: int, start: float, stop: float, class_name: str) -> str:
        """Label a stretch; one of the operator's labels that lies exactly there gets the class instead. Its id."""
        start, stop = min(start, stop), max(start, stop)
        for label in self.labels(signal_id).between(start, stop):
            if (label.start, label.stop, label.by_model) == (start, stop, False):
                self.set_class(signal_id, [label.id], class_name)
                return label.id
        return self.create_label(signal_id, start, stop, class_name)

    def set_class(self, signal_id: int, ids: Iterable[str], class_name: str) -> bool:
        """Give labels a class; a model's is corrected by that (accepted, if it had said so itself)."""
        return self.do(edits.set_class(self._open_key(signal_id), self.labels(signal_id), ids, class_name))

    def set_class_by_key(self, signal_id: int, ids: Iterable[str], key: int) -> bool:
        """The same by a digit; False where it has no class."""
        chosen = self.class_of_key(key)
        return chosen is not None and self.set_class(signal_id, ids, chosen.name)

    def accept(self, signal_id: int, ids: Iterable[str]) -> bool:
        """Make a model's labels the operator's own."""
        return self.do(edits.accept(self._open_key(signal_id), self.labels(signal_id), ids))

    def accept_all(self, signal_ids: Iterable[int]) -> int:
        """Accept every open label of these signals in one step of undo; how many those are."""
        changes: list[LabelChange] = []
        for signal_id in signal_ids:
            labels = self.labels(signal_id)
            open_ones = [label.id for label in labels if label.review is Review.OPEN]
            if open_ones:
                changes += edits.accept(self._open_key(signal_id), labels, open_ones).labels
        count = sum(change.before is None for change in changes)
        self.do(Edit(f"Accept {count} label{'' if count == 1 else 's'}", tuple(changes)))
        return count

    def move(self, signal_id: int, ids: Iterable[str], by: float) -> bool:
        return self.do(edits.move(self._open_key(signal_id), self.labels(signal_id), ids, by))

    def resize(self, signal_id: int, label_id: str, start: float, stop: float) -> bool:
        return self.do(edits.resize(self._open_key(signal_id), self.labels(signal_id), label_id, start, stop))

    def split(self, signal_id: int, at: float, ids: Iterable[str] | None = None) -> bool:
        """Cut labels in two at a time; the operator's over it where none are named, else the model's."""
        labels = self.labels(signal_id)
        if ids is None:
            over = labels.at(at)
            own = [label.id for label in over if not label.by_model]
            ids = own or [label.id for label in over if label.review is Review.OPEN]
        return self.do(edits.split(self._open_key(signal_id), labels, ids, at))

    def merge(self, signal_id: int, ids: Iterable[str], class_name: str = "") -> bool:
        return self.do(edits.merge(self._open_key(signal_id), self.labels(signal_id), ids, class_name))

    def delete(self, signal_id: int, ids: Iterable[str]) -> bool:
        return self.do(edits.delete(self._open_key(signal_id), self.labels(signal_id), ids))

    def rename(self, signal_id: int, label_id: str, name: str) -> bool:
        return self.do(edits.rename(self._open_key(signal_id), self.labels(signal_id), label_id, name))

    def annotate(self, signal_id: int, label_id: str, note: str) -> bool:
        return self.do(edits.annotate(self._open_key(signal_id), self.labels(signal_id), label_id, note))

    def write_note(self, signal_id: int | None, text: str) -> bool:
        """Write the note of a signal, or of the session for None."""
        key = None if signal_id is None else self._open_key(signal_id)
        return self.do(edits.write_note(key, self.book.notes.get(key, ""), text))

    def rename_class(self, old: str, new: str) -> bool:
        """Give a class another name, on every label; it keeps its colour and key."""
        return self.do(self.book.renaming(old, new))

    def set_keys(self, keys: Mapping[str, int | None]) -> bool:
        """Give classes other keys; None takes one away."""
        return self.do(self.book.keying(keys))

    def do(self, edit: Edit) -> bool:
        """Apply an edit as one step of undo; False where it changes nothing."""
        if not self.book.do(edit):
            return False
        self._tell(edit)
        self.edited.emit(edit)
        return True

    def undo(self) -> Edit | None:
        """Take back what was done last."""
        edit = self.book.undo()
        if edit is not None:
            self._tell(edit)
            self.undone.emit(edit)
        return edit

    def redo(self) -> Edit | None:
        """Do again what was taken back last."""
        edit = self.book.redo()
        if edit is not None:
            self._tell(edit)
            self.redone.emit(edit)
        return edit

    # What comes from files

    def load(self, key: SignalKey, labels: Iterable[Label]) -> None:
        """Take the labels of a signal as a file has them, in place of its own; no step of undo."""
        self.book.load(key, labels)
        self.tell(filter(None, [self.id_of(key)]))
        self.loaded.emit(key)

    def use_book(self, book: LabelBook) -> None:
        """Another session's labels, classes and history take the place of these."""
        self.book = book
        self.models.use_book(book)
        self._session.classes = book.classes
        self._forget_marks()
        self._classes_told = -1
        self.tell(self._ids.values())
        self.history_changed.emit()

    # What is walked

    def next_edge(self, signal_id: int, time: float) -> float | None:
        """The nearest label edge after a time, None behind the last."""
        return self.labels(signal_id).edge_after(time)

    def previous_edge(self, signal_id: int, time: float) -> float | None:
        """The nearest label edge before a time, None in front of the first."""
        return self.labels(signal_id).edge_before(time)

    def next_label(self, signal_id: int, after: Label | float, step: int = 1) -> Label | None:
        """The next label of a signal, the previous one for a `step` of -1."""
        return step_in(self.labels(signal_id), after, step, lambda label: label.review is not Review.REJECTED)

    def next_unsure(self, signal_id: int, after: Label | float | None, step: int = 1) -> tuple[int, Label] | None:
        """The next label to check, on this signal or the following ones, and around the end; None without any."""
        order = [entry.id for entry in self._session.entries]
        below = self.unsure_below
        return step_over(order, signal_id, after, step, self.labels, lambda label: label.unsure(below))

    # What is heard

    def _on_signals_added(self, ids: Sequence[int]) -> None:
        for signal_id in ids:
            key = self.key_of(signal_id)
            if key is not None:
                self._ids[key] = signal_id
                self._keys[signal_id] = key

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        gone = set(ids)
        self._ids = {key: signal_id for key, signal_id in self._ids.items() if signal_id not in gone}
        for signal_id in gone:
            self._keys.pop(signal_id, None)

    def _on_setting_changed(self, key: str) -> None:
        if key == "unsure_below":
            self.tell(self._ids.values())

    def _on_frame(self) -> None:
        told, self._told_later = frozenset(self._told_later), set()
        if len(self.book.classes) != self._classes_told:
            self._classes_told = len(self.book.classes)
            self.classes_changed.emit()
        if told:
            self.changed.emit(told)

    def tell(self, signal_ids: Iterable[int]) -> None:
        """These signals' labels are others now: the views hear of it with the next frame."""
        self._told_later.update(signal_ids)
        if not self._frame.isActive():
            self._frame.start()

    def _tell(self, edit: Edit) -> None:
        if edit.classes:
            self._forget_marks()
            self._classes_told = -1
        self.tell(filter(None, map(self.id_of, edit.signals)))
        self.history_changed.emit()

    def _forget_marks(self) -> None:
        self._session.forget_marks()
        self._rows.forget()

    def _open_key(self, signal_id: int) -> SignalKey:
        key = self.key_of(signal_id)
        if key is None:
            raise LabelError("The signal is not open any more.", "Open it again.")
        return key
