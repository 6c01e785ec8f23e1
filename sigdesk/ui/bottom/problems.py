"""The Problems tab: what is wrong now, in two lines each, with what can be done at the right."""

from __future__ import annotations

import enum
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sigdesk.app.rows import ROW, ProblemRow
from sigdesk.ui.rows.ink import MARGIN, Face, Ink
from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look

ROW_HEIGHT: Final = 48


class Way(enum.Enum):
    """What can be done about a problem."""

    RETRY = "Retry"
    LOG = "Show log"
    OPEN = "Open signal"


def ways(row: ProblemRow) -> list[Way]:
    """What the row offers, the likeliest first."""
    offered = [Way.RETRY, Way.LOG] if row.job_id else []
    return [*offered, Way.OPEN] if row.signal_id is not None else offered


class ProblemDelegate(QStyledItemDelegate):
    """Icon, the two sentences, the time, and links."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._ink = Ink(look)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def targets(self, row: ProblemRow, rect: QRect) -> list[tuple[Way, QRect]]:
        """Where each link stands, from the right edge."""
        found = []
        right = rect.right() - MARGIN
        for way in reversed(ways(row)):
            width = round(self._ink.width(way.value, Face.SMALL_MEDIUM)) + 16
            found.append((way, QRect(right - width, rect.top() + 12, width, 24)))
            right -= width
        return found

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW)
        if not isinstance(row, ProblemRow):
            return
        rect, ink = QRect(option.rect), self._ink
        ink.background(painter, option, "surface", bar=True)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), ink.colour("border"))
        icon, token = ("warning-circle-fill", "error") if row.serious else ("warning", "warn")
        ink.icon(painter, rect.left() + MARGIN, rect.top() + 16, icon, token)
        right = rect.right() - MARGIN
        for way, target in self.targets(row, rect):
            box = QRectF(target).adjusted(8, 0, -8, 0)
            ink.text(painter, box, way.value, Face.SMALL_MEDIUM, "accent_text")
            right = target.left()
        left = rect.left() + MARGIN + 22
        clock = QRectF(right - 64, rect.top() + 4, 56, 20)
        ink.text(painter, clock, row.time, Face.CAPTION, "muted", right=True)
        room = clock.left() - left - 8
        ink.text(painter, QRectF(left, rect.top() + 4, room, 20), visible(row.what), Face.SMALL_MEDIUM, "text")
        ink.text(painter, QRectF(left, rect.top() + 23, room, 20), visible(row.way_out), Face.SMALL, "text_2")


class ProblemsList(QListView):
    """Says what the operator wants done about a problem."""

    retry_requested = Signal(tuple)
    show_log_requested = Signal(str)
    signal_activated = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = ProblemDelegate(look, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Problems")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        look.changed.connect(self.viewport().update)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ROW) if self.currentIndex().isValid() else None
        if isinstance(row, ProblemRow) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(row, Way.OPEN)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        _, way = self._way_at(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor if way is None else Qt.CursorShape.PointingHandCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row, way = self._way_at(event.position().toPoint())
        if row is not None and way is not None and event.button() == Qt.MouseButton.LeftButton:
            self._go(row, way)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row, way = self._way_at(event.position().toPoint())
        if row is not None and way is None:
            self._go(row, Way.OPEN)

    def _way_at(self, place: QPoint) -> tuple[ProblemRow | None, Way | None]:
        index = self.indexAt(place)
        row = index.data(ROW) if index.isValid() else None
        if not isinstance(row, ProblemRow):
            return None, None
        targets = self._delegate.targets(row, self.visualRect(index))
        return row, next((way for way, target in targets if target.contains(place)), None)

    def _go(self, row: ProblemRow, way: Way) -> None:
        if way is Way.RETRY:
            self.retry_requested.emit((row.job_id,))
        elif way is Way.LOG:
            self.show_log_requested.emit(row.job_id)
        elif row.signal_id is not None:
            self.signal_activated.emit(row.signal_id)
