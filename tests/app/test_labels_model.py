"""The Labels list: what its cells say, its filter, its order, and that what is chosen stays chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt

from sigdesk.app.labels_model import COLUMNS, LabelsModel, SignalLabels
from sigdesk.app.rows import ROW, ClassMark, LabelSpan

IDLE, RUN = ClassMark("idle", "Idle", 0), ClassMark("run", "Run", 1)
SPANS = (
    LabelSpan(0.0, 3.0, IDLE, 0.9, id="m1"),
    LabelSpan(3.0, 6.5, RUN, 0.4, unsure=True, id="m2"),
    LabelSpan(3.0, 4.0, RUN, by_you=True, id="y", title="Surge 3", note="loose cable"),
)


@pytest.fixture
def model() -> LabelsModel:
    made = LabelsModel()
    made.show([SignalLabels(1, "pump.csv", "s", SPANS)])
    return made


def ids(model: LabelsModel) -> list[str]:
    return [model.index(row, 0).data(ROW).id for row in range(model.rowCount())]


def cells(model: LabelsModel, row: int) -> list[str]:
    return [str(model.index(row, column).data()) for column in range(len(COLUMNS))]


def test_what_the_cells_say(model: LabelsModel) -> None:
    assert cells(model, 1) == ["pump.csv", "3.000 s", "3.500 s", "Run", "Model", "40%", ""]
    assert cells(model, 2) == ["pump.csv", "3.000 s", "1.000 s", "Surge 3 (Run)", "You", "–", "loose cable"]
    model.show([SignalLabels(1, "pump.csv", "", (LabelSpan(100, 1200, IDLE, id="n"),))])
    assert cells(model, 0)[1:3] == ["100", "1\u2009100"], "sample numbers have no unit"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("run", ["m2", "y"]),
        ("unsure", ["m2"]),
        ("you", ["y"]),
        ("CABLE surge", ["y"]),
        ("x", []),
        ("", ["m1", "m2", "y"]),
    ],
)
def test_the_filter_wants_every_word(model: LabelsModel, text: str, found: list[str]) -> None:
    model.set_filter(text)
    assert ids(model) == found
    assert model.total == 3


def test_sorting_and_the_way_back(model: LabelsModel) -> None:
    model.sort(COLUMNS.index("Confidence"), Qt.SortOrder.DescendingOrder)
    assert ids(model) == ["m1", "m2", "y"], "without a value last"
    model.sort(COLUMNS.index("Length"))
    assert ids(model) == ["y", "m1", "m2"]
    model.sort(-1)
    assert ids(model) == ["m1", "m2", "y"]


def test_rows_are_followed_when_labels_change(model: LabelsModel) -> None:
    held = QPersistentModelIndex(model.index(2, 0))
    gone = QPersistentModelIndex(model.index(0, 0))
    model.show([SignalLabels(1, "pump.csv", "s", (LabelSpan(1, 2, RUN, by_you=True, id="new"), SPANS[2]))])
    assert held.data(ROW).id == "y"
    assert not gone.isValid()
    assert model.rows_of(1, ["y", "m1", "new"]) == [0, 1]


def test_labels_of_several_signals_are_found_by_the_signals_name(model: LabelsModel) -> None:
    model.set_filter("pump")
    assert ids(model) == [], "of one signal, its name says nothing"
    same = LabelSpan(0.0, 1.0, RUN, by_you=True, id="y")  # a copied label file has the same ids
    model.show([SignalLabels(1, "pump.csv", "s", SPANS), SignalLabels(2, "fan.csv", "s", (same,))])
    assert ids(model) == ["m1", "m2", "y"]
    model.set_filter("fan run")
    assert model.ids_at([0]) == [(2, "y")]
    model.set_filter("")
    model.sort(COLUMNS.index("Signal"))
    assert model.rows_of(2, ["y"]) == [0]
    assert model.rows_of(1, ["y"]) == [3]
    assert model.total == 4
