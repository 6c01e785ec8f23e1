"""What is put on a plot beside its traces: the tools that measure, which the plot area only has to feed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.measuring import Measuring
from sigdesk.ui.plots.spectrum.analysing import Analysing
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.view import PlotView
from sigdesk.ui.theme.look import Look


class Instruments(QObject):
    """All instruments of one plot area. `copy_asked` carries text for the clipboard."""

    copy_asked = Signal(str)

    def __init__(self, look: Look, view: PlotView, stack: ChannelStack, parent: QObject) -> None:
        super().__init__(parent)
        self.measuring = Measuring(look, view, stack, self)
        self.analysing = Analysing(look, view, stack, self)
        self.measuring.copy_asked.connect(self.copy_asked)

    def panels(self) -> tuple[QWidget, ...]:
        """What stands below the channels, from top to bottom; each shows itself when it is needed."""
        return (self.analysing.panel, self.measuring.strip)

    def show_recording(self, recording: Recording | None) -> None:
        """Work on this recording from now on; the view shows it already."""
        self.measuring.show_recording(recording)
        self.analysing.show_recording(recording)

    def replace_recording(self, recording: Recording) -> None:
        """The same signal, seen in another way: what was begun goes on with it."""
        self.measuring.replace_recording(recording)
        self.analysing.replace_recording(recording)

    def show_channels(self, shown: Sequence[int]) -> None:
        """Tell of these channels only."""
        self.measuring.show_channels(shown)
        self.analysing.show_channels(shown)

    def close(self) -> None:
        """End all threads, and wait until they have ended."""
        self.measuring.close()
        self.analysing.close()
