"""The Results table and the list of problems as Qt models."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from sigdesk.app.rows import ROW, ProblemRow, ResultRow
from sigdesk.app.sorting import Key, Order, result_value

Index = QModelIndex | QPersistentModelIndex

_MOST_WINDOWS: Final = 1 << 32
"""More than a signal ever has; what makes one number of a signal and a window."""

COLUMNS: Final = ("Signal", "Stretch", "Label", "Confidence", "Runner-up", "Model", "Time")


class ResultsModel(QAbstractTableModel):
    """Rows are ResultRow under `ROW`: for each signal the results of its latest job."""

    count_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_signal: dict[int, Sequence[ResultRow]] = {}
        self._rows: list[ResultRow] = []
        self._order = Order()
        self._keys: dict[int, list[Key]] = {}
        """Sorting keys by signal, made once a result; empty in the natural order."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cells(row)[index.column()]
        return None

    def put(self, results: Iterable[tuple[int, Sequence[ResultRow]]]) -> None:
        """Set the results of signals. New signals go to the end; a signal that had some is shown anew."""
        fresh: list[ResultRow] = []
        anew = False
        for signal_id, rows in results:
            anew = anew or signal_id in self._by_signal
            self._by_signal[signal_id] = rows
            self._keys.pop(signal_id, None)
            fresh.extend(rows)
        if anew or (fresh and self._order):
            self._rebuild()
        elif fresh:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()
            self.count_changed.emit(len(self._rows))

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
        for row in self._rows:
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

    def _rebuild(self) -> None:
        self._lay_out()
        self.count_changed.emit(len(self._rows))

    def _lay_out(self) -> None:
        """All rows in their order; what is chosen stays chosen, also where its row is made anew."""
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [_identity(self._rows[index.row()]) for index in held]
        self._rows = [row for rows in self._by_signal.values() for row in rows]
        if self._order:
            self._rows = self._sorted(self._rows)
        if held:
            wanted = set(ids)
            places = {name: place for place, row in enumerate(self._rows) if (name := _identity(row)) in wanted}
            for index, name in zip(held, ids, strict=True):
                place = places.get(name)
                moved = QModelIndex() if place is None else self.index(place, index.column())
                self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _sorted(self, rows: list[ResultRow]) -> list[ResultRow]:
        """`rows` are all rows in their natural order."""
        column, keys = COLUMNS[self._order.column], []
        for signal_id, own in self._by_signal.items():
            known = self._keys.get(signal_id)
            if known is None:
                known = self._keys[signal_id] = [
                    self._order.key(result_value(row, column), signal_id * _MOST_WINDOWS + place)
                    for place, row in enumerate(own)
                ]
            keys += known
        places = sorted(range(len(rows)), key=keys.__getitem__, reverse=self._order.descending)
        return [rows[place] for place in places]


def _identity(row: ResultRow) -> tuple[int, str]:
    return row.signal_id, row.stretch


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

    def put(self, problems: Iterable[ProblemRow], gone: Iterable[str] = ()) -> None:
        """Add problems, each in place of an older one of the same key, and drop those whose keys are `gone`."""
        new = {problem.key: problem for problem in problems}
        dropped = set(gone) - set(new)
        if not new and not any(row.key in dropped for row in self._rows):
            return
        self.beginResetModel()
        rest = [row for row in self._rows if row.key not in new and row.key not in dropped]
        self._rows = [*reversed(new.values()), *rest]
        self.endResetModel()
        self.count_changed.emit(len(self._rows))
