"""The value axis of a channel: its name and unit, and tick labels at round numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from sigdesk.signals.describe import prefixed_unit, printable_name
from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.painting import tooltip_of
from sigdesk.ui.plots.stretch import GUTTER
from sigdesk.ui.plots.ticks import FIGURE_EDGE, Tick, value_ticks
from sigdesk.ui.theme.look import Look

_LEFT: Final = 12.0
_TICK_RIGHT: Final = GUTTER - 8.0
_EDGE: Final = 2.0
"""Pixels at the right where nothing stands. What changes in the plot beside it has Qt paint these anew, too."""
_NAME_TOP: Final = 8.0
_LINE: Final = 16.0
_ROUND: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_LEAST, _MOST = 0.1, 10_000
"""Between these no unit needs a prefix."""
_MIDDLE: Final = Qt.TextElideMode.ElideMiddle
"""Channels of one sensor differ at the end of their names."""


class ChannelAxis(pg.AxisItem):
    """96 px wide. A tick label that would run into the name gives way to it."""

    def __init__(self, look: Look) -> None:
        super().__init__("left")
        self._look = look
        self._name = ""
        self._unit = ""
        self._note = ""
        self._guests = ""
        self.setWidth(GUTTER)
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_channel(self, channel: Channel, note: str = "", inexact: str = "") -> None:
        """Name and unit; `note` says what is done to the channel, `inexact` what of it is not exact."""
        self._name = printable_name(channel.name)
        self._unit = channel.unit
        self._note = note
        self.update()
        name = f"{channel.name} ({channel.unit})" if channel.unit else channel.name
        self.setToolTip(tooltip_of("; ".join(part for part in (name, note, inexact) if part)))

    def show_guests(self, names: str) -> None:
        """The channels that are drawn over this one."""
        self._guests = f"+ {names}" if names else ""
        self.update()

    @property
    def guests(self) -> str:
        """What is said of channels that are drawn over this one."""
        return self._guests

    @property
    def note(self) -> str:
        """What is said to be done to the channel."""
        return self._note

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The ticks of the range that is shown now."""
        low, high = self.range
        return figures(low, high, self.size().height(), self._unit)[0]

    @property
    def unit(self) -> str:
        """The unit of the ticks' figures: with a prefix where they would be very small or large without."""
        low, high = self.range
        return printable_name(_prefixed(low, high, self._unit)[1])

    def y(self, value: float) -> float:
        """Where a value lies, in pixels from the axis' top."""
        low, high = self.range
        return float(self.size().height() * (high - value) / (high - low))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if option.exposedRect.left() >= GUTTER - _EDGE:
            return
        height = float(self.size().height())
        taken = self._paint_names(painter)
        painter.setFont(self._look.font(11))
        painter.setPen(self._look.colour("muted"))
        metrics = QFontMetricsF(painter.font())
        for tick in self.ticks:
            width = metrics.horizontalAdvance(tick.text)
            box = QRectF(_TICK_RIGHT - width - 1, self.y(tick.value) - 6, width + 1, 12)
            inside = FIGURE_EDGE <= box.center().y() <= height - FIGURE_EDGE
            if inside and not any(box.intersects(names) for names in taken):
                painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), tick.text)

    def _paint_names(self, painter: QPainter) -> list[QRectF]:
        """Paint name and unit; returns what they cover."""
        covered = []
        top = _NAME_TOP
        small = QFont.Weight.Normal
        notes = [(part, 11, small, "accent_text", GUTTER - _LEFT - 2) for part in self._note.split(", ")]
        for text, pixels, weight, token, room in (
            (self._name, 12, QFont.Weight.DemiBold, "text", _TICK_RIGHT - _LEFT),
            (self.unit, 11, small, "muted", _TICK_RIGHT - _LEFT),
            *notes,
            (self._guests, 11, small, "muted", _TICK_RIGHT - _LEFT),
        ):
            painter.setFont(self._look.font(pixels, weight))
            painter.setPen(self._look.colour(token))
            metrics = QFontMetricsF(painter.font())
            if not text:
                continue  # what follows moves up
            shown = metrics.elidedText(text, _MIDDLE, room)
            painter.drawText(QRectF(_LEFT, top, room + 1, _LINE), int(_ROUND), shown)
            if shown:
                covered.append(QRectF(_LEFT, top + 2, metrics.horizontalAdvance(shown) + 2, _LINE - 4))
            top += _LINE
        return covered


@lru_cache(256)  # a pan leaves them as they are, and each frame asks twice for each channel
def figures(low: float, high: float, height: float, unit: str) -> tuple[tuple[Tick, ...], str]:
    """The ticks of a range over so many pixels, and the unit of their figures, to be shown."""
    scale, shown = _prefixed(low, high, unit)
    ticks = value_ticks(low / scale, high / scale, height)
    if scale != 1:
        ticks = tuple(Tick(tick.value * scale, tick.text) for tick in ticks)
    return ticks, printable_name(shown)


def _prefixed(low: float, high: float, unit: str) -> tuple[float, str]:
    """What one of the shown unit is in the channel's own, and its name."""
    largest = max(abs(low), abs(high))
    return (1.0, unit) if _LEAST <= largest < _MOST else prefixed_unit(largest, unit)
