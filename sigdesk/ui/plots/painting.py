"""Parts that several rows of the plot share: chips of text, grips of edges, one-coloured pictures, tooltips."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from sigdesk.signals.describe import printable_name
from sigdesk.ui.theme.paper import is_on_paper
from sigdesk.ui.theme.sharpness import pixels_per_unit

CHIP_HEIGHT: Final = 18.0
GRIP_WIDTH: Final = 6.0
GRIP_HEIGHT: Final = 20.0
_PADDING: Final = 7.0


def chip_width(text: str, font: QFont) -> float:
    return round(QFontMetricsF(font).horizontalAdvance(text)) + 2 * _PADDING


def paint_chip(painter: QPainter, box: QRectF, text: str, font: QFont, ground: QColor, ink: QColor) -> None:
    """A filled chip with its text in the middle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()


def paint_grip(painter: QPainter, middle: QPointF, ground: QColor, ink: QColor | None = None) -> None:
    """A grip of 6 x 20 px; with `ink` it has a small line in it, so it stands out on quiet ground."""
    corner = QPointF(round(middle.x()) - GRIP_WIDTH / 2, round(middle.y()) - GRIP_HEIGHT / 2)
    ratio = pixels_per_unit(painter)
    if is_on_paper() or ratio != round(ratio):
        _draw_grip(painter, corner, ground, ink)
    else:  # at each frame of a pan there are some
        painter.drawPixmap(corner, _grip(ground.rgba(), None if ink is None else ink.rgba(), round(ratio)))


@lru_cache(32)
def _grip(ground: int, ink: int | None, ratio: int) -> QPixmap:
    picture = QPixmap(QSize(int(GRIP_WIDTH), int(GRIP_HEIGHT)) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _draw_grip(painter, QPointF(0, 0), QColor.fromRgba(ground), None if ink is None else QColor.fromRgba(ink))
    painter.end()
    return picture


def _draw_grip(painter: QPainter, corner: QPointF, ground: QColor, ink: QColor | None) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(corner.x(), corner.y(), GRIP_WIDTH, GRIP_HEIGHT), 2, 2)
    if ink is not None:
        painter.setPen(QPen(ink, 1))
        line = QRectF(corner.x() + 2.5, corner.y() + 6.5, 1, 7)
        painter.drawRoundedRect(line, 0.5, 0.5)
    painter.restore()


def faded(colour: QColor, share: float) -> QColor:
    """The colour at an opacity of 0..1."""
    result = QColor(colour)
    result.setAlphaF(share)
    return result


def recoloured(picture: QPixmap, ink: QColor) -> QPixmap:
    """A one-coloured picture in another colour."""
    result = QPixmap(picture)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), ink)
    painter.end()
    return result


def tooltip_of(text: str) -> str:
    """A tooltip of text from outside, which Qt would otherwise take for markup where it has a "<b>"."""
    return f"<p>{html.escape(printable_name(text))}</p>" if text else ""
