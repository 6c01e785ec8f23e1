"""The Results table and the list of problems as Qt models."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)

from sigdesk.app.rows import ROW, ProblemRow, ResultRow
from sigdesk.app.sorting import Key, Order, result_value
from sigdesk.app.titled_columns import Index, TitledColumns

_MOST_WINDOWS: Final = 1 << 32
"""More than a signal ever has; what makes one number of a signal and a window."""
_MADE: Final = 256
"""Rows that are kept as they were made: those in view are asked for again with every cell."""

COLUMNS: Final = ("Signal", "Stretch", "Label", "Confidence", "Runner-up", "Model", "Time")


MakeRow = Callable[[Any, int, int], ResultRow]


def _as_it_is(rows: Any, _signal_id: int, place: int) -> ResultRow:
    row = rows[place]
    assert isinstance(row, ResultRow)
    return row


class ResultsModel(TitledColumns):
    """Rows are ResultRow under `ROW`: for each signal the results of its latest job.

    The table holds what was given to it of each signal and makes a row of it when somebody looks: of thousands a dozen
    are in view.
    """

    titles = COLUMNS

    count_changed = Signal(int)

    def __init__(self, parent: QObject | None = None, *, make_row: MakeRow = _as_it_is) -> None:
        """`make_row` makes a row of what was given of a signal: of its one result or of its sequence, with the signal's
        id, that at a place."""
        super().__init__(parent)
        self._make_row = make_row
        self._by_signal: dict[int, Any] = {}
        self._places = array("q")
        """What stands in each row: the signal, and which of its results, as one number."""
        self._made: dict[int, ResultRow] = {}
        self._order = Order()
        self._keys: dict[int, list[Key]] = {}
        """Sorting keys by signal, made once a result; empty in the natural order."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._row(index.row())
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cells(row)[index.column()]
        return None

    def put(self, results: Iterable[tuple[int, Any]]) -> None:
        """Set the results of signals: of each a sequence, or what stands for one result. New signals go to the end;
        those of a signal that had some take their place."""
        given = dict(results)
        if not given:
            return
        # Thousands come in a second: what is done for each is left to the dictionaries themselves.
        known = self._by_signal
        changed = [signal_id for signal_id in given if signal_id in known]
        new = {signal_id: rows for signal_id, rows in given.items() if signal_id not in known}
        before = [_count(known[signal_id]) for signal_id in changed]
        as_many = before == [_count(given[signal_id]) for signal_id in changed]
        known.update(given)
        if self._order or not as_many:
            for signal_id in given:
                self._keys.pop(signal_id, None)
            self._rebuild()
            return
        self._made.clear()
        if changed:
            # Where they stand is not looked for: a view paints anew what it shows of so many.
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._places) - 1, len(COLUMNS) - 1))
        self._append(new)

    def _append(self, new: Mapping[int, Any]) -> None:
        places: list[int] = []
        begin = len(self._places)
        for signal_id, rows in new.items():
            places += range(signal_id * _MOST_WINDOWS, signal_id * _MOST_WINDOWS + _count(rows))
        if places:
            self.beginInsertRows(QModelIndex(), begin, begin + len(places) - 1)
            self._places.extend(places)
            self.endInsertRows()
            self.count_changed.emit(len(self._places))

    def forget(self, signal_ids: Iterable[int]) -> None:
        """Signals were taken off the desk, or have no label any more."""
        ids = list(signal_ids)
        gone = [self._by_signal.pop(signal_id, None) for signal_id in ids]
        for signal_id in ids:
            self._keys.pop(signal_id, None)
        if any(rows is not None for rows in gone):
            self._rebuild()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 brings the order of the signals' first results back."""
        self._order = Order.of(column, order, COLUMNS)
        self._keys.clear()
        self._lay_out()

    def as_csv(self) -> str:
        """The whole table as CSV text, one line a row, confidence as a fraction."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(
            ("signal", "stretch", "label", "confidence", "runner_up", "runner_up_confidence", "model", "time")
        )
        for number in range(len(self._places)):
            row = self._at(number)
            writer.writerow(
                (
                    row.signal,
                    row.stretch,
                    row.mark.name,
                    "" if row.confidence is None else f"{row.confidence:.4f}",
                    row.runner_up.name if row.runner_up else "",
                    "" if row.runner_up_confidence is None else f"{row.runner_up_confidence:.4f}",
                    row.model,
                    row.time,
                )
            )
        return text.getvalue()

    def _row(self, number: int) -> ResultRow:
        row = self._made.get(number)
        if row is None:
            if len(self._made) >= _MADE:
                self._made.clear()
            row = self._made[number] = self._at(number)
        return row

    def _at(self, number: int) -> ResultRow:
        signal_id, place = divmod(self._places[number], _MOST_WINDOWS)
        return self._make_row(self._by_signal[signal_id], signal_id, place)

    def _rebuild(self) -> None:
        self._lay_out()
        self.count_changed.emit(len(self._places))

    def _lay_out(self) -> None:
        """All rows in their order; what is chosen stays chosen, also where its row is made anew."""
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        whats = [self._places[index.row()] for index in held]
        self._made.clear()
        places: list[int] = []
        for signal_id, rows in self._by_signal.items():
            places += range(signal_id * _MOST_WINDOWS, signal_id * _MOST_WINDOWS + _count(rows))
        self._places = array("q", self._sorted(places) if self._order else places)
        if held:
            wanted = set(whats)
            found = {what: number for number, what in enumerate(self._places) if what in wanted}
            for index, what in zip(held, whats, strict=True):
                number = found.get(what)
                moved = QModelIndex() if number is None else self.index(number, index.column())
                self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _sorted(self, places: list[int]) -> list[int]:
        """`places` are all rows in their natural order."""
        column, keys = COLUMNS[self._order.column], []
        for signal_id, own in self._by_signal.items():
            known = self._keys.get(signal_id)
            if known is None:
                known = self._keys[signal_id] = [
                    self._order.key(
                        result_value(self._make_row(own, signal_id, place), column), signal_id * _MOST_WINDOWS + place
                    )
                    for place in range(_count(own))
                ]
            keys += known
        order = sorted(range(len(places)), key=keys.__getitem__, reverse=self._order.descending)
        return [places[number] for number in order]


def _count(rows: Any) -> int:
    """How many results a signal has."""
    return len(rows) if isinstance(rows, Sequence) else 1


def _cells(row: ResultRow) -> tuple[str, ...]:
    runner_up = row.runner_up.title if row.runner_up else "–"
    return (
        row.signal,
        row.stretch,
        row.mark.title,
        "–" if row.confidence is None else f"{row.confidence:.0%}",
        f"{runner_up} {row.runner_up_confidence:.0%}" if row.runner_up_confidence is not None else runner_up,
        row.model,
        row.time,
    )


class ProblemsModel(QAbstractListModel):
    """What is wrong now, the latest first. Rows are ProblemRow under `ROW`; a cause that is gone takes its row."""

    count_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ProblemRow] = []
        self._known: set[str] = set()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.what} {row.way_out}"
        return None

    def holds(self, key: str) -> bool:
        """Whether there is a problem of this key."""
        return key in self._known

    def put(self, problems: Iterable[ProblemRow], gone: Iterable[str] = ()) -> None:
        """Add problems, each in place of an older one of the same key, and drop those whose keys are `gone`."""
        new = {problem.key: problem for problem in problems}
        dropped = set(gone) - set(new)
        if not new and self._known.isdisjoint(dropped):
            return
        self.beginResetModel()
        rest = [row for row in self._rows if row.key not in new and row.key not in dropped]
        self._rows = [*reversed(new.values()), *rest]
        self._known = {row.key for row in self._rows}
        self.endResetModel()
        self.count_changed.emit(len(self._rows))
