"""The Results table sorts by a column, keeps what is chosen, and finds back to its own order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from sigdesk.app.results_model import COLUMNS, ResultsModel
from sigdesk.app.rows import ROW, ClassMark, ResultRow

DESCENDING = Qt.SortOrder.DescendingOrder
FAN, PUMP = ClassMark("fan", "Fan", 0), ClassMark("pump", "Pump", 1)


def result(signal_id: int, mark: ClassMark = FAN, confidence: float | None = 0.5, stretch: str = "Whole") -> ResultRow:
    return ResultRow(
        f"j{signal_id}", signal_id, f"s{signal_id}.csv", stretch, mark, confidence, False, None, None, "M 1", "10:00:00"
    )


def ids(model: ResultsModel) -> list[int]:
    return [model.index(place, 0).data(ROW).signal_id for place in range(model.rowCount())]


@pytest.fixture
def model() -> ResultsModel:
    model = ResultsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.put(
        [(10, [result(10, PUMP, 0.4)]), (9, [result(9, FAN, None)]), (2, [result(2, FAN, 0.9)]), (3, [result(3, PUMP)])]
    )
    return model


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        ("Signal", [2, 3, 9, 10], [10, 9, 3, 2]),
        ("Label", [9, 2, 10, 3], [3, 10, 2, 9]),
        ("Confidence", [10, 3, 2, 9], [2, 3, 10, 9]),
        ("Runner-up", [2, 3, 9, 10], [10, 9, 3, 2]),
    ],
)
def test_each_column_sorts_both_ways(model: ResultsModel, column: str, up: list[int], down: list[int]) -> None:
    model.sort(COLUMNS.index(column))
    assert ids(model) == up
    model.sort(COLUMNS.index(column), DESCENDING)
    assert ids(model) == down
    model.sort(-1)
    assert ids(model) == [10, 9, 2, 3]


def test_new_results_find_their_place_and_the_chosen_row_stays(model: ResultsModel) -> None:
    model.sort(COLUMNS.index("Confidence"))
    chosen = QPersistentModelIndex(model.index(1, 0))
    assert chosen.data(ROW).signal_id == 3

    model.put([(4, [result(4, confidence=0.1)]), (3, [result(3, confidence=0.95)])])

    assert ids(model) == [4, 10, 2, 3, 9]
    assert (chosen.row(), chosen.data(ROW).signal_id) == (3, 3)
    model.forget([3])
    assert not chosen.isValid()
    assert ids(model) == [4, 10, 2, 9]


def test_windows_of_one_signal_keep_their_order_where_they_are_equal(model: ResultsModel) -> None:
    model.put([(5, [result(5, PUMP, stretch=f"{at} s") for at in ("0–1", "1–2", "2–3")])])
    model.sort(COLUMNS.index("Signal"))

    assert [model.index(place, 1).data() for place in range(2, 5)] == ["0–1 s", "1–2 s", "2–3 s"]


def test_twenty_thousand_results_sort() -> None:
    model = ResultsModel()
    model.put([(number, [result(number, confidence=number * 7919 % 20000 / 20000)]) for number in range(20_000)])

    model.sort(COLUMNS.index("Confidence"))

    assert model.index(0, 0).data(ROW).confidence == 0.0
