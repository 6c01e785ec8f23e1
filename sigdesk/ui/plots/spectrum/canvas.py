"""What both pictures of the spectrum panel share: the gutter with its ticks, the ground, and what lies under the
pointer on a chip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.plots.painting import CHIP_HEIGHT, chip_width, paint_chip
from sigdesk.ui.plots.stretch import GUTTER, RIGHT_MARGIN
from sigdesk.ui.plots.ticks import Tick
from sigdesk.ui.theme.look import Look

LEAST_HEIGHT: Final = 76
USUAL_HEIGHT: Final = 168
_LEFT: Final = 12.0
_LINE: Final = 16.0


class Canvas(QWidget):
    """Paints gutter and ground; what lies in the plot is for those who inherit."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.look = look
        self._title = self._unit = ""
        self._notice = ""
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    def show_title(self, title: str, unit: str) -> None:
        """The channel's name, and what the ticks count."""
        self._title, self._unit = title, unit
        self.update()

    def show_notice(self, text: str) -> None:
        """Say in place of the picture why there is none; "" where there is one."""
        self._notice = text
        self.update()

    @property
    def notice(self) -> str:
        """What stands in place of the picture, or ""."""
        return self._notice

    @property
    def pointed(self) -> str:
        """What the chip at the pointer says, or ""."""
        point = self._pointer
        if point is None or self._notice or not self.plot_rect().contains(point):
            return ""
        return self.reading_at(point)

    def bottom(self) -> int:
        """Pixels under the plot, for an axis."""
        return 0

    def reading_at(self, point: QPointF) -> str:
        """What lies under a point of the plot, or ""."""
        raise NotImplementedError

    def ticks(self) -> Sequence[tuple[float, Tick]]:
        """The gutter's ticks, each with its height in pixels."""
        raise NotImplementedError

    def paint_plot(self, painter: QPainter, plot: QRectF) -> None:
        """Paint what is known."""
        raise NotImplementedError

    def plot_rect(self) -> QRectF:
        return QRectF(
            GUTTER, 1, max(1, self.width() - GUTTER - RIGHT_MARGIN), max(1, self.height() - 1 - self.bottom())
        )

    def sizeHint(self) -> QSize:
        return QSize(640, USUAL_HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self.look.colour("border"))
        plot = self.plot_rect()
        painter.fillRect(plot, self.look.colour("plot"))
        if self._notice:
            painter.setFont(self.look.font(12))
            painter.setPen(self.look.colour("text_2"))
            painter.drawText(plot, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._notice)
        else:
            painter.save()
            painter.setClipRect(plot)
            self.paint_plot(painter, plot)
            painter.restore()
            self._paint_pointer(painter, plot)
        self._paint_gutter(painter)

    def _paint_gutter(self, painter: QPainter) -> None:
        room = GUTTER - 8 - _LEFT
        taken = QRectF()
        top = 6.0
        for text, pixels, weight, token in (
            (self._title, 12, QFont.Weight.DemiBold, "text"),
            (self._unit, 11, QFont.Weight.Normal, "muted"),
        ):
            painter.setFont(self.look.font(pixels, weight))
            painter.setPen(self.look.colour(token))
            metrics = QFontMetricsF(painter.font())
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(QRectF(_LEFT, top, room + 1, _LINE), int(Qt.AlignmentFlag.AlignVCenter), shown)
            taken = taken.united(QRectF(_LEFT, top, metrics.horizontalAdvance(shown), _LINE))
            top += _LINE
        if self._notice:
            return
        painter.setFont(self.look.font(11))
        painter.setPen(self.look.colour("muted"))
        metrics = QFontMetricsF(painter.font())
        for y, tick in self.ticks():
            width = metrics.horizontalAdvance(tick.text) + 1
            box = QRectF(GUTTER - 8 - width, y - 6, width, 12)
            if 6 <= y <= self.height() - self.bottom() - 5 and not box.intersects(taken):
                painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), tick.text)

    def _paint_pointer(self, painter: QPainter, plot: QRectF) -> None:
        text, point = self.pointed, self._pointer
        if not text or point is None:
            return
        painter.fillRect(QRectF(round(point.x()), plot.top(), 1, plot.height()), self.look.colour("cursor"))
        font = self.look.font(11, QFont.Weight.DemiBold)
        width = chip_width(text, font)
        left = point.x() + 8 if point.x() + 8 + width < plot.right() else point.x() - 8 - width
        box = QRectF(round(left), plot.top() + 4, width, CHIP_HEIGHT)
        paint_chip(painter, box, text, font, self.look.colour("cursor"), self.look.colour("on_cursor"))
