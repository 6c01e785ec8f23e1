"""Label lanes under the time axis: what the model says, and what the operator says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from sigdesk.app.rows import LabelSpan
from sigdesk.signals.describe import format_number
from sigdesk.ui.plots.label_painter import BOX_HEIGHT, BOX_TOP, LabelPainter
from sigdesk.ui.plots.painting import tooltip_of
from sigdesk.ui.plots.span_index import SpanIndex
from sigdesk.ui.plots.stretch import GUTTER, RIGHT_MARGIN, Scale, Stretch, row_scale
from sigdesk.ui.plots.ticks import decimals_for
from sigdesk.ui.theme.look import Look

HEIGHT: Final = 28
_GRAB: Final = 5.0
"""Pixels around a label's edge in which it is taken hold of; never more than a third of the label."""
_FEW: Final = 100
_SPOKEN: Final = 20
"""Labels that a screen reader is told of at once."""


class LabelLane(QWidget):
    """One row of labels. Only those in view are painted, at most one for the same pixels."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._painter = LabelPainter(look)
        self._visible: Stretch | None = None
        self._chosen: Collection[str] = frozenset()
        self._drafts: tuple[LabelSpan, ...] = ()
        self._hidden: frozenset[str] = frozenset()
        self._given: tuple[LabelSpan, ...] = ()
        self.index = SpanIndex()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name} labels")
        look.changed.connect(self.update)

    @property
    def spans(self) -> tuple[LabelSpan, ...]:
        return self.index.spans

    @property
    def scale(self) -> Scale | None:
        """Where times lie on it; None while no signal is shown."""
        return None if self._visible is None else row_scale(self._visible, self.width())

    def set_visible(self, stretch: Stretch | None) -> None:
        self._visible = stretch
        if self._given or self._drafts:
            self.update()

    def set_spans(self, spans: Sequence[LabelSpan]) -> None:
        if tuple(spans) == self._given:
            return
        self._given = tuple(spans)
        self.index = SpanIndex(spans)
        self.setAccessibleDescription("; ".join(span_words(span) for span in self.spans[:_SPOKEN]))
        self.update()

    def set_chosen(self, ids: Collection[str]) -> None:
        """The labels with a ring."""
        self._chosen = ids
        self.update()

    def set_drafts(self, drafts: Sequence[LabelSpan]) -> None:
        """Labels as they would be if the mouse were let go of now; each in place of the one of its id."""
        self._drafts = tuple(drafts)
        self._hidden = frozenset(draft.id for draft in drafts)
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
        painter.drawText(QRectF(12, BOX_TOP, GUTTER - 16, BOX_HEIGHT), int(Qt.AlignmentFlag.AlignVCenter), self._name)
        scale = self.scale
        if scale is None:
            return
        painter.setClipRect(lane)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for span in self.spans_in_view():
            self._painter.paint(painter, span, scale, chosen=span.id in self._chosen)
        for draft in self._drafts:
            self._painter.paint(painter, draft, scale, chosen=True)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            span = self.span_at(event.pos().x())
            QToolTip.showText(event.globalPos(), tooltip_of(span_words(span)) if span else "", self)
            return True
        return super().event(event)

    def spans_in_view(self) -> Iterator[LabelSpan]:
        """The labels that are painted, chosen ones last, for they lie on top."""
        scale = self.scale
        if scale is None:
            return
        found = [span for span in self.index.in_view(scale) if span.id not in self._hidden]
        yield from (span for span in found if span.id not in self._chosen)
        if len(self._chosen) <= _FEW:  # also those that lie on the same pixels as another
            chosen = (self.index.find(label_id) for label_id in self._chosen if label_id not in self._hidden)
            yield from (span for span in chosen if span is not None and _touches(span, scale.visible))
        else:
            yield from (span for span in found if span.id in self._chosen)

    def span_at(self, x: float) -> LabelSpan | None:
        """The label that lies at a pixel of the row; a chosen one before others."""
        scale = self.scale
        if scale is None or not scale.left <= x <= scale.right:
            return None
        time = scale.time(x)
        if len(self._chosen) == 1:
            chosen = self.index.find(next(iter(self._chosen)))
            if chosen is not None and chosen.start <= time <= chosen.stop:
                return chosen
        return self.index.at(scale, x)

    def edge_at(self, x: float) -> tuple[LabelSpan, int] | None:
        """The label whose edge is under a pixel, and which one that is: 0 its start, 1 its end."""
        scale = self.scale
        if scale is None:
            return None
        for place in (x, x - _GRAB, x + _GRAB):
            span = self.span_at(place)
            if span is None:
                continue
            edges = scale.x(span.start), scale.x(span.stop)
            grab = min(_GRAB, (edges[1] - edges[0]) / 3)
            for side in (1, 0):
                if abs(edges[side] - x) <= grab and scale.left <= edges[side] <= scale.right:
                    return span, side
        return None


class LabelLanes(QWidget):
    """The model's lane, and the operator's."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.model = LabelLane(look, "Model")
        self.you = LabelLane(look, "You")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, int(BOX_TOP))
        column.setSpacing(0)
        column.addWidget(self.model)
        column.addWidget(self.you)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def span_of(self, label_id: str) -> LabelSpan | None:
        return self.you.index.find(label_id) or self.model.index.find(label_id)

    def set_visible(self, stretch: Stretch | None) -> None:
        for lane in (self.model, self.you):
            lane.set_visible(stretch)

    def set_spans(self, spans: Sequence[LabelSpan]) -> None:
        self.model.set_spans([span for span in spans if not span.by_you])
        self.you.set_spans([span for span in spans if span.by_you])

    def set_chosen(self, ids: Collection[str]) -> None:
        for lane in (self.model, self.you):
            lane.set_chosen(ids)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))
        ground = self.rect().adjusted(GUTTER, 1, -RIGHT_MARGIN, 0)
        painter.fillRect(ground, self._look.colour("sunken"))


def span_words(span: LabelSpan) -> str:
    """A label in words, for tooltips and screen readers: "Misalignment 46%, unsure, 12.40 to 14.20"."""
    title = span.title or span.mark.title
    parts = [title if span.confidence is None or span.by_you else f"{title} {span.confidence:.0%}"]
    if span.title not in ("", span.mark.title, span.mark.name):
        parts.append(span.mark.title)
    if span.unsure:
        parts.append("unsure")
    if span.by_you:
        parts.append("by you")
    if span.settled:
        parts.append("checked by you")
    decimals = decimals_for((span.stop - span.start) / 100)
    parts.append(f"{format_number(span.start, decimals)} to {format_number(span.stop, decimals)}")
    if span.note:
        parts.append(f"note: {span.note}")
    return ", ".join(parts)


def _touches(span: LabelSpan, stretch: Stretch) -> bool:
    return span.start <= stretch.stop and span.stop >= stretch.start
