"""The table of the jobs of all runs: pages, what is new on top, what this session knows better, and its bound."""

from __future__ import annotations

from typing import Any

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from sigdesk.app.history_model import HistoryModel, HistoryRow
from sigdesk.app.rows import ROW, JobRow
from sigdesk.pool.jobs import JobState


def row(number: int, state: JobState = JobState.SUCCEEDED, **fields: Any) -> HistoryRow:
    known: dict[str, Any] = {"signal": f"pump-{number}.wav", "model": "Pump", "version": "1.0.0", "created": 1e9}
    return HistoryRow(id=f"R-{number:06d}", number=number, signal_id=0, state=state, **(known | fields))


def model_of(*numbers: int, live: dict[str, JobRow] | None = None, kept_rows: int = 100) -> HistoryModel:
    model = HistoryModel((live or {}).get, kept_rows=kept_rows)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.append([row(number) for number in numbers])
    return model


def numbers(model: HistoryModel) -> list[int]:
    return [model.index(place, 0).data(ROW).number for place in range(model.rowCount())]


def test_pages_follow_each_other_and_more_is_asked_for_once(qtbot: QtBot) -> None:
    model = model_of(9, 8, 7)
    assert not model.canFetchMore()

    model.set_has_more(True)
    with qtbot.waitSignal(model.more_wanted):
        model.fetchMore()
    assert not model.canFetchMore(), "the answer is on its way"
    model.append([row(6), row(5)])
    assert numbers(model) == [9, 8, 7, 6, 5]


def test_what_is_new_comes_on_top_and_what_has_changed_is_shown_in_its_place() -> None:
    model = model_of(3, 2, 1)
    model.put_on_top([row(5), row(4), row(3, JobState.FAILED, cause="stuck"), row(2)])

    assert numbers(model) == [5, 4, 3, 2, 1]
    assert model.index(2, 3).data() == "Failed stuck"


def test_it_keeps_no_more_than_it_may() -> None:
    model = model_of(*range(8, 0, -1), kept_rows=5)
    assert numbers(model) == [8, 7, 6, 5, 4]
    assert model.is_full
    model.set_has_more(True)
    assert not model.canFetchMore()

    model.put_on_top([row(9), row(8)])
    assert numbers(model) == [9, 8, 7, 6, 5]


def test_this_session_knows_its_own_jobs_better() -> None:
    live = JobRow("R-000002", 2, 7, "pump-2.wav", "Pump", "1.0.0", JobState.RUNNING, progress=0.5, worker=1)
    model = model_of(2, 1, live={live.id: live})

    ours, other = (model.index(place, 3).data(ROW) for place in (0, 1))
    assert (ours.state, ours.progress, ours.can_cancel, ours.can_retry) == (JobState.RUNNING, 0.5, True, False)
    assert (other.can_cancel, other.can_retry) == (False, True)


def test_what_an_earlier_run_has_left_can_be_run_but_not_cancelled() -> None:
    for state in (JobState.QUEUED, JobState.INTERRUPTED):
        left = row(1, state)
        assert (left.can_cancel, left.can_retry, left.ended_for_good) == (False, True, False)


def test_cells_say_when_and_how_long() -> None:
    nothing: dict[str, JobRow] = {}
    model = HistoryModel(nothing.get)
    model.append([row(1, run_s=0.14, worker=2, result_text="Cavitation", confidence=0.91)])

    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells[:3] == ["1", "pump-1.wav", "Pump 1.0.0"]
    assert cells[3] == "Done Cavitation 91%"
    assert cells[4] == "2"
    assert cells[5].startswith("2001-09-0")
    assert cells[6] == "0.14 s"
