"""The session, kept as it changes: what a program that is killed at any instant finds again at its next start.

Every edit, undo, result, opening and closing becomes an event in a log (`sigdesk/app/event_log.py`), in the order in
which it happened; the next start reads the last snapshot, lets the events happen again, and begins with a new snapshot.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.event_log import EventLog
from sigdesk.app.event_reading import Json, read_log
from sigdesk.app.fingerprints import Fingerprints
from sigdesk.app.labelling import Labelling
from sigdesk.app.saved_results import result_out, snapshot_in
from sigdesk.app.session import Session, SignalEntry
from sigdesk.app.session_document import document_in, document_out
from sigdesk.app.session_state import SessionState, SignalRecord
from sigdesk.app.shortening_run import ShorteningRun
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.errors import SessionError
from sigdesk.labels.classes import LabelClass
from sigdesk.labels.codec import class_out, edit_out, key_out, label_out
from sigdesk.labels.edits import Edit, SignalKey
from sigdesk.labels.label import Label
from sigdesk.pool.file_lock import FileLock
from sigdesk.pool.jobs import JobSnapshot
from sigdesk.pool.right_of_way import PIECE, give_way

LARGE_BYTES: Final = 16 * 1024 * 1024
"""Of events, before a new snapshot takes their place."""
_VIEW_MS: Final = 500
_LOCK: Final = "lock"


class Autosave(QObject):
    """Keeps `state` in step with the program and on the disk.

    `trouble_changed` carries a SessionError while the disk does not take what happens, None once it does again.
    `found_results` carries pairs of a signal's id and the JobSnapshot that the session remembers of it. `file_changed`
    carries the path of a file that is not what it was when the session was kept; `moved` the
    old and the new path of one. `unsaved_changed` says whether the
    operator's own session file lacks something. `synced`: all that has happened until now is on the disk. `replaced`:
    another session is in its place.
    """

    trouble_changed = Signal(object)
    synced = Signal()
    found_results = Signal(object)
    file_changed = Signal(str)
    unsaved_changed = Signal(bool)
    replaced = Signal()
    moved = Signal(str, str)
    _disk_said = Signal(object)

    def __init__(
        self,
        folder: Path,
        session: Session,
        labelling: Labelling,
        models: Callable[[], Iterable[Classifier | BrokenFolder]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._session = session
        self._labelling = labelling
        self._models = models
        self._keys: dict[int, SignalKey] = {}
        self._log: EventLog | None = None
        self._lock: FileLock | None = None
        self._results: dict[SignalKey, JobSnapshot] = {}
        self._classes: tuple[LabelClass, ...] = ()
        self.state = SessionState(book=labelling.book)
        self._view_due = True
        self.notice: SessionError | None = None
        self.trouble = ""
        self.fingerprints = Fingerprints(self)
        self._view = QTimer(self, singleShot=True, interval=_VIEW_MS)
        self._start()
        self._connect()

    def _connect(self) -> None:
        self._session.added.connect(self._on_signals_added)
        self._session.removed.connect(self._on_signals_removed)
        self._session.answered.connect(self._on_signals_answered)
        self._labelling.edited.connect(self._on_edited)
        self._labelling.undone.connect(partial(self._on_history_moved, "undo"))
        self._labelling.redone.connect(partial(self._on_history_moved, "redo"))
        self._labelling.loaded.connect(self._on_labels_loaded)
        self._labelling.models.spoke.connect(self._on_model_spoke)
        self._disk_said.connect(self._on_disk_said)
        self.fingerprints.taken.connect(self._on_fingerprint_taken)
        self._view.timeout.connect(self._on_view_timeout)

    @property
    def keeps(self) -> bool:
        """Whether what happens is kept; `notice` says why not, as `trouble`, in a few words, of a disk that refuses."""
        return self._log is not None and not self.trouble

    @property
    def missing(self) -> list[SignalRecord]:
        """Signals of the session that are not on the desk: their files were not found, or were not opened yet."""
        return [record for key, record in self.state.signals.items() if not self._labelling.id_of(key)]

    def remember_view(self, signal_id: int, view: Json) -> None:
        """Keep what the window shows (JSON values: range, hidden channels, …) and of which signal."""
        key = self._labelling.key_of(signal_id)
        self.state.view = {**view, "signal": None if key is None else key_out(key)}
        if not self._view.isActive():
            self._view.start()

    def note_file(self, path: str, **facts: Any) -> None:
        """Keep facts of a file: `digest` of its label file, `unsaved`, `size`, `fingerprint`."""
        event = {"e": "file", "path": path, **facts}
        self.state.apply(event)
        self._append(event)

    def note_table(self, path: str, table: Json | None) -> None:
        """Keep how a table is read, where the operator has corrected that."""
        self.note_file(path, table=table)
        self._mark_unsaved()

    def move_file(self, old: str, new: str) -> None:
        """A file of the session was found at another place."""
        event = {"e": "moved", "old": old, "new": new}
        self.state.apply(event)
        self._results = {
            SignalKey(new, key.item) if key.path == old else key: job for key, job in self._results.items()
        }
        self._append(event)
        self.moved.emit(old, new)

    def forget(self, keys: Iterable[SignalKey]) -> None:
        """Take signals that are not on the desk out of the session."""
        gone = list(keys)
        self.state.close_signals(gone)
        for key in gone:
            self._results.pop(key, None)
        self._append({"e": "close", "signals": [key_out(key) for key in gone]})
        self._mark_unsaved()

    def use(self, state: SessionState) -> None:
        """Another session takes the place of this one; the desk must be empty."""
        self.state = state
        self._results.clear()
        self._labelling.use_book(state.book)
        self._classes = tuple(state.book.classes)
        self._view_due = True
        self.compact()
        self.replaced.emit()
        self.unsaved_changed.emit(state.unsaved)

    def saved_as(self, file: str, digest: str) -> None:
        """The operator's own file, of this SHA-256, holds all of it now."""
        self._note_session({"file": file, "digest": digest, "unsaved": False, "kept": ""})

    def compact(self) -> None:
        """Put a snapshot in the place of the events."""
        self.settle()
        if self._log is not None:
            self._log.compact(document_out(self.state))

    def close(self) -> None:
        """Bring everything to the disk. A second call does nothing."""
        self.fingerprints.close()
        if self._log is not None:
            if self._view.isActive():
                self._on_view_timeout()
            self._log.close()
            self._log = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _start(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = FileLock.take(self._folder / _LOCK)
            if self._lock is None:
                self.notice = SessionError(
                    "Another SigDesk keeps the session of this home; this window does not.",
                    "Save labels and session yourself before you close it.",
                )
                return
            found = read_log(self._folder)
        except OSError as error:
            self.notice = _cannot_keep(error)
            return
        lost = found.lost
        if found.snapshot is not None:
            try:
                self.state = document_in(found.snapshot, name="The last session")
            except SessionError as error:
                # It stays where it is, and nothing is written over it.
                self.notice = error
                return
        for event in found.events:
            try:
                self.state.apply(event)
            except ValueError:
                lost += 1
        if found.broken is not None:
            self.notice = SessionError(
                "The last session was damaged and could not be read.", f"What is left of it is kept as {found.broken}."
            )
        elif lost:
            self.notice = SessionError(
                f"{lost} changes of the last session were damaged and are left out.", "Check the labels made last."
            )
        self.state.prune()
        self._labelling.use_book(self.state.book)
        self._classes = tuple(self.state.book.classes)
        self._log = EventLog(self._folder, found.number, self._disk_said.emit, self.synced.emit)
        self._log.compact(document_out(self.state))

    def _append(self, event: Json | Callable[[], Json]) -> None:
        if self._log is None:
            return
        classes = tuple(self._labelling.book.classes)
        if classes != self._classes:  # before what uses them: colours are given in the order of coming
            self._classes = classes
            self._log.append({"e": "classes", "classes": [class_out(each) for each in classes]})
        self._log.append(event)
        if self._log.written > LARGE_BYTES:
            # What stands on the disk says all of it, and so the window need not: with 20,000 signals a snapshot of the
            # living state took its thread seconds.
            self._log.shorten(ShorteningRun())

    def _mark_unsaved(self) -> None:
        if not self.state.unsaved:
            self._note_session({**self.state.own, "unsaved": True})

    def _note_session(self, own: Json) -> None:
        event = {"e": "session", **own}
        self.state.apply(event)
        self._append(event)
        self.unsaved_changed.emit(self.state.unsaved)

    def settle(self) -> None:
        """Bring `state` up to date with results: they are made into JSON late, for thousands may come in a second."""
        self._labelling.models.settle_all()
        for key, snapshot in self._results.items():
            record = self.state.signals.get(key)
            if record is not None:
                record.result = result_out(snapshot)

    def _on_signals_added(self, ids: Sequence[int]) -> None:
        new, back = [], []
        for entry in filter(None, map(self._session.find, ids)):
            key = self._keys[entry.id] = SignalKey.of(entry.recording)
            known = self.state.signals.get(key)
            if known is None:
                new.append(SignalRecord(key, entry.recording.name))
            elif known.result is not None and entry.ended_job is None:
                back += self._remembered(entry, known.result)
        self.state.open_signals(new)
        if new:
            self._append({"e": "open", "signals": [[key_out(record.key), record.name] for record in new]})
            self._mark_unsaved()
        if back:
            self.found_results.emit(back)
        self._show_last()
        self.fingerprints.take(dict.fromkeys(self._keys[signal_id].path for signal_id in ids))

    def _show_last(self) -> None:
        """Show the signal that was shown when the session was kept, as soon as it is there."""
        key = self.state.view.get("signal")
        signal_id = self._labelling.id_of(SignalKey(*key)) if key and self._view_due else 0
        if signal_id:
            self._view_due = False
            self._session.show(signal_id)

    def _remembered(self, entry: SignalEntry, result: Json) -> list[tuple[int, JobSnapshot]]:
        """What a model has said of the signal; nothing where it does not fit what the file holds now."""
        try:
            job = snapshot_in(result, entry.recording, self._models())
        except (KeyError, TypeError, ValueError):
            return []
        self._results[SignalKey.of(entry.recording)] = job
        return [(entry.id, job)]

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        self.forget([self._keys.pop(signal_id) for signal_id in ids if signal_id in self._keys])

    def _on_signals_answered(self, jobs: Mapping[int, JobSnapshot]) -> None:
        known = zip(map(self._keys.get, jobs), jobs.values(), strict=True)
        new = [(key, job) for key, job in known if key is not None and self._results.get(key) is not job]
        if new:
            self._results.update(new)
            self._append(partial(_results_event, new))
            self._mark_unsaved()

    def _on_edited(self, edit: Edit) -> None:
        self._append(partial(_edit_event, edit))
        self.state.labels_edited(edit)
        self._mark_unsaved()

    def _on_history_moved(self, which: str, edit: Edit) -> None:
        self.state.labels_edited(edit)
        self._append({"e": which})
        self._mark_unsaved()

    def _on_labels_loaded(self, key: SignalKey) -> None:
        self._append(partial(_labels_event, key, tuple(self._labelling.book.labels(key))))

    def _on_model_spoke(self, ids: Iterable[int]) -> None:
        labels = self._labelling.book.labels
        keys = filter(None, map(self._keys.get, ids))
        spoken = [(key, [label for label in labels(key) if label.by_model]) for key in keys]
        self._append(partial(_model_event, spoken))

    def _on_fingerprint_taken(self, path: str, size: int, found: str) -> None:
        record = self.state.file_record(path)
        before = record.fingerprint
        if (record.size, before) != (size, found):
            self.note_file(path, size=size, fingerprint=found)
            if before:
                self.file_changed.emit(path)

    def _on_view_timeout(self) -> None:
        self._view.stop()
        self._append({"e": "view", "view": self.state.view})

    def _on_disk_said(self, error: OSError | None) -> None:
        self.trouble = "" if error is None else _reason(error)
        self.trouble_changed.emit(None if error is None else _cannot_keep(error))


def _edit_event(edit: Edit) -> Json:
    return {"e": "edit", "edit": edit_out(edit)}


def _results_event(results: Iterable[tuple[SignalKey, JobSnapshot]]) -> Json:
    told = []
    for place, (key, job) in enumerate(results):
        if not place % PIECE:
            give_way()
        told.append([key_out(key), result_out(job)])
    return {"e": "results", "results": told}


def _labels_event(key: SignalKey, labels: Iterable[Label]) -> Json:
    return {"e": "labels", "signal": key_out(key), "labels": [label_out(label) for label in labels]}


def _model_event(spoken: Iterable[tuple[SignalKey, Sequence[Label]]]) -> Json:
    told = []
    for place, (key, labels) in enumerate(spoken):
        if not place % PIECE:
            give_way()
        told.append([key_out(key), [label_out(label) for label in labels]])
    return {"e": "model", "signals": told}


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk is full"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "folder is read-only"
    return error.strerror or str(error)


def _cannot_keep(error: OSError) -> SessionError:
    return SessionError(
        f"The session cannot be kept: {_reason(error)}.",
        "Make room on the disk, or check that you may write in SigDesk's home. Labels made now may be lost.",
    )
