"""A small painted chart: lines of shares over something, each with its name at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.rows.wording import percent
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.numbers import grouped

_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 20, 10, 22
_HIGHEST_START: Final = 0.9
"""However good all is, so much is shown: a hundredth must not look like a chasm."""
_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_MOST_LINES: Final = 6
NO_CURVE: Final = "No signal was held out, so there is no curve."
_NAME: Final = 15
_OVER: Final = 6
"""Pixels of a name, and those that it may stand above the highest share."""
_STEP: Final = 2.0


class Line(Struct, frozen=True):
    """Points (x, share 0..1) in the colour of a token. `dot` marks its end, `dots` every point; `dashed` is thin."""

    name: str
    points: tuple[tuple[float, float], ...]
    token: str = "pen_quiet"
    dot: bool = False
    dots: bool = False
    dashed: bool = False
    named_below: bool = False


class Chart(QWidget):
    """Shares from below to above; along x counts, or shares where `x_shares`."""

    def __init__(self, look: Look, name: str, *, x_shares: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._x_shares = x_shares
        self._lines: tuple[Line, ...] = ()
        self._name = name
        self._nothing = ""
        self.setAccessibleName(name)
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    def show_lines(self, lines: Sequence[Line], nothing: str = "") -> None:
        """Show these lines; `nothing` is what is said where none has a point."""
        self._lines = tuple(line for line in lines if line.points)
        self._nothing = nothing
        ends = "; ".join(f"{line.name} {percent(line.points[-1][1], 1)}" for line in self._lines)
        self.setAccessibleDescription(ends or nothing)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, 220)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._lines:
            painter.setPen(self._look.colour("muted"))
            painter.setFont(self._look.font(12))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._nothing)
            return
        room = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        low, high, step = self._y_range()
        right = 1.0 if self._x_shares else max(x for line in self._lines for x, _ in line.points) * 1.05
        self._paint_grid(painter, room, low, high, step, right)
        across, up = room.width() / right, room.height() / (high - low)
        drawn = [
            [QPointF(room.left() + x * across, room.bottom() - (y - low) * up) for x, y in line.points]
            for line in self._lines
        ]
        for line, places in zip(self._lines, drawn, strict=True):
            self._paint_line(painter, line, places)
        self._paint_names(painter, room, drawn)

    def _y_range(self) -> tuple[float, float, float]:
        """From a round share below all points up to 100 %, and the distance of the grid's lines."""
        if self._x_shares:
            return 0.0, 1.0, 0.25
        least = min(_HIGHEST_START, *(y for line in self._lines for _, y in line.points))
        step = next((step for step in _STEPS if (1.0 - least) / step <= _MOST_LINES - 1), _STEPS[-1])
        low = max(0.0, math.floor(least / step + 1e-9) * step)
        return (low if low < 1.0 else 1.0 - step), 1.0, step

    def _paint_grid(self, painter: QPainter, room: QRectF, low: float, high: float, step: float, right: float) -> None:
        painter.setFont(self._look.font(11))
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        for number in range(round((high - low) / step) + 1):
            share = low + number * step
            y = round(room.bottom() - (share - low) / (high - low) * room.height()) + 0.5
            painter.setPen(QPen(self._look.colour("grid"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(self._look.colour("muted"))
            painter.drawText(QRectF(0, y - 8, _LEFT - 8, 16), middle, percent(share))
        for x in _x_ticks(right, self._x_shares):
            left = room.left() + x / right * room.width()
            text = percent(x) if self._x_shares else grouped(round(x))
            painter.drawText(QRectF(left - 30, room.bottom() + 5, 60, 14), int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_line(self, painter: QPainter, line: Line, places: list[QPointF]) -> None:
        colour = self._look.colour(line.token)
        width = 1.0 if line.dashed else 1.8
        painter.setPen(QPen(colour, width, Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        ends = places if line.dots else places[-1:] if line.dot else []
        for place in ends:
            painter.drawEllipse(place, 3.5, 3.5)

    def _paint_names(self, painter: QPainter, room: QRectF, drawn: list[list[QPointF]]) -> None:
        """At each line's end, above it where there is room; clear of the lines and of the names before."""
        taken: list[QRectF] = []
        for line, places in zip(self._lines, drawn, strict=True):
            font = self._look.font(11, QFont.Weight.Normal if line.dashed else QFont.Weight.DemiBold)
            width = QFontMetricsF(font).horizontalAdvance(line.name) + 2
            box = _name_box(room, line, places, width)
            box.moveTop(_free_top(room, box, drawn, taken))
            taken.append(box)
            painter.setFont(font)
            painter.setPen(self._look.colour("text_2" if line.token == "pen_quiet" else line.token))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), line.name)


def _name_box(room: QRectF, line: Line, places: list[QPointF], width: float) -> QRectF:
    """Where a name of that many pixels stands, were its line alone."""
    if line.dashed:  # at its beginning: the others end at the right
        left = room.left() + 4
        highest = lowest = places[-1].y()
    else:
        left = min(max(room.left() + 4, places[-1].x() - width / 2), room.right() - width)
        highest, lowest = _heights(places, left, left + width)
    top = highest - _NAME - 4
    if line.named_below or top < room.top() - _OVER:
        top = lowest + 4
    return QRectF(left, min(top, room.bottom() - _NAME - 1), width, _NAME)


def _free_top(room: QRectF, box: QRectF, drawn: list[list[QPointF]], taken: list[QRectF]) -> float:
    """The top nearest to the box's own where it covers no name and, if that can be, no line."""
    tops = np.arange(room.top() - _OVER, room.bottom() - _NAME, _STEP).tolist()
    tops.sort(key=lambda top: abs(top - box.top()))
    tops.insert(0, box.top())
    boxes = [QRectF(box.left(), top, box.width(), box.height()) for top in tops]
    free = [one for one in boxes if not any(one.intersects(other) for other in taken)] or boxes
    return next((one for one in free if not any(_covers(one, places) for places in drawn)), free[0]).top()


def _covers(box: QRectF, places: list[QPointF]) -> bool:
    if box.right() < places[0].x() or box.left() > places[-1].x():
        return False
    highest, lowest = _heights(places, max(box.left(), places[0].x()), min(box.right(), places[-1].x()))
    return highest < box.bottom() and lowest > box.top()


def _heights(places: list[QPointF], left: float, right: float) -> tuple[float, float]:
    """The highest and the lowest y, in pixels, of a line between two x."""
    inside = [place.x() for place in places if left < place.x() < right]
    heights = np.interp([left, *inside, right], [place.x() for place in places], [place.y() for place in places])
    return float(heights.min()), float(heights.max())


def _x_ticks(right: float, shares: bool) -> list[float]:
    if shares:
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    power = 10.0 ** math.floor(math.log10(max(right, 1.0)))
    step = next((power * part for part in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if right / (power * part) <= 5), power * 10)
    step = max(1.0, step)
    return [step * number for number in range(int(right / step) + 1)]
