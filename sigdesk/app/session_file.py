"""The operator's own file of a session: saved, opened again, handed to a colleague; files that were moved are found."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.app.autosave import Autosave
from sigdesk.app.moved_files import Search, look_at_file, search_folder
from sigdesk.app.recent_sessions import RecentSession, RecentSessions
from sigdesk.app.rows import SignalState
from sigdesk.app.session import Session
from sigdesk.app.session_document import document_in, document_out
from sigdesk.app.session_state import FileRecord, Json, SessionState
from sigdesk.errors import SessionChanged, SessionError
from sigdesk.labels.writing import replace_file
from sigdesk.pool.jobs import JobState
from sigdesk.signals.fingerprint import fingerprint
from sigdesk.signals.names import printable_name

SUFFIX: Final = ".sigdesk"


class SessionFile(QObject):
    """Works off the window's thread. `saved` and `opened` carry the path, `failed` a SessionError. `begun`: an
    empty session has begun.

    `saving` comes before the session is written: what is not in it yet belongs into it now. Before another takes the
    place of the present one, `leaving` is emitted, and what is in no file of the operator's is kept as a copy
    (`sigdesk/app/recent_sessions.py`); `left` carries that RecentSession, or None.
    `files_wanted` carries the files that a session that was opened wants on the desk, `missing` those of them that are
    not where they were. `searched` carries the Search after a `relink`; those that it has found are `files_wanted`.
    """

    saved = Signal(object)
    opened = Signal(object)
    begun = Signal()
    failed = Signal(object)
    saving = Signal()
    leaving = Signal()
    left = Signal(object)
    files_wanted = Signal(object)
    missing = Signal(object)
    searched = Signal(object)
    _answered = Signal(object)

    def __init__(
        self, session: Session, autosave: Autosave, recent: RecentSessions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._autosave = autosave
        self._recent = recent
        self._stop = threading.Event()
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._answered.connect(self._on_answered)

    @property
    def path(self) -> Path | None:
        """The file that `save` writes, None while the session has none."""
        return Path(self._autosave.state.file) if self._autosave.state.file else None

    @property
    def name(self) -> str:
        """What stands in the header, "" for a session without a file."""
        return self.path.stem if self.path else ""

    @property
    def unsaved(self) -> bool:
        """Whether the session's file lacks something."""
        return self._autosave.state.unsaved

    def save(self, path: Path | None = None, *, over_theirs: bool = False) -> None:
        """Write the session to its file, or to another from now on (which is replaced: ask before).

        Its own file is not overwritten when somebody else has changed it since: SessionChanged comes with `failed`,
        but with `over_theirs`. Raises SessionError for a session without a file.
        """
        own = self.path
        target = path or own
        if target is None:
            raise SessionError("The session has no file yet.", "Save it under a name.")
        self.saving.emit()
        target = with_suffix(target).absolute()
        self._autosave.settle()
        document = document_out(self._autosave.state, target.parent, only_open=True)
        known = self._autosave.state.file_digest if target == own and not over_theirs else None
        row = self._row(target, target.stem)
        self._run(lambda: _save(document, target, known, row))

    def open(self, path: Path) -> None:
        """Put the session of a file in the place of the present one."""
        path = path.absolute()
        kept = self._recent.is_kept(path)
        self._run(lambda: _open(path, kept=kept))

    def new(self) -> None:
        """Begin an empty session."""
        try:
            self._replace(SessionState())
            self.begun.emit()
        except SessionError as error:
            self.failed.emit(error)

    def relink(self, folder: Path) -> None:
        """Look for the missing files in a folder and all below it, by what they hold."""
        wanted = {path: self._autosave.state.files.get(path, FileRecord()) for path in self.missing_files}
        stop = self._stop
        self._run(lambda: search_folder(folder, wanted, stop.is_set))

    def relink_file(self, old: str, file: Path, *, whatever: bool = False) -> None:
        """Take a file for one that is missing, if it holds the same, or `whatever` it holds."""
        record = FileRecord() if whatever else self._autosave.state.files.get(old, FileRecord())
        self._run(lambda: look_at_file(file, old, record))

    def cancel_search(self) -> None:
        """End a search; what it has found until then counts."""
        self._stop.set()
        self._stop = threading.Event()

    @property
    def missing_files(self) -> list[str]:
        """The files of the session that are not where they were."""
        paths = dict.fromkeys(record.key.path for record in self._autosave.missing)
        return [path for path in paths if not Path(path).exists()]

    def close(self) -> None:
        """Finish the file that is being written, end a search."""
        self._stop.set()
        self._threads.waitForDone(-1)

    def _run(self, work: Callable[[], object]) -> None:
        self._threads.start(_Work(work, self._answered.emit))

    def _replace(self, state: SessionState) -> None:
        """Raises SessionError where the present session would be lost by it; it then stays."""
        self.saving.emit()
        self.leaving.emit()
        left = self._keep()
        self._session.remove([entry.id for entry in self._session.entries])
        self._autosave.use(state)
        self.left.emit(left)

    def _keep(self) -> RecentSession | None:
        """Keep what is in no file of the operator's."""
        state = self._autosave.state
        if not (state.signals or state.book.notes) or (state.file and not state.unsaved):
            return None
        self._autosave.settle()
        name = self.name or _folder_name(state) or "Notes"
        document = json.dumps(document_out(state), indent=1).encode("ascii")
        row = self._row(Path(), name)
        return replace(row, path=self._recent.keep(row, document, state.kept), kept=True)

    def _row(self, path: Path, name: str) -> RecentSession:
        signals = self._autosave.state.signals.values()
        classified = sum(
            record.result is not None and record.result.get("state") == JobState.SUCCEEDED.value for record in signals
        )
        unsure = self._session.count(SignalState.UNSURE)
        return RecentSession(path, name, time.time(), len(signals), classified, unsure)

    def _on_answered(self, answer: object) -> None:
        try:
            match answer:
                case SessionError():
                    self.failed.emit(answer)
                case _Saved():
                    self._on_saved(answer)
                case _Opened():
                    self._replace(answer.state)
                    self.opened.emit(answer.path)
                    self._want(answer.here, answer.gone)
                case Search():
                    for old, new in answer.pairs:
                        self._autosave.move_file(old, new)
                    self.searched.emit(answer)
                    self._want(tuple(new for _, new in answer.pairs), ())
        except SessionError as error:
            self.failed.emit(error)

    def _on_saved(self, saved: _Saved) -> None:
        kept = self._autosave.state.kept
        self._autosave.saved_as(str(saved.path), saved.digest)
        self.saved.emit(saved.path)
        self._recent.put(saved.row)
        if kept:
            self._recent.forget(Path(kept))

    def _want(self, here: tuple[str, ...], gone: tuple[str, ...]) -> None:
        if here:
            self.files_wanted.emit([Path(path) for path in here])
        if gone:
            self.missing.emit(list(gone))


class _Saved(Struct, frozen=True):
    path: Path
    digest: str
    row: RecentSession


class _Opened(Struct, frozen=True):
    path: Path
    state: SessionState
    here: tuple[str, ...]
    gone: tuple[str, ...]


class _Work(QRunnable):
    def __init__(self, work: Callable[[], object], answer: Callable[[object], object]) -> None:
        super().__init__()
        self._work = work
        self._answer = answer

    def run(self) -> None:
        try:
            answer = self._work()
        except SessionError as error:
            answer = error
        self._answer(answer)


def _save(document: Json, path: Path, known_digest: str | None, row: RecentSession) -> _Saved:
    for file in document["files"]:
        if not file["fingerprint"]:
            _fill_in(file)
    data = json.dumps(document, indent=1).encode("ascii")
    shown = printable_name(str(path))
    try:
        if known_digest and path.exists() and _digest(path.read_bytes()) != known_digest:
            raise SessionChanged(
                f"Somebody else has changed {shown} since it was opened or saved here.",
                "Save the session under another name, or replace theirs.",
            )
        replace_file(path, data)
    except OSError as error:
        raise SessionError(
            f"The session could not be saved as {shown} ({error.strerror or error}).",
            "Make room, see that you may write there, or choose another folder.",
        ) from error
    return _Saved(path, _digest(data), row)


def _fill_in(file: Json) -> None:
    path = Path(file["was_at"])
    try:
        file["size"], file["fingerprint"] = path.stat().st_size, fingerprint(path)
    except OSError:
        return  # it is away; it stays in the session by its name


def _open(path: Path, *, kept: bool) -> _Opened:
    shown = printable_name(str(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SessionError(
            f"{shown} cannot be read ({error.strerror or error}).", "Check the name and the drive."
        ) from error
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise SessionError(
            f"{shown} is damaged ({place}).", "It is kept as it is. Take an older copy of it."
        ) from error
    state = document_in(document, path.parent, name=shown)
    if kept:  # it remembers the operator's file, which may hold something else
        state.kept = str(path)
    else:
        state.file, state.file_digest = str(path), _digest(data)
        state.unsaved, state.kept = False, ""
    paths = list(dict.fromkeys(key.path for key in state.signals))
    here = tuple(each for each in paths if Path(each).exists())
    return _Opened(path, state, here, tuple(each for each in paths if each not in set(here)))


def with_suffix(path: Path) -> Path:
    """The path with the ending that a session's file has."""
    return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)


def _folder_name(state: SessionState) -> str:
    """A session without a name is called after the folder of its first signal."""
    return next((key.file.parent.name for key in state.signals), "")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
