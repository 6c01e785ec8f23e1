"""How the channels of the signal are presented: which are shown, in which order and rows, through which recipes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.arranging import Arranging
from sigdesk.ui.plots.captions import Captions
from sigdesk.ui.plots.feed import PlotFeed
from sigdesk.ui.plots.head import PlotHead
from sigdesk.ui.plots.instruments import Instruments
from sigdesk.ui.plots.overview import OverviewStrip
from sigdesk.ui.plots.processing import Processing
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.stretch import GUTTER
from sigdesk.ui.theme.look import Look


class Presenting(QObject):
    """Tells all rows of the plot about it. `channels_changed` comes when order, rows, scales or what is hidden
    are others, with the channels that are shown from now on; `processed` when they are seen through other recipes."""

    channels_changed = Signal(object)
    processed = Signal()

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        feed: PlotFeed,
        stack: ChannelStack,
        overview: OverviewStrip,
        head: PlotHead,
        captions: Captions,
        instruments: Instruments,
    ) -> None:
        super().__init__(parent)
        self._feed = feed
        self._stack = stack
        self._overview = overview
        self._head = head
        self._captions = captions
        self._instruments = instruments
        self.arranging = Arranging(look, stack, self)
        self.processing = Processing(look, parent)
        self.arranging.changed.connect(self._on_arranging_changed)
        self.arranging.process_asked.connect(self.processing.open_dialog)
        self.processing.changed.connect(self._on_processing_changed)

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels that are shown, in the order in which they stand."""
        return self.arranging.arrangement.shown

    @property
    def recording(self) -> Recording | None:
        """The signal as it is seen."""
        return self.processing.shown

    def begin(self, recording: Recording | None) -> Recording | None:
        """Present another signal; gives it as it is to be seen. Call `show` when all rows have it."""
        self.processing.begin(recording)
        self.arranging.begin(recording)
        return self.processing.shown

    def show(self) -> None:
        """Tell all rows of order, scales and recipes."""
        arrangement, channels = self.arranging.arrangement, self.channels
        self._stack.arrange(arrangement.rows(channels), arrangement.ranges)
        self._overview.set_channel(channels[0] if channels else 0)
        self._head.show_channels(channels)
        self._captions.show_channels(channels)
        self._instruments.show_channels(channels)
        self._show_notes()

    def show_channels(self, channels: Sequence[int]) -> None:
        """Show only these channels; at least one."""
        self.arranging.show_only(channels)

    def open_menu(self) -> None:
        """Order, rows and scales of the channels that are shown."""
        self.arranging.open_menu(self._stack.mapToGlobal(QPoint(GUTTER, 0)))

    def _on_arranging_changed(self) -> None:
        self.show()
        self.channels_changed.emit(self.channels)

    def _on_processing_changed(self) -> None:
        shown = self.processing.shown
        if shown is not None:
            self._feed.open(shown)
            self._captions.begin(shown.channels)
            self._captions.show_channels(self.channels)
            self._show_notes()
            self._instruments.replace_recording(shown)
            self.processed.emit()

    def _show_notes(self) -> None:
        shown = self.processing.shown
        if shown is not None:
            notes = [self.processing.note_of(row) for row in range(len(shown.channels))]
            self._stack.show_notes(shown.channels, notes)
