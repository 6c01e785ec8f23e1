"""Shadow runs in the window: started from a version, shown as they go on, and followed by a promotion or not."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sigdesk.app.model_report import class_marks
from sigdesk.app.program import Program
from sigdesk.app.shadow_run import ShadowRow, ShadowState
from sigdesk.classifiers.folder import Classifier
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.models_wiring import ModelsWiring


class ShadowWiring(QObject):
    """Connects the program's shadow run with the Models page."""

    def __init__(self, program: Program, window: MainWindow, models: ModelsWiring) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._models = models
        self._key = ""
        page, view = window.models_page, window.models_page.shadow
        page.detail.versions.shadow_requested.connect(self._on_version_chosen)
        view.stop_requested.connect(program.shadow.cancel)
        view.back_requested.connect(lambda: models.show_model(self._key))
        view.promote_requested.connect(self._promote)
        view.signal_requested.connect(self._show_signal)
        program.shadow.changed.connect(self._on_changed)

    def run(self, key: str, new: Classifier) -> None:
        """Compare another version of a model with the one in use."""
        old = self._program.library.find(key)
        if not isinstance(old, Classifier):
            return
        if self._program.shadow.running:
            self._window.toast.say("A shadow run is going on already")
        else:
            self._key = key
            self._program.shadow.start(old, new)
        self._window.show_page("Models")
        self._window.models_page.show_shadow()

    def _on_version_chosen(self, version: str) -> None:
        new = next((one for one in self._models.versions if one.manifest.version == version), None)
        if new is not None:
            self.run(self._models.key, new)

    def _on_changed(self, state: ShadowState) -> None:
        known = self._program.session.classes
        marks = {
            mark.name: mark
            for model in (state.old, state.new)
            for mark in class_marks(model.manifest.classes, model.manifest.class_titles, known)
        }
        self._window.models_page.shadow.show_state(state, marks)

    def _promote(self) -> None:
        state = self._program.shadow.state
        if state is not None:
            self._program.library.promote(self._key, state.new.manifest.version)
            self._models.show_model(self._key)

    def _show_signal(self, row: ShadowRow) -> None:
        for entry in self._program.session.entries:
            if entry.recording == row.recording:
                self._window.show_page("Workspace")
                self._program.session.show(entry.id)
                return
