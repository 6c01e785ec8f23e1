"""The Labels tab: the labels of the signal that is shown, or of all, as a list to look through, filter and work on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from sigdesk.app.labels_model import LabelsModel, label_words
from sigdesk.app.rows import LabelSpan
from sigdesk.ui.bottom.tool_row import Tool, ToolRow
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.rows.ink import SWATCH, Face
from sigdesk.ui.rows.table import CellDelegate, RowTable, text_box
from sigdesk.ui.rows.wording import NONE, percent, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.search_field import SearchField

COLUMNS: Final = (
    Column(150, 90, 2, elide=Qt.TextElideMode.ElideMiddle),
    Column(96, 84, right=True),
    Column(96, 84, right=True),
    Column(190, 110, 3),
    Column(120, 84, goes=1),
    Column(96, 84),
    Column(200, 80, 4, goes=2),
)
_SIGNAL, _START, _LENGTH, _LABEL, _BY, _CONFIDENCE, _NOTE = range(7)
_PERSON: Final = 12
_ALL_TOOL: Final = Tool("All signals", "files", about="List the labels of all signals", checkable=True)
_NONE: Final = ("No labels yet.", "Press L and drag on the plot, or select a stretch and press 1 to 9.")
_UPDATE: Final = QItemSelectionModel.SelectionFlag


class LabelDelegate(CellDelegate):
    """Classes with their swatch, the operator's with the person; an unsure confidence in its colour."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex, span: object) -> None:
        if not isinstance(span, LabelSpan):
            return
        box = text_box(rect, COLUMNS[index.column()])
        match index.column():
            case 3:  # _LABEL
                self.ink.swatch(painter, box.left(), box.center().y(), span.mark)
                box.setLeft(box.left() + SWATCH + 8)
                face = Face.SMALL_BOLD if span.by_you else Face.SMALL_MEDIUM
                self.ink.text(painter, box, visible(label_words(span)), face, "text")
            case 4:  # _BY
                self._paint_author(painter, box, rect, index, span)
            case 5:  # _CONFIDENCE
                token = "warn" if span.unsure else "text_2"
                face = Face.SMALL_MEDIUM if span.unsure else Face.SMALL
                word = NONE if span.confidence is None else percent(span.confidence)
                self.ink.text(painter, box, f"{word} unsure" if span.unsure else word, face, token)
            case _:
                self.plain(painter, rect, index, Face.SMALL, "muted" if index.column() == _NOTE else "text_2")

    def _paint_author(self, painter: QPainter, box: QRectF, rect: QRect, index: QModelIndex, span: LabelSpan) -> None:
        if not span.by_you:
            self.plain(painter, rect, index, Face.SMALL, "muted")
            return
        self.ink.icon(painter, box.left(), box.center().y(), "user-fill", "accent_text", _PERSON)
        box.setLeft(box.left() + _PERSON + 4)
        self.ink.text(painter, box, "You", Face.SMALL_MEDIUM, "accent_text")


class LabelsTable(RowTable):
    """`chosen` carries the ids of the signals and labels that the operator has chosen here."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, COLUMNS, "Labels", parent)
        self._labels: LabelsModel | None = None
        self._showing = False
        self.setItemDelegate(LabelDelegate(look, self))
        self.leave_out(_SIGNAL)

    def show_labels(self, model: LabelsModel) -> None:
        self._labels = model
        self.set_model(model)
        # Rows that go, as those that a filter holds back, are no choice of the operator's.
        model.layoutAboutToBeChanged.connect(lambda: self._show_quietly(True))
        model.layoutChanged.connect(lambda: self._show_quietly(False))
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.clicked.connect(self._on_selection_changed)  # also one that is chosen already is to be shown

    def show_chosen(self, signal_id: int, ids: Sequence[str]) -> None:
        """These labels of a signal are chosen now, whoever chose them; the first one is scrolled to."""
        model = self._labels
        if model is None:
            return
        rows = model.rows_of(signal_id, ids)
        if rows == sorted({index.row() for index in self.selectionModel().selectedRows()}):
            return
        self._showing = True
        selection = QItemSelection()
        last = len(COLUMNS) - 1
        for first, end in _runs(rows):
            selection.select(model.index(first, 0), model.index(end, last))
        self.selectionModel().select(selection, _UPDATE.ClearAndSelect)
        if rows:
            self.selectionModel().setCurrentIndex(model.index(rows[0], 0), _UPDATE.NoUpdate)
            self.scrollTo(model.index(rows[0], 0))
        self._showing = False

    def _show_quietly(self, quietly: bool) -> None:
        self._showing = quietly

    def _on_selection_changed(self) -> None:
        if not self._showing and self._labels is not None:
            rows = sorted(index.row() for index in self.selectionModel().selectedRows())
            self.chosen.emit(self._labels.ids_at(rows))


class LabelsTab(QFrame):
    """`table` has the labels; `tools` stand beside the tabs. `opened` carries the ids of signal and label that were
    double clicked or entered, `menu_wanted` a place on the screen, `filter_changed` the text of the filter, and
    `all_signals_chosen` whether the labels of all signals are wanted. `appeared`: the list is to be seen now."""

    chosen = Signal(object)
    opened = Signal(int, str)
    menu_wanted = Signal(QPoint)
    filter_changed = Signal(str)
    all_signals_chosen = Signal(bool)
    appeared = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.table = LabelsTable(look)
        self.field = SearchField(look, "Filter labels")
        self.tools = ToolRow(look, (_ALL_TOOL,), self.field)
        self._labels: LabelsModel | None = None
        self._empty = EmptyState(look, *_NONE)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.table.chosen.connect(self.chosen)
        self.table.row_opened.connect(self._on_row_opened)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.tools.buttons[0].toggled.connect(self._on_all_toggled)
        self.field.textChanged.connect(self.filter_changed)
        self.field.textChanged.connect(self._say_what_is_there)
        self.field.left.connect(self._on_field_left)

    @property
    def lists_all(self) -> bool:
        """Whether the labels of all signals are listed."""
        return self.tools.buttons[0].isChecked()

    def list_all(self, wanted: bool) -> None:
        """List the labels of all signals, or of the one that is shown."""
        self.tools.buttons[0].setChecked(wanted)

    def set_model(self, model: LabelsModel) -> None:
        """Show the labels of a model."""
        self._labels = model
        self.table.show_labels(model)
        model.layoutChanged.connect(self._say_what_is_there)
        self._say_what_is_there()

    def show_chosen(self, signal_id: int, ids: Sequence[str]) -> None:
        """These labels of a signal are chosen now, whoever chose them."""
        self.table.show_chosen(signal_id, ids)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.appeared.emit()

    def _say_what_is_there(self) -> None:
        model = self._labels
        shown = model is not None and model.rowCount() > 0
        self._pages.setCurrentWidget(self.table if shown else self._empty)
        if model is not None and model.total and not shown:
            self._empty.say(f'No label matches "{self.field.text()}".')
        else:
            self._empty.say(*_NONE)

    def _on_field_left(self) -> None:
        """From the filter to what it has found."""
        self.table.setFocus()
        if self._labels is not None and self._labels.rowCount() and not self.table.selectedIndexes():
            self.table.selectRow(0)

    def _on_all_toggled(self, all_signals: bool) -> None:
        self.table.leave_out(*([] if all_signals else [_SIGNAL]))
        self.all_signals_chosen.emit(all_signals)

    def _on_row_opened(self, _: object) -> None:
        if self._labels is not None:
            self.opened.emit(*self._labels.ids_at([self.table.currentIndex().row()])[0])

    def _on_menu_requested(self, place: QPoint) -> None:
        if self.table.selectedIndexes():
            self.menu_wanted.emit(self.table.viewport().mapToGlobal(place))


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rows, in order, as first and last of those that follow each other."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
