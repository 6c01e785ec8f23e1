"""Import and export of labels in the window: the dialogs that ask for a file, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from sigdesk.app.label_exchange import EXCHANGES, LabelExport, import_from, sigmf_file
from sigdesk.app.program import Program
from sigdesk.app.session import SignalEntry
from sigdesk.errors import LabelError, SigDeskError
from sigdesk.signals.names import printable_name
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.window.main_window import MainWindow

KINDS: Final = {f"{each.name} (*{each.suffix})": each for each in EXCHANGES}
EDF_KIND: Final = "EDF+ with annotations (*.edf)"
_READABLE: Final = "Labels (*.csv *.txt *.tsv *.json *.edf *.bdf *.sigmf-meta);;All files (*)"


class LabelFilesDesk(QObject):
    """Works on the signal that is shown."""

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._export = LabelExport(program.labelling, self)
        self._export.exported.connect(self._on_exported)
        self._export.failed.connect(self._on_failed)
        window.closing.connect(self._export.close)

    @property
    def is_sigmf(self) -> bool:
        """Whether the signal that is shown can hold its labels itself."""
        shown = self._program.session.current
        return shown is not None and sigmf_file(shown.recording) is not None

    def import_labels(self) -> None:
        """Ask for a file of labels, and put them on the signal that is shown."""
        shown = self._program.session.current
        if shown is None:
            return
        name, _ = QFileDialog.getOpenFileName(self._window, "Import labels", str(self._folder(shown)), _READABLE)
        if not name:
            return
        file = Path(name)
        try:
            count = import_from(self._program.labelling, shown.id, shown.recording, file)
        except LabelError as error:
            self._warn("Labels not imported", error)
            return
        said = f"{counted(count, 'label')} imported from {printable_name(file.name)}"
        if count:
            self._window.toast.say(said, self._program.undoing.undo_text)
        else:
            self._window.toast.say(f"{said}: all are there already, or the file has none")

    def export_labels(self) -> None:
        """Ask for a place and a format, and write the labels of the signal that is shown."""
        shown = self._program.session.current
        if shown is None:
            return
        kinds = ";;".join([*KINDS, EDF_KIND])
        start = self._folder(shown) / f"{shown.recording.path.stem}-labels.csv"
        name, kind = QFileDialog.getSaveFileName(self._window, "Export labels", str(start), kinds)
        if not name:
            return
        exchange = KINDS.get(kind)
        suffix = ".edf" if kind == EDF_KIND else exchange.suffix if exchange else ".csv"
        file = Path(name)
        if not file.suffix:
            file = file.with_name(file.name + suffix)
            if file.exists():  # the dialog has asked about another name
                self._warn("Labels not exported", LabelError(f"{file} is there already.", "Choose another name."))
                return
        if file == shown.recording.path:
            self._warn("Labels not exported", LabelError(f"{file} is the signal itself.", "Choose another name."))
        elif kind == EDF_KIND:
            self._window.toast.say(f"Exporting {printable_name(file.name)}…", stays=True)
            self._export.export_edf(shown.id, shown.recording, file)
        else:
            self._export.export(shown.id, shown.recording, file, exchange or EXCHANGES[0])

    def store_in_sigmf(self) -> None:
        """Write the labels into the SigMF recording that is shown."""
        shown = self._program.session.current
        if shown is None:
            return
        try:
            self._export.export_sigmf(shown.id, shown.recording)
        except LabelError as error:
            self._warn("Labels not stored", error)

    def _folder(self, shown: SignalEntry) -> Path:
        return shown.recording.path.parent

    def _on_exported(self, file: Path, count: int) -> None:
        self._window.toast.say(f"{counted(count, 'label')} written to {printable_name(file.name)}")

    def _on_failed(self, error: SigDeskError) -> None:
        self._window.toast.leave()
        self._warn("Labels not exported", error)

    def _warn(self, title: str, error: SigDeskError) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning, title, f"{error.what}\n{error.way_out}".strip(), parent=self._window
        )
        box.finished.connect(box.deleteLater)
        box.open()
