"""All that connects the Models page: the library, the training, and the signals that they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from sigdesk.app.action import When
from sigdesk.app.program import Program
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.adding_wiring import AddingWiring
from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.models_wiring import ModelsWiring
from sigdesk.ui.window.shadow_wiring import ShadowWiring
from sigdesk.ui.window.signal_subset import SignalSubset
from sigdesk.ui.window.training_wiring import TrainingWiring


class ModelsPart(QObject):
    """`enable_actions` is called when the condition of an action may have changed."""

    def __init__(
        self, program: Program, window: MainWindow, desk: WindowDesk, look: Look, enable_actions: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self._program = program
        signals = SignalSubset(program, window)
        self.models = ModelsWiring(program, window, desk, look, signals)
        self.training = TrainingWiring(program, window, desk, self.models, signals)
        self.adding = AddingWiring(program, window, desk, look, self.models)
        self.shadow = ShadowWiring(program, window, self.models)
        self.training.shadow_wanted.connect(self.shadow.run)
        program.training.started.connect(enable_actions)
        program.training.ended.connect(enable_actions)

    def conditions(self) -> Mapping[When, bool]:
        """Which of the page's actions can be used."""
        return {When.TRAINING_RUNS: self._program.training.running}
