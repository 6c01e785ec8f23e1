"""The first lines of a table as they are cut and used: a grid with a head for each column's use, faults marked."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from sigdesk.signals.table_preview import PreviewRow, TablePreview
from sigdesk.signals.tables.uses import Use, use_of
from sigdesk.ui.rows.ink import Face, Ink
from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look

Index = QModelIndex | QPersistentModelIndex
ROW: Final = int(Qt.ItemDataRole.UserRole) + 1
_ROW_HEIGHT: Final = 24
_COLUMN_WIDTH: Final = 104
_LINE_WIDTH: Final = 44
_HIDDEN_USE: Final = {Use.LEFT_OUT: "Left out"}


class PreviewModel(QAbstractTableModel):
    """Lines in rows, columns as the shape has them; as the lines have them where there is none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preview: TablePreview | None = None
        self._uses: list[Use] = []

    def show_preview(self, preview: TablePreview) -> None:
        self.beginResetModel()
        self._preview = preview
        shape = preview.shape
        if shape is not None:
            self._uses = [use_of(shape, column) for column in range(shape.columns)]
        else:
            self._uses = [Use.LEFT_OUT] * max((len(row.cells) for row in preview.rows), default=0)
        self.endResetModel()

    def use_at(self, column: int) -> Use:
        return self._uses[column]

    def row_at(self, row: int) -> PreviewRow:
        assert self._preview is not None
        return self._preview.rows[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() or self._preview is None else len(self._preview.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._uses)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or self._preview is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self._preview.rows[section].line)
        if self._preview.shape is None:
            return str(section + 1)
        return f"{section + 1} · {self._uses[section].value}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        cells = self.row_at(index.row()).cells
        return visible(cells[index.column()]) if index.column() < len(cells) else ""


class _Delegate(QStyledItemDelegate):
    """Values in ink, what is not read muted, headings bold, what is no number on the error's ground."""

    def __init__(self, look: Look, model: PreviewModel, parent: QObject) -> None:
        super().__init__(parent)
        self._ink = Ink(look)
        self._model = model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, use, ink = self._model.row_at(index.row()), self._model.use_at(index.column()), self._ink
        values = row.role == "values"
        faulty = index.column() in row.faulty
        ground = "error_tint" if faulty else "surface" if values else "sunken"
        ink.background(painter, option, ground)
        painter.fillRect(option.rect.adjusted(option.rect.width() - 1, 0, 0, 0), QBrush(ink.colour("border")))
        token = "error" if faulty else "text" if values and use is not Use.LEFT_OUT else "muted"
        face = Face.SMALL_MEDIUM if row.role in ("heading", "units") else Face.SMALL
        number = values and use in (Use.CHANNEL, Use.TIME)
        box = option.rect.toRectF().adjusted(8, 0, -8, 0)
        ink.text(painter, box, str(index.data() or ""), face, token, right=number)


class PreviewGrid(QTableView):
    """Whole columns are chosen, by mouse or with the arrow keys. `columns_chosen` carries their numbers from 0."""

    columns_chosen = Signal(tuple)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview = PreviewModel(self)
        self._updating = False
        self.setModel(self._preview)
        self.setItemDelegate(_Delegate(look, self._preview, self))
        self.setAccessibleName("First lines of the table")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        columns, lines = self.horizontalHeader(), self.verticalHeader()
        columns.setDefaultSectionSize(_COLUMN_WIDTH)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        lines.setDefaultSectionSize(_ROW_HEIGHT)
        lines.setMinimumSectionSize(_ROW_HEIGHT)
        lines.setFixedWidth(_LINE_WIDTH)
        lines.setHighlightSections(False)
        lines.setSectionsClickable(False)
        look.changed.connect(self.viewport().update)

    def show_preview(self, preview: TablePreview) -> None:
        """Show the lines; the columns that were chosen stay so, as far as they are still there."""
        chosen, current = self.chosen, self.currentIndex()
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._updating = True
        self.clearSpans()
        self._preview.show_preview(preview)
        columns = self._preview.columnCount()
        for number, row in enumerate(preview.rows):
            if row.role == "comment" and columns > 1:
                self.setSpan(number, 0, 1, columns)
        selection = QItemSelection()
        for column in chosen:
            if column < columns and preview.rows:
                top, bottom = self._preview.index(0, column), self._preview.index(len(preview.rows) - 1, column)
                selection.select(top, bottom)
        self.selectionModel().select(selection, self.selectionModel().SelectionFlag.ClearAndSelect)
        place = self._preview.index(current.row(), current.column())
        if place.isValid():
            self.selectionModel().setCurrentIndex(place, self.selectionModel().SelectionFlag.NoUpdate)
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)
        self._updating = False
        if self.chosen != chosen:
            self.columns_chosen.emit(self.chosen)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The columns that are selected."""
        return tuple(sorted({index.column() for index in self.selectionModel().selectedColumns()}))

    def keyboardSearch(self, search: str) -> None:
        """Nothing: the lines are not for searching."""

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._updating:
            self.columns_chosen.emit(self.chosen)
