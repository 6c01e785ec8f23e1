"""The two cursors of the measure tool as they lie over all channels, with the time between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from sigdesk.ui.plots.painting import CHIP_HEIGHT, chip_width, faded, paint_chip, paint_grip
from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.theme.look import Look

_TINT: Final = 0.05
_MARKER: Final = 3.5
_CHIP_ABOVE: Final = 6.0


class MeasureMarks(QGraphicsObject):
    """Paints in the pixels of the view.

    `scale` says where times lie, `seen` which part is scrolled in, `heights_of` where the channels' values lie.
    """

    def __init__(
        self,
        look: Look,
        scale: Callable[[], Scale],
        seen: Callable[[], QRectF],
        heights_of: Callable[[Sequence[float]], Sequence[float]],
    ) -> None:
        super().__init__()
        self._look = look
        self._scale = scale
        self._seen = seen
        self._heights_of = heights_of
        self._times: tuple[float, float] | None = None
        self._moving = 1
        self._text = ""
        self._values: tuple[Sequence[float], Sequence[float]] = ((), ())
        self._rect = QRectF()
        self.setZValue(1001)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    @property
    def text(self) -> str:
        """What stands between the cursors."""
        return self._text

    def set_rect(self, rect: QRectF) -> None:
        self.prepareGeometryChange()
        self._rect = rect

    def show_cursors(self, times: tuple[float, float] | None, moving: int, text: str) -> None:
        """Show both cursors at their times; `moving` is the one that the keyboard moves."""
        self._times, self._moving, self._text = times, moving, text
        self._values = ((), ())
        self.setVisible(times is not None)
        self.update()

    def show_values(self, first: Sequence[float], second: Sequence[float]) -> None:
        """Mark the values of all channels under the earlier and the later cursor."""
        self._values = (first, second)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._times is None:
            return
        scale, seen = self._scale(), self._seen()
        painter.setClipRect(QRectF(scale.left - 1, seen.top(), scale.width + 2, seen.height()))
        places = [min(max(scale.x(time), scale.left - 20), scale.right + 20) for time in self._times]
        ink = self._look.colour("cursor")
        left, right = min(places), max(places)
        painter.fillRect(QRectF(left, seen.top(), right - left, seen.height()), faded(ink, _TINT))
        for number, place in enumerate(places):
            x = round(place) + 0.5
            painter.setPen(QPen(ink, 1))
            painter.drawLine(QLineF(x, seen.top(), x, seen.bottom()))
            token = "accent" if number == self._moving else "muted"
            paint_grip(painter, QPointF(x, seen.center().y()), self._look.colour(token))
        self._paint_values(painter, left, right)
        self._paint_chip(painter, left, right, seen)

    def _paint_values(self, painter: QPainter, left: float, right: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("cursor"), 1.5))
        painter.setBrush(self._look.colour("plot"))
        for x, values in zip((left, right), self._values, strict=True):
            for height in self._heights_of(values) if values else ():
                painter.drawEllipse(QPointF(round(x) + 0.5, height), _MARKER, _MARKER)

    def _paint_chip(self, painter: QPainter, left: float, right: float, seen: QRectF) -> None:
        scale = self._scale()
        if right < scale.left or left > scale.right:
            return
        font = self._look.font(11, QFont.Weight.DemiBold)
        width = chip_width(self._text, font)
        middle = (max(left, scale.left) + min(right, scale.right)) / 2
        chip_left = min(max(middle - width / 2, scale.left + 2), scale.right - width - 2)
        box = QRectF(round(chip_left), seen.bottom() - _CHIP_ABOVE - CHIP_HEIGHT, width, CHIP_HEIGHT)
        paint_chip(painter, box, self._text, font, self._look.colour("cursor"), self._look.colour("on_cursor"))
