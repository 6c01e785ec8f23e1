"""How a label looks in its lane: a model's on its tint with a bar and its confidence, the operator's filled."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from sigdesk.app.rows import LabelSpan
from sigdesk.signals.names import printable_name
from sigdesk.ui.plots.painting import recoloured
from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.sharpness import pixels_per_unit
from sigdesk.ui.widgets.swatch import paint_hatch

BOX_TOP: Final = 4.0
BOX_HEIGHT: Final = 24.0
_BAR: Final = 3.0
_PADDING: Final = 10.0
_ICON: Final = 12
_RADIUS: Final = 3.0
_LEAST_WIDTH: Final = 2.0
_NARROW: Final = 4.0
_NAME_ROOM: Final = 40.0
"""Pixels below which a name is not worth cutting short; the confidence alone says more."""
_MIDDLE: Final = int(Qt.AlignmentFlag.AlignVCenter)
_SETTLED: Final = 0.55
"""How strong a model's label is painted once the operator has made one of their own of it."""


class LabelPainter:
    """Paints labels with the colours of a look. Fonts and pictures are kept: a lane paints hundreds at once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._fonts: dict[QFont.Weight, tuple[QFont, QFontMetricsF]] = {}
        self._people: dict[tuple[str, float], QPixmap] = {}

    def paint(self, painter: QPainter, span: LabelSpan, scale: Scale, *, chosen: bool = False) -> None:
        """Paint a label where it lies; a chosen one has a ring in the accent."""
        # Far ends are cut, because painters lose their way beyond some ten thousand pixels.
        left = max(scale.x(span.start), scale.left - 20)
        right = min(max(scale.x(span.stop), left + _LEAST_WIDTH), scale.right + 20)
        if right - left < _NARROW and not chosen:
            self._paint_line(painter, span, left, right)
            return
        box = QRectF(left + 0.5, BOX_TOP + 0.5, max(right - left - 1, 1), BOX_HEIGHT - 1)
        self._paint_box(painter, span, box, left, right)
        if chosen:
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        text_left, text_right = max(left, scale.left) + _PADDING, min(right, scale.right) - _PADDING / 2
        if text_right - text_left >= _ICON:
            self._paint_text(painter, span, text_left, text_right)

    def _paint_line(self, painter: QPainter, span: LabelSpan, left: float, right: float) -> None:
        """A label too narrow for an outline: of ten thousand in view nearly all are."""
        colour = self._look.swatch_colour(span.mark.slot)
        ink = self._look.colour("muted") if colour is None else QColor(colour.fill if span.by_you else colour.edge)
        painter.fillRect(QRectF(left, BOX_TOP, right - left, BOX_HEIGHT), ink)

    def _paint_box(self, painter: QPainter, span: LabelSpan, box: QRectF, left: float, right: float) -> None:
        colour = self._look.swatch_colour(span.mark.slot)
        outline = QPainterPath()
        radius = min(_RADIUS, box.width() / 2)
        outline.addRoundedRect(box, radius, radius)
        if colour is None:
            painter.fillPath(outline, self._look.colour("surface"))
            painter.strokePath(outline, QPen(self._look.colour("muted"), 1, Qt.PenStyle.DashLine))
        else:
            painter.fillPath(outline, QColor(colour.fill if span.by_you else colour.tint))
            if span.mark.hatched:
                painter.setOpacity(0.35)
                paint_hatch(painter, outline, colour.text if span.by_you else colour.edge)  # seen on either
                painter.setOpacity(1.0)
            style = Qt.PenStyle.DashLine if span.unsure else Qt.PenStyle.SolidLine
            painter.strokePath(outline, QPen(QColor(colour.edge), 1, style))
        if not span.by_you:
            bar = self._look.colour("muted") if colour is None else QColor(colour.fill)
            painter.fillRect(QRectF(left, BOX_TOP, min(_BAR, right - left), BOX_HEIGHT), bar)

    def _paint_text(self, painter: QPainter, span: LabelSpan, left: float, right: float) -> None:
        name = printable_name(span.title or span.mark.title)
        if span.by_you:
            ink = QColor(self._look.class_colour(span.mark.slot).text)
            middle = BOX_TOP + BOX_HEIGHT / 2
            painter.drawPixmap(QPointF(round(left), round(middle - _ICON / 2)), self._person(painter, ink))
            self._paint_word(painter, name, QFont.Weight.Bold, ink, left + _ICON + 6, right)
            return
        painter.setOpacity(_SETTLED if span.settled else 1.0)
        room = right - left
        if room >= _NAME_ROOM or self._width(name, QFont.Weight.DemiBold) <= room:
            left += self._paint_word(painter, name, QFont.Weight.DemiBold, self._look.colour("text"), left, right) + 6
        if span.confidence is not None:
            word, weight = f"{span.confidence:.0%}", QFont.Weight.DemiBold if span.unsure else QFont.Weight.Normal
            if left + self._width(word, weight) <= right:
                ink = self._look.colour("warn" if span.unsure else "text_2")
                self._paint_word(painter, word, weight, ink, left, right)
        painter.setOpacity(1.0)

    def _paint_word(
        self, painter: QPainter, text: str, weight: QFont.Weight, ink: QColor, left: float, right: float
    ) -> float:
        """Paint a word, elided where the room ends; returns the pixels it took."""
        font, metrics = self._type(weight)
        width = metrics.horizontalAdvance(text)
        if width > right - left:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(right - left, 0))
            if text in ("", "…"):
                return 0.0
            width = metrics.horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QRectF(left, BOX_TOP, width + 1, BOX_HEIGHT), _MIDDLE, text)
        return width

    def _width(self, text: str, weight: QFont.Weight) -> float:
        return self._type(weight)[1].horizontalAdvance(text)

    def _type(self, weight: QFont.Weight) -> tuple[QFont, QFontMetricsF]:
        known = self._fonts.get(weight)
        if known is None:
            font = self._look.font(11, weight)
            known = self._fonts[weight] = (font, QFontMetricsF(font))
        return known

    def _person(self, painter: QPainter, ink: QColor) -> QPixmap:
        ratio = pixels_per_unit(painter)
        known = self._people.get((ink.name(), ratio))
        if known is None:
            picture = self._look.icon("user-fill", "text").pixmap(QSize(_ICON, _ICON), ratio)
            known = self._people[ink.name(), ratio] = recoloured(picture, ink)
        return known
