"""How files are read goes with the session: a colleague, or the next start, reads a table as it was corrected, and of a
file of several arrays those that are signals of the session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from sigdesk.app.autosave import Autosave
from sigdesk.app.session import Session
from sigdesk.app.session_state import FileRecord
from sigdesk.signals.remembered import RememberedReading, SessionFileReading
from sigdesk.signals.tables.shape import ShapeError, TableShape, shape_in, shape_out, table_of


class SessionReading(QObject):
    """Notes in the session how its tables are read, and has them read so when the session comes back."""

    def __init__(
        self, session: Session, autosave: Autosave, remembered: RememberedReading, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._autosave = autosave
        self._remembered = remembered
        session.added.connect(self._on_signals_added)
        autosave.replaced.connect(self._use)
        autosave.moved.connect(self._use)
        self._use()

    def _use(self) -> None:
        state = self._autosave.state
        items: dict[str, list[str]] = {}
        for key in state.signals:
            items.setdefault(key.path, []).extend([key.item] if key.item else [])
        tables = {path: _shape(state.files.get(path)) for path in items}
        said = {Path(path): SessionFileReading(tables[path], tuple(some)) for path, some in items.items()}
        self._remembered.use_session({path: one for path, one in said.items() if one.table or one.items})

    def _on_signals_added(self, ids: Sequence[int]) -> None:
        for entry in filter(None, map(self._session.find, ids)):
            path, shape = str(entry.recording.path), table_of(entry.recording)
            table = None if shape is None else shape_out(shape)
            if self._autosave.state.file_record(path).table != table:
                self._autosave.note_table(path, table)


def _shape(record: FileRecord | None) -> TableShape | None:
    """The shape that is kept of a table; None where there is none, or where it was written by another version."""
    if record is None or record.table is None:
        return None
    try:
        return shape_in(record.table)
    except ShapeError:
        return None
