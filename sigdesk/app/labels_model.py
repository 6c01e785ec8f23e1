"""The Labels list as a Qt model: the labels of the signal that is shown, filtered by words and sorted by a column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from sigdesk.app.rows import ROW, LabelSpan
from sigdesk.app.sorting import Order
from sigdesk.app.titled_columns import Index, TitledColumns
from sigdesk.signals.describe import format_count, format_number, format_time
from sigdesk.signals.names import printable_name

COLUMNS: Final = ("Start", "Length", "Label", "By", "Confidence", "Note")
_DECIMALS: Final = 3


class LabelsModel(TitledColumns):
    """Rows are LabelSpan under `ROW`, by their start unless sorted. `count_changed` carries how many labels there are,
    filtered out or not."""

    titles = COLUMNS

    count_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spans: Sequence[LabelSpan] = ()
        self._rows: list[LabelSpan] = []
        self._place: dict[str, int] = {}
        self._words: list[str] = []
        self._order = Order()
        self._unit = "s"

    @property
    def total(self) -> int:
        """All labels of the signal."""
        return len(self._spans)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        span = self._rows[index.row()]
        if role == ROW:
            return span
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._cell(span, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and COLUMNS[index.column()] == "Note":
            return span.note
        return None

    def show(self, spans: Sequence[LabelSpan], unit: str) -> None:
        """These are the labels now. `unit` is that of their times, "" for sample numbers."""
        was = len(self._spans)
        self._spans, self._unit = spans, unit
        self._lay_out()
        if len(spans) != was:
            self.count_changed.emit(len(spans))

    def set_filter(self, text: str) -> None:
        """Show labels of which class, name, note or author hold every word of `text`; "unsure" finds those."""
        self._words = text.casefold().split()
        self._lay_out()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 brings the order of time back."""
        self._order = Order.of(column, order, COLUMNS)
        self._lay_out()

    def ids_at(self, rows: Iterable[int]) -> list[str]:
        """The ids of the labels of these rows."""
        return [self._rows[row].id for row in rows]

    def rows_of(self, ids: Iterable[str]) -> list[int]:
        """The rows of labels, from top to bottom; those that are filtered out have none."""
        return sorted(self._place[label_id] for label_id in ids if label_id in self._place)

    def _lay_out(self) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in held]
        rows = [span for span in self._spans if self._words_are_in(span)]
        if self._order:
            keys = {
                span.id: self._order.key(_value(span, COLUMNS[self._order.column]), place)
                for place, span in enumerate(rows)
            }
            rows.sort(key=lambda span: keys[span.id], reverse=self._order.descending)
        self._rows = rows
        self._place = {span.id: place for place, span in enumerate(rows)}
        for index, label_id in zip(held, ids, strict=True):
            place = self._place.get(label_id)
            moved = QModelIndex() if place is None else self.index(place, index.column())
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _words_are_in(self, span: LabelSpan) -> bool:
        if not self._words:
            return True
        text = f"{span.mark.title} {span.title} {span.note} {author_words(span)} {'unsure' if span.unsure else ''}"
        text = text.casefold()
        return all(word in text for word in self._words)

    def _cell(self, span: LabelSpan, column: int) -> str:
        match COLUMNS[column]:
            case "Start":
                return self._time(span.start)
            case "Length":
                return self._time(span.stop - span.start)
            case "Label":
                return label_words(span)
            case "By":
                return author_words(span)
            case "Confidence":
                return "–" if span.confidence is None else f"{span.confidence:.0%}"
        return printable_name(span.note)

    def _time(self, time: float) -> str:
        if not self._unit:
            return format_count(round(time))
        return format_time(time, _DECIMALS) if self._unit == "s" else f"{format_number(time, _DECIMALS)} {self._unit}"


def label_words(span: LabelSpan) -> str:
    """What a label is called: "Start-up 3 (Idle)", or its class alone."""
    title = printable_name(span.mark.title)
    return f"{printable_name(span.title)} ({title})" if span.title else title


def author_words(span: LabelSpan) -> str:
    """Who says it, and whether it was checked."""
    if span.by_you:
        return "You"
    return "Model, checked" if span.settled else "Model"


def _value(span: LabelSpan, column: str) -> Any:
    """What a row sorts by in a column, None where there is nothing."""
    match column:
        case "Length":
            return span.stop - span.start
        case "Label":
            return label_words(span).casefold()
        case "By":
            return author_words(span)
        case "Confidence":
            return span.confidence
        case "Note":
            return span.note.casefold() or None
    return span.start
