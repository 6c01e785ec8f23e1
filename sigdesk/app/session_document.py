"""A session as a JSON document: what a `.sigdesk` file holds, and the snapshots of the autosave.

    {"format": "SigDesk session", "version": 1, "saved": "2026-11-24T18:00:00+00:00",
     "note": "text of the session",
     "classes": [{"name", "title", "key": 1..9 | null, "slot": 0..8, "hatched"}, …],      in the order of their coming
     "files":   [{"path": relative to the session's file, with slashes, "was_at": absolute,
                  "size": bytes, "fingerprint": "sha256:…", "labels_digest", "unsaved",
                  "table": how it is read, where the operator has corrected that}, …],
     "signals": [{"file": its place in "files", "item": which signal of the file, "name", "open": true,
                  "note", "labels": [{"id", "start", "stop", "class", …}], "result": {…}}, …],
     "view":    {"signal": its place in "signals", "start", "stop", "selection": [start, stop], "scroll", "page", "tab",
                 "spectrum": whether it is shown,
                 "processed": [{"signal", "recipes": [[channel, {"high_pass_hz": 5.0, …}], …]}, …],
                 "arrangements": [{"channels": names, "order", "hidden", "over", "ranges"}, …]},
     "history": {"done": [{"title", "labels": [[signal, before, after], …]}, …], "undone": […]}}

Of a label, what is usual is left out (`sigdesk/labels/codec.py` has all names). Keys that a program does not know are
passed over; a version that it does not know is refused.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, Final

from sigdesk.app.session_state import FileRecord, Json, SessionState, SignalRecord, table_in, view_with_keys
from sigdesk.errors import SessionError, SigDeskError
from sigdesk.labels.classes import ClassTable
from sigdesk.labels.codec import class_in, class_out, edit_in, edit_out, label_in, label_out, text_in
from sigdesk.labels.edits import Edit, SignalKey
from sigdesk.labels.label_book import UNDO_KEPT

FORMAT: Final = "SigDesk session"
VERSION: Final = 1


def document_out(state: SessionState, folder: Path | None = None, *, only_open: bool = False) -> Json:
    """The document of a session whose file stands in `folder`; without one, paths are absolute.

    With `only_open` it holds what is on the desk; else also labels of signals that were closed, and the whole history.
    """
    keys = _keys(state, only_open=only_open)
    paths = list(dict.fromkeys(key.path for key in keys))
    place_of_path = {path: place for place, path in enumerate(paths)}
    place_of = {key: place for place, key in enumerate(keys)}
    book = state.book
    document: Json = {
        "format": FORMAT,
        "version": VERSION,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": book.notes.get(None, ""),
        "classes": [class_out(each) for each in book.classes],
        "files": [_file_out(path, state.files.get(path, FileRecord()), folder) for path in paths],
        "signals": [_signal_out(state, key, place_of_path[key.path]) for key in keys],
        "view": view_with_keys(state.view, lambda key: place_of.get(SignalKey(*key))),
        "history": {
            "done": [edit_out(edit, place_of.__getitem__) for edit in book.done if edit.signals <= place_of.keys()],
            "undone": [edit_out(edit, place_of.__getitem__) for edit in book.undone if edit.signals <= place_of.keys()],
        },
    }
    if not only_open:
        document["session"] = state.own
    return document


def document_in(document: Any, folder: Path | None = None, *, name: str = "The session") -> SessionState:
    """The session of a document that was read from a file in `folder`.

    Raises SessionError for what is no session, for one of a newer SigDesk, and for one with something wrong in it.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SessionError(f"{name} is no session of SigDesk.", "Open it as a signal, or choose a .sigdesk file.")
    version = document.get("version")
    if version != VERSION:
        raise SessionError(
            f"{name} was written by a newer SigDesk (version {version} of the format).", "Open it with that SigDesk."
        )
    try:
        return _session_in(document, folder)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, SigDeskError) as error:
        raise SessionError(
            f"{name} cannot be read: {error or type(error).__name__}.", "It is kept as it is. Take an older copy of it."
        ) from error


def _keys(state: SessionState, *, only_open: bool) -> list[SignalKey]:
    keys = dict.fromkeys(state.signals)
    if not only_open:
        book = state.book
        keys.update(dict.fromkeys(book.signals))
        keys.update(dict.fromkeys(key for key in book.notes if key is not None))
        for edit in (*book.done, *book.undone):
            keys.update(dict.fromkeys(sorted(edit.signals)))
    return list(keys)


def _file_out(path: str, record: FileRecord, folder: Path | None) -> Json:
    value: Json = {
        "path": path if folder is None else _relative(path, folder),
        "was_at": path,
        "size": record.size,
        "fingerprint": record.fingerprint,
        "labels_digest": record.labels_digest,
        "unsaved": record.unsaved,
    }
    if record.table is not None:
        value["table"] = record.table
    return value


def _relative(path: str, folder: Path) -> str:
    try:
        return PurePath(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return path


def _signal_out(state: SessionState, key: SignalKey, file: int) -> Json:
    record = state.signals.get(key)
    value: Json = {"file": file, "item": key.item, "name": record.name if record else "", "open": record is not None}
    if note := state.book.notes.get(key):
        value["note"] = note
    if labels := [label_out(label) for label in state.book.labels(key)]:
        value["labels"] = labels
    if record is not None and record.result is not None:
        value["result"] = record.result
    return value


def _session_in(document: Json, folder: Path | None) -> SessionState:
    state = SessionState()
    book = state.book
    book.classes = ClassTable(map(class_in, document.get("classes", ())))
    paths = []
    for value in document.get("files", ()):
        path = _path_in(value, folder)
        paths.append(path)
        size = value.get("size")
        state.files[path] = FileRecord(
            size=None if size is None else int(size),
            fingerprint=text_in(value.get("fingerprint", "")),
            labels_digest=text_in(value.get("labels_digest", "")),
            unsaved=bool(value.get("unsaved", False)),
            table=table_in(value.get("table")),
        )
    if note := text_in(document.get("note", "")):
        book.notes[None] = note
    keys = []
    for value in document.get("signals", ()):
        key = SignalKey(paths[value["file"]], text_in(value.get("item", "")))
        keys.append(key)
        _signal_in(state, key, value)
    state.view = view_with_keys(document.get("view", {}), lambda place: list(keys[place]))
    history = document.get("history", {})
    book.done = deque(_edits_in(history.get("done", ()), keys), maxlen=UNDO_KEPT)
    book.undone = list(_edits_in(history.get("undone", ()), keys))
    state.apply_own(document.get("session", {}))
    return state


def _signal_in(state: SessionState, key: SignalKey, value: Json) -> None:
    if value.get("open", True):
        result = value.get("result")
        if not (result is None or isinstance(result, dict)):
            raise TypeError(f"the result of {value.get('name')} is {result!r}")
        state.signals[key] = SignalRecord(key, text_in(value.get("name", "")), result)
    labels = [label_in(each) for each in value.get("labels", ())]
    if labels:
        state.book.load(key, labels)
    if note := text_in(value.get("note", "")):
        state.book.notes[key] = note


def _edits_in(values: Iterable[Json], keys: list[SignalKey]) -> Iterable[Edit]:
    return (edit_in(value, keys.__getitem__) for value in values)


def _path_in(value: Json, folder: Path | None) -> str:
    """Where the file is: beside the session as it was when it was saved, else where it was then."""
    path, was_at = text_in(value["path"]), text_in(value.get("was_at", ""))
    if folder is None:
        return path
    beside = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - Path knows no way to take the dots out
    return was_at if was_at and not Path(beside).exists() and Path(was_at).exists() else beside
