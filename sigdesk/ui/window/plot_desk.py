"""What the plot asks of the window: text for the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.main_window import MainWindow


class PlotDesk(QObject):
    """Connects the plot's instruments with the window."""

    def __init__(self, window: MainWindow, desk: WindowDesk, parent: QObject) -> None:
        super().__init__(parent)
        window.plots.instruments.copy_asked.connect(desk.copy)
