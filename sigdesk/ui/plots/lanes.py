"""Label lanes under the time axis: what the model says, and what the operator says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from sigdesk.app.rows import LabelSpan
from sigdesk.signals.describe import format_number, printable_name
from sigdesk.ui.plots.painting import recoloured, tooltip_of
from sigdesk.ui.plots.runs import in_view
from sigdesk.ui.plots.stretch import GUTTER, RIGHT_MARGIN, Scale, Stretch, row_scale
from sigdesk.ui.plots.ticks import decimals_for
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.swatch import paint_hatch

HEIGHT: Final = 28
_BOX_TOP: Final = 4.0
_BOX_HEIGHT: Final = 24.0
_BAR: Final = 3.0
_PADDING: Final = 10.0
_ICON: Final = 12
_RADIUS: Final = 3.0
_LEAST_WIDTH: Final = 2.0
_NAME_ROOM: Final = 40.0
"""Pixels below which a name is not worth cutting short; the confidence alone says more."""


class LabelLane(QWidget):
    """One row of labels, which do not overlap. Only those in view are painted, at most one a pixel."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._visible: Stretch | None = None
        self._spans: tuple[LabelSpan, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name} labels")
        look.changed.connect(self.update)

    @property
    def spans(self) -> tuple[LabelSpan, ...]:
        return self._spans

    def set_visible(self, stretch: Stretch | None) -> None:
        self._visible = stretch
        self.update()

    def set_spans(self, spans: Sequence[LabelSpan]) -> None:
        self._spans = tuple(sorted(spans, key=lambda span: span.start))
        self.setAccessibleDescription("; ".join(span_words(span) for span in self._spans[:20]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        lane = QRectF(GUTTER, 0, self.width() - GUTTER - RIGHT_MARGIN, self.height())
        painter.fillRect(lane, self._look.colour("sunken"))
        painter.setFont(self._look.font(12, QFont.Weight.DemiBold))
        painter.setPen(self._look.colour("text"))
        painter.drawText(QRectF(12, _BOX_TOP, GUTTER - 16, _BOX_HEIGHT), int(Qt.AlignmentFlag.AlignVCenter), self._name)
        if self._visible is None:
            return
        scale = row_scale(self._visible, self.width())
        painter.setClipRect(lane)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for span in self.spans_in_view():
            self._paint_label(painter, span, scale)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            span = self.span_at(event.pos().x())
            QToolTip.showText(event.globalPos(), tooltip_of(span_words(span)) if span else "", self)
            return True
        return super().event(event)

    def spans_in_view(self) -> Iterator[LabelSpan]:
        """The labels that are painted."""
        if self._visible is not None:
            yield from in_view(self._spans, self._visible, row_scale(self._visible, self.width()).per_pixel)

    def span_at(self, x: float) -> LabelSpan | None:
        """The label that lies at a pixel of the row."""
        if self._visible is None or x < GUTTER:
            return None
        time = row_scale(self._visible, self.width()).time(x)
        return next(in_view(self._spans, Stretch(time, time)), None)

    def _paint_label(self, painter: QPainter, span: LabelSpan, scale: Scale) -> None:
        # Far ends are cut, because painters lose their way beyond some ten thousand pixels.
        left = max(scale.x(span.start), scale.left - 20)
        right = min(max(scale.x(span.stop), left + _LEAST_WIDTH), scale.right + 20)
        box = QRectF(left + 0.5, _BOX_TOP + 0.5, right - left - 1, _BOX_HEIGHT - 1)
        colour = self._look.class_colour(span.mark.slot)
        outline = QPainterPath()
        radius = min(_RADIUS, box.width() / 2)
        outline.addRoundedRect(box, radius, radius)
        painter.fillPath(outline, QColor(colour.fill if span.by_you else colour.tint))
        if span.mark.hatched:
            painter.setOpacity(0.35)
            paint_hatch(painter, outline, colour)
            painter.setOpacity(1.0)
        style = Qt.PenStyle.DashLine if span.unsure and not span.by_you else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(colour.edge), 1, style))
        painter.drawPath(outline)
        if not span.by_you:
            painter.fillRect(QRectF(left, _BOX_TOP, min(_BAR, right - left), _BOX_HEIGHT), QColor(colour.fill))
        text_left = max(left, scale.left) + _PADDING
        self._paint_text(painter, span, text_left, min(right, scale.right) - _PADDING / 2, QColor(colour.text))

    def _paint_text(self, painter: QPainter, span: LabelSpan, left: float, right: float, on_fill: QColor) -> None:
        ink = on_fill if span.by_you else self._look.colour("text")
        middle = _BOX_TOP + _BOX_HEIGHT / 2
        if span.by_you:
            if right - left < _ICON:
                return
            picture = self._look.icon("user-fill", "text").pixmap(QSize(_ICON, _ICON), self.devicePixelRatioF())
            painter.drawPixmap(QPointF(round(left), round(middle - _ICON / 2)), recoloured(picture, ink))
            left += _ICON + 6
        font = self._look.font(11, QFont.Weight.Bold if span.by_you else QFont.Weight.DemiBold)
        name = printable_name(span.mark.title)
        cramped = right - left < _NAME_ROOM and QFontMetricsF(font).horizontalAdvance(name) > right - left
        if span.by_you or not cramped:
            left += self._paint_word(painter, name, font, ink, left, right) + 6
        if span.confidence is not None and not span.by_you:
            font = self._look.font(11, QFont.Weight.DemiBold if span.unsure else QFont.Weight.Normal)
            word = f"{span.confidence:.0%}"
            if left + QFontMetricsF(font).horizontalAdvance(word) <= right:
                self._paint_word(
                    painter, word, font, self._look.colour("warn" if span.unsure else "text_2"), left, right
                )

    def _paint_word(self, painter: QPainter, text: str, font: QFont, ink: QColor, left: float, right: float) -> float:
        """Paint a word, elided where the room ends; returns the pixels it took."""
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(right - left, 0))
        if shown in ("", "…"):
            return 0.0
        painter.setFont(font)
        painter.setPen(ink)
        width = metrics.horizontalAdvance(shown)
        painter.drawText(QRectF(left, _BOX_TOP, width + 1, _BOX_HEIGHT), int(Qt.AlignmentFlag.AlignVCenter), shown)
        return width


class LabelLanes(QWidget):
    """The model's lane, and the operator's as soon as it has a label."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = LabelLane(look, "Model")
        self._you = LabelLane(look, "You")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, int(_BOX_TOP))
        column.setSpacing(0)
        column.addWidget(self._model)
        column.addWidget(self._you)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def set_visible(self, stretch: Stretch | None) -> None:
        for lane in (self._model, self._you):
            lane.set_visible(stretch)

    def set_spans(self, spans: Sequence[LabelSpan]) -> None:
        self._model.set_spans([span for span in spans if not span.by_you])
        self._you.set_spans([span for span in spans if span.by_you])
        self._you.setVisible(bool(self._you.spans))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))
        ground = self.rect().adjusted(GUTTER, 1, -RIGHT_MARGIN, 0)
        painter.fillRect(ground, self._look.colour("sunken"))


def span_words(span: LabelSpan) -> str:
    """A label in words, for tooltips and screen readers: "Misalignment 46%, unsure, 12.40 to 14.20"."""
    parts = [span.mark.title if span.confidence is None else f"{span.mark.title} {span.confidence:.0%}"]
    if span.unsure:
        parts.append("unsure")
    if span.by_you:
        parts.append("by you")
    decimals = decimals_for((span.stop - span.start) / 100)
    parts.append(f"{format_number(span.start, decimals)} to {format_number(span.stop, decimals)}")
    return ", ".join(parts)
