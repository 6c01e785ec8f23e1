"""Where the chosen labels, or those that are being drawn, lie over the channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from sigdesk.app.rows import LabelSpan
from sigdesk.ui.plots.painting import faded
from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.theme.look import Look

_TINT: Final = 0.12
_MOST: Final = 100
"""More would be a carpet; their lane says which they are."""


class LabelMarks(QGraphicsObject):
    """Paints in the pixels of the view: a tint of the class between two lines at the label's ends."""

    def __init__(self, look: Look, scale: Callable[[], Scale], rect: Callable[[], QRectF]) -> None:
        super().__init__()
        self._look = look
        self._scale = scale
        self._rect = rect
        self._spans: Sequence[LabelSpan] = ()
        self.setZValue(900)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def set_spans(self, spans: Sequence[LabelSpan]) -> None:
        if spans or self._spans:
            self._spans = spans[:_MOST]
            self.prepareGeometryChange()
            self.update()

    def fit(self) -> None:
        """The view has another size, or shows another stretch."""
        if self._spans:
            self.prepareGeometryChange()
            self.update()

    def boundingRect(self) -> QRectF:
        return self._rect() if self._spans else QRectF()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        scale, rect = self._scale(), self.boundingRect()
        painter.save()
        painter.setClipRect(QRectF(scale.left - 1, rect.top(), scale.width + 2, rect.height()))
        for span in self._spans:
            left, right = max(scale.x(span.start), scale.left - 20), min(scale.x(span.stop), scale.right + 20)
            if right < left:
                continue
            line = QColor(self._look.class_colour(span.mark.slot).line)
            painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), faded(line, _TINT))
            for x in (left, right):
                painter.fillRect(QRectF(round(x), rect.top(), 1, rect.height()), line)
        painter.restore()
