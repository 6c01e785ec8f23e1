"""The Jobs table: open jobs on top in their order, ended ones below, the latest first; bounded and told in one go."""

from __future__ import annotations

import time
import tracemalloc

from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from sigdesk.app.jobs_model import COLUMNS, JobsModel, seconds_text
from sigdesk.app.rows import ROW, JobRow
from sigdesk.pool.jobs import JobState

DESCENDING = Qt.SortOrder.DescendingOrder
SIGNAL, STATE, WORKER, QUEUED = (COLUMNS.index(name) for name in ("Signal", "State", "Worker", "Queued"))


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


def test_more_jobs_come_without_a_new_layout_where_no_row_is_held() -> None:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.update_rows([row(1), row(2, JobState.SUCCEEDED)])
    laid_out: list[object] = []
    repainted: list[tuple[int, int]] = []
    model.layoutChanged.connect(lambda *_: laid_out.append(1))
    model.dataChanged.connect(lambda first, last, _: repainted.append((first.row(), last.row())))

    model.update_rows([row(3), row(4, JobState.SUCCEEDED)])

    assert numbers(model) == [1, 3, 4, 2]
    assert repainted == [(0, 1)], "the rows that were there before show others now"
    assert not laid_out


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
    forgotten: list[str] = []
    model.forgotten.connect(forgotten.extend)
    model.update_rows([row(number, JobState.SUCCEEDED) for number in range(1, 6)])

    assert numbers(model) == [5, 4, 3]
    assert forgotten == ["j1", "j2"]
    assert model.find("j1") is None


def test_jobs_that_came_and_went_leave_no_room_behind() -> None:
    waiting = [row(number) for number in range(20_000)]
    ended = [row(number, JobState.SUCCEEDED) for number in range(20_000)]
    few, many = JobsModel(kept_ended=2_000), JobsModel(kept_ended=2_000)

    tracemalloc.start()
    few.update_rows(ended[:2_000])
    room_of_few, _ = tracemalloc.get_traced_memory()
    for begin in range(0, 20_000, 4_000):
        many.update_rows(waiting[begin : begin + 4_000])
        for part in range(begin, begin + 4_000, 100):
            many.update_rows(ended[part : part + 100])
    room_of_both, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert numbers(many) == [*range(19_999, 17_999, -1)]
    assert room_of_both < 2.2 * room_of_few


def test_a_column_sorts_the_open_and_the_ended_alike_and_the_natural_order_comes_back() -> None:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.update_rows([row(1, signal="p10.csv"), row(2, signal="p9.csv"), row(3, signal="p2.csv"), row(4)])
    model.update_rows([row(3, JobState.SUCCEEDED, signal="p2.csv", run_s=0.5, worker=2)])
    natural = numbers(model)

    model.sort(SIGNAL)
    assert numbers(model) == [3, 2, 1, 4], "numbers inside names count as numbers"
    model.sort(SIGNAL, DESCENDING)
    assert numbers(model) == [4, 1, 2, 3]
    assert model.index(0, 0).data(ROW).place is None, "a place in line says nothing among sorted rows"
    model.sort(-1)
    assert numbers(model) == natural == [1, 2, 4, 3]


def test_rows_without_a_value_stand_last_both_ways_and_equal_ones_do_not_jump() -> None:
    model = JobsModel()
    model.update_rows([row(1, JobState.SUCCEEDED, worker=2), row(2), row(3, JobState.FAILED, worker=1), row(4)])

    model.sort(WORKER)
    assert numbers(model) == [3, 1, 2, 4]
    model.sort(WORKER, DESCENDING)
    assert numbers(model) == [1, 3, 4, 2]
    model.update_rows([row(5, JobState.SUCCEEDED, worker=2)])
    assert numbers(model) == [5, 1, 3, 4, 2]


def test_sorted_rows_move_to_their_place_as_jobs_end_and_what_is_chosen_stays_chosen() -> None:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.update_rows([row(1), row(2), row(3)])
    model.sort(STATE)
    chosen = QPersistentModelIndex(model.index(0, 0))

    model.update_rows([row(1, JobState.SUCCEEDED, result_text="Fan"), row(3, JobState.RUNNING)])
    model.update_rows([row(2, JobState.SUCCEEDED, result_text="Bearing")])

    assert numbers(model) == [3, 2, 1], "running, then done by label"
    assert chosen.data(ROW).number == 1


def test_the_filter_holds_while_sorted_and_what_is_forgotten_leaves_no_key() -> None:
    model = JobsModel(kept_ended=3)
    model.sort(SIGNAL, DESCENDING)
    model.update_rows([row(number, JobState.SUCCEEDED, signal=f"p{number % 2}.csv") for number in range(1, 6)])
    assert numbers(model) == [5, 3, 4]

    model.set_filter("p1")
    assert numbers(model) == [5, 3]
    model.sort(-1)
    assert numbers(model) == [5, 3]


def test_waiting_jobs_sort_by_how_long_they_have_waited_by_now() -> None:
    model = JobsModel()
    model.update_rows([row(1, queued_s=0.0), row(2, JobState.SUCCEEDED, queued_s=0.02)])
    model.sort(QUEUED)
    assert numbers(model) == [1, 2]
    time.sleep(0.05)  # time itself is what is tested

    model.tick()

    assert numbers(model) == [2, 1]


def test_twenty_thousand_rows_sort_and_stay_sorted_as_jobs_end() -> None:
    model = JobsModel()
    model.update_rows([row(number, signal=f"pump {number * 7919 % 20000}.csv") for number in range(20_000)])

    model.sort(SIGNAL)
    model.update_rows([row(number, JobState.SUCCEEDED, signal=f"pump {number}.csv") for number in range(128)])

    assert [model.index(place, 1).data() for place in (0, 19_999)] == ["pump 0.csv", "pump 19999.csv"]


def test_jobs_that_come_in_several_parts_find_their_places_with_the_last() -> None:
    model = JobsModel(kept_ended=3)
    model.update_rows([row(number) for number in range(1, 6)])
    model.update_rows([row(number, JobState.SUCCEEDED) for number in (1, 2, 3)], more=True)
    assert numbers(model) == [1, 2, 3, 4, 5]

    model.update_rows([row(4, JobState.SUCCEEDED)])

    assert numbers(model) == [5, 4, 3, 2]
    assert not model.holds("j1")


def test_of_two_words_of_one_job_in_one_update_the_later_counts() -> None:
    model = JobsModel()
    model.update_rows([row(1), row(2)])
    model.update_rows([row(1, JobState.RUNNING), row(2, JobState.SUCCEEDED), row(1, JobState.SUCCEEDED)])

    assert numbers(model) == [1, 2], "the later word's place is the later end's"
    assert {model.index(place, 0).data(ROW).state for place in range(2)} == {JobState.SUCCEEDED}
