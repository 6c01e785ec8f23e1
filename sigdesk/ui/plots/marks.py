"""What lies over all channels at once: the selection with its grips and length, and the cursor with its markers.

It is one item of the scene, not one for each channel, because both run through the lines between the channels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from sigdesk.ui.plots.painting import CHIP_HEIGHT, chip_width, faded, paint_chip, paint_grip
from sigdesk.ui.plots.stretch import Scale, Stretch
from sigdesk.ui.theme.look import Look

_TINT: Final = 0.1
_MARKER: Final = 3.5
_CHIP_TOP: Final = 4.0


class Marks(QGraphicsObject):
    """Paints in the pixels of the view.

    `scale` says where times lie, `seen` which part of the view is scrolled in, `has_keyboard` whether to show that the
    keys go here.
    """

    def __init__(
        self, look: Look, scale: Callable[[], Scale], seen: Callable[[], QRectF], has_keyboard: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._look = look
        self._scale = scale
        self._seen = seen
        self._has_keyboard = has_keyboard
        self._selection: Stretch | None = None
        self._selection_text = ""
        self._cursor: float | None = None
        self._markers: Sequence[float] = ()
        self._rect = QRectF()
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def set_rect(self, rect: QRectF) -> None:
        self.prepareGeometryChange()
        self._rect = rect

    def set_selection(self, stretch: Stretch | None, text: str) -> None:
        """Show the selected stretch; `text` is its length."""
        if stretch is None and self._selection is None:
            return
        self._selection = stretch
        self._selection_text = text
        self._update_plot()

    def set_cursor(self, time: float | None) -> None:
        """Show the cursor at a time; its markers come when the values there are known."""
        self._update_cursor()
        self._cursor = time
        self._markers = ()
        self._update_cursor()

    def set_markers(self, heights: Sequence[float]) -> None:
        """Put round markers on the cursor at these heights, in pixels of the view."""
        self._markers = heights
        self._update_cursor()

    def move(self) -> None:
        """The view shows another stretch; what lies at times moves with it."""
        if self._selection is not None or self._cursor is not None:
            self._update_plot()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._selection is not None or self._cursor is not None:
            self._paint_marks(painter, self._scale(), self._seen())
        if self._has_keyboard():
            painter.setPen(QPen(self._look.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._seen().adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_marks(self, painter: QPainter, scale: Scale, seen: QRectF) -> None:
        painter.save()
        painter.setClipRect(QRectF(scale.left - 1, seen.top(), scale.width + 2, seen.height()))
        if self._selection is not None:
            self._paint_selection(painter, self._selection, scale, seen)
        if self._cursor is not None:
            self._paint_cursor(painter, scale.x(self._cursor), seen)
        if self._selection is not None:
            self._paint_length(painter, self._selection, scale, seen)
        painter.restore()

    def _paint_selection(self, painter: QPainter, stretch: Stretch, scale: Scale, seen: QRectF) -> None:
        accent = self._look.colour("accent")
        left, right = _edges(stretch, scale)
        if right < scale.left - 8 or left > scale.right + 8:
            return
        painter.fillRect(QRectF(left, seen.top(), right - left, seen.height()), faded(accent, _TINT))
        edges = [round(x) for x in (left, right) if scale.left - 1 <= x <= scale.right + 1]
        for x in edges:
            painter.fillRect(QRectF(x - 1, seen.top(), 2, seen.height()), accent)
        for x in edges:
            paint_grip(painter, QPointF(x, seen.center().y()), accent)

    def _paint_length(self, painter: QPainter, stretch: Stretch, scale: Scale, seen: QRectF) -> None:
        """How long the selection is: over the cursor, which would cross the figures out."""
        left, right = _edges(stretch, scale)
        if right < scale.left - 8 or left > scale.right + 8:
            return
        font = self._look.font(11, QFont.Weight.DemiBold)
        width = chip_width(self._selection_text, font)
        middle = (max(left, scale.left) + min(right, scale.right)) / 2
        chip_left = min(max(middle - width / 2, scale.left + 2), scale.right - width - 2)
        box = QRectF(round(chip_left), seen.top() + _CHIP_TOP, width, CHIP_HEIGHT)
        accent, ink = self._look.colour("accent"), self._look.colour("on_accent")
        paint_chip(painter, box, self._selection_text, font, accent, ink)

    def _paint_cursor(self, painter: QPainter, x: float, seen: QRectF) -> None:
        ink = self._look.colour("cursor")
        line = QLineF(round(x) + 0.5, seen.top(), round(x) + 0.5, seen.bottom())
        pen = QPen(ink, 1, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(self._look.colour("plot"))
        for height in self._markers:
            painter.drawEllipse(QPointF(line.x1(), height), _MARKER, _MARKER)

    def _update_plot(self) -> None:
        """All but the names beside it, which take as long to paint as a trace."""
        scale = self._scale()
        self.update(QRectF(scale.left - 1, self._rect.top(), scale.width + 2, self._rect.height()))

    def _update_cursor(self) -> None:
        if self._cursor is not None:
            x = self._scale().x(self._cursor)
            self.update(QRectF(x - 6, self._rect.top(), 13, self._rect.height()))


def _edges(stretch: Stretch, scale: Scale) -> tuple[float, float]:
    """Where a stretch begins and ends, in pixels of the view; far outside of it no number is worth more."""
    return max(scale.x(stretch.start), scale.left - 20), min(scale.x(stretch.stop), scale.right + 20)
