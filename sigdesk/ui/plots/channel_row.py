"""One channel of the stack: its gutter, and a view box with backdrop and trace.

It is no PlotItem, whose further axes, title, buttons and menu take eight times as long to make and are never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg

from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.arrangement import Range
from sigdesk.ui.plots.backdrop import Backdrop
from sigdesk.ui.plots.gutter import ChannelAxis
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.runs import Run
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.ticks import Tick
from sigdesk.ui.plots.trace import Trace
from sigdesk.ui.theme.look import Look

_ROOM: Final = 0.15
"""Share of the values' range that stays free above and below."""


class ChannelRow:
    """`axis` and `box` go into a layout, side by side. `index` is the channel's place in the recording."""

    def __init__(self, look: Look, index: int) -> None:
        self.index = index
        self.axis = ChannelAxis(look)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self.axis.linkToView(self.box)
        self._backdrop = Backdrop(look, self.axis)
        self._trace = Trace(look, index)
        self.box.disableAutoRange()
        self.box.addItem(self._backdrop, ignoreBounds=True)
        self.box.addItem(self._trace, ignoreBounds=True)
        self._look = look
        self._guests: list[Trace] = []  # kept when they are not used, as rows are
        self._fixed: Range | None = None
        self.channels: tuple[int, ...] = (index,)

    def set_shown(self, shown: bool) -> None:
        self.axis.setVisible(shown)
        self.box.setVisible(shown)

    def lay_over(self, guests: Sequence[int], names: str, points: Points | None, fixed: Range | None) -> None:
        """Draw these channels, too; a `fixed` scale holds until there is none."""
        self._fixed = fixed
        self.channels = (self.index, *guests)
        while len(self._guests) < len(guests):
            trace = Trace(self._look, self.index)
            self.box.addItem(trace, ignoreBounds=True)
            self._guests.append(trace)
        for number, trace in enumerate(self._guests):
            trace.setVisible(number < len(guests))
            if number < len(guests):
                trace.show_over(guests[number], points)
        self.axis.show_guests(names)

    def show_channel(self, channel: Channel) -> None:
        """Begin anew with a channel of another recording."""
        self.axis.show_channel(channel)
        self._trace.set_points(None)

    def show_note(self, channel: Channel, note: str, inexact: str) -> None:
        """The channel as it is seen now, and what is done to it."""
        self.axis.show_channel(channel, note, inexact)

    def set_visible(self, visible: Stretch, ticks: Sequence[Tick]) -> None:
        self.box.setXRange(visible.start, visible.stop, padding=0)
        self._backdrop.set_time_ticks(ticks)

    def set_points(self, points: Points | None) -> None:
        for trace in (self._trace, *self._guests):
            trace.set_points(points)

    def set_runs(self, runs: tuple[Run, ...], coloured: bool) -> None:
        """The classes over the signal; their colours show only when `coloured`."""
        self._backdrop.set_runs(runs if coloured else ())
        self._trace.set_runs(runs if coloured else ())

    def fit_height(self, points: Points) -> None:
        """Show all values that these points have, or what the scale is fixed to."""
        if self._fixed is not None:
            self.box.setYRange(*self._fixed, padding=0)
            return
        values = points.values[list(self.channels)]
        values = values[np.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if len(values) else (-1.0, 1.0)
        if not low < high:
            # A channel that stands still lies in the middle.
            low, high = low - max(abs(low) * 0.1, 0.5), high + max(abs(high) * 0.1, 0.5)
        room = (high - low) * _ROOM
        self.box.setYRange(low - room, high + room, padding=0)

    def height_of(self, value: float) -> float | None:
        """Where a value lies in the view, in pixels from its top; None when it lies outside or is no number."""
        if not np.isfinite(value):
            return None
        y = self.axis.y(value)
        return self.axis.mapToScene(0, y).y() if -1 <= y <= self.axis.size().height() + 1 else None

    def repaint(self) -> None:
        self.axis.update()
        self._backdrop.update()
        for trace in (self._trace, *self._guests):
            trace.update()
