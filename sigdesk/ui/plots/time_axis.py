"""The time axis under the channels: ticks, and the cursor's time on a chip."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.plots.clock import clock_ticks
from sigdesk.ui.plots.painting import CHIP_HEIGHT, chip_width, paint_chip
from sigdesk.ui.plots.stretch import GUTTER, Stretch, row_scale
from sigdesk.ui.plots.ticks import Tick, time_ticks
from sigdesk.ui.theme.look import Look

HEIGHT: Final = 24
_TICK: Final = 4


class TimeAxis(QWidget):
    """24 px high. In seconds, or in sample numbers where the recording names no time."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._visible: Stretch | None = None
        self._unit = "s"
        self._clock: datetime | None = None
        self._cursor: tuple[float, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time axis")
        look.changed.connect(self.update)

    @property
    def cursor_text(self) -> str:
        """What stands on the chip, or ""."""
        return "" if self._cursor is None else self._cursor[1]

    def set_visible(self, visible: Stretch | None, unit: str, clock: datetime | None = None) -> None:
        """With a `clock`, which says when the recording began, times are told by it."""
        self._visible = visible
        self._unit = unit
        self._clock = clock
        self.update()

    def ticks(self) -> tuple[Tick, ...]:
        """The ticks of what is visible."""
        if self._visible is None:
            return ()
        width = row_scale(self._visible, self.width()).width
        if self._clock is not None:
            return clock_ticks(self._visible, width, self._clock)
        return time_ticks(self._visible, width, self._unit)

    def set_cursor(self, cursor: tuple[float, str] | None) -> None:
        """Show the chip at a time with a text; None takes it away."""
        self._cursor = cursor
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))
        if self._visible is None:
            return
        scale = row_scale(self._visible, self.width())
        chip = self._chip_box()
        painter.setFont(self._look.font(11))
        if not self._unit:
            painter.setPen(self._look.colour("muted"))
            gutter = QRectF(12, _TICK, GUTTER - 12, self.height() - _TICK)
            painter.drawText(gutter, int(Qt.AlignmentFlag.AlignVCenter), "Sample")
        mark, ink = self._look.colour("border_strong"), self._look.colour("muted")
        painter.setPen(ink)
        metrics = QFontMetricsF(painter.font())
        # In the middle of a box Qt would look for this place anew for each figure.
        baseline = _TICK + (self.height() - _TICK - metrics.height()) / 2 + metrics.ascent()
        for tick in self.ticks():
            x = round(scale.x(tick.value))
            painter.fillRect(x, 1, 1, _TICK, mark)
            width = metrics.horizontalAdvance(tick.text)
            left = x - width / 2
            right = left + width + 1
            beside_chip = chip.isEmpty() or right + 2 <= chip.left() or left - 2 >= chip.right()
            if right <= self.width() - 2 and beside_chip:
                painter.drawText(QPointF(left + 0.5, baseline), tick.text)
        if self._cursor is not None:
            ground, ink = self._look.colour("cursor"), self._look.colour("on_cursor")
            paint_chip(painter, chip, self._cursor[1], self._chip_font(), ground, ink)

    def _chip_font(self) -> QFont:
        return self._look.font(11, QFont.Weight.DemiBold)

    def _chip_box(self) -> QRectF:
        """Where the chip lies: under the cursor, but inside the row; an empty box when there is none."""
        if self._cursor is None or self._visible is None:
            return QRectF()
        width = chip_width(self._cursor[1], self._chip_font())
        x = row_scale(self._visible, self.width()).x(self._cursor[0]) - width / 2
        x = min(max(x, GUTTER - width / 2), self.width() - width - 1)
        return QRectF(round(x), 2, width, CHIP_HEIGHT + 1)
