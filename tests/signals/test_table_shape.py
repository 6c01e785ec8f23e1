"""What is recognised in a table is a value that can be looked at, corrected, read by, and remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, TimeBase, open_recordings
from sigdesk.signals.formats.table import first_rows, recognise
from sigdesk.signals.tables.memory import ShapeMemory
from sigdesk.signals.tables.shape import ShapeError, TableShape
from tests.signals.conftest import Write

LOGGER = (
    "Datenlogger 7\n# operator: Kim\nNr;Zeit;Kraft;Weg;Notiz\n;ms;N;mm;\n"
    "1;0;1,5;10;a\n2;10;2,5;11;b\n3;20;3,5;12;c\n4;30;4,5;13;d\n"
)


def test_a_loggers_file_is_recognised_whole(write: Write) -> None:
    shape = recognise(write(LOGGER))
    assert shape == TableShape(
        delimiter=";",
        decimal_comma=True,
        first_line=5,
        headings=("Nr", "Zeit", "Kraft", "Weg", "Notiz"),
        units=("", "ms", "N", "mm", ""),
        channels=(2, 3),
        time=1,
        time_unit="ms",
    )


@pytest.mark.parametrize(
    "text",
    [
        LOGGER,
        "t [s],a\n0,1\n0.5,2\n1,3\n",
        "# rate: 500\na b\n1 2\n3 4\n5 6\n",
        "when,v\n2026-03-01T10:00:00Z,1\n2026-03-01T10:00:01Z,2\n",
        "date\ttime\tv\n01.03.2026\t10:00:00\t1,5\n01.03.2026\t10:00:02\t2,5\n",
        "timestamp,v\n1767225600000,1\n1767225600100,2\n",
        ",".join(f"c{at}" for at in range(3000)) + "\n" + "\n".join(",".join(["1.5"] * 3000) for _ in range(5)) + "\n",
    ],
)
def test_reading_by_what_was_recognised_gives_what_reading_gives(write: Write, text: str) -> None:
    path = write(text)
    (plain,) = open_recordings(path)
    (by_shape,) = open_recordings(path, table=recognise(path))
    assert by_shape.channels == plain.channels
    assert by_shape.time_base == plain.time_base
    assert by_shape.start_time == plain.start_time
    np.testing.assert_array_equal(by_shape.read(), plain.read())


def test_what_was_recognised_wrongly_is_corrected(write: Write) -> None:
    path = write("7 header\na,b,c\n0,5,1\n2,6,1\n4,7,1\n")
    recognised = recognise(path)
    corrected = replace(
        recognised, headings=("clock", "U", "keep out"), units=("ms", "V", ""), channels=(1,), time=0, time_unit="ms"
    )
    (recording,) = open_recordings(path, table=corrected)
    assert recording.channels == (Channel("U", "V"),)
    assert recording.time_base == TimeBase(rate_hz=500)
    assert recording.metadata["columns left out"] == "keep out"
    np.testing.assert_array_equal(recording.read(), [[5, 6, 7]])

    (later,) = open_recordings(path, table=replace(corrected, first_line=corrected.first_line + 1))
    assert later.length == 2
    (rated,) = open_recordings(path, table=replace(recognised, time=None, channels=(0, 1, 2), rate_hz=8.0))
    assert rated.time_base == TimeBase(rate_hz=8.0)
    assert len(rated.channels) == 3


def test_numbers_that_count_from_1970_and_texts_that_are_dates_can_be_said(write: Write) -> None:
    path = write("x,v\n1767225600,1\n1767225601,2\n1767225602,3\n")
    shape = replace(recognise(path), time=0, time_unit="epoch", channels=(1,))
    (recording,) = open_recordings(path, table=shape)
    assert recording.start_time == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(RecordingError, match="cannot be read as you say: it has no dates or times in column 1"):
        open_recordings(path, table=replace(shape, time_unit="date"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channels": ()}, "it has no channel"),
        ({"channels": (9,)}, "it has no column 10, only 5"),
        ({"channels": (1, 2)}, "it uses a column for two things"),
        ({"delimiter": "x"}, "it cannot be cut at 'x'"),
        ({"time_unit": "weeks"}, "it counts its times in 'weeks'"),
        ({"first_line": 99}, "has no line 99 to begin with"),
        ({"units": ()}, "it has 5 columns, but 0 units"),
        ({"rate_hz": -1.0}, "it has a rate of -1.0 Hz"),
        ({"channels": (2, 3, 4)}, "line 5, column 5 (Notiz): “a” is not a number"),
        ({"delimiter": ","}, "in line 5"),
    ],
)
def test_a_shape_that_does_not_fit_says_what_is_wrong(write: Write, change: dict[str, object], said: str) -> None:
    path = write(LOGGER)
    with pytest.raises(RecordingError) as refused:
        open_recordings(path, table=replace(recognise(path), **change))
    assert said in refused.value.what
    assert refused.value.way_out


def test_the_first_rows_are_cut_for_a_preview(write: Write) -> None:
    path = write(LOGGER)
    rows = first_rows(path, recognise(path), 2)
    assert rows == [["Datenlogger 7"], ["# operator: Kim"], ["Nr", "Zeit", "Kraft", "Weg", "Notiz"],
                    ["", "ms", "N", "mm", ""], ["1", "0", "1,5", "10", "a"], ["2", "10", "2,5", "11", "b"]]  # fmt: skip


def test_a_correction_is_remembered_for_files_of_the_same_shape(write: Write, tmp_path: Path) -> None:
    memory = ShapeMemory(tmp_path / "home" / "tables.json")
    recognised = recognise(write(LOGGER))
    corrected = replace(recognised, channels=(3,), headings=("Nr", "Zeit", "Kraft", "Hub", "Notiz"))
    assert memory.recall(recognised) is None
    memory.remember(recognised, corrected)

    taller = recognise(write("One more line\n" + LOGGER, name="next.csv"))
    again = ShapeMemory(tmp_path / "home" / "tables.json").recall(taller)
    assert again == replace(corrected, first_line=6)
    (recording,) = open_recordings(tmp_path / "next.csv", table=again)
    assert recording.channels == (Channel("Hub", "mm"),)

    assert memory.recall(recognise(write("a;b\n1;2\n3;4\n", name="other.csv"))) is None
    memory.forget(taller)
    assert memory.recall(recognised) is None


def test_a_first_line_that_was_set_by_hand_stays(write: Write, tmp_path: Path) -> None:
    memory = ShapeMemory(tmp_path / "tables.json")
    recognised = recognise(write(LOGGER))
    memory.remember(recognised, replace(recognised, first_line=7))
    remembered = memory.recall(replace(recognised, first_line=6))
    assert remembered is not None
    assert remembered.first_line == 7


def test_fault_53_a_memory_broken_by_hand_remembers_nothing_and_goes_on(write: Write, tmp_path: Path) -> None:
    file = tmp_path / "tables.json"
    memory = ShapeMemory(file)
    recognised = recognise(write(LOGGER))
    for broken in (b"{", b"[]", b'{"x": 5}', b'{"x": {"delimiter": 7}}', b"\xff"):
        file.write_bytes(broken)
        assert memory.recall(recognised) is None
    memory.remember(recognised, recognised)
    assert memory.recall(recognised) == recognised
    with pytest.raises(ShapeError):
        memory.remember(recognised, replace(recognised, channels=()))
