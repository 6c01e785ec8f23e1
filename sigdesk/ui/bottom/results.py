"""The Results tab: what every signal, or every stretch of it, was called, and how sure the model is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from sigdesk.app.rows import ClassMark, ResultRow
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.ink import SWATCH, Face
from sigdesk.ui.rows.table import CellDelegate, RowTable, text_box
from sigdesk.ui.rows.wording import NONE, percent, visible
from sigdesk.ui.theme.look import Look

COLUMNS: Final = (
    Column(146, 110, 3, elide=Qt.TextElideMode.ElideMiddle),
    Column(110, 72, 1),
    Column(128, 96, 2),
    Column(120, 118),
    Column(148, 116, 2, goes=2),
    Column(146, 90, 2, goes=1),
    Column(76, 76),
)
_SIGNAL, _STRETCH, _LABEL, _CONFIDENCE, _RUNNER_UP = range(5)
_BAR_WIDTH = 56


class ResultDelegate(CellDelegate):
    """Classes with their swatch, confidence as a bar and a figure."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex, row: object) -> None:
        if not isinstance(row, ResultRow):
            return
        box = text_box(rect, COLUMNS[index.column()])
        match index.column():
            case 0:
                self.plain(painter, rect, index, Face.SMALL_MEDIUM, "text")
            case 2:
                self._paint_class(painter, box, row.mark, "", Face.SMALL_MEDIUM, "text")
            case 3:
                self._paint_confidence(painter, box, row)
            case 4 if row.runner_up is not None:
                share = "" if row.runner_up_confidence is None else percent(row.runner_up_confidence)
                self._paint_class(painter, box, row.runner_up, share, Face.SMALL, "text_2")
            case _:
                self.plain(painter, rect, index, Face.SMALL, "text_2" if index.column() == _STRETCH else "muted")

    def _paint_class(self, painter: QPainter, box: QRectF, mark: ClassMark, share: str, face: Face, token: str) -> None:
        self.ink.swatch(painter, box.left(), box.center().y(), mark)
        box.setLeft(box.left() + SWATCH + 8)
        title = QRectF(box)
        title.setRight(box.right() - (self.ink.width(share, Face.SMALL) + 4 if share else 0))
        box.setLeft(box.left() + self.ink.text(painter, title, visible(mark.title), face, token) + 4)
        self.ink.text(painter, box, share, Face.SMALL, "muted")

    def _paint_confidence(self, painter: QPainter, box: QRectF, row: ResultRow) -> None:
        if row.confidence is None:
            self.ink.text(painter, box, NONE, Face.SMALL, "muted")
            return
        bar = QRectF(box.left(), round(box.center().y() - 3), _BAR_WIDTH, 6)
        self.ink.bar(painter, bar, row.confidence, "warn_bar" if row.unsure else "pen_quiet")
        box.setLeft(bar.right() + 8)
        face, token = (Face.SMALL_MEDIUM, "warn") if row.unsure else (Face.SMALL, "text_2")
        self.ink.text(painter, box, percent(row.confidence), face, token)


class ResultsTable(RowTable):
    """`signal_activated` comes with a double click or Enter."""

    signal_activated = Signal(int)
    copy_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, COLUMNS, "Results", parent)
        self.setItemDelegate(ResultDelegate(look, self))
        self.row_opened.connect(self._on_row_opened)
        self.copy_wanted.connect(self.copy_rows)

    def copy_rows(self) -> None:
        """Hand out the selected rows, or all of them, as a table that a spreadsheet takes."""
        model = self.model()
        chosen = sorted({index.row() for index in self.selectedIndexes()}) or range(model.rowCount())
        head = "\t".join(str(model.headerData(c, self.horizontalHeader().orientation())) for c in range(len(COLUMNS)))
        lines = ["\t".join(str(model.index(r, c).data()) for c in range(len(COLUMNS))) for r in chosen]
        if lines:
            self.copy_requested.emit("\n".join([head, *lines]))

    def _on_row_opened(self, row: object) -> None:
        if isinstance(row, ResultRow):
            self.signal_activated.emit(row.signal_id)
