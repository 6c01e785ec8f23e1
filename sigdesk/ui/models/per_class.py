"""How well each class is recognised: precision, recall and F1 as figures and bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from sigdesk.app.rows import ROW, ClassMark
from sigdesk.classifiers.manifest import ClassScore
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.ink import SWATCH, Face
from sigdesk.ui.rows.table import HEAD_HEIGHT, ROW_HEIGHT, CellDelegate, RowTable, text_box
from sigdesk.ui.rows.wording import NONE, percent, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.numbers import grouped

Index = QModelIndex | QPersistentModelIndex

_TITLES: Final = ("Class", "Precision", "Recall", "F1", "Tested")
_COLUMNS: Final = (
    Column(124, 84, 2),
    Column(136, 64, 2),
    Column(136, 64, 2),
    Column(60, 52, right=True),
    Column(60, 48, right=True),
)
_FIGURE: Final = 48
_LEAST_BAR: Final = 24
_FROM: Final = 0.5
"""Bars start at 50 %: what is less is no recognition."""
_WEAK: Final = 0.04
"""A figure that lies so far below the mean of all is weak."""


class ClassRow(Struct, frozen=True):
    """A class and its figures; `weak_precision` and `weak_recall` stand out from the others'."""

    mark: ClassMark
    score: ClassScore
    weak_precision: bool = False
    weak_recall: bool = False


def class_rows(marks: Sequence[ClassMark], scores: Sequence[ClassScore]) -> list[ClassRow]:
    """The classes with their figures, and which of those are weak."""
    tested = [one for one in scores if one.tested]
    if not tested:
        return [ClassRow(mark, score) for mark, score in zip(marks, scores, strict=True)]
    precision = sum(one.precision for one in tested) / len(tested) - _WEAK
    recall = sum(one.recall for one in tested) / len(tested) - _WEAK
    return [
        ClassRow(mark, one, bool(one.tested) and one.precision < precision, bool(one.tested) and one.recall < recall)
        for mark, one in zip(marks, scores, strict=True)
    ]


class _Model(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[ClassRow] = []

    def put(self, rows: list[ClassRow]) -> None:
        if [row.mark for row in rows] != [row.mark for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_TITLES) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(self, section: int, _: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return _TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cells(row)[index.column()]
        return None


class _Delegate(CellDelegate):
    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex, row: object) -> None:
        if not isinstance(row, ClassRow):
            return
        box = text_box(rect, _COLUMNS[index.column()])
        match index.column():
            case 0:
                self.ink.swatch(painter, box.left(), box.center().y(), row.mark)
                box.setLeft(box.left() + SWATCH + 8)
                self.ink.text(painter, box, visible(row.mark.title), Face.SMALL, "text")
            case 1:
                self._paint_share(painter, box, row.score.precision, row.weak_precision, row.score.tested)
            case 2:
                self._paint_share(painter, box, row.score.recall, row.weak_recall, row.score.tested)
            case column:
                self.plain(painter, rect, index, Face.SMALL, "text" if column == 3 else "muted")

    def _paint_share(self, painter: QPainter, box: QRectF, share: float, weak: bool, tested: int) -> None:
        figure = QRectF(box)
        figure.setRight(box.left() + _FIGURE)
        self.ink.text(painter, figure, percent(share, 1) if tested else NONE, Face.SMALL, "text", right=True)
        bar = QRectF(figure.right() + 8, round(box.center().y()) - 4, 0, 8)
        bar.setRight(min(box.right(), bar.left() + 72))
        if tested and bar.width() >= _LEAST_BAR:
            self.ink.bar(painter, bar, (share - _FROM) / (1 - _FROM), "warn_bar" if weak else "pen_quiet")


class PerClass(RowTable):
    """As high as its rows."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, _COLUMNS, "Per class", parent)
        self._rows = _Model(self)
        self.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.setItemDelegate(_Delegate(look, self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_model(self._rows)

    def show_rows(self, rows: list[ClassRow]) -> None:
        self._rows.put(rows)
        self.setFixedHeight(HEAD_HEIGHT + ROW_HEIGHT * len(rows) + 2)

    def mark_class(self, place: int) -> None:
        """Show the row of a class as the chosen one."""
        self.selectRow(place)


def _cells(row: ClassRow) -> tuple[str, ...]:
    one = row.score
    shares = [percent(share, 1) if one.tested else NONE for share in (one.precision, one.recall, one.f1)]
    return (visible(row.mark.title), *shares, grouped(one.tested))
