"""The Log: a ring that says what it dropped, filtered by job, level and text, appended without a reset."""

from __future__ import annotations

from PySide6.QtTest import QAbstractItemModelTester

from sigdesk.app.log_model import LogModel
from sigdesk.app.rows import ROW, LogRow
from sigdesk.pool.jobs import Origin
from sigdesk.protocol import Level


def line(text: str, job: int = 1, origin: Origin = Origin.LOG, level: Level = Level.INFO) -> LogRow:
    return LogRow("14:32:05.871", f"j{job}", job, 2, origin, level, text)


def texts(model: LogModel) -> list[str]:
    return [model.index(place).data(ROW).text for place in range(model.rowCount())]


def test_new_lines_are_appended_and_the_oldest_leave() -> None:
    model = LogModel(kept_lines=5)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.append([line(f"line {number}") for number in range(4)])
    model.append([line(f"line {number}") for number in range(4, 8)])

    assert texts(model) == [f"line {number}" for number in range(3, 8)]
    assert model.dropped == 3


def test_a_frame_larger_than_the_ring_leaves_its_end() -> None:
    model = LogModel(kept_lines=5)
    model.append([line(f"line {number}") for number in range(12)], dropped=100)

    assert texts(model) == [f"line {number}" for number in range(7, 12)]
    assert model.dropped == 107


def test_filters_by_job_level_and_text_work_together() -> None:
    model = LogModel()
    model.append(
        [
            line("forest loaded", 1),
            line("plain words", 1, Origin.OUT),
            line("sensor gap", 2, level=Level.WARNING),
            line("stuck at zero", 2, Origin.ERROR),
            line("Failed after 0.04 s", 2, Origin.JOB),
        ]
    )

    model.show_job("j2")
    assert texts(model) == ["sensor gap", "stuck at zero", "Failed after 0.04 s"]
    model.show_levels(["ERROR"])
    assert texts(model) == ["stuck at zero"]
    model.show_job("")
    model.show_levels(["LOG", "OUT", "ERROR"])
    model.find_text("FOREST")
    assert texts(model) == ["forest loaded"]


def test_lines_that_come_while_a_filter_holds_are_filtered_too() -> None:
    model = LogModel()
    model.show_job("j1")
    model.append([line("mine", 1), line("other", 2)])

    assert texts(model) == ["mine"]
    model.show_job("")
    assert texts(model) == ["mine", "other"], "what was filtered out is not lost"


def test_counts_are_those_of_the_job_that_is_shown() -> None:
    model = LogModel()
    counts: list[dict[str, int]] = []
    model.counts_changed.connect(counts.append)
    model.append([line("a", 1), line("b", 2), line("c", 2, Origin.ERROR), line("d", 2, Origin.STDERR)])
    model.show_job("j2")

    assert counts[-1] == {"LOG": 1, "OUT": 1, "ERROR": 1}


def has_lines(model: LogModel) -> bool:
    """Asked anew each time, which a type checker does not believe of a property."""
    return model.has_lines


def test_stored_lines_of_a_job_stand_in_for_its_own_until_another_is_shown() -> None:
    model = LogModel()
    model.append([line("now", 1)])
    model.show_job("j2")
    assert texts(model) == []
    assert has_lines(model) is False

    model.show_stored([line("long ago", 2), line("stuck", 2, Origin.ERROR)])
    assert texts(model) == ["long ago", "stuck"]
    assert has_lines(model) is True
    model.show_levels(["ERROR"])
    assert texts(model) == ["stuck"]

    model.show_levels(["LOG", "OUT", "ERROR"])
    model.show_job("")
    assert texts(model) == ["now"]


def test_a_line_comes_back_as_it_was_given_whatever_its_job_is_called() -> None:
    rows = [
        LogRow("14:32:05.871", "01KAY3ZQ-000017", 17, 0, Origin.JOB, Level.INFO, "Done: up"),
        LogRow("14:32:05.872", "01KAY3ZR-1234567", 1234567, 2, Origin.OUT, Level.DEBUG, "another run"),
        LogRow("14:32:05.873", "", 0, 3, Origin.STDERR, Level.WARNING, "of no job"),
        LogRow("14:32:05.874", "17", 17, 1, Origin.ERROR, Level.INFO, "an id of its own"),
        LogRow("14:32:05.875", "a-17", 17, 1, Origin.LOG, Level.INFO, "a number that is not filled up"),
    ]
    model = LogModel(kept_lines=7)
    for _ in range(3):  # the ring goes round
        model.append(rows)

    there = [model.index(place).data(ROW) for place in range(model.rowCount())]
    assert there == [*rows[3:], *rows]
    assert model.lines_of("17") == [rows[3], rows[3]]


def test_what_leaves_the_ring_leaves_a_filtered_view_too() -> None:
    model = LogModel(kept_lines=4)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_job("j1")
    model.append([line("mine", 1), line("other", 2), line("mine too", 1)])
    model.append([line("other", 2), line("other", 2), line("mine last", 1)])

    assert texts(model) == ["mine too", "mine last"]
    model.append([line("other", 2)] * 9)
    assert texts(model) == []


def test_stored_lines_stand_before_what_comes_of_the_job_meanwhile() -> None:
    model = LogModel(kept_lines=4)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.append([line("of another", 2)])
    model.show_job("j1")
    model.show_stored([line("old", 1), line("older", 1)])
    model.append([line("new", 1)])

    assert texts(model) == ["old", "older", "new"]
    model.append([line("of another", 2)] * 3 + [line("newest", 1)])
    assert texts(model) == ["old", "older", "newest"], "what leaves the ring goes"
    model.show_job("")
    assert texts(model) == ["of another"] * 3 + ["newest"]
