"""The Jobs table: open jobs on top in their order, ended ones below, the latest first; bounded and told in one go."""

from __future__ import annotations

from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from sigdesk.app.jobs_model import COLUMNS, JobsModel, seconds_text
from sigdesk.app.rows import ROW, JobRow
from sigdesk.pool.jobs import JobState


def row(number: int, state: JobState = JobState.QUEUED, **more: object) -> JobRow:
    fields = {"signal": f"s{number}.csv", "model": "Pump", "version": "1.0"} | more
    return JobRow(id=f"j{number}", number=number, signal_id=number, state=state, **fields)  # type: ignore[arg-type]


def numbers(model: JobsModel) -> list[int]:
    return [model.index(place, 0).data(ROW).number for place in range(model.rowCount())]


def test_open_jobs_stand_on_top_and_the_latest_end_below_them() -> None:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.update_rows([row(1), row(2), row(3), row(4)])
    model.update_rows([row(1, JobState.RUNNING), row(2, JobState.RUNNING)])
    model.update_rows([row(2, JobState.SUCCEEDED)])
    model.update_rows([row(1, JobState.FAILED), row(3, JobState.RUNNING)])

    assert numbers(model) == [3, 4, 1, 2]
    assert model.index(1, 0).data(ROW).place == 1, "job 4 is the next in line"


def test_a_chosen_row_stays_chosen_when_rows_move() -> None:
    model = JobsModel()
    model.update_rows([row(1), row(2)])
    chosen = QPersistentModelIndex(model.index(1, 0))

    model.update_rows([row(1, JobState.SUCCEEDED)])

    assert chosen.data(ROW).number == 2
    assert chosen.row() == 0


def test_progress_repaints_without_moving_rows() -> None:
    model = JobsModel()
    model.update_rows([row(1, JobState.RUNNING), row(2)])
    moved: list[object] = []
    repainted: list[tuple[int, int]] = []
    model.layoutChanged.connect(lambda *_: moved.append(1))
    model.dataChanged.connect(lambda first, last, _: repainted.append((first.row(), last.row())))

    model.update_rows([row(1, JobState.RUNNING, progress=0.5)])

    assert not moved
    assert repainted == [(0, 0)]
    assert model.index(0, 0).data(ROW).progress == 0.5


def test_the_filter_looks_at_everything_that_a_row_shows() -> None:
    model = JobsModel()
    model.update_rows(
        [row(1, JobState.FAILED, cause="Script error"), row(2, JobState.SUCCEEDED, result_text="Fan 91%")]
    )

    model.set_filter("script")
    assert numbers(model) == [1]
    model.set_filter("fan done")
    assert numbers(model) == [2]
    model.set_filter("")
    assert numbers(model) == [2, 1]


def test_cells_say_what_tables_show() -> None:
    model = JobsModel()
    model.update_rows(
        [row(7, JobState.SUCCEEDED, result_text="Fan", confidence=0.91, worker=2, queued_s=0.3, run_s=0.04)]
    )
    cells = [model.index(0, column).data(Qt.ItemDataRole.DisplayRole) for column in range(len(COLUMNS))]

    assert cells == ["7", "s7.csv", "Pump 1.0", "Done Fan 91%", "2", "0.30 s", "0.04 s", ""]
    assert seconds_text(None) == "–"
    assert (seconds_text(1.94), seconds_text(207.3)) == ("1.9 s", "03:27")


def test_what_ended_long_ago_is_forgotten() -> None:
    model = JobsModel(kept_ended=3)
    model.update_rows([row(number, JobState.SUCCEEDED) for number in range(1, 6)])

    assert numbers(model) == [5, 4, 3]
    assert model.find("j1") is None
