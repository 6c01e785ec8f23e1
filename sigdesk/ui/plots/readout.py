"""The line under the plot: time and values under the cursor, and the selected stretch. Nothing in it jumps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look

HEIGHT: Final = 28
_MARGIN: Final = 12.0
_GAP: Final = 20.0
_ICON: Final = 14
_TIME_WIDTH: Final = 8


class Reading(Struct, frozen=True):
    """A channel's name and its value under the cursor. `widest` is the longest text that the value can have."""

    name: str
    value: str
    widest: int


class Readout(QWidget):
    """28 px high. Channels that find no room are left out; their values stand in the tooltip."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._time = ""
        self._readings: tuple[Reading, ...] = ()
        self._selection = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Readout")
        look.changed.connect(self.update)

    @property
    def text(self) -> str:
        """All that stands in the line."""
        values = (f"{reading.name} {reading.value}" for reading in self._readings if reading.value)
        return "  ".join(part for part in (self._time, *values, self._selection) if part)

    def show_time(self, time: str) -> None:
        """The time under the cursor, or ""."""
        self._time = time
        self._describe()

    def show_values(self, readings: Sequence[Reading]) -> None:
        """What the channels have under the cursor. They stay where they are when the cursor is gone."""
        self._readings = tuple(readings)
        self._describe()

    def show_selection(self, text: str) -> None:
        if text != self._selection:
            self._selection = text
            self._describe()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))
        right = self._paint_selection(painter)
        self._paint_cursor(painter, right)

    def _paint_selection(self, painter: QPainter) -> float:
        """Paint the selection at the right; returns where it begins."""
        right = self.width() - _MARGIN
        if not self._selection:
            return right
        mono = self._look.mono(12)
        left = right - QFontMetricsF(mono).horizontalAdvance(self._selection)
        self._word(painter, self._selection, mono, "accent_text", left)
        left -= _ICON + 6
        self._icon(painter, "selection", "accent_text", left)
        return left

    def _paint_cursor(self, painter: QPainter, right: float) -> None:
        if not self._readings:
            return
        mono, text = self._look.mono(12), self._look.font(12)
        digit = QFontMetricsF(mono).horizontalAdvance("0")
        left = _MARGIN
        self._icon(painter, "crosshair", "muted", left)
        left += _ICON + 6
        self._word(painter, self._time, mono, "text", left)
        left += max(_TIME_WIDTH, len(self._time)) * digit + _GAP
        for reading in self._readings:
            name_width = QFontMetricsF(text).horizontalAdvance(reading.name) + 6
            value_width = max(reading.widest, len(reading.value)) * digit
            if left + name_width + value_width > right - _GAP / 2:
                self._word(painter, "…", text, "muted", left)
                return
            self._word(painter, reading.name, text, "muted", left)
            self._word(painter, reading.value, mono, "text", left + name_width)
            left += name_width + value_width + _GAP

    def _word(self, painter: QPainter, text: str, font: QFont, token: str, left: float) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        box = QRectF(left, 1, self.width() - left, self.height() - 1)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), text)

    def _icon(self, painter: QPainter, name: str, token: str, left: float) -> None:
        box = QRect(round(left), (self.height() + 1 - _ICON) // 2, _ICON, _ICON)
        self._look.icon(name, token).paint(painter, box)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.text)
        self.update()
