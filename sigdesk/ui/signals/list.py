"""The list of the Signals panel: thousands of rows of two heights, files dropped on it, and no search by typing.

Two traps of QListView are stepped around here. It lays out all rows again whenever one row's data changes, which for
thousands of rows of a running batch would freeze the window; a row's height never changes with its data, so repainting
is enough. And it searches when keys are typed, but digits are labels.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from sigdesk.app.rows import ROW, GroupRow, SignalRow
from sigdesk.ui.signals.delegate import SignalDelegate
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.look import Look

_ROWS_AT_ONCE = 400


class SignalList(QListView):
    """Emits what the operator means: which signals are chosen, which to open, remove, and which group to fold."""

    current_changed = Signal(int)
    selection_changed = Signal(tuple)
    opened = Signal(int)
    remove_requested = Signal(tuple)
    group_toggled = Signal(str)
    paths_dropped = Signal(list)
    menu_wanted = Signal(QPoint)

    def __init__(self, look: Look, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._dragged_over = 0
        self.setItemDelegate(SignalDelegate(look, thumbnails, self))
        self.setAccessibleName("Signals")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_ROWS_AT_ONCE)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        thumbnails.ready.connect(self._on_thumbnail_ready)
        look.changed.connect(self.viewport().update)

    def selected_ids(self) -> tuple[int, ...]:
        """Ids of the selected signals, from top to bottom."""
        if self.selectionModel() is None:
            return ()
        rows = sorted(self.selectionModel().selectedIndexes(), key=lambda index: index.row())
        return tuple(row.id for row in (index.data(ROW) for index in rows) if isinstance(row, SignalRow))

    def show_row(self, index: QModelIndex) -> None:
        """Make a row current and selected, and scroll to it; nothing happens when the index is invalid."""
        if index.isValid() and index != self.currentIndex():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def dataChanged(
        self,
        top_left: QModelIndex | QPersistentModelIndex,
        bottom_right: QModelIndex | QPersistentModelIndex,
        roles: Iterable[int] = (),
    ) -> None:
        """Repaint what is in view; no new layout (see the module)."""
        QAbstractItemView.dataChanged(self, top_left, bottom_right, list(roles))

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        row = current.data(ROW) if current.isValid() else None
        if isinstance(row, SignalRow):
            self.current_changed.emit(row.id)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(self.selected_ids())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).data(ROW)
        if isinstance(row, GroupRow):
            if event.button() == Qt.MouseButton.LeftButton:
                self.group_toggled.emit(row.name)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).data(ROW)
        if isinstance(row, GroupRow):
            self.mousePressEvent(event)
        elif isinstance(row, SignalRow):
            self.opened.emit(row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ROW)
        key = event.key()
        if key == Qt.Key.Key_Delete and self.selected_ids():
            self.remove_requested.emit(self.selected_ids())
        elif isinstance(row, SignalRow) and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row.id)
        elif isinstance(row, GroupRow) and key in _toggling(row):
            self.group_toggled.emit(row.name)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        paths = _paths(event)
        self._drag_over(len(paths))
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drag_over(0)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _paths(event)
        self._drag_over(0)
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.paths_dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._dragged_over:
            self._paint_drop_zone()

    def _paint_drop_zone(self) -> None:
        painter = QPainter(self.viewport())
        zone = self.viewport().rect().adjusted(4, 4, -4, -4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("accent"), 2))
        painter.setBrush(self._look.colour("accent_tint"))
        painter.drawRoundedRect(zone, 8, 8)
        painter.setFont(self._look.font(13))
        painter.setPen(self._look.colour("accent_text"))
        count = self._dragged_over
        text = "Drop to add 1 file" if count == 1 else f"Drop to add {count} files"
        painter.drawText(zone, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _drag_over(self, count: int) -> None:
        if count != self._dragged_over:
            self._dragged_over = count
            self.viewport().update()

    def _on_thumbnail_ready(self, _signal_id: int) -> None:
        self.viewport().update()

    def _indexes(self) -> Iterable[QModelIndex]:
        model: QAbstractItemModel | None = self.model()
        if model is not None:
            for row in range(model.rowCount()):
                yield model.index(row, 0)


def _toggling(row: GroupRow) -> tuple[Qt.Key, ...]:
    """Keys that fold or unfold a group: left closes, right opens, Enter and space do either."""
    arrow = Qt.Key.Key_Right if row.collapsed else Qt.Key.Key_Left
    return (arrow, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


def _paths(event: QDropEvent) -> list[Path]:
    """The local files and folders that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
