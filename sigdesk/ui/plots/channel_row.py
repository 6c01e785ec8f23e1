"""One channel of the stack: its gutter, and a view box with backdrop and trace.

It is no PlotItem, whose further axes, title, buttons and menu take eight times as long to make and are never shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from msgspec.structs import replace

from sigdesk.signals.describe import printable_name
from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.arrangement import Range
from sigdesk.ui.plots.backdrop import Backdrop
from sigdesk.ui.plots.guest_scale import Guest, GuestScale, fitted, share_a_scale
from sigdesk.ui.plots.gutter import ChannelAxis
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.runs import Run
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.ticks import Tick
from sigdesk.ui.plots.trace import Trace
from sigdesk.ui.theme.look import Look


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
        self._over: tuple[Guest, ...] = ()
        self._scale = GuestScale(look, self.box)
        self._own: dict[int, Range] = {}
        self._channel = Channel("")
        self._fixed: Range | None = None
        self.channels: tuple[int, ...] = (index,)

    def set_shown(self, shown: bool) -> None:
        self.axis.setVisible(shown)
        self.box.setVisible(shown)

    def lay_over(self, guests: Sequence[Guest], points: Points | None, fixed: Range | None) -> None:
        """Draw these channels, too; a `fixed` scale holds until there is none."""
        self._fixed = fixed
        self._over = tuple(guests)
        self.channels = (self.index, *(guest.index for guest in guests))
        while len(self._guests) < len(guests):
            trace = Trace(self._look, self.index)
            self.box.addItem(trace, ignoreBounds=True)
            self._guests.append(trace)
        for number, trace in enumerate(self._guests):
            trace.setVisible(number < len(guests))
            if number < len(guests):
                trace.show_over(guests[number].index, points)
        self.axis.show_guests(", ".join(printable_name(guest.channel.name) for guest in guests))
        self._place_guests({})

    def name_guests(self, channels: Sequence[Channel]) -> None:
        """The channels as they are seen now: what is done to one may change its unit."""
        self._over = tuple(replace(guest, channel=channels[guest.index]) for guest in self._over)

    def show_channel(self, channel: Channel) -> None:
        """Begin anew with a channel of another recording."""
        self._channel = channel
        self.axis.show_channel(channel)
        self._trace.set_points(None)

    def show_note(self, channel: Channel, note: str, inexact: str) -> None:
        """The channel as it is seen now, and what is done to it."""
        self._channel = channel
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
        """Show all values that these points have, or what the scale is fixed to. Guests of another unit get a scale of
        their own."""
        host, shared, own = fitted(points.values[self.index]), [self.index], {}
        for guest in self._over:
            between = guest.fixed or fitted(points.values[guest.index])
            if guest.fixed is None and share_a_scale(self._channel, guest.channel, host, between):
                shared.append(guest.index)
            else:
                own[guest.index] = between
        self.box.setYRange(*(self._fixed or fitted(points.values[shared])), padding=0)
        self._place_guests(own)

    def range_of(self, channel: int) -> Range:
        """Between which values a channel of this row is drawn."""
        low, high = self.box.viewRange()[1]
        return self._own.get(channel, (float(low), float(high)))

    def height_of(self, channel: int, value: float) -> float | None:
        """Where a value of a channel lies in the view, in pixels from its top; None when it lies outside or is no
        number."""
        if not np.isfinite(value):
            return None
        low, high = self.range_of(channel)
        y = self.axis.size().height() * (high - value) / (high - low)
        return self.axis.mapToScene(0, y).y() if -1 <= y <= self.axis.size().height() + 1 else None

    def _place_guests(self, own: dict[int, Range]) -> None:
        """Draw each guest between its own values, or by the row's scale."""
        self._own = own
        low, high = self.box.viewRange()[1]
        for guest, trace in zip(self._over, self._guests, strict=False):
            trace.draw_between(own.get(guest.index), (float(low), float(high)))
        self._scale.show_scales([(guest.channel, own[guest.index]) for guest in self._over if guest.index in own])

    def repaint(self) -> None:
        self.axis.update()
        self._scale.update()
        self._backdrop.update()
        for trace in (self._trace, *self._guests):
            trace.update()
