"""The classes of a model, each with the outline of a signal that it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sigdesk.app.class_outlines import Outline
from sigdesk.app.rows import ClassMark
from sigdesk.ui.rows.ink import SWATCH, Face, Ink
from sigdesk.ui.rows.wording import plain_tooltip, visible
from sigdesk.ui.shell.sample_card import paint_trace
from sigdesk.ui.theme.look import Look

_LEAST: Final = 148
_GAP: Final = 12
_TRACE: Final = 56
_TILE: Final = _TRACE + 24
_INSET: Final = 6


class ClassGallery(QWidget):
    """As many tiles in a row as have room; as high as its rows."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink = Ink(look)
        self._marks: tuple[ClassMark, ...] = ()
        self._outlines: Mapping[str, Outline] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_classes(self, marks: Sequence[ClassMark], outlines: Mapping[str, Outline]) -> None:
        """The classes in their order; one without an outline has an empty tile."""
        self._marks, self._outlines = tuple(marks), outlines
        self.setAccessibleName("Classes")
        self.setAccessibleDescription(". ".join(self._words(mark) for mark in marks))
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self._mark_at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tooltip(self._words(mark)) if mark else "", self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, mark in enumerate(self._marks):
            self._paint_tile(painter, self._tile(place), mark)

    def _paint_tile(self, painter: QPainter, tile: QRect, mark: ClassMark) -> None:
        picture = QRectF(tile.left() + 0.5, tile.top() + 0.5, tile.width() - 1, _TRACE - 1)
        painter.setPen(QPen(self._ink.colour("border"), 1))
        painter.setBrush(self._ink.colour("sunken"))
        painter.drawRoundedRect(picture, 3, 3)
        outline = self._outlines.get(mark.name)
        if outline is not None:
            height = (picture.height() - 2 * _INSET) / max(1, len(outline.lows))
            for number, (lows, highs) in enumerate(zip(outline.lows, outline.highs, strict=True)):
                top = picture.top() + _INSET + number * height
                room = QRectF(picture.left() + _INSET, top + 1, picture.width() - 2 * _INSET, height - 2)
                paint_trace(painter, room, lows, highs, self._ink.colour("pen"))
        name = QRectF(tile.left(), tile.top() + _TRACE, tile.width(), _TILE - _TRACE)
        self._ink.swatch(painter, name.left(), name.center().y(), mark)
        name.setLeft(name.left() + SWATCH + 8)
        self._ink.text(painter, name, visible(mark.title), Face.SMALL, "text")

    def _words(self, mark: ClassMark) -> str:
        outline = self._outlines.get(mark.name)
        if outline is None:
            return f"{mark.title}: no example"
        more = len(outline.lows)
        channels = f", the first {more} of {outline.channels} channels" if outline.channels > more else ""
        return f"{mark.title}: {outline.signal}{channels}"

    def _fit(self) -> None:
        rows = -(-len(self._marks) // self._columns())
        self.setFixedHeight(max(0, rows * (_TILE + _GAP) - _GAP))

    def _columns(self) -> int:
        return max(1, (self.width() + _GAP) // (_LEAST + _GAP))

    def _tile(self, place: int) -> QRect:
        row, column = divmod(place, self._columns())
        return QRect(column * (_LEAST + _GAP), row * (_TILE + _GAP), _LEAST, _TILE)

    def _mark_at(self, point: QPoint) -> ClassMark | None:
        return next((mark for place, mark in enumerate(self._marks) if self._tile(place).contains(point)), None)
