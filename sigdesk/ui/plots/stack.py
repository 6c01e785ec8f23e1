"""The channels, one under the other on one time axis, in a GraphicsLayoutWidget that scrolls when they get too low.

The time ranges are set from one value and not linked by pyqtgraph, whose link goes through rounded screen positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from sigdesk.signals.recording import Channel, Recording
from sigdesk.ui.plots.arrangement import Range
from sigdesk.ui.plots.channel_row import ChannelRow
from sigdesk.ui.plots.clock import clock_ticks
from sigdesk.ui.plots.guest_scale import Guest
from sigdesk.ui.plots.marks import Marks
from sigdesk.ui.plots.points import Points
from sigdesk.ui.plots.reader import CursorValues
from sigdesk.ui.plots.runs import Run
from sigdesk.ui.plots.stretch import GUTTER, RIGHT_MARGIN, Scale, Stretch, row_scale
from sigdesk.ui.plots.ticks import time_ticks
from sigdesk.ui.theme.look import Look

CHANNEL_LEAST: Final = 72
CHANNEL_USUAL: Final = 132
_LINE: Final = 1


class ChannelStack(pg.GraphicsLayoutWidget):
    """All shown channels. `resized` comes when it holds more or fewer pixels than before."""

    resized = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, show=False)
        self._look = look
        self._rows: list[ChannelRow] = []
        self._shown: list[ChannelRow] = []
        self._visible = Stretch(0.0, 1.0)
        self._unit = "s"
        self._clock: datetime | None = None
        self._points: Points | None = None
        self._whole: Points | None = None
        self._channels: Sequence[Channel] = ()
        self._arranged: dict[int, tuple[tuple[Guest, ...], Range | None]] = {}
        self._runs: tuple[Run, ...] = ()
        self._coloured = False
        self._values: CursorValues | None = None
        self._lost = 0
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setAccessibleName("Signal plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The ground depends on the theme and on the rows; it is painted faster than a kept picture is kept right.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # it covers all, so nothing need lie below
        self.ci.layout.setContentsMargins(0, _LINE, RIGHT_MARGIN, 0)
        self.ci.layout.setHorizontalSpacing(0)
        self.marks = Marks(look, self.time_scale, self.seen, self._has_keyboard)
        self.scene().addItem(self.marks)
        look.changed.connect(self._on_look_changed)

    @property
    def points(self) -> Points | None:
        """What the traces are drawn from now."""
        return self._points

    @property
    def values(self) -> CursorValues | None:
        """The values under the cursor, as far as they are known."""
        return self._values

    def time_scale(self) -> Scale:
        return row_scale(self._visible, self.width() + self._lost)

    def lose_width(self, pixels: int) -> None:
        """Give so much of the right margin to a scroll bar, so that times stay where the other rows have them."""
        self._lost = pixels
        self.ci.layout.setContentsMargins(0, _LINE, max(0, RIGHT_MARGIN - pixels), 0)

    def show_recording(self, recording: Recording | None) -> None:
        """Rows for all channels of a recording, still without a line."""
        self._points = self._whole = self._values = None
        self._channels = channels = recording.channels if recording else ()
        self._arranged = {}
        self._unit = recording.time_base.unit if recording else "s"
        # Rows are kept and used again: making them takes time, and unmaking them while Qt paints is not safe.
        while len(self._rows) < len(channels):
            row = ChannelRow(self._look, len(self._rows))
            self.ci.addItem(row.axis, row=row.index, col=0)
            self.ci.addItem(row.box, row=row.index, col=1)
            self._rows.append(row)
        for row, channel in zip(self._rows, channels, strict=False):
            row.show_channel(channel)
            row.lay_over((), None, None)
            row.set_runs(self._runs, self._coloured)
        self.arrange([(index,) for index in range(len(channels))], {})

    def show_notes(self, channels: Sequence[Channel], notes: Sequence[tuple[str, str]]) -> None:
        """What is done to each channel, and what of it is not exact."""
        self._channels = channels
        for row, channel, (note, inexact) in zip(self._rows, channels, notes, strict=False):
            row.show_note(channel, note, inexact)
            row.name_guests(channels)

    def arrange(self, rows: Sequence[tuple[int, ...]], ranges: Mapping[int, Range]) -> None:
        """Show these rows from top to bottom: of each the channel to which it belongs, and those drawn over it; some
        channels have a fixed scale."""
        self._shown = [self._rows[channels[0]] for channels in rows]
        for row in self._rows:
            row.set_shown(row in self._shown)
        for row, (own, *guests) in zip(self._shown, rows, strict=True):
            over = tuple(Guest(guest, self._channels[guest], ranges.get(guest)) for guest in guests)
            wanted = (over, ranges.get(own))
            if self._arranged.get(own, ((), None)) != wanted:
                self._arranged[own] = wanted
                row.lay_over(over, self._points, ranges.get(own))
                if self._whole is not None:
                    row.fit_height(self._whole)
        self._put_in_order()
        self.setMinimumHeight(CHANNEL_LEAST * len(self._shown))
        self._share_room()
        self.set_visible(self._visible)

    def tell_by_clock(self, clock: datetime | None) -> None:
        """Draw lines where the clock's ticks are; None draws them at elapsed times."""
        self._clock = clock
        self.set_visible(self._visible)

    def set_visible(self, visible: Stretch) -> None:
        self._visible = visible
        scale = self.time_scale()
        if self._clock is not None:
            ticks = clock_ticks(visible, scale.width, self._clock)
        else:
            ticks = time_ticks(visible, scale.width, self._unit)
        for row in self._shown:
            row.set_visible(visible, ticks)
        self._mark_values()
        self.marks.move()

    def set_points(self, points: Points) -> None:
        self._points = points
        for row in self._rows[: len(points.values)]:
            row.set_points(points)

    def set_whole(self, points: Points) -> None:
        """The whole recording in a few points, from which the height of every channel follows."""
        self._whole = points
        for row in self._rows[: len(points.values)]:
            row.fit_height(points)
        self._mark_values()

    def fit_height(self) -> None:
        """Let the values of the visible stretch fill the height."""
        if self._points is not None:
            inside = self._points.within(self._visible)
            for row in self._shown:
                row.fit_height(inside)
            self._mark_values()

    def set_runs(self, runs: tuple[Run, ...], coloured: bool) -> None:
        self._runs = runs
        self._coloured = coloured
        for row in self._rows:
            row.set_runs(runs, coloured)

    def set_values(self, values: CursorValues | None) -> None:
        """The values under the cursor, for its markers."""
        self._values = values
        self._mark_values()

    def channel_at(self, y: float) -> int | None:
        """The channel whose row lies at a pixel of the view's height."""
        top = 0
        for row, height in zip(self._shown, self._heights(), strict=True):
            top += height
            if y < top:
                return row.index
        return None

    def range_of(self, channel: int) -> Range:
        """Between which values a channel is drawn now."""
        row = next((row for row in self._shown if channel in row.channels), self._rows[channel])
        return row.range_of(channel)

    def heights_of(self, values: Sequence[float]) -> list[float]:
        """Where values of all channels lie, in pixels of the view; those that are not seen are left out."""
        heights = (row.height_of(channel, values[channel]) for row in self._shown for channel in row.channels)
        return [height for height in heights if height is not None]

    def seen(self) -> QRectF:
        """The part of the view that is scrolled in."""
        seen = self.viewport().visibleRegion().boundingRect()
        return QRectF(self.rect() if seen.isEmpty() else QRect(0, seen.top(), self.width(), seen.height()))

    def preferred_height(self) -> int:
        return CHANNEL_USUAL * max(1, len(self._shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "marks"):  # pyqtgraph resizes itself while it is made
            self.marks.set_rect(QRectF(self.rect()))
            self._share_room()
            self.set_visible(self._visible)
            self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # What the gestures leave is turned over the names; it is for the scroll area around.
        event.ignore()

    def drawBackground(self, painter: QPainter, _rect: QRectF) -> None:
        plot = self.rect().adjusted(GUTTER, 0, -max(0, RIGHT_MARGIN - self._lost), 0)
        surface = self._look.colour("surface")
        painter.fillRect(0, 0, plot.left(), self.height(), surface)
        painter.fillRect(plot.right() + 1, 0, self.width() - plot.right() - 1, self.height(), surface)
        painter.fillRect(plot, self._look.colour("plot"))
        top = 0
        for height in self._heights():
            painter.fillRect(QRect(0, top, self.width(), _LINE), self._look.colour("border"))
            top += height

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.marks.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.marks.update()

    def _heights(self) -> list[int]:
        """Whole pixels for each row and the line above it, so that the lines are sharp."""
        count = len(self._shown)
        return [(self.height() * (i + 1)) // count - (self.height() * i) // count for i in range(count)]

    def _in_order(self) -> list[ChannelRow]:
        """All rows by their place in the layout: those that are shown, then the others."""
        return [*self._shown, *(row for row in self._rows if row not in self._shown)]

    def _put_in_order(self) -> None:
        layout = self.ci.layout
        moved = [(place, row) for place, row in enumerate(self._in_order()) if layout.itemAt(place, 0) is not row.axis]
        for _, row in moved:
            layout.removeItem(row.axis)
            layout.removeItem(row.box)
        for place, row in moved:
            layout.addItem(row.axis, place, 0)
            layout.addItem(row.box, place, 1)

    def _share_room(self) -> None:
        layout = self.ci.layout
        heights = iter(self._heights())
        for place, row in enumerate(self._in_order()):
            shown = row in self._shown
            layout.setRowFixedHeight(place, next(heights) - _LINE if shown else 0)
            layout.setRowSpacing(place, _LINE if shown else 0)
        layout.setColumnFixedWidth(0, GUTTER)
        layout.setColumnFixedWidth(1, self.time_scale().width)
        layout.activate()

    def _mark_values(self) -> None:
        if self._values is not None:
            self.marks.set_markers(self.heights_of(self._values.values.tolist()))

    def _has_keyboard(self) -> bool:
        return bool(self.hasFocus() and self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange))

    def _on_look_changed(self) -> None:
        for row in self._rows:
            row.repaint()
        self.marks.update()
        self.viewport().update()


class StackScroller(QScrollArea):
    """Scrolls the stack up and down when the channels are at their lowest."""

    def __init__(self, stack: ChannelStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = stack
        self.setWidget(stack)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._wanted: int | None = None
        self.verticalScrollBar().valueChanged.connect(stack.viewport().update)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    def scroll_to(self, pixels: int) -> None:
        """Scroll down by so much; as soon as there is so much, for the channels may not be laid out yet."""
        self._wanted = pixels
        self._on_range_changed(0, self.verticalScrollBar().maximum())

    def _on_range_changed(self, _: int, most: int) -> None:
        if self._wanted is not None and self._wanted <= most:
            wanted, self._wanted = self._wanted, None
            self.verticalScrollBar().setValue(wanted)

    def sizeHint(self) -> QSize:
        return QSize(640, self._stack.preferred_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(320, CHANNEL_LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stack.lose_width(self.width() - self.viewport().width())
        super().resizeEvent(event)
