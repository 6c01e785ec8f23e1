"""The Labels list as a Qt model: the labels of one signal, or of several, filtered by words and sorted by a column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from sigdesk.app.rows import ROW, LabelSpan
from sigdesk.app.sorting import Order
from sigdesk.app.titled_columns import Index, TitledColumns
from sigdesk.signals.describe import format_count, format_number, format_time
from sigdesk.signals.names import printable_name

COLUMNS: Final = ("Signal", "Start", "Length", "Label", "By", "Confidence", "Note")
_DECIMALS: Final = 3


class SignalLabels(Struct, frozen=True):
    """The labels of a signal. `unit` is that of their times, "" for sample numbers."""

    signal_id: int
    name: str
    unit: str
    spans: Sequence[LabelSpan]


Row = tuple[SignalLabels, LabelSpan]


class LabelsModel(TitledColumns):
    """Rows are LabelSpan under `ROW`, signal by signal and by their start unless sorted. `count_changed` carries how
    many labels there are, filtered out or not."""

    titles = COLUMNS

    count_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._signals: Sequence[SignalLabels] = ()
        self._rows: list[Row] = []
        self._place: dict[tuple[int, str], int] = {}
        self._words: list[str] = []
        self._order = Order()
        self.total = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        signal, span = self._rows[index.row()]
        if role == ROW:
            return span
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cell(signal, span, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and COLUMNS[index.column()] == "Note":
            return span.note
        return None

    def show(self, signals: Sequence[SignalLabels]) -> None:
        """These are the labels now."""
        was, self.total = self.total, sum(len(signal.spans) for signal in signals)
        self._signals = signals
        self._lay_out()
        if self.total != was:
            self.count_changed.emit(self.total)

    def set_filter(self, text: str) -> None:
        """Show labels of which signal, class, name, note or author hold every word of `text`; "unsure" finds those."""
        self._words = text.casefold().split()
        self._lay_out()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 brings the order of time back."""
        self._order = Order.of(column, order, COLUMNS)
        self._lay_out()

    def ids_at(self, rows: Iterable[int]) -> list[tuple[int, str]]:
        """The ids of the signals and of the labels of these rows."""
        return [_id(self._rows[row]) for row in rows]

    def rows_of(self, signal_id: int, ids: Iterable[str]) -> list[int]:
        """The rows of labels of a signal, from top to bottom; those that are filtered out have none."""
        keys = [(signal_id, label_id) for label_id in ids]
        return sorted(self._place[key] for key in keys if key in self._place)

    def _lay_out(self) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [_id(self._rows[index.row()]) for index in held]
        rows = [(each, span) for each in self._signals for span in each.spans if self._words_are_in(each, span)]
        if self._order:
            column = COLUMNS[self._order.column]
            keys = {_id(row): self._order.key(_value(*row, column), place) for place, row in enumerate(rows)}
            rows.sort(key=lambda row: keys[_id(row)], reverse=self._order.descending)
        self._rows = rows
        self._place = {_id(row): place for place, row in enumerate(rows)}
        for index, label in zip(held, ids, strict=True):
            place = self._place.get(label)
            moved = QModelIndex() if place is None else self.index(place, index.column())
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _words_are_in(self, signal: SignalLabels, span: LabelSpan) -> bool:
        if not self._words:
            return True
        name = signal.name if len(self._signals) > 1 else ""
        text = (
            f"{name} {span.mark.title} {span.title} {span.note} {author_words(span)} {'unsure' if span.unsure else ''}"
        )
        text = text.casefold()
        return all(word in text for word in self._words)


def _id(row: Row) -> tuple[int, str]:
    return row[0].signal_id, row[1].id


def _cell(signal: SignalLabels, span: LabelSpan, column: int) -> str:
    match COLUMNS[column]:
        case "Signal":
            return signal.name
        case "Start":
            return _time(span.start, signal.unit)
        case "Length":
            return _time(span.stop - span.start, signal.unit)
        case "Label":
            return label_words(span)
        case "By":
            return author_words(span)
        case "Confidence":
            return "–" if span.confidence is None else f"{span.confidence:.0%}"
    return printable_name(span.note)


def _time(time: float, unit: str) -> str:
    if not unit:
        return format_count(round(time))
    return format_time(time, _DECIMALS) if unit == "s" else f"{format_number(time, _DECIMALS)} {unit}"


def label_words(span: LabelSpan) -> str:
    """What a label is called: "Start-up 3 (Idle)", or its class alone."""
    title = printable_name(span.mark.title)
    return f"{printable_name(span.title)} ({title})" if span.title else title


def author_words(span: LabelSpan) -> str:
    """Who says it, and whether it was checked."""
    if span.by_you:
        return "You"
    return "Model, checked" if span.settled else "Model"


def _value(signal: SignalLabels, span: LabelSpan, column: str) -> Any:
    """What a row sorts by in a column, None where there is nothing."""
    match column:
        case "Signal":
            return signal.name.casefold()
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
