"""How text tables are read: previews for the operator to look at, and reading them as they say.

All of it off the window's thread. What cannot be read so is not remembered: the file is opened first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QThreadPool, Signal

from sigdesk.app.opening import Refusal
from sigdesk.app.reloading import read_all
from sigdesk.errors import SettingsError, SigDeskError
from sigdesk.signals.opening import open_recordings
from sigdesk.signals.recording import Recording
from sigdesk.signals.remembered import RememberedReading
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.table_preview import TablePreview, corrected_preview, recognised_preview
from sigdesk.signals.tables.layout import RECOGNISE, Given
from sigdesk.signals.tables.shape import ShapeError, TableShape
from sigdesk.signals.tables.source import is_of_table


class Correction(Struct, frozen=True):
    """How a table is to be read. `recognised` is what was recognised, None where nothing was; `alike`: so are all
    tables in which the same is recognised, of which `others` are open."""

    path: Path
    shape: TableShape
    recognised: TableShape | None
    alike: bool
    others: tuple[Path, ...] = ()


class Corrected(Struct, frozen=True):
    """What was read of a correction. `problem` is set where it was not remembered."""

    path: Path
    recordings: tuple[Recording, ...]
    refusals: tuple[Refusal, ...] = ()
    problem: SigDeskError | None = None


class TableCorrecting(QObject):
    """`previewed` carries the number that `look` or `try_shape` has given, and a TablePreview. `corrected` carries a
    Corrected; `refused` the path and the SigDeskError that says why the table cannot be read so."""

    previewed = Signal(int, object)
    corrected = Signal(object)
    refused = Signal(object, object)

    def __init__(self, remembered: RememberedReading, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered = remembered
        self._shelf = shelf
        self._number = 0
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)

    def look(self, path: Path, given: Given = RECOGNISE) -> int:
        """Preview a table as it is recognised, as far as it is not given."""
        return self._preview(partial(recognised_preview, path, given))

    def look_as_remembered(self, path: Path) -> int:
        """Preview a table as it would be opened now."""
        return self._preview(partial(self._as_remembered, path))

    def try_shape(self, path: Path, shape: TableShape, lines: Given) -> int:
        """Preview a table that is read by a shape; `lines` says which lines are its headings and units."""
        return self._preview(partial(corrected_preview, path, shape, lines))

    def correct(self, correction: Correction) -> None:
        """Read a table, and the open ones like it, as the operator says, and remember it."""
        self._threads.start(partial(self._correct, correction))

    def forget(self, correction: Correction) -> None:
        """Read a table, and the open ones like it, as it is recognised again."""
        self._threads.start(partial(self._forget, correction))

    def close(self) -> None:
        """Wait for what is being read."""
        self._threads.clear()
        self._threads.waitForDone(-1)

    def _preview(self, make: Callable[[], TablePreview]) -> int:
        self._number += 1
        number = self._number
        self._threads.start(partial(self._answer, number, make))
        return number

    def _answer(self, number: int, make: Callable[[], TablePreview]) -> None:
        if number == self._number:  # else another was asked for meanwhile
            self.previewed.emit(number, make())

    def _as_remembered(self, path: Path) -> TablePreview:
        preview = recognised_preview(path)
        preview = replace(preview, recognised=preview.shape)
        memory = self._remembered.tables
        shape = memory.recall_one(path) if preview.shape is None else memory.recall(preview.shape, path)
        if shape is None:
            return preview
        lines = Given(heading_line=preview.heading_line, units_line=preview.units_line)
        return replace(corrected_preview(path, shape, lines), recognised=preview.shape, remembered=True)

    def _correct(self, correction: Correction) -> None:
        path, shape = correction.path, correction.shape
        try:
            recordings = open_recordings(path, self._shelf, table=shape)
        except SigDeskError as error:
            self.refused.emit(path, error)
            return
        problem = self._keep(partial(self._remember, correction))
        self._remembered.leave_session([path])
        others, refusals = self._others(correction) if problem is None else ([], [])
        self.corrected.emit(Corrected(path, (*recordings, *others), tuple(refusals), problem))

    def _forget(self, correction: Correction) -> None:
        path, memory = correction.path, self._remembered.tables
        forget = partial(memory.forget_one, path)
        if correction.recognised is not None:
            forget = partial(memory.forget, correction.recognised, path)
        problem = self._keep(forget)
        self._remembered.leave_session([path])
        recordings, refusals = read_all([path], self._remembered.open, self._shelf)
        others, others_refused = self._others(correction)
        found = (*recordings, *others)
        self.corrected.emit(Corrected(path, found, (*refusals, *others_refused), problem))

    def _remember(self, correction: Correction) -> None:
        memory = self._remembered.tables
        if correction.recognised is None or not correction.alike:
            memory.remember_one(correction.path, correction.shape)
        else:
            memory.forget_one(correction.path)
            memory.remember(correction.recognised, correction.shape)

    def _keep(self, change: Callable[[], None]) -> SigDeskError | None:
        try:
            change()
        except ShapeError as error:
            return SettingsError(f"The table {error}.", "Correct how it is read.")
        except OSError as error:
            return SettingsError(
                f"How the table is read could not be remembered ({error.strerror or error}).",
                "It holds until SigDesk is closed. Make room on the disk, or check that you may write there.",
            )
        return None

    def _others(self, correction: Correction) -> tuple[list[Recording], list[Refusal]]:
        """The open tables of which the same is recognised."""
        if not correction.alike or correction.recognised is None:
            return [], []
        alike = self._remembered.alike(correction.recognised, correction.others)
        self._remembered.leave_session(alike)
        return read_all(alike, self._remembered.open, self._shelf)


def open_tables(recordings: Iterable[Recording], but: Path) -> tuple[Path, ...]:
    """The files of these recordings that are tables, without one of them."""
    paths = (recording.path for recording in recordings if is_of_table(recording))
    return tuple(path for path in dict.fromkeys(paths) if path != but)
