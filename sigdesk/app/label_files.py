"""Label files beside signals: read when a signal is opened, written a moment after an edit, off the window's thread.

Whose labels count when a signal is opened: the session's own, as long as its label file is as this session left it, or
has none of the session's edits to lose; else the file's, and that can be undone. A file that somebody else has changed
while the session had edits of its own, that is broken, or that cannot be written is told of, and left as it is; the
labels stay in the session until the operator decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRunnable, QThreadPool, QTimer, Signal

from sigdesk.app.autosave import Autosave
from sigdesk.app.labelling import Labelling
from sigdesk.app.session import Session
from sigdesk.errors import LabelError, LabelsChanged
from sigdesk.labels.edits import Edit, LabelChange, SignalKey
from sigdesk.labels.exchange.annotations import from_annotations
from sigdesk.labels.label import Label
from sigdesk.labels.label_file import LabelFile, label_file_of, read_labels, write_labels
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording

WRITE_AFTER_MS: Final = 1000


class _Read(Struct, frozen=True):
    path: str
    found: LabelFile | None = None
    error: LabelError | None = None


class _Written(Struct, frozen=True):
    path: str
    digest: str = ""
    error: LabelError | None = None


class LabelFiles(QObject):
    """`failed` carries a signal file's path and the LabelError of its label file, `solved` the path once it is well.

    `conflicts` names the files of which the operator must choose: `take_theirs` or `keep_mine`.
    """

    failed = Signal(str, object)
    solved = Signal(str)
    written = Signal(str)
    _read = Signal(object)
    _wrote = Signal(object)

    def __init__(
        self, session: Session, labelling: Labelling, autosave: Autosave, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._labelling = labelling
        self._autosave = autosave
        self.conflicts: set[str] = set()
        self._known: set[str] = set()
        self._troubled: set[str] = set()
        self._dirty: dict[str, None] = {}
        self._writing: set[str] = set()
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._moment = QTimer(self, singleShot=True, interval=WRITE_AFTER_MS)
        self._connect()

    def _connect(self) -> None:
        self._session.added.connect(self._on_signals_added)
        self._session.current_changed.connect(self._on_current_changed)
        for happened in (self._labelling.edited, self._labelling.undone, self._labelling.redone):
            happened.connect(self._on_edited)
        self._autosave.replaced.connect(self._on_session_replaced)
        self._moment.timeout.connect(self.write)
        self._read.connect(self._on_read)
        self._wrote.connect(self._on_wrote)

    def write(self) -> None:
        """Write the label files of all signals that were edited, now."""
        for path in list(self._dirty):
            if path not in self._writing and path not in self.conflicts:
                del self._dirty[path]
                self._writing.add(path)
                labels = self._labels_of(path)
                digest = self._autosave.state.file_record(path).labels_digest
                self._threads.start(_Write(path, labels, digest, self._wrote.emit))

    def write_again(self, path: str) -> None:
        """Try once more to write a label file that could not be written."""
        self._dirty[path] = None
        self.write()

    def look(self, path: str) -> None:
        """See whether somebody else has changed the label file of a signal's file."""
        self._threads.start(_Reading(path, self._read.emit))

    def take_theirs(self, path: str) -> None:
        """Let the labels in the file count; that can be undone. Raises LabelError when they cannot be read."""
        self._take(path, read_labels(label_file_of(Path(path))))

    def keep_mine(self, path: str) -> None:
        """Let the session's labels count: the file is kept beside as `….labels.other.csv`, and written anew.

        Raises LabelError when that cannot be done.
        """
        file = label_file_of(Path(path))
        try:
            if file.exists():
                file.replace(_free_name(file))
        except OSError as error:
            raise LabelError(
                f"{file} could not be moved aside ({error.strerror or error}).", "See that you may write there."
            ) from error
        self._autosave.note_file(path, digest="", unsaved=True)
        self.conflicts.discard(path)
        self._dirty[path] = None
        self.write()

    def settle(self) -> None:
        """Write what is left to write, now, and hear of all that is under way."""
        self._threads.waitForDone(-1)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)  # what the threads have answered
        self.close()

    def close(self) -> None:
        """Write what is left to write."""
        self._moment.stop()
        self._threads.waitForDone(-1)
        for path in list(self._dirty):
            if path in self.conflicts:
                continue
            digest = self._autosave.state.file_record(path).labels_digest
            written = _write(path, self._labels_of(path), digest)
            if written.error is None:
                self._autosave.note_file(path, digest=written.digest, unsaved=False)
        self._dirty.clear()

    def _take(self, path: str, found: LabelFile | None) -> None:
        changes: list[LabelChange] = []
        theirs = found.labels if found else {}
        for key in dict.fromkeys([*self._keys_of(path), *(SignalKey(path, item) for item in theirs)]):
            wanted = self._with_models(key, theirs.get(key.item, ()))
            mine, both = set(self._labelling.book.labels(key)), set(wanted)
            changes += [LabelChange(key, label, None) for label in mine - both]
            changes += [LabelChange(key, None, label) for label in wanted if label not in mine]
        self.conflicts.discard(path)
        self._labelling.do(Edit(f"Labels from {label_file_of(Path(path)).name}", tuple(changes)))
        self._dirty.pop(path, None)
        self._autosave.note_file(path, digest=found.digest if found else "", unsaved=False)
        self._well(path)

    def _with_models(self, key: SignalKey, theirs: Sequence[Label]) -> list[Label]:
        """The labels of a file; one that was written by hand says nothing of models, whose labels here then stay."""
        if any(label.by_model for label in theirs):
            return list(theirs)
        return [*theirs, *(label for label in self._labelling.book.labels(key) if label.by_model)]

    def _keys_of(self, path: str) -> list[SignalKey]:
        """The signals of a file that are open or have labels."""
        book = self._labelling.book
        return [key for key in dict.fromkeys([*self._autosave.state.signals, *book.signals]) if key.path == path]

    def _labels_of(self, path: str) -> dict[str, tuple[Label, ...]]:
        book = self._labelling.book
        return {key.item: tuple(book.labels(key)) for key in self._keys_of(path)}

    def _holds_mine(self, path: str, found: LabelFile) -> bool:
        theirs = {item: set(labels) for item, labels in found.labels.items() if labels}
        return theirs == {item: set(labels) for item, labels in self._labels_of(path).items() if labels}

    def _on_signals_added(self, ids: Sequence[int]) -> None:
        for recording in filter(None, map(self._session.recording, ids)):
            path = str(recording.path)
            if path not in self._known:
                self._known.add(path)
                self.look(path)
            self._take_annotations(recording)

    def _on_current_changed(self, signal_id: int) -> None:
        """Who turns to a signal sees what others have made of its labels meanwhile."""
        recording = self._session.recording(signal_id)
        if recording is not None and str(recording.path) in self._known:
            self.look(str(recording.path))

    def _take_annotations(self, recording: Recording) -> None:
        """What the file itself says becomes labels, the first time that it is opened."""
        key = SignalKey.of(recording)
        record = self._autosave.state.file_record(key.path)
        if not recording.annotations or len(self._labelling.book.labels(key)) or record.labels_digest or record.unsaved:
            return
        self._labelling.load(key, from_annotations(recording.annotations))

    def _on_session_replaced(self) -> None:
        for each in (self.conflicts, self._known, self._troubled, self._dirty):
            each.clear()

    def _on_read(self, read: _Read) -> None:
        path, record = read.path, self._autosave.state.file_record(read.path)
        if read.error is not None:
            self.conflicts.add(path)
            self._ill(path, read.error)
        elif path in self._writing or (read.found.digest if read.found else "") == record.labels_digest:
            if record.unsaved and path not in self._writing:  # edits that the last run could not bring there
                self._on_dirty([path])
        elif read.found is not None and self._holds_mine(path, read.found):
            # Written by this session, whose end or whose saving came before it was noted.
            self._dirty.pop(path, None)
            self.conflicts.discard(path)
            self._autosave.note_file(path, digest=read.found.digest, unsaved=False)
            self._well(path)
        elif record.unsaved or path in self._dirty:
            self.conflicts.add(path)
            self._ill(path, _changed(path))
        elif read.found is not None and record.labels_digest:
            self._take(path, read.found)
        elif read.found is not None:
            for item, labels in read.found.labels.items():
                key = SignalKey(path, item)
                self._labelling.load(key, self._with_models(key, labels))
            self._autosave.note_file(path, digest=read.found.digest)
            self._well(path)
        else:
            # It was taken away: the labels are still in the session, and come back with the next edit.
            self._autosave.note_file(path, digest="")

    def _on_edited(self, edit: Edit) -> None:
        self._on_dirty({change.signal.path for change in edit.labels})

    def _on_dirty(self, paths: Iterable[str]) -> None:
        self._dirty.update(dict.fromkeys(paths))
        if self._dirty and not self._moment.isActive():
            self._moment.start()

    def _on_wrote(self, wrote: _Written) -> None:
        path = wrote.path
        self._writing.discard(path)
        if wrote.error is None:
            self._autosave.note_file(path, digest=wrote.digest, unsaved=path in self._dirty)
            self._well(path)
            self.written.emit(path)
        else:
            if isinstance(wrote.error, LabelsChanged):
                self.conflicts.add(path)
                self._dirty[path] = None
            self._ill(path, wrote.error)
        if self._dirty.keys() - self.conflicts and not self._moment.isActive():
            self._moment.start()

    def _ill(self, path: str, error: LabelError) -> None:
        self._troubled.add(path)
        self.failed.emit(path, error)

    def _well(self, path: str) -> None:
        if path in self._troubled:
            self._troubled.discard(path)
            self.solved.emit(path)


def _changed(path: str) -> LabelsChanged:
    return LabelsChanged(
        f"Somebody else has changed {printable_name(str(label_file_of(Path(path))))}, and so have you.",
        "Choose whose labels count: those in the file, or yours. Yours are kept in the session meanwhile.",
    )


def _free_name(file: Path) -> Path:
    """A name beside a label file under which nothing is kept yet."""
    stem = file.name.removesuffix(".csv")
    names = (f"{stem}.other{number}.csv" for number in ("", *range(2, 10_000)))
    return next(path for name in names if not (path := file.with_name(name)).exists())


class _Reading(QRunnable):
    def __init__(self, path: str, answer: Callable[[_Read], object]) -> None:
        super().__init__()
        self._path = path
        self._answer = answer

    def run(self) -> None:
        try:
            found = read_labels(label_file_of(Path(self._path)))
        except LabelError as error:
            self._answer(_Read(self._path, error=error))
        else:
            self._answer(_Read(self._path, found))


class _Write(QRunnable):
    def __init__(
        self, path: str, labels: dict[str, tuple[Label, ...]], digest: str, answer: Callable[[_Written], object]
    ) -> None:
        super().__init__()
        self._path = path
        self._labels = labels
        self._digest = digest
        self._answer = answer

    def run(self) -> None:
        self._answer(_write(self._path, self._labels, self._digest))


def _write(path: str, labels: dict[str, tuple[Label, ...]], digest: str) -> _Written:
    try:
        return _Written(path, write_labels(label_file_of(Path(path)), labels, digest))
    except LabelError as error:
        return _Written(path, error=error)
