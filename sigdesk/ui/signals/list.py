"""The list of the Signals panel: thousands of rows of two heights, files dropped on it, and no search by typing.

It is a table of one column without heads, because a QListView asks Python for the height of every row at each layout;
the heads of a table remember the heights, and new rows cost no more however many there are. A view repaints all that is
in it whenever a row's data changes; here only when the row is in view. It searches when keys are typed, but digits are
labels. And it forgets selection and place when its model is reset, which every filter does.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct
from PySide6.QtCore import (
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
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from sigdesk.app.rows import ROW, GroupRow, SignalRow
from sigdesk.app.signals_model import SignalsModel
from sigdesk.ui.shell.drop_zone import dropped_paths
from sigdesk.ui.signals.delegate import GROUP_HEIGHT, SIGNAL_HEIGHT, SignalDelegate
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.look import Look

_UPDATE = QItemSelectionModel.SelectionFlag


class _Held(Struct, frozen=True):
    """What the operator had chosen and where the list stood, before its model was made anew."""

    selected: tuple[int, ...] = ()
    current: int = 0
    scrolled: int = 0


class SignalList(QTableView):
    """Emits what the operator means: which signals are chosen, which to open, remove, and which group to fold."""

    current_changed = Signal(int)
    selection_changed = Signal(tuple)
    remove_requested = Signal(tuple)
    group_toggled = Signal(str)
    paths_dropped = Signal(list)
    menu_wanted = Signal(QPoint)

    def __init__(self, look: Look, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._signals: SignalsModel | None = None
        self._held = _Held()
        self._restoring = False
        self._dragged_over = 0
        self.setItemDelegate(SignalDelegate(look, thumbnails, self))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else what lies under it is painted first
        self.setAccessibleName("Signals")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(GROUP_HEIGHT)
        rows.setDefaultSectionSize(SIGNAL_HEIGHT)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        thumbnails.ready.connect(self._on_thumbnail_ready)
        look.changed.connect(self.viewport().update)

    def set_model(self, model: SignalsModel) -> None:
        """Show the signals of a session."""
        self._signals = model
        self.setModel(model)
        model.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        model.modelReset.connect(self._on_model_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        self._set_heights(0, model.rowCount() - 1)

    def selected_ids(self) -> tuple[int, ...]:
        """Ids of the selected signals, from top to bottom."""
        if self._signals is None:
            return ()
        chosen = sorted(self.selectionModel().selection().toList(), key=lambda part: part.top())
        rows = (row for part in chosen for row in range(part.top(), part.bottom() + 1))
        ids = (self._signals.signal_id_at(self._signals.index(row)) for row in rows)
        return tuple(filter(None, ids))

    def row_of(self, signal_id: int) -> SignalRow | None:
        """What the list shows of a signal; None when it is filtered out or folded away."""
        row = None if self._signals is None else self._signals.index_of(signal_id).data(ROW)
        return row if isinstance(row, SignalRow) else None

    def group_at(self, place: QPoint) -> GroupRow | None:
        """The group whose head is at a place of the viewport."""
        row = self.indexAt(place).data(ROW)
        return row if isinstance(row, GroupRow) else None

    def ids_of_group(self, name: str) -> tuple[int, ...]:
        """The signals of a group, from top to bottom."""
        return () if self._signals is None else self._signals.ids_of_group(name)

    def current_id(self) -> int:
        """The signal that has the keyboard, 0 when none or a group has."""
        return 0 if self._signals is None else self._signals.signal_id_at(self.currentIndex())

    def show_row(self, index: QModelIndex) -> None:
        """Make a row current and selected, and scroll to it; nothing happens when the index is invalid."""
        if index.isValid() and index != self.currentIndex():
            self.selectionModel().setCurrentIndex(index, _UPDATE.ClearAndSelect)
            self.scrollTo(index)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:  # of a table, Home and End are the ends of a row
        ends = {QAbstractItemView.CursorAction.MoveHome: 0}
        ends[QAbstractItemView.CursorAction.MoveEnd] = self.model().rowCount() - 1
        return self.model().index(ends[action], 0) if action in ends else super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def dataChanged(
        self,
        top_left: QModelIndex | QPersistentModelIndex,
        bottom_right: QModelIndex | QPersistentModelIndex,
        _roles: Iterable[int] = (),
    ) -> None:
        """Repaint what is in view, once for all that changed; no new layout (see the module).

        Not even QAbstractItemView's own part is wanted: it looks at every row of the range, in view or not.
        """
        first, last = self._rows_in_view()
        first, last = max(first, top_left.row()), min(last, bottom_right.row())
        if first <= last:
            top = self.rowViewportPosition(first)
            bottom = self.rowViewportPosition(last) + self.rowHeight(last)
            self.viewport().update(0, top, self.viewport().width(), bottom - top)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if self.current_id() and not self._restoring:
            self.current_changed.emit(self.current_id())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._restoring:
            self.selection_changed.emit(self.selected_ids())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).data(ROW)
        if isinstance(row, GroupRow):
            if event.button() == Qt.MouseButton.LeftButton:
                self.group_toggled.emit(row.name)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click on a group folds it once more; on a signal it says no more than the first."""
        if isinstance(self.indexAt(event.position().toPoint()).data(ROW), GroupRow):
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ROW)
        key = event.key()
        if key == Qt.Key.Key_Delete:
            if self.selected_ids():
                self.remove_requested.emit(self.selected_ids())
        elif isinstance(row, GroupRow) and key in _toggling(row):
            self.group_toggled.emit(row.name)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current_id():
                self.current_changed.emit(self.current_id())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        paths = dropped_paths(event.mimeData())
        self._drag_over(len(paths))
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drag_over(0)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        self._drag_over(0)
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.paths_dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.colour("surface"))
        painter.end()
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

    def _rows_in_view(self) -> tuple[int, int]:
        """The first and the last row that can be seen."""
        last = self.rowAt(self.viewport().height() - 1)
        return max(0, self.rowAt(0)), self.model().rowCount() - 1 if last < 0 else last

    def _set_heights(self, first: int, last: int) -> None:
        """Rows have the height of a signal unless they are told otherwise."""
        assert self._signals is not None
        for row in self._signals.groups_among(first, last):
            self.setRowHeight(row, GROUP_HEIGHT)

    def _drag_over(self, count: int) -> None:
        if count != self._dragged_over:
            self._dragged_over = count
            self.viewport().update()

    def _on_thumbnail_ready(self, _signal_id: int) -> None:
        self.viewport().update()

    def _on_rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._set_heights(first, last)

    def _on_model_about_to_be_reset(self) -> None:
        self._held = _Held(self.selected_ids(), self.current_id(), self.verticalScrollBar().value())

    def _on_model_reset(self) -> None:
        """Choose again what was chosen, as far as it is still shown, and stand where the list stood."""
        assert self._signals is not None
        self._set_heights(0, self._signals.rowCount() - 1)
        indexes = (self._signals.index_of(signal_id) for signal_id in self._held.selected)
        rows = [index.row() for index in indexes if index.isValid()]
        self._restoring = True
        self.selectionModel().select(_selection(self._signals, rows), _UPDATE.ClearAndSelect)
        self.selectionModel().setCurrentIndex(self._signals.index_of(self._held.current), _UPDATE.NoUpdate)
        self._restoring = False
        if self._held.scrolled:
            self.doItemsLayout()
            self.verticalScrollBar().setValue(self._held.scrolled)
        if len(rows) != len(self._held.selected):
            self.selection_changed.emit(self.selected_ids())


def _selection(model: SignalsModel, rows: Iterable[int]) -> QItemSelection:
    """A selection of these rows in as few ranges as there are: thousands of ranges of one row would take long."""
    selection = QItemSelection()
    for _, run in groupby(enumerate(sorted(rows)), key=lambda pair: pair[1] - pair[0]):
        members = [row for _, row in run]
        selection.select(model.index(members[0]), model.index(members[-1]))
    return selection


def _toggling(row: GroupRow) -> tuple[Qt.Key, ...]:
    """Keys that fold or unfold a group: left closes, right opens, Enter and space do either."""
    arrow = Qt.Key.Key_Right if row.collapsed else Qt.Key.Key_Left
    return (arrow, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
