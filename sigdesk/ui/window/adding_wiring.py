"""Adding a model in the window: a path is asked for, looked into by a process of its own, and added by the library."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from sigdesk.app.models_library import Done, model_kind
from sigdesk.app.program import Program
from sigdesk.errors import ModelError, SigDeskError
from sigdesk.ui.models.add_dialog import AddDialog
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.models_wiring import ModelsWiring

_FILES: Final = "Model files (*.skops *.onnx *.pkl *.pickle *.joblib);;All files (*)"


class AddingWiring(QObject):
    """One dialog at a time. What was added is shown."""

    def __init__(
        self, program: Program, window: MainWindow, desk: WindowDesk, look: Look, models: ModelsWiring
    ) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        self._models = models
        self._dialog: AddDialog | None = None
        window.models_page.list.add_requested.connect(self.open)
        desk.models.add_wanted.connect(self.open)
        program.library.inspected.connect(self._on_inspected)
        program.library.done.connect(self._on_done)
        models.may_tell = self._may_tell

    def open(self) -> None:
        """Show the dialog."""
        self._window.show_page("Models")
        if self._dialog is not None:
            self._dialog.raise_()
            return
        self._dialog = dialog = AddDialog(self._look, self._window)
        dialog.file_wanted.connect(self._choose_file)
        dialog.folder_wanted.connect(self._choose_folder)
        dialog.add_requested.connect(self._program.library.add)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def show_path(self, path: Path) -> None:
        """This file or folder is to be added."""
        if self._dialog is None:
            return
        kind = model_kind(path)
        self._dialog.show_path(path, kind)
        if kind == "skops":
            self._program.library.inspect(path)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Add model file", str(Path.home()), _FILES)
        if name:
            self.show_path(Path(name))

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Add a model's folder", str(Path.home()))
        if name:
            self.show_path(Path(name))

    def _on_inspected(self, path: Path, found: tuple[str, ...] | ModelError) -> None:
        if self._dialog is None:
            return
        if isinstance(found, ModelError):
            self._dialog.show_problem(str(found))
        else:
            self._dialog.show_classes(path, found)

    def _on_done(self, done: Done) -> None:
        if self._dialog is not None:
            self._dialog.accept()
            self._models.show_model(done.name)

    def _may_tell(self, error: SigDeskError) -> bool:
        """What goes wrong while the dialog is open is told in it."""
        if self._dialog is None:
            return True
        self._dialog.show_problem(str(error))
        return False

    def _on_finished(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
