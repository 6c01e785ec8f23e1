"""Signals with their label and what a model said instead: suspected wrong labels, and what two versions differ in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from sigdesk.app.rows import ROW, ClassMark
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.ink import SWATCH, Face
from sigdesk.ui.rows.table import HEAD_HEIGHT, ROW_HEIGHT, CellDelegate, RowTable, text_box
from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look

Index = QModelIndex | QPersistentModelIndex

_COLUMNS: Final = (
    Column(220, 120, 3, elide=Qt.TextElideMode.ElideMiddle),
    Column(150, 90, 2),
    Column(150, 90, 2),
    Column(88, 72, right=True),
)


class AnswerRow(Struct, frozen=True):
    """A signal, two classes that it was given, and a figure to it; `value` is what is handed out when it is opened."""

    signal: str
    first: ClassMark
    second: ClassMark
    figure: str
    value: object


class _Model(QAbstractTableModel):
    def __init__(self, titles: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._rows: tuple[AnswerRow, ...] = ()

    def put(self, rows: Sequence[AnswerRow]) -> None:
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, _: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            texts = (row.signal, row.first.title, row.second.title, row.figure)
            return visible(texts[index.column()])
        return None


class _Delegate(CellDelegate):
    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex, row: object) -> None:
        if isinstance(row, AnswerRow) and index.column() in (1, 2):
            box = QRectF(text_box(rect, _COLUMNS[index.column()]))
            mark = row.first if index.column() == 1 else row.second
            self.ink.swatch(painter, box.left(), box.center().y(), mark)
            box.setLeft(box.left() + SWATCH + 8)
            self.ink.text(painter, box, visible(mark.title), Face.SMALL, "text")
        else:
            self.plain(painter, rect, index, Face.SMALL_MEDIUM if index.column() == 0 else Face.SMALL, "text")


class AnsweredTable(RowTable):
    """As high as its rows, up to `most`; then it scrolls. Listen to `row_opened`, which carries an AnswerRow."""

    def __init__(
        self, look: Look, name: str, titles: Sequence[str], most: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, _COLUMNS, name, parent)
        self._most = most
        self._rows = _Model(titles, self)
        self.setItemDelegate(_Delegate(look, self))
        self.set_model(self._rows)

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        self._rows.put(rows)
        self.setFixedHeight(HEAD_HEIGHT + ROW_HEIGHT * min(max(1, len(rows)), self._most) + 2)
