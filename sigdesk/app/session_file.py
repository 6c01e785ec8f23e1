"""The operator's own file of a session: saved, opened again, handed to a colleague; files that were moved are found."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.app.autosave import Autosave
from sigdesk.app.session import Session
from sigdesk.app.session_document import document_in, document_out
from sigdesk.app.session_state import FileRecord, Json, SessionState
from sigdesk.errors import SessionError
from sigdesk.labels.writing import replace_file
from sigdesk.signals.fingerprint import fingerprint
from sigdesk.signals.names import printable_name

SUFFIX: Final = ".sigdesk"


class SessionFile(QObject):
    """Works off the window's thread. `saved` and `opened` carry the path, `failed` a SessionError.

    `files_wanted` carries the files that a session that was opened wants on the desk, `missing` those of them that are
    not where they were. `relinked` carries (old, new) paths of those that were found, and how many are still missing.
    """

    saved = Signal(object)
    opened = Signal(object)
    failed = Signal(object)
    files_wanted = Signal(object)
    missing = Signal(object)
    relinked = Signal(object, int)
    _answered = Signal(object)

    def __init__(self, session: Session, autosave: Autosave, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._autosave = autosave
        self._digest = ""
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

    def save(self, path: Path | None = None) -> None:
        """Write the session to its file, or to another from now on (which is replaced: ask before).

        Its own file is not overwritten when somebody else has changed it since. SessionError comes with `failed`.
        """
        own = self.path
        target = path or own
        if target is None:
            raise SessionError("The session has no file yet.", "Save it under a name.")
        if target.suffix != SUFFIX:
            target = target.with_name(target.name + SUFFIX)
        target = target.absolute()
        self._autosave.settle()
        document = document_out(self._autosave.state, target.parent, only_open=True)
        known = self._digest if target == own else None
        self._run(lambda: _save(document, target, known))

    def open(self, path: Path) -> None:
        """Put the session of a file in the place of the present one (which the autosave keeps no more: ask before)."""
        path = path.absolute()
        self._run(lambda: _open(path))

    def new(self) -> None:
        """Begin an empty session."""
        self._replace(SessionState(), "")

    def relink(self, folder: Path) -> None:
        """Look for the missing files in a folder and all below it, by what they hold."""
        wanted = {
            path: self._autosave.state.files.get(path, FileRecord())
            for path in dict.fromkeys(record.key.path for record in self._autosave.missing)
        }
        self._run(lambda: _search(folder, wanted, self._stop.is_set))

    def close(self) -> None:
        """Finish the file that is being written, end a search."""
        self._stop.set()
        self._threads.waitForDone(-1)

    def _run(self, work: Callable[[], object]) -> None:
        self._threads.start(_Work(work, self._answered.emit))

    def _replace(self, state: SessionState, digest: str) -> None:
        self._session.remove([entry.id for entry in self._session.entries])
        self._digest = digest
        self._autosave.use(state)

    def _on_answered(self, answer: object) -> None:
        match answer:
            case SessionError():
                self.failed.emit(answer)
            case _Saved():
                self._digest = answer.digest
                self._autosave.saved_as(str(answer.path))
                self.saved.emit(answer.path)
            case _Opened():
                self._replace(answer.state, answer.digest)
                self.opened.emit(answer.path)
                self._want(answer.here, answer.gone)
            case _Found():
                for old, new in answer.pairs:
                    self._autosave.move_file(old, new)
                left = len(dict.fromkeys(record.key.path for record in self._autosave.missing)) - len(answer.pairs)
                self.relinked.emit(answer.pairs, left)
                self._want(tuple(new for _, new in answer.pairs), ())

    def _want(self, here: tuple[str, ...], gone: tuple[str, ...]) -> None:
        if here:
            self.files_wanted.emit([Path(path) for path in here])
        if gone:
            self.missing.emit(list(gone))


@dataclass(frozen=True, slots=True)
class _Saved:
    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class _Opened:
    path: Path
    digest: str
    state: SessionState
    here: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    pairs: tuple[tuple[str, str], ...]


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


def _save(document: Json, path: Path, known_digest: str | None) -> _Saved:
    for file in document["files"]:
        if not file["fingerprint"]:
            _fill_in(file)
    data = json.dumps(document, indent=1).encode("ascii")
    shown = printable_name(str(path))
    try:
        if known_digest and path.exists() and _digest(path.read_bytes()) != known_digest:
            raise SessionError(
                f"Somebody else has changed {shown} since it was opened or saved here.",
                "Save the session under another name, or open theirs.",
            )
        replace_file(path, data)
    except OSError as error:
        raise SessionError(
            f"The session could not be saved as {shown} ({error.strerror or error}).",
            "Make room, see that you may write there, or choose another folder.",
        ) from error
    return _Saved(path, _digest(data))


def _fill_in(file: Json) -> None:
    path = Path(file["was_at"])
    try:
        file["size"], file["fingerprint"] = path.stat().st_size, fingerprint(path)
    except OSError:
        return  # it is away; it stays in the session by its name


def _open(path: Path) -> _Opened:
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
    state.file = str(path)
    paths = list(dict.fromkeys(key.path for key in state.signals))
    here = tuple(each for each in paths if Path(each).exists())
    return _Opened(path, _digest(data), state, here, tuple(each for each in paths if each not in set(here)))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _search(folder: Path, wanted: Mapping[str, FileRecord], stop: Callable[[], bool]) -> _Found:
    """Which files below a folder are the wanted ones: of the same size and fingerprint, or, where the session has none
    of it, of the same name."""
    by_size: dict[int, list[str]] = {}
    for path, record in wanted.items():
        if record.size is not None and record.fingerprint:
            by_size.setdefault(record.size, []).append(path)
    by_name = {Path(path).name: path for path, record in wanted.items() if not record.fingerprint}
    found: dict[str, str] = {}
    for file in _files(folder, stop):
        old = by_name.get(file.name)
        if old is None:
            old = _same(file, [path for path in by_size.get(_size(file), ()) if path not in found], wanted)
        if old is not None and old not in found:
            found[old] = str(file.absolute())
        if len(found) == len(wanted):
            break
    return _Found(tuple(found.items()))


def _files(folder: Path, stop: Callable[[], bool]) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if stop():
                return
            yield Path(place) / name


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _same(file: Path, candidates: list[str], wanted: Mapping[str, FileRecord]) -> str | None:
    if not candidates:
        return None
    try:
        print_ = fingerprint(file)
    except OSError:
        return None
    return next((path for path in candidates if wanted[path].fingerprint == print_), None)
