"""Signals that come portion by portion stand where they would stand had they come at once, and reset nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtTest import QAbstractItemModelTester

from sigdesk.app.rows import ROW, GroupRow, SignalRow
from sigdesk.app.session import Session
from sigdesk.app.signals_model import SignalsModel
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase


def recording(name: str, folder: str) -> Recording:
    path = Path("/data") / folder / name
    return Recording(name, path, (Channel("x"),), 9, TimeBase(100.0), ArraySource(np.zeros((1, 9))), "CSV")


def told(model: SignalsModel) -> list[str]:
    rows = [model.index(place).data(ROW) for place in range(model.rowCount())]
    return [f"{row.name} ({row.count})" if isinstance(row, GroupRow) else row.name for row in rows]


@pytest.fixture
def session(qapp: object) -> Session:
    return Session()


@pytest.fixture
def model(session: Session) -> SignalsModel:
    model = SignalsModel(session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def test_portions_go_to_the_end_without_a_reset(session: Session, model: SignalsModel) -> None:
    session.add([recording("a.csv", "A")])
    resets: list[object] = []
    model.modelReset.connect(lambda: resets.append(None))

    session.add([recording("b.csv", "A"), recording("c.csv", "B")])
    (last,) = session.add([recording("d.csv", "B")])

    assert told(model) == ["A (2)", "a.csv", "b.csv", "B (2)", "c.csv", "d.csv"]
    assert model.index_of(last).row() == 5
    assert model.groups_among(1, 5) == [3]
    assert resets == []


def test_what_belongs_further_up_goes_there(session: Session, model: SignalsModel) -> None:
    session.add([recording("a.csv", "A"), recording("b.csv", "B")])

    session.add([recording("c.csv", "A")])

    assert told(model) == ["A (2)", "a.csv", "c.csv", "B (1)", "b.csv"]


def test_a_folded_group_grows_in_its_count_only(session: Session, model: SignalsModel) -> None:
    session.add([recording("a.csv", "A")])
    model.toggle_group("A")

    session.add([recording("b.csv", "A"), recording("c.csv", "B")])

    assert told(model) == ["A (2)", "B (1)", "c.csv"]


def test_signals_that_come_back_take_their_old_places(session: Session, model: SignalsModel) -> None:
    session.add([recording("a.csv", "A"), recording("b.csv", "A")])
    removed = session.remove([1])

    session.restore(removed)

    assert told(model) == ["A (2)", "a.csv", "b.csv"]


def test_a_filter_holds_for_what_comes_later(session: Session, model: SignalsModel) -> None:
    session.add([recording("a1.csv", "A")])
    model.set_filter("1")

    session.add([recording("a2.csv", "A"), recording("b1.csv", "A")])

    assert told(model) == ["A (2)", "a1.csv", "b1.csv"]
    assert all(isinstance(model.index(place).data(ROW), SignalRow) for place in (1, 2))


def test_of_what_changed_views_are_told_in_the_stretches_in_which_it_stands(
    session: Session, model: SignalsModel
) -> None:
    ids = session.add([recording(f"{number}.csv", "A") for number in range(40)])
    told_of: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told_of.append((first.row(), last.row())))

    session.touch([ids[4], ids[2], ids[3], ids[30]])
    assert told_of == [(3, 5), (31, 31)]  # the head of the group is the first row

    told_of.clear()
    session.touch(ids[1::2])
    assert told_of == [(2, 40)], "many stretches are told of as one"
