"""A table of rows of one height: its head as the tokens want it, and columns that share the width there is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from sigdesk.app.rows import ROW
from sigdesk.ui.rows.cell_pictures import CellPictures
from sigdesk.ui.rows.columns import Column, columns_with_room, shared_widths
from sigdesk.ui.rows.ink import MARGIN, Face, Ink
from sigdesk.ui.rows.wording import plain_tooltip, visible
from sigdesk.ui.theme.look import Look

HEAD_HEIGHT = 24
ROW_HEIGHT = 28

_SORT_KEYS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_SORT_STEPS: Final[Mapping[int, int | Qt.SortOrder]] = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: Qt.SortOrder.AscendingOrder,
    Qt.Key.Key_Down: Qt.SortOrder.DescendingOrder,
}
_RIGHT_GAP = 8
_CARET = 12
_CARET_GAP = 2


class TableHead(QHeaderView):
    """24 px, muted captions on the sunken ground. Where the model sorts, a click sorts by a column, a second one the
    other way round, and a third one brings the model's own order back."""

    def __init__(self, look: Look, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._ink = Ink(look)
        self._columns = tuple(columns)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else what lies under it is painted first
        self.setFixedHeight(HEAD_HEIGHT)
        self.setMinimumSectionSize(min(column.least for column in columns))
        self.setHighlightSections(False)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        column = self._columns[section]
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        box = text_box(rect, column)
        box.setHeight(HEAD_HEIGHT - 1)
        sorts = bool(title) and self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        painter.save()
        if sorts:
            self._paint_direction(painter, box, title, column)
        token = "text" if sorts else "muted"
        self._ink.text(painter, box, title, Face.CAPTION_MEDIUM, token, right=column.right)
        painter.restore()

    def _paint_direction(self, painter: QPainter, box: QRectF, title: str, column: Column) -> None:
        """A caret at the title's free side; the title gives way where there is no room for both."""
        room = box.width() - _CARET - _CARET_GAP
        used = min(self._ink.width(title, Face.CAPTION_MEDIUM), room)
        name = "caret-up" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else "caret-down"
        if column.right:
            left = box.right() - used - _CARET_GAP - _CARET
            box.setLeft(box.right() - room)
        else:
            left = box.left() + used + _CARET_GAP
            box.setRight(box.left() + room)
        self._ink.icon(painter, left, box.center().y(), name, "text", _CARET)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sections, then the line under them; also where no column reaches."""
        ground = self.viewport().rect()
        painter = QPainter(self.viewport())
        painter.fillRect(ground, self._ink.colour("sunken"))
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.fillRect(QRect(0, ground.bottom(), ground.width(), 1), self._ink.colour("border"))
        painter.end()


class RowTable(QTableView):
    """A QTableView that selects and hovers whole rows of one height and shares its width among columns by weight."""

    row_opened = Signal(object)
    """The value (of the ROW role) of the row that was double clicked, or current when Enter was pressed."""
    copy_wanted = Signal()

    def __init__(self, look: Look, columns: Sequence[Column], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.hovered_row = -1
        self._shares_width = True
        self._sharing = False
        self._left_out: frozenset[int] = frozenset()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._look = look
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        head = TableHead(look, self.columns, self)
        self.setHorizontalHeader(head)
        head.sectionResized.connect(self._on_section_resized)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        look.changed.connect(self._on_look_changed)

    def set_model(self, model: QAbstractItemModel) -> None:
        """Show a model whose columns are this table's. Its head can be clicked where the model sorts."""
        self.setModel(model)
        sorts = type(model).sort is not QAbstractItemModel.sort
        self.setSortingEnabled(sorts)
        self.horizontalHeader().setSectionsClickable(sorts)
        self.horizontalHeader().setToolTip("Sort by a click, or by Ctrl Alt and the arrow keys" if sorts else "")
        self._share_width()

    def selected_rows(self) -> list[object]:
        """The values of the ROW role of the selected rows, from top to bottom."""
        if self.selectionModel() is None:
            return []
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(ROW) for index in indexes]

    def leave_out(self, *sections: int) -> None:
        """Show no columns of these, however much room there is."""
        self._left_out = frozenset(sections)
        self._shares_width = True
        self._share_width()

    def first_column(self) -> int:
        """The column at the left end."""
        return next(section for section in range(len(self.columns)) if not self.isColumnHidden(section))

    def last_column(self) -> int:
        """The column at the right end."""
        return max(section for section in range(len(self.columns)) if not self.isColumnHidden(section))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Row by row: Qt asks its delegate cell by cell, each with options of its own, which takes four times as long,
        and a table is painted anew all the time while jobs end."""
        delegate, model, head, part = self.itemDelegate(), self.model(), self.horizontalHeader(), event.rect()
        painter = QPainter(self.viewport())
        painter.fillRect(part, self._look.colour("surface"))
        painter.end()
        if model is None or not isinstance(delegate, CellDelegate):
            super().paintEvent(event)
            return
        first, last = self.rowAt(part.top()), self.rowAt(part.bottom())
        if first < 0:
            return  # there are no rows, or none reaches so far down
        cells = [
            (section, head.sectionViewportPosition(section), head.sectionSize(section))
            for section in range(len(self.columns))
            if not head.isSectionHidden(section)
        ]
        cells = [(section, left, width) for section, left, width in cells if left <= part.right()]
        cells = [(section, left, width) for section, left, width in cells if left + width > part.left()]
        painter = QPainter(self.viewport())
        for row in range(first, (model.rowCount() - 1 if last < 0 else last) + 1):
            delegate.paint_row(painter, row, self.rowViewportPosition(row), cells)
        painter.end()

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_opened.emit(self.currentIndex().data(ROW))
        elif self.isSortingEnabled() and event.modifiers() & _SORT_KEYS == _SORT_KEYS and event.key() in _SORT_STEPS:
            self._sort_by_key(_SORT_STEPS[event.key()])
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.row_opened.emit(index.data(ROW))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self._repaint_rows(previous.row(), current.row())  # the ring is around the whole row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _sort_by_key(self, step: int | Qt.SortOrder) -> None:
        """Sort by the next or the previous column, beyond the ends by none; or the other way round."""
        head = self.horizontalHeader()
        if isinstance(step, Qt.SortOrder):
            head.setSortIndicator(head.sortIndicatorSection(), step)
            return
        titled = [section for section in range(len(self.columns)) if self._has_title(section)]
        places = [-1, *titled]
        here = head.sortIndicatorSection()
        place = places.index(here) if here in places else 0
        head.setSortIndicator(places[(place + step) % len(places)], Qt.SortOrder.AscendingOrder)

    def _has_title(self, section: int) -> bool:
        title = self.model().headerData(section, Qt.Orientation.Horizontal)
        return bool(title) and not self.isColumnHidden(section)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self._repaint_rows(self.hovered_row, row)
            self.hovered_row = row

    def _repaint_rows(self, *rows: int) -> None:
        for row in rows:
            self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), ROW_HEIGHT)

    def _share_width(self) -> None:
        """Usual widths, and what is over or lacking shared out; a width that was set by hand ends this."""
        if not self._shares_width or self.model() is None or self.viewport().width() <= 0:
            return
        self._sharing = True
        room = self.viewport().width()
        wanted = [section for section in range(len(self.columns)) if section not in self._left_out]
        shown = [wanted[place] for place in columns_with_room([self.columns[one] for one in wanted], room)]
        widths = dict(zip(shown, shared_widths([self.columns[section] for section in shown], room), strict=True))
        for section in range(len(self.columns)):
            self.setColumnHidden(section, section not in widths)
            if section in widths:
                self.setColumnWidth(section, widths[section])
        self._sharing = False

    def _on_section_resized(self) -> None:
        if not self._sharing:
            self._shares_width = False

    def _on_look_changed(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()


class CellDelegate(QStyledItemDelegate):
    """Paints the ground of a row, then its cells; subclasses say what stands in them."""

    def __init__(self, look: Look, table: RowTable) -> None:
        super().__init__(table)
        self.ink = Ink(look)
        self.table = table
        self._pictures = CellPictures(look)

    def paint_row(self, painter: QPainter, row: int, top: int, cells: Sequence[tuple[int, int, int]]) -> None:
        """Paint cells of a row: for each its column, its left edge and its width (px)."""
        model = self.table.model()
        _, left, _ = cells[0]
        line = QRect(left, top, cells[-1][1] + cells[-1][2] - left, ROW_HEIGHT)
        head = model.createIndex(row, 0)
        selected = self.table.selectionModel().isSelected(head)
        hovered = row == self.table.hovered_row
        has_start = cells[0][0] == self.table.first_column()
        self._ground(painter, line, selected, hovered, bar=has_start)
        value = model.data(head, ROW)  # not by way of the index: Qt would call back into Python for each cell
        pictures = self._pictures
        pictures.suit(painter)
        for section, start, width in cells:
            shows = self.shows(section, row, value)
            key = section, width, selected, hovered, shows
            picture = None if shows is None else pictures.find(key)
            if picture is None:
                # `index` would look first whether there is such a cell, by way of Python.
                cell, index = QRect(start, top, width, ROW_HEIGHT), model.createIndex(row, section)
                if shows is None or not pictures.comes_again(key):
                    self.paint_cell(painter, cell, index, value)
                    continue
                whole = partial(self._paint_whole, index, value, selected, hovered)
                picture = pictures.make(key, cell.size(), whole)
            painter.drawPixmap(start, top, picture)
        if self.table.hasFocus() and self.table.currentIndex().row() == row:
            self._paint_ring(painter, line, has_start, cells[-1][0] == self.table.last_column())

    def _paint_whole(
        self, index: QModelIndex, value: object, selected: bool, hovered: bool, painter: QPainter, cell: QRect
    ) -> None:
        self._ground(painter, cell, selected, hovered)
        self.paint_cell(painter, cell, index, value)

    def _ground(self, painter: QPainter, rect: QRect, selected: bool, hovered: bool, *, bar: bool = False) -> None:
        self.ink.ground(painter, rect, "surface", selected=selected, hovered=hovered, bar=bar)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self.ink.colour("border"))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), plain_tooltip(self.tip(event.pos(), QRect(option.rect), index)), view)
        return True

    def tip(self, _place: QPoint, _rect: QRect, index: QModelIndex | QPersistentModelIndex) -> str:
        """What the tooltip of a cell says: what the model has to say, else the whole of what is shown."""
        return str(index.data(Qt.ItemDataRole.ToolTipRole) or index.data() or "")

    def shows(self, _column: int, _number: int, _row: object) -> Hashable | None:
        """All that makes a cell look as it does, where others of its column look the same; None where each is another.
        The first column has the bar of chosen rows, and is none of these."""
        return None

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex, _row: object) -> None:
        """Paint what stands in a cell, here its plain text; `_row` is the value of the ROW role."""
        self.plain(painter, rect, index, Face.SMALL, "text_2")

    def plain(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, face: Face, token: str
    ) -> None:
        """The cell's text from the model, set as its column is."""
        column = self.table.columns[index.column()]
        text = visible(str(index.model().data(index, Qt.ItemDataRole.DisplayRole) or ""))
        self.ink.text(painter, text_box(rect, column), text, face, token, right=column.right, elide=column.elide)

    def _paint_ring(self, painter: QPainter, rect: QRect, first: bool, last: bool) -> None:
        accent = self.ink.colour("accent")
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), accent)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), accent)
        if first:
            painter.fillRect(QRect(rect.left(), rect.top(), 1, rect.height()), accent)
        if last:
            painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), accent)


def text_box(rect: QRect, column: Column) -> QRectF:
    """Where a cell's text stands: 12 px from the left of its column, 8 px from its right."""
    left = 0 if column.right else MARGIN
    return QRectF(rect.left() + left, rect.top(), rect.width() - left - _RIGHT_GAP, rect.height())
