"""The confusion matrix: a row a label, a column what the model said. A cell can be chosen, and its signals shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from sigdesk.app.rows import ClassMark
from sigdesk.ui.rows.ink import Face, Ink
from sigdesk.ui.rows.wording import plain_tooltip, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel
from sigdesk.ui.widgets.numbers import grouped

Index = QModelIndex | QPersistentModelIndex
Matrix = NDArray[np.int64]

ROW_HEIGHT: Final = 28
_ROW_LEAST: Final = 24
_MANY: Final = 10
"""More classes than this get lower rows."""
_HEAD_HEIGHT: Final = 44
_NAME_WIDTH: Final = 132
_NAME_LEAST, _NAME_MOST = 96, 220
_TO_NAME: Final = 56
"""Pixels of colour and place before a name, and its margin."""
_CELL_LEAST, _CELL_USUAL, _CELL_MOST = 24, 36, 64
_CELL_MARGIN: Final = 8
_NEAR_WHITE: Final = 0.15
"""The least of the error's colour in a cell that holds a mistake."""


class _MatrixModel(QAbstractTableModel):
    """Counts; heads carry the ClassMark."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.marks: tuple[ClassMark, ...] = ()
        self.counts: Matrix = np.zeros((0, 0), np.int64)

    def put(self, marks: tuple[ClassMark, ...], counts: Matrix) -> None:
        if marks != self.marks:
            self.beginResetModel()
            self.marks, self.counts = marks, counts
            self.endResetModel()
        else:
            self.counts = counts
            self.dataChanged.emit(self.index(0, 0), self.index(len(marks) - 1, len(marks) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.marks)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.marks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return int(self.counts[index.row(), index.column()])
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return plain_tooltip(self.words(index.row(), index.column()))
        return None

    def headerData(self, section: int, _: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return visible(self.marks[section].title)
        return None

    def words(self, row: int, column: int) -> str:
        """ "3 Misalignment signals were called Imbalance."."""
        count, title = int(self.counts[row, column]), visible(self.marks[row].title)
        noun = f"{grouped(count)} {title} signal{'' if count == 1 else 's'} {'was' if count == 1 else 'were'}"
        return f"{noun} recognised." if row == column else f"{noun} called {visible(self.marks[column].title)}."


class _Cells(QStyledItemDelegate):
    """The diagonal in the accent, mistakes in the error's colour, the more the larger their share of the row."""

    def __init__(self, look: Look, view: QTableView) -> None:
        super().__init__(view)
        self._ink = Ink(look)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = self._view.model()
        assert isinstance(model, _MatrixModel)
        row, column = index.row(), index.column()
        count, of_row = int(model.counts[row, column]), int(model.counts[row].sum())
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground(row == column, count / max(1, of_row)))
        painter.drawRoundedRect(box, 2, 2)
        if self._view.currentIndex() == index:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._ink.colour("text"), 1.5))
            painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 2, 2)
        if count:
            right = row == column
            painter.setPen(self._ink.colour("on_accent" if right else "text"))
            painter.setFont(self._ink.font(Face.SMALL_BOLD if right else Face.SMALL_MEDIUM))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), grouped(count))
        painter.restore()

    def _ground(self, right: bool, share: float) -> QColor:
        if share == 0:
            return self._ink.colour("sunken")
        if right:
            return self._ink.colour("accent")
        ground, most = self._ink.colour("error_tint"), self._ink.colour("error")
        part = min(1.0, share * 2) * (1 - _NEAR_WHITE) * 0.6
        return QColor(*(round(a + (b - a) * part) for a, b in zip(_rgb(ground), _rgb(most), strict=True)))


class _Head(QHeaderView):
    """Classes: along the left their colour, place and name, along the top colour and place."""

    def __init__(self, look: Look, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._ink = Ink(look)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        if orientation is Qt.Orientation.Horizontal:
            self.setFixedHeight(_HEAD_HEIGHT)
        else:
            self.setFixedWidth(_NAME_WIDTH)
            self.setMinimumSectionSize(_ROW_LEAST)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        if not isinstance(model, _MatrixModel):
            return
        painter.save()
        painter.fillRect(rect, self._ink.colour("surface"))
        mark, place = model.marks[section], str(section + 1)
        if self.orientation() is Qt.Orientation.Horizontal:
            self._ink.swatch(painter, rect.center().x() - 5, rect.top() + 12, mark)
            painter.setFont(self._ink.font(Face.CAPTION))
            painter.setPen(self._ink.colour("text_2"))
            box = QRect(rect.left(), rect.top() + 20, rect.width(), 18)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), place)
        else:
            middle = rect.center().y() + 0.5
            self._ink.swatch(painter, rect.left() + 8, middle, mark)
            box_f = QRectF(rect).adjusted(26, 0, 0, 0)
            self._ink.text(painter, box_f, place, Face.SMALL, "text_2")
            box_f.setLeft(box_f.left() + self._ink.width("00" if len(model.marks) > 9 else "0", Face.SMALL) + 6)
            box_f.setRight(rect.right() - 4)
            self._ink.text(painter, box_f, visible(mark.title), Face.SMALL, "text")
        painter.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._ink.colour("surface"))
        painter.end()
        super().paintEvent(event)


class _View(QTableView):
    opened = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Confusion matrix")
        self.setProperty("role", "matrix")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalHeader(_Head(look, Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(_Head(look, Qt.Orientation.Vertical, self))
        self.horizontalHeader().setMinimumSectionSize(_CELL_LEAST)
        self._ink = Ink(look)
        self.setItemDelegate(_Cells(look, self))

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    @property
    def least_width(self) -> int:
        """The pixels that it needs to show all columns at once."""
        return _NAME_LEAST + self.model().columnCount() * self._least_cell()

    def fit(self, width: int) -> None:
        """Share `width` out: names and cells give way before anything has to be scrolled. As high as its rows."""
        columns = self.model().columnCount()
        if not columns:
            return
        least = self._least_cell()
        spare = width - columns * max(least, _CELL_USUAL)
        usual = spare >= _NAME_WIDTH
        name = min(self._name_width(), spare) if usual else min(max(width - columns * least, _NAME_LEAST), _NAME_WIDTH)
        self.verticalHeader().setFixedWidth(name)
        self.horizontalHeader().setDefaultSectionSize(min(max((width - name) // columns, least), _CELL_MOST))
        row = ROW_HEIGHT if columns <= _MANY else _ROW_LEAST
        self.verticalHeader().setDefaultSectionSize(row)
        scrolls = self.least_width > width
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if scrolls else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(policy)
        bar = self.horizontalScrollBar().sizeHint().height() if scrolls else 2
        self.setFixedHeight(_HEAD_HEIGHT + row * columns + bar)
        self.updateGeometries()  # Qt does not hear of the head's new width by itself

    def _name_width(self) -> int:
        """The pixels that the longest name takes with its colour and place."""
        model = self.model()
        assert isinstance(model, _MatrixModel)
        longest = max(self._ink.width(visible(mark.title), Face.SMALL) for mark in model.marks)
        return min(max(round(longest) + _TO_NAME, _NAME_WIDTH), _NAME_MOST)

    def _least_cell(self) -> int:
        model = self.model()
        assert isinstance(model, _MatrixModel)
        widest = grouped(int(model.counts.max(initial=0)))
        return max(_CELL_LEAST, round(self._ink.width(widest, Face.SMALL_BOLD)) + _CELL_MARGIN)


class ConfusionMatrix(QWidget):
    """As high as its rows. `cell_chosen` carries row and column; `signals_requested` too, when its signals are to be
    shown (None: there is nothing to show them of)."""

    cell_chosen = Signal(int, int)
    signals_requested = Signal(int, int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _MatrixModel(self)
        self.view = _View(look, self)
        self.view.setModel(self._model)
        self._note = ElidedLabel("", "secondary")
        self._show = ActionButton(look, "Show them", kind="link")
        self._can_show = False
        self._own_choice = self._choosing = False
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 4, 0, 0)
        foot.setSpacing(6)
        foot.addWidget(IconLabel(look, "info", "muted", 14))
        foot.addWidget(self._note)
        foot.addWidget(self._show)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view)
        column.addWidget(self._foot)
        column.addStretch(1)
        self._show.clicked.connect(self._on_show)
        self.view.opened.connect(self._on_show)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.doubleClicked.connect(self._on_show)

    def show_matrix(self, marks: Sequence[ClassMark], counts: Matrix, *, can_show: bool) -> None:
        """Show counts of shape (classes, classes). `can_show`: it is known which signals stand in a cell."""
        if tuple(marks) != self._model.marks:
            self._own_choice = False
        self._can_show = can_show
        self._model.put(tuple(marks), counts)
        self.view.fit(self.width())
        if not self._own_choice:
            self._choose_worst()
        self._tell()

    @property
    def words(self) -> str:
        """What is said of the chosen cell."""
        return self._note.whole_text

    @property
    def least_width(self) -> int:
        """The pixels that it needs to show all columns at once."""
        return self.view.least_width

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.fit(self.width())

    def sizeHint(self) -> QSize:
        return QSize(_NAME_WIDTH + 40 * max(2, len(self._model.marks)), super().sizeHint().height())

    def _choose_worst(self) -> None:
        """The commonest mistake is what is looked at first."""
        mistakes = self._model.counts.copy()
        np.fill_diagonal(mistakes, 0)
        if mistakes.any():
            row, column = np.unravel_index(int(mistakes.argmax()), mistakes.shape)
            self._choosing = True
            self.view.setCurrentIndex(self._model.index(int(row), int(column)))
            self._choosing = False

    def _on_current_changed(self, index: QModelIndex) -> None:
        self._own_choice = self._own_choice or not self._choosing
        self._tell()
        if index.isValid():
            self.cell_chosen.emit(index.row(), index.column())

    def _tell(self) -> None:
        index = self.view.currentIndex()
        some = index.isValid() and bool(self._model.counts[index.row(), index.column()])
        if index.isValid():
            words = self._model.words(index.row(), index.column()) if some else "No signal stands in this cell."
            self._note.set_text(words)
        self._foot.setVisible(index.isValid())
        self._show.setVisible(some and self._can_show)

    def _on_show(self) -> None:
        index = self.view.currentIndex()
        if index.isValid() and self._can_show and self._model.counts[index.row(), index.column()]:
            self.signals_requested.emit(index.row(), index.column())


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
