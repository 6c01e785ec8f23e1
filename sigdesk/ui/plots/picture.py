"""The plot as a picture: what is visible of channels, axis, labels and instruments under the signal's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QImageWriter, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.paper import on_paper

SHARPNESS: Final = 2.0
"""Pixels of the picture a pixel of the screen, so that it can be printed."""
_TITLE: Final = 32
_MARGIN: Final = 12


class Picture:
    """Paints `parts`, one under the other as they are on the screen, under a line with `title` and `facts`."""

    def __init__(self, look: Look, title: str, facts: str, parts: Sequence[QWidget]) -> None:
        self._look = look
        self._title = title
        self._facts = facts
        self._parts = [part for part in parts if part.isVisible()]
        width = max((part.width() for part in self._parts), default=1)
        self.size = QSize(width, _TITLE + sum(part.height() for part in self._parts))

    def image(self) -> QImage:
        """In pixels, twice as fine as the screen."""
        image = QImage(self.size * SHARPNESS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SHARPNESS)
        painter = QPainter(image)
        self._paint(painter)
        painter.end()
        return image

    def png(self) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(self.image())
        return bytes(buffer.data().data())

    def svg(self) -> bytes:
        """In lines and letters, sharp at any size."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRect(QPoint(0, 0), self.size))
        generator.setTitle(self._title)
        generator.setDescription("Made by SigDesk")
        painter = QPainter(generator)
        with on_paper():
            self._paint(painter)
        painter.end()
        return bytes(buffer.data().data())

    def _paint(self, painter: QPainter) -> None:
        painter.fillRect(QRect(QPoint(0, 0), self.size), self._look.colour("surface"))
        title_font = self._look.font(13, QFont.Weight.DemiBold)
        left = float(_MARGIN)
        for text, font, token in (
            (self._title, title_font, "text"),
            (self._facts, self._look.font(12), "muted"),
        ):
            painter.setFont(font)
            painter.setPen(self._look.colour(token))
            box = QRectF(left, 0, self.size.width() - left, _TITLE)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
            left += QFontMetricsF(font).horizontalAdvance(text) + _MARGIN
        top = _TITLE
        for part in self._parts:
            part.render(painter, QPoint(0, top), QRegion(), QWidget.RenderFlag.DrawChildren)
            top += part.height()
