"""What the table of actions can ask about models, handed on to whoever does it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from sigdesk.ui.window.main_window import MainWindow


class ModelsDesk(QObject):
    """Implements `sigdesk.app.model_tasks.ModelTasks`."""

    train_wanted = Signal()
    stop_wanted = Signal()
    add_wanted = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def train(self) -> None:
        """Show the form, and train where it is shown already."""
        self._window.need_models_page()  # who does it comes with the page
        self.train_wanted.emit()

    def stop_training(self) -> None:
        """Stop the training that runs."""
        self.stop_wanted.emit()

    def add_model(self) -> None:
        """Ask for a file or folder and make a model of it."""
        self._window.need_models_page()
        self.add_wanted.emit()
