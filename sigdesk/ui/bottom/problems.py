"""The Problems tab: what is wrong now, in two lines each, with what can be done at the right."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from sigdesk.app.rows import OPEN_SIGNAL, RETRY, ROW, SHOW_LOG, ProblemAction, ProblemRow
from sigdesk.ui.rows.ink import MARGIN, Face, Ink
from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.rows.wording import plain_tooltip, visible
from sigdesk.ui.theme.look import Look

ROW_HEIGHT: Final = 48
_LINK_PADDING: Final = 8
_LEFT_BUTTON: Final = Qt.MouseButton.LeftButton
_NOWHERE: Final = (None, None)


_GENERAL: Final = (
    (RETRY, "No job is meant here"),
    (SHOW_LOG, "No job is meant here"),
    (OPEN_SIGNAL, "No signal is meant here"),
)
"""What a menu shows of every problem, and why it cannot be done where it does not fit."""


class ProblemDelegate(QStyledItemDelegate):
    """Icon, the two sentences, the time, and links."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._ink = Ink(look)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def targets(self, row: ProblemRow, rect: QRect) -> list[tuple[ProblemAction, QRect]]:
        """Where each link stands: at the right end of the second line."""
        found: list[tuple[ProblemAction, QRect]] = []
        right = rect.right() + 1 - MARGIN + _LINK_PADDING
        for way in reversed(row.ways):
            width = round(self._ink.width(way.text, Face.SMALL_MEDIUM)) + 2 * _LINK_PADDING
            found.append((way, QRect(right - width, rect.top() + 22, width, 24)))
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
        ink.icon(painter, rect.left() + MARGIN, rect.top() + 14, icon, token)
        left, right = rect.left() + MARGIN + 22, rect.right() + 1 - MARGIN
        first, second = (QRectF(left, rect.top() + top, right - left, 20) for top in (4, 24))
        first.setRight(right - ink.text(painter, first, row.time, Face.CAPTION, "muted", right=True) - 8)
        ink.text(painter, first, visible(row.what), Face.SMALL_MEDIUM, "text")
        for way, target in self.targets(row, rect):
            box = QRectF(target).adjusted(_LINK_PADDING, 0, -_LINK_PADDING, 0)
            ink.text(painter, box, way.text, Face.SMALL_MEDIUM, "accent_text")
            second.setRight(target.left() - 8)
        ink.text(painter, second, visible(row.way_out), Face.SMALL, "text_2")
        if option.state & QStyle.StateFlag.State_HasFocus:
            ink.focus_ring(painter, rect)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        row = index.data(ROW)
        if event.type() != QEvent.Type.ToolTip or not isinstance(row, ProblemRow):
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), plain_tooltip(f"{row.what}\n{row.way_out}".strip()), view)
        return True


class ProblemsList(QListView):
    """Says what the operator wants done about a problem. `action_requested` carries the ProblemRow and the id of one of
    its own actions."""

    retry_requested = Signal(tuple)
    show_log_requested = Signal(str)
    signal_activated = Signal(int)
    action_requested = Signal(object, str)
    copy_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pressed: tuple[ProblemRow | None, ProblemAction | None] = _NOWHERE
        self._delegate = ProblemDelegate(look, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Problems")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        look.changed.connect(self.viewport().update)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._row(self.currentIndex())
        if row is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do_likeliest(row)
        elif row is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit(_as_text(row))
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        _, way = self._way_at(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor if way is None else Qt.CursorShape.PointingHandCursor)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = self._way_at(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row, way = self._way_at(event.position().toPoint())
        pressed, self._pressed = self._pressed, _NOWHERE
        if row is not None and way is not None and pressed == (row, way) and event.button() == _LEFT_BUTTON:
            self._go(row, way)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row, way = self._way_at(event.position().toPoint())
        if row is not None and way is None:
            self._do_likeliest(row)

    def menu(self, row: ProblemRow) -> QMenu:
        """What can be done about a problem, for the keyboard too."""
        own = [Entry(action.text, action.icon, partial(self._go, row, action)) for action in row.actions]
        entries = [
            Entry(way.text, way.icon, partial(self._go, row, way), "" if way in row.ways else why)
            for way, why in _GENERAL
        ]
        copy = Entry("Copy", "copy", lambda: self.copy_requested.emit(_as_text(row)))
        return row_menu(self._look, [*own, *([None] if own else []), *entries, None, copy], self)

    def _do_likeliest(self, row: ProblemRow) -> None:
        """What Enter and a double click do: to the signal where one is meant, else the first that is offered; between
        several ways out of the same kind nobody is likelier, so they are asked for."""
        if row.signal_id is not None:
            self._go(row, OPEN_SIGNAL)
        elif len(row.actions) > 1:
            place = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu(row).popup(self.viewport().mapToGlobal(place))
        elif row.ways:
            self._go(row, row.ways[0])

    def _on_menu_wanted(self, place: QPoint) -> None:
        row = self._row(self.indexAt(place))
        if row is not None:
            self.menu(row).popup(self.viewport().mapToGlobal(place))

    @staticmethod
    def _row(index: QModelIndex) -> ProblemRow | None:
        row = index.data(ROW) if index.isValid() else None
        return row if isinstance(row, ProblemRow) else None

    def _way_at(self, place: QPoint) -> tuple[ProblemRow | None, ProblemAction | None]:
        index = self.indexAt(place)
        row = self._row(index)
        if row is None:
            return _NOWHERE
        targets = self._delegate.targets(row, self.visualRect(index))
        return row, next((way for way, target in targets if target.contains(place)), None)

    def _go(self, row: ProblemRow, way: ProblemAction) -> None:
        if way is RETRY:
            self.retry_requested.emit((row.job_id,))
        elif way is SHOW_LOG:
            self.show_log_requested.emit(row.job_id)
        elif way is OPEN_SIGNAL:
            self.signal_activated.emit(row.signal_id)
        else:
            self.action_requested.emit(row, way.id)


def _as_text(row: ProblemRow) -> str:
    return visible(f"{row.what} {row.way_out}".strip())
