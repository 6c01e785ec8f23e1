"""A preview shows the first lines of a table, how they are taken, and what comes of it, without reading the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sigdesk.errors import RecordingError
from sigdesk.signals import open_recordings
from sigdesk.signals.formats.table import recognise
from sigdesk.signals.remembered import RememberedReading
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.table_preview import corrected_preview, recognised_preview
from sigdesk.signals.tables.doubt import DOUBT
from sigdesk.signals.tables.layout import Given
from sigdesk.signals.tables.shape import MONTH_FIRST
from sigdesk.signals.tables.uses import Use, titled, use_of, with_use, without_time
from tests.signals.conftest import Write
from tests.signals.test_table_shape import LOGGER

LINES = Given(heading_line=3, units_line=4)


def test_each_line_says_what_it_is(write: Write) -> None:
    preview = recognised_preview(write(LOGGER))
    assert [row.role for row in preview.rows] == ["above", "comment", "heading", "units", *["values"] * 4]
    assert [row.line for row in preview.rows] == list(range(1, 9))
    assert preview.rows[2].cells == ("Nr", "Zeit", "Kraft", "Weg", "Notiz")
    assert (preview.heading_line, preview.units_line, preview.comments) == (3, 4, 1)
    assert preview.facts == "2 channels, at 100 Hz"
    assert not preview.problem


def test_what_is_given_is_kept_and_the_rest_recognised(write: Write) -> None:
    path = write(LOGGER)
    points = recognised_preview(path, Given(decimal_comma=False))
    assert points.shape is not None
    assert points.shape.channels == (3,), "1,5 is no number now"

    bare = recognised_preview(path, Given(heading_line=0, units_line=0))
    assert bare.shape is not None
    assert not any(bare.shape.headings)
    assert bare.shape.time is None, "nothing says any more that it is the time"

    commas = recognised_preview(path, Given(delimiter="|"))
    assert commas.shape is None
    assert "no rows of numbers" in commas.problem
    assert commas.rows[4].cells == ("1;0;1,5;10;a",)


def test_a_first_line_below_rows_that_were_taken_for_values(write: Write) -> None:
    path = write("0;0\n9;9\nt;u\n1;5\n2;6\n3;7\n")
    preview = recognised_preview(path, Given(first_line=4))
    assert preview.shape is not None
    assert preview.shape.headings == ("t", "u")
    assert preview.shape.time == 0


def test_cells_that_are_not_what_they_are_taken_for_are_named(write: Write) -> None:
    path = write(LOGGER)
    shape = replace(recognise(path), channels=(2, 3, 4))
    preview = corrected_preview(path, shape, LINES)
    assert "line 5, column 5 (Notiz)" in preview.problem
    assert preview.rows[4].faulty == {4}

    narrow = replace(recognise(path), headings=("a", "b"), units=("", ""), channels=(0, 1), time=None, time_unit="s")
    assert corrected_preview(path, narrow, LINES).rows[4].faulty == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"only words\nand more\n"])
def test_what_is_no_table_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(content)
    preview = recognised_preview(path)
    assert preview.problem
    assert preview.shape is None
    missing = recognised_preview(tmp_path / "gone.csv")
    assert "no such file" in missing.problem


def test_uses_of_columns_change_one_by_one(write: Write) -> None:
    shape = recognise(write(LOGGER))
    assert [use_of(shape, at) for at in range(5)] == [
        Use.LEFT_OUT,
        Use.TIME,
        Use.CHANNEL,
        Use.CHANNEL,
        Use.LEFT_OUT,
    ]
    moved = with_use(shape, [0], Use.TIME)
    assert (moved.time, moved.channels) == (0, (1, 2, 3))
    assert with_use(shape, [2, 3], Use.LEFT_OUT).channels == ()
    assert with_use(shape, [4], Use.CLASS).label == 4
    assert without_time(shape).channels == (1, 2, 3)
    assert with_use(shape, [0], Use.DATE).date == 0
    assert titled(shape, 2, "Force", "kN").units[2] == "kN"
    for changed in (moved, without_time(shape), with_use(shape, [0], Use.DATE)):
        changed.check()


def test_dates_that_can_be_read_in_two_ways_are_said_and_settled(write: Write) -> None:
    path = write("date,v\n01/02/2026,1\n02/02/2026,4\n03/02/2026,5\n")
    (recording,) = open_recordings(path)
    assert "Day and month" in recording.metadata[DOUBT]
    (american,) = open_recordings(path, table=replace(recognise(path), time_unit=MONTH_FIRST))
    assert DOUBT not in american.metadata
    assert american.start_time is not None
    assert (american.start_time.month, american.start_time.day) == (1, 2)
    (plain,) = open_recordings(write("date,v\n01/02/2026,1\n13/02/2026,4\n", "plain.csv"))
    assert DOUBT not in plain.metadata


def test_commas_that_may_be_decimal_commas_are_said(write: Write) -> None:
    (recording,) = open_recordings(write("1,5\n3,2\n2,8\n1,9\n"))
    assert "decimal commas" in recording.metadata[DOUBT]
    for text in ("a,b\n1,5\n3,2\n2,8\n", "0,5\n1,2\n2,8\n3,9\n", "1.5,5\n3,2\n2,8\n"):
        (sure,) = open_recordings(write(text))
        assert DOUBT not in sure.metadata, text


def test_what_is_remembered_holds_for_one_file_or_for_all_alike(write: Write, tmp_path: Path) -> None:
    one, other = write(LOGGER, "one.csv"), write(LOGGER.replace("1,5", "7,5"), "other.csv")
    wav_like = write("v\n1\n2\n", "plain.csv")
    remembered, shelf = RememberedReading(tmp_path / "reading"), Shelf()
    recognised = recognise(one)
    remembered.tables.remember(recognised, replace(recognised, channels=(2,)))
    assert [len(remembered.open(path, shelf)[0].channels) for path in (one, other, wav_like)] == [1, 1, 1]
    remembered.tables.remember_one(one, replace(recognised, channels=(0, 2, 3)))
    assert [len(remembered.open(path, shelf)[0].channels) for path in (one, other)] == [3, 1]
    assert remembered.alike(recognised, [one, other, wav_like, tmp_path / "gone"]) == [one, other]
    remembered.tables.forget(recognised, one)
    assert [len(remembered.open(path, shelf)[0].channels) for path in (one, other)] == [2, 2]


def test_samples_of_another_shape_are_not_taken_from_the_shelf(write: Write) -> None:
    path, shelf = write(LOGGER), Shelf()
    (before,) = open_recordings(path, shelf)
    (after,) = open_recordings(path, shelf, table=replace(recognise(path), channels=(3, 0)[:1]))
    assert before.read()[0].tolist() == [1.5, 2.5, 3.5, 4.5]
    assert after.read()[0].tolist() == [10, 11, 12, 13]
    with pytest.raises(RecordingError):
        after.read(0, 5)
