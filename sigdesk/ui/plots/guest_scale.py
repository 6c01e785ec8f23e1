"""The scales of channels that lie over another one in other units: figures at the right, inside the row.

Who lays a speed over a current wants to see when they move together, and so each fills the row; who lays one current
over another wants to compare them, and so they share the row's scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sigdesk.signals.describe import printable_name
from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.arrangement import Range
from sigdesk.ui.plots.gutter import figures
from sigdesk.ui.theme.look import Look

_ROOM: Final = 0.15
"""Share of the values' range that stays free above and below."""
_UNLIKE: Final = 10.0
"""Without units, so many times the range of the smaller one is another scale."""
_COLUMN: Final = 64.0
_ALONE: Final = 180.0
_RIGHT: Final = 6.0
_LINE: Final = 14.0
_VEIL: Final = 210


class Guest(Struct, frozen=True):
    """A channel that lies over another one; `index` is its place in the recording, `fixed` its scale, if it has one."""

    index: int
    channel: Channel
    fixed: Range | None = None


def fitted(values: NDArray[np.floating[Any]]) -> Range:
    """The scale that shows all values."""
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (-1.0, 1.0)
    if not low < high:
        # A channel that stands still lies in the middle.
        low, high = low - max(abs(low) * 0.1, 0.5), high + max(abs(high) * 0.1, 0.5)
    room = (high - low) * _ROOM
    return low - room, high + room


def share_a_scale(host: Channel, guest: Channel, host_range: Range, guest_range: Range) -> bool:
    """Whether two channels are of one unit; without any, whether one scale shows both."""
    if host.unit != guest.unit or host.unit:
        return host.unit == guest.unit
    both = max(host_range[1], guest_range[1]) - min(host_range[0], guest_range[0])
    return both <= _UNLIKE * min(host_range[1] - host_range[0], guest_range[1] - guest_range[0])


class GuestScale(QGraphicsItem):
    """Paints the scales of a row's guests into its view box, one beside the other from the right."""

    def __init__(self, look: Look, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._look = look
        self._box = box
        self._scales: list[tuple[Channel, Range]] = []
        self.setZValue(10)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigResized.connect(lambda _: self.prepareGeometryChange())

    def show_scales(self, scales: Sequence[tuple[Channel, Range]]) -> None:
        """Of each guest the channel, and between which values it is drawn."""
        self._scales = list(scales)
        self.setVisible(bool(scales))
        self.update()

    @property
    def captions(self) -> list[str]:
        """What stands above the figures of each scale."""
        return [self._caption(channel, between) for channel, between in self._scales]

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._box.width(), self._box.height())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        painter.setFont(self._look.font(11))
        right = self.boundingRect().right() - _RIGHT
        wide = _ALONE if len(self._scales) == 1 else _COLUMN - _RIGHT
        for channel, between in self._scales:
            self._paint_scale(painter, right, wide, channel, between)
            right -= _COLUMN

    def _paint_scale(self, painter: QPainter, right: float, wide: float, channel: Channel, between: Range) -> None:
        low, high = between
        height = self.boundingRect().height()
        metrics = QFontMetricsF(painter.font())
        caption = metrics.elidedText(self._caption(channel, between), Qt.TextElideMode.ElideMiddle, wide)
        self._write(painter, right, _LINE / 2 + 2, caption)
        for tick in figures(low, high, height, channel.unit)[0]:
            middle = height * (high - tick.value) / (high - low)
            if _LINE * 1.7 <= middle <= height - 5:
                self._write(painter, right, middle, tick.text)

    def _write(self, painter: QPainter, right: float, middle: float, text: str) -> None:
        """A text that ends at `right`, readable over the traces."""
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2
        box = QRectF(right - width, middle - _LINE / 2, width, _LINE)
        veil = self._look.colour("plot")
        veil.setAlpha(_VEIL)
        painter.fillRect(box.adjusted(-3, 0, 2, 0), veil)
        painter.setPen(self._look.colour("muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)

    def _caption(self, channel: Channel, between: Range) -> str:
        unit = figures(*between, 1.0, channel.unit)[1]
        return f"{printable_name(channel.name)} ({unit})" if unit else printable_name(channel.name)
