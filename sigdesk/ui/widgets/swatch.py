"""The coloured square that stands beside a class's name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.tokens import ClassColour, Theme

RADIUS = 2


def paint_swatch(painter: QPainter, rect: QRectF, colour: ClassColour | None, hatched: bool, theme: Theme) -> None:
    """Paint a swatch into `rect`. None is the class Unknown: no fill, a dashed border."""
    box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if colour is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    else:
        outline = QPainterPath()
        outline.addRoundedRect(box, RADIUS, RADIUS)
        painter.fillPath(outline, QColor(colour.fill))
        if hatched:
            paint_hatch(painter, outline, colour.text)
        painter.setPen(QPen(QColor(colour.edge), 1))
        painter.drawPath(outline)
    painter.restore()


def paint_hatch(painter: QPainter, outline: QPainterPath, ink: str) -> None:
    """Diagonal lines over a filled outline, for a class that reuses a slot's colour."""
    box = outline.boundingRect()
    painter.save()
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(QColor(ink), 1))
    offset = box.left() - box.height()
    while offset < box.right():
        painter.drawLine(
            QRectF(offset, box.top(), box.height(), box.height()).bottomLeft(),
            QRectF(offset, box.top(), box.height(), box.height()).topRight(),
        )
        offset += 4
    painter.restore()


def swatch_icon(look: Look, slot: int, hatched: bool, pixels: int = 12) -> QIcon:
    """A swatch as an icon, for menus."""
    picture = QPixmap(QSize(pixels, pixels) * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_swatch(painter, QRectF(0, 0, pixels, pixels), look.swatch_colour(slot), hatched, look.theme)
    painter.end()
    return QIcon(picture)


class ClassSwatch(QWidget):
    """A swatch on its own; 12 px, or `pixels`."""

    def __init__(self, look: Look, pixels: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pixels = pixels
        self._slot: int | None = None
        self._hatched = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_class(self, slot: int | None, hatched: bool = False) -> None:
        """Show a class slot; None is Unknown."""
        self._slot = slot
        self._hatched = hatched
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._pixels, self._pixels)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = None if self._slot is None else self._look.swatch_colour(self._slot)
        paint_swatch(QPainter(self), self.rect().toRectF(), colour, self._hatched, self._look.theme)
