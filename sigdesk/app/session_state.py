"""What a session is, apart from any window: signals, labels, classes, results, notes, view; how events change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct, field

from sigdesk.errors import SigDeskError
from sigdesk.labels.classes import ClassTable
from sigdesk.labels.codec import class_in, edit_in, key_in, label_in, text_in
from sigdesk.labels.edits import Edit, SignalKey
from sigdesk.labels.label_book import LabelBook

Json = dict[str, Any]


class SignalRecord(Struct):
    """A signal as the session knows it, open or not found: its name, and the latest result as JSON."""

    key: SignalKey
    name: str
    result: Json | None = None


class FileRecord(Struct):
    """A file behind signals. `size` (bytes) and `fingerprint` tell whether it is still the same, and find it again when
    it was moved. `labels_digest` is that of its label file as it was last read or written here; `unsaved` says that
    there are labels which that file does not hold. `table` is the shape of a table whose reading the operator has
    corrected, as JSON."""

    size: int | None = None
    fingerprint: str = ""
    labels_digest: str = ""
    unsaved: bool = False
    table: Json | None = None


class SessionState(Struct):
    """A whole session. `view` is the window's: which signal is shown, "signal", and through which
    recipes others are seen, "processed", are known to the session, for files move and sessions are handed on.

    `file` is the operator's own file of it, "" while there is none, `file_digest` that file's SHA-256 as it was last
    read or written here, and `unsaved` says that it lacks something. `kept` is the copy that SigDesk made when this
    session gave way to another, "" for one that never did or was saved since.
    """

    book: LabelBook = field(default_factory=LabelBook)
    signals: dict[SignalKey, SignalRecord] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)
    view: Json = field(default_factory=dict)
    file: str = ""
    file_digest: str = ""
    unsaved: bool = False
    kept: str = ""

    def file_record(self, path: str) -> FileRecord:
        """The record of a file, made where there is none yet."""
        return self.files.setdefault(path, FileRecord())

    def open_signals(self, records: Iterable[SignalRecord]) -> None:
        for record in records:
            known = self.signals.get(record.key)
            self.signals[record.key] = record if known is None else known

    def close_signals(self, keys: Iterable[SignalKey]) -> None:
        for key in keys:
            self.signals.pop(key, None)

    def labels_edited(self, edit: Edit | None) -> None:
        """The label files of these signals lack something now."""
        for change in edit.labels if edit is not None else ():
            self.file_record(change.signal.path).unsaved = True

    def prune(self) -> None:
        """Forget signals that were closed, but for labels that stand nowhere else; their label files have the rest."""
        keep = {key for key in self.book.signals if self.file_record(key.path).unsaved} | self.signals.keys()
        self.book.prune(keep)
        paths = {key.path for key in keep}
        self.files = {path: record for path, record in self.files.items() if path in paths}

    def move(self, old: str, new: str) -> None:
        """A file is at another place now: everything goes along."""
        if old in self.files:
            self.files[new] = self.files.pop(old)
        self.signals = {record.key: record for record in (_moved(record, old, new) for record in self.signals.values())}
        keys = {key for key in (*self.book.signals, *self.book.notes) if key is not None and key.path == old}
        self.view = view_with_keys(self.view, lambda key: key if key[0] != old else [new, key[1]])
        for key in keys | {key for edit in (*self.book.done, *self.book.undone) for key in edit.signals}:
            if key.path == old:
                self.book.rekey(key, SignalKey(new, key.item))

    def apply(self, event: Json) -> None:
        """Let happen again what an event says. Raises ValueError for an event that says nothing of the kind."""
        try:
            self._apply(event)
        except (KeyError, TypeError, AttributeError, SigDeskError) as error:
            raise ValueError(f"no event of a session: {error!r}") from error

    def _apply(self, event: Json) -> None:
        match event["e"]:
            case "edit":
                edit = edit_in(event["edit"])
                self.book.do(edit)
                self.labels_edited(edit)
            case "undo":
                self.labels_edited(self.book.undo())
            case "redo":
                self.labels_edited(self.book.redo())
            case "labels":
                self.book.load(key_in(event["signal"]), map(label_in, event["labels"]))
            case "model":
                for key, labels in event["signals"]:
                    self.book.set_model(key_in(key), [label_in(each) for each in labels])
            case "classes":
                self._apply_classes(event["classes"])
            case "open":
                self.open_signals(SignalRecord(key_in(key), text_in(name)) for key, name in event["signals"])
            case "close":
                self.close_signals(map(key_in, event["signals"]))
            case "file":
                self._apply_file(text_in(event["path"]), event)
            case "results":
                for key, result in event["results"]:
                    record = self.signals.get(key_in(key))
                    if record is not None:
                        record.result = result
            case "view":
                self.view = dict(event["view"])
            case "moved":
                self.move(text_in(event["old"]), text_in(event["new"]))
            case "session":
                self.apply_own(event)
            case other:
                raise ValueError(f"no event of a session: {other!r}")

    @property
    def own(self) -> Json:
        """What is known of the session itself, as JSON."""
        return {"file": self.file, "digest": self.file_digest, "unsaved": self.unsaved, "kept": self.kept}

    def apply_own(self, own: Json) -> None:
        """Take what is known of the session itself."""
        self.file, self.file_digest = text_in(own.get("file", "")), text_in(own.get("digest", ""))
        self.unsaved, self.kept = bool(own.get("unsaved", False)), text_in(own.get("kept", ""))

    def _apply_classes(self, classes: Sequence[Json]) -> None:
        self.book.classes = ClassTable(map(class_in, classes))

    def _apply_file(self, path: str, event: Json) -> None:
        record = self.file_record(path)
        size = event.get("size", record.size)
        record.size = None if size is None else int(size)
        record.fingerprint = text_in(event.get("fingerprint", record.fingerprint))
        record.labels_digest = text_in(event.get("digest", record.labels_digest))
        record.unsaved = bool(event.get("unsaved", record.unsaved))
        record.table = table_in(event.get("table", record.table))


def table_in(value: Any) -> Json | None:
    """The shape of a table as a session's file has it, still as JSON. Raises TypeError for what is none."""
    if not (value is None or isinstance(value, dict)):
        raise TypeError(f"{value!r} is no table's shape")
    return value


def view_with_keys(view: Json, change: Callable[[Any], Any]) -> Json:
    """A view whose signals are named in another way; what it remembers of one that `change` knows no name for goes."""
    named = dict(view)
    if view.get("signal") is not None:
        named["signal"] = change(view["signal"])
    if "processed" in view:
        entries = [{**each, "signal": change(each["signal"])} for each in view["processed"]]
        named["processed"] = [each for each in entries if each["signal"] is not None]
    return named


def _moved(record: SignalRecord, old: str, new: str) -> SignalRecord:
    if record.key.path != old:
        return record
    return SignalRecord(SignalKey(new, record.key.item), record.name, record.result)
