"""What the plot's instruments do in the real window: `sigdesk.app.plot_tasks.PlotTasks`."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sigdesk.ui.window.main_window import MainWindow


class PlotDesk(QObject):
    """Hands each task to the part of the plot that does it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._plots = window.plots

    def toggle_spectrum(self) -> None:
        self._plots.instruments.analysing.toggle()
