"""The time axis under the channels: ticks, and the cursor's time on a chip."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.plots.clock import clock_ticks
from sigdesk.ui.plots.painting import CHIP_HEIGHT, chip_width, paint_chip
from sigdesk.ui.plots.stretch import GUTTER, Scale, Stretch, row_scale
from sigdesk.ui.plots.ticks import Tick, time_ticks
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.paper import is_on_paper

HEIGHT: Final = 24
_TICK: Final = 4
_LEFT: Final = 12.0
_FIGURES_KEPT: Final = 256


class _Figure(NamedTuple):
    """A tick's mark and text as they are painted, on the axis' own ground; the text is `width` px wide."""

    width: float
    picture: QPixmap


class TimeAxis(QWidget):
    """24 px high. In seconds, or in sample numbers where the recording names no time."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._visible: Stretch | None = None
        self._unit = "s"
        self._clock: datetime | None = None
        self._cursor: tuple[float, str] | None = None
        self._figures: dict[tuple[str, float], _Figure] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time axis")
        look.changed.connect(self._on_look_changed)

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
        painter.setPen(self._look.colour("muted"))
        if not self._unit:
            painter.drawText(QPointF(_LEFT, self._baseline(painter.font())), "Sample")
        self._paint_ticks(painter, scale, chip)
        if self._cursor is not None:
            ground, ink = self._look.colour("cursor"), self._look.colour("on_cursor")
            paint_chip(painter, chip, self._cursor[1], self._chip_font(), ground, ink)

    def _paint_ticks(self, painter: QPainter, scale: Scale, chip: QRectF) -> None:
        mark, on_paper, ratio = self._look.colour("border_strong"), is_on_paper(), self.devicePixelRatioF()
        edge, no_chip = self.width() - 2, chip.isEmpty()
        begin, per_pixel = scale.visible.start, scale.per_pixel
        for tick in self.ticks():
            x = round(scale.left + (tick.value - begin) / per_pixel)
            figure = self._figures.get((tick.text, ratio)) or self._figure(tick.text, ratio)
            left = x - figure.width / 2
            right = left + figure.width + 1
            shown = right <= edge and (no_chip or right + 2 <= chip.left() or left - 2 >= chip.right())
            if shown and not on_paper:
                painter.drawPixmap(math.floor(left), 1, figure.picture)
                continue
            painter.fillRect(x, 1, 1, _TICK, mark)
            if shown:
                painter.drawText(QPointF(left + 0.5, self._baseline(painter.font())), tick.text)

    def _figure(self, text: str, ratio: float) -> _Figure:
        """Painted once: while the view moves, most ticks stay, and a text takes ten times as long to set as to copy."""
        font = self._look.font(11)
        width = QFontMetricsF(font).horizontalAdvance(text)
        left = -math.floor(-width / 2)  # of the mark, which stands at a whole pixel
        picture = QPixmap(QSize(math.ceil(width) + 2, HEIGHT - 1) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._look.colour("surface"))
        painter = QPainter(picture)
        painter.setFont(font)
        painter.setPen(self._look.colour("muted"))
        painter.drawText(QPointF(left - width / 2 + 0.5, self._baseline(font) - 1), text)
        painter.fillRect(left, 0, 1, _TICK, self._look.colour("border_strong"))
        painter.end()
        if len(self._figures) >= _FIGURES_KEPT:
            self._figures.clear()
        figure = self._figures[text, ratio] = _Figure(width, picture)
        return figure

    def _baseline(self, font: QFont) -> float:
        """In the middle of a box Qt would look for this place anew for each figure."""
        metrics = QFontMetricsF(font)
        return _TICK + (self.height() - _TICK - metrics.height()) / 2 + metrics.ascent()

    def _on_look_changed(self) -> None:
        self._figures.clear()
        self.update()

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
