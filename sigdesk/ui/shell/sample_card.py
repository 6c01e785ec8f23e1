"""A sample signal to try: its trace, its name, and what it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import plain_tooltip

_HEIGHT = 130
_TRACE_HEIGHT = 72


class SampleCard(Struct, frozen=True):
    """What a card shows. `mins` and `maxs` are the lowest and highest value of equal steps of the signal, in order;
    as many as a thumbnail is wide (150) are enough. `paths` is what opens."""

    title: str
    detail: str
    mins: Sequence[float]
    maxs: Sequence[float]
    paths: tuple[Path, ...]


class SampleButton(QAbstractButton):
    """A card that is pressed; Space and Enter press it too."""

    def __init__(self, look: Look, card: SampleCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.card = card
        self.setAccessibleName(f"Open sample {card.title}")
        self.setAccessibleDescription(card.detail)
        self.setToolTip(plain_tooltip(f"Open {', '.join(path.name for path in card.paths)}"))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(176, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        ground = "selected" if self.isDown() else "hover" if self.underMouse() else "surface"
        painter.fillPath(outline, self._look.colour(ground))
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(QRect(0, 0, self.width(), _TRACE_HEIGHT), self._look.colour("sunken"))
        painter.fillRect(QRect(0, _TRACE_HEIGHT, self.width(), 1), self._look.colour("border"))
        painter.restore()
        painter.setPen(QPen(self._look.colour("border"), 1))
        painter.drawPath(outline)
        room = QRectF(10, 10, self.width() - 20, _TRACE_HEIGHT - 20)
        paint_trace(painter, room, self.card.mins, self.card.maxs, self._look.colour("pen"))
        self._paint_text(painter, 81, 20, self.card.title, self._look.font(13, QFont.Weight.Medium), "text")
        self._paint_text(painter, 101, 16, self.card.detail, self._look.font(11), "muted")

    def _paint_text(self, painter: QPainter, top: int, height: int, text: str, font: QFont, token: str) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        room = self.width() - 24
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(12, top, room + 1, height), int(Qt.AlignmentFlag.AlignVCenter), shown)


def paint_trace(painter: QPainter, room: QRectF, mins: Sequence[float], maxs: Sequence[float], pen: QColor) -> None:
    """A signal's outline fitted into `room`: one line through the least and the greatest value of every step."""
    steps = [(low, high) for low, high in zip(mins, maxs, strict=True) if math.isfinite(low) and math.isfinite(high)]
    if not steps:
        return
    low, high = min(low for low, _ in steps), max(high for _, high in steps)
    span = (high - low) or 1.0
    step = room.width() / max(1, len(steps) - 1)
    line = QPolygonF()
    for number, (least, greatest) in enumerate(steps):
        x = room.left() + number * step
        # Every other step downwards, so that the line between two steps is short.
        for value in (least, greatest) if number % 2 == 0 else (greatest, least):
            line.append(QPointF(x, room.bottom() - (value - low) / span * room.height()))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(pen, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(line)
    painter.restore()
