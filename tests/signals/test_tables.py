"""Tables of text: whatever a bench program writes, the operator sees its channels, units and times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sigdesk.signals import Channel, Recording, open_recordings
from tests.signals.conftest import Write


def opened(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def values(path: Path) -> list[list[float]]:
    table: list[list[float]] = opened(path).read().tolist()
    return table


@pytest.mark.parametrize(
    ("text", "name", "format_name"),
    [
        ("a,b\n1.5,2\n-3,4e2\n", "run.csv", "CSV"),
        ("a;b\n1.5;2\n-3;4e2\n", "run.csv", "CSV"),
        ("a;b\r\n1,5;2\r\n-3;4e2\r\n", "run.csv", "CSV"),
        ("a\tb\n1.5\t2\n-3\t4e2\n", "run.tsv", "TSV"),
        ("a\tb\n1,5\t2\n-3\t4e2", "run.txt", "TSV"),
        ("a|b\n1.5|2\n-3|4e2\n", "run.txt", "CSV"),
        ("  a    b\n 1.5     2  \n  -3   4e2\n", "run.txt", "TXT"),
        ("a b\r\n1,5 2 \r\n-3 4e2\r\n", "run.txt", "TXT"),
        ("a, b\n1.5, 2\n-3, 4e2\n", "run.csv", "CSV"),
        ("a , b\n1.5 , 2 \n-3 , 4e2 \n", "run.csv", "CSV"),
        ('"a","b"\n"1.5","2"\n"-3","4e2"\n', "run.csv", "CSV"),
        ('"a";"b"\n"1,5";"2"\n"-3";"4e2"\n', "run.csv", "CSV"),
        ('"a","b"\n"1,5","2"\n"-3","4e2"\n', "run.csv", "CSV"),
        ("a,b\n1.5,2\n−3,4e2\n", "run.csv", "CSV"),
        ("a,b,\n1.5,2,\n-3,4e2,\n", "run.csv", "CSV"),
        ("# made by hand\n\na,b\n# now the values\n1.5,2\n\n-3,4e2\n\n", "run.csv", "CSV"),
        ("sep=;\na;b\n1,5;2\n-3;4e2\n", "run.csv", "CSV"),
        (f"a,note,b\n1.5{'0' * 99},{'x' * 99},2\n-3,{'y' * 99},4{'0' * 99}e-97\n", "run.csv", "CSV"),
    ],
)
def test_every_delimiter_and_decimal_mark_gives_the_same_signal(
    write: Write, text: str, name: str, format_name: str
) -> None:
    recording = opened(write(text, name))
    assert [channel.name for channel in recording.channels] == ["a", "b"]
    assert recording.read().tolist() == [[1.5, -3.0], [2.0, 400.0]]
    assert recording.format_name == format_name
    assert recording.name == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_every_usual_encoding_is_read(write: Write, encoding: str) -> None:
    recording = opened(write("# Prüfstand\nDruck (µbar);Größe\n1,5;2\n-3;4\n", encoding=encoding))
    assert recording.channels == (Channel("Druck", "µbar"), Channel("Größe"))
    assert recording.read().tolist() == [[1.5, -3.0], [2.0, 4.0]]
    assert recording.metadata["note"] == "Prüfstand"


@pytest.mark.parametrize(
    ("heading", "name", "unit"),
    [
        ("Current (A)", "Current", "A"),
        ("Current [mA]", "Current", "mA"),
        ("Current/A", "Current", "A"),
        ("Current / A", "Current", "A"),
        ("Speed (m/s)", "Speed", "m/s"),
        ("Speed/(m/s)", "Speed", "m/s"),
        ("Speed in rpm", "Speed", "rpm"),
        ("Temperature (°C)", "Temperature", "°C"),
        ("current_A", "current", "A"),
        ("motor_current_mA", "motor_current", "mA"),
        ("pressure_bar", "pressure", "bar"),
        ("Phase_A", "Phase_A", ""),
        ("temp_min", "temp_min", ""),
        ("gyro_x", "gyro_x", ""),
        ("in/out", "in/out", ""),
        ("(raw)", "(raw)", ""),
        ("2nd", "2nd", ""),
    ],
)
def test_a_heading_gives_its_unit(write: Write, heading: str, name: str, unit: str) -> None:
    recording = opened(write(f"{heading};other\n1;2\n3;4\n"))
    assert recording.channels[0] == Channel(name, unit)


def test_a_row_of_units_below_the_headings_is_understood(write: Write) -> None:
    recording = opened(write("Time,Channel A,Channel B\n(ms),(V),(mV)\n\n0,1,2\n0.1,3,4\n0.2,5,6\n"))
    assert recording.channels == (Channel("Channel A", "V"), Channel("Channel B", "mV"))
    assert recording.time_base.rate_hz == 10_000


def test_comments_tell_rate_source_licence_class_and_unit(write: Write) -> None:
    recording = opened(
        write(
            "# sample rate: 30000 Hz\n# source: PLAID, house 3\n# licence: CC BY 4.0\n# class: kettle\n# unit: A\n"
            "# start: 2014-02-03T10:00:00+01:00\ncurrent\n0.5\n-0.5\n0.25\n"
        )
    )
    assert recording.time_base.rate_hz == 30_000
    assert recording.duration_s == pytest.approx(1e-4)
    assert recording.label == "kettle"
    assert recording.channels == (Channel("current", "A"),)
    assert recording.metadata["source"] == "PLAID, house 3"
    assert recording.metadata["licence"] == "CC BY 4.0"
    assert recording.start_time is not None
    assert recording.start_time.isoformat() == "2014-02-03T10:00:00+01:00"


@pytest.mark.parametrize(
    ("comment", "rate"),
    [
        ("# rate_hz: 30000", 30_000),
        ("# Sampling rate = 44.1 kHz", 44_100),
        ("# fs: 0,5 Hz", 0.5),
        ("% sampling frequency: 1 MHz", 1_000_000),
        ("# dt: 2 ms", 500),
        ("# sample interval: 0.001 s", 1000),
        ("# rate: fast", None),
        ("# rate: 0", None),
        ("# heart rate: 60", None),
    ],
)
def test_a_comment_states_the_rate(write: Write, comment: str, rate: float | None) -> None:
    assert opened(write(f"{comment}\nx\n1\n2\n3\n")).time_base.rate_hz == rate


def test_a_column_of_classes_is_the_label_when_it_says_one_thing(write: Write) -> None:
    assert opened(write("x,label\n1,kettle\n2,kettle\n")).label == "kettle"
    recording = opened(write("x,label\n1,kettle\n2,fridge\n"))
    assert recording.label is None
    assert len(recording.channels) == 1


def test_columns_of_text_are_left_out_and_named(write: Write) -> None:
    recording = opened(write("x,Operator,y\n1,Ann,3\n2,Bo,4\n"))
    assert [channel.name for channel in recording.channels] == ["x", "y"]
    assert recording.metadata["columns left out"] == "Operator"


@pytest.mark.parametrize(
    ("text", "names", "units"),
    [
        ("# time (s),Current (A)\n0,5\n0.1,6\n", ["Current"], ["A"]),
        ("# a note\n# time current\n0 5\n0.1 6\n", ["current"], [""]),
        ("# Current (A)\n5\n6\n", ["Current"], ["A"]),
        ("# measured on a Monday\n5\n6\n", ["Channel 1"], [""]),
        ("# rate: 5\n5,1\n6,2\n", ["Channel 1", "Channel 2"], ["", ""]),
    ],
)
def test_headings_in_a_comment_are_read(write: Write, text: str, names: list[str], units: list[str]) -> None:
    recording = opened(write(text))
    assert [channel.name for channel in recording.channels] == names
    assert [channel.unit for channel in recording.channels] == units


def test_a_table_of_thousands_of_channels_is_read(write: Write) -> None:
    wide = np.arange(12.0 * 3000).reshape(12, 3000) / 8
    heading = ",".join(f"c{i}" for i in range(3000))
    recording = opened(write(heading + "\n" + "".join(",".join(map(str, row)) + "\n" for row in wide)))
    np.testing.assert_array_equal(recording.read(), wide.T)
    assert recording.channels[2999].name == "c2999"


def test_an_index_column_is_no_channel(write: Write) -> None:
    assert values(write(",x\n0,5\n1,7\n2,9\n")) == [[5.0, 7.0, 9.0]]
    assert values(write("sample;x\n1;5\n2;7\n")) == [[5.0, 7.0]]
    assert values(write(",0\n1821,269\n1822,321\n1823,585\n")) == [[269.0, 321.0, 585.0]]


def test_a_column_that_only_begins_like_an_index_is_a_channel(write: Write) -> None:
    rows = "".join(f"{i if i < 50 else 0},{i % 3}\n" for i in range(60))
    assert len(opened(write(rows)).channels) == 2
    assert len(opened(write("n,x\n" + rows)).channels) == 2


def test_missing_values_are_gaps(write: Write) -> None:
    table = opened(write("a,b\n1,NaN\n,2\nNA,-\nnull,?\n5,inf\n")).read()
    assert np.isnan(table).tolist() == [[False, True, True, True, False], [True, False, True, True, False]]
    assert table[1, 4] == np.inf


def test_a_table_without_headings_names_its_channels(write: Write) -> None:
    recording = opened(write("0.5,1\n0.25,7\n0.75,3\n"))
    assert [channel.name for channel in recording.channels] == ["Channel 1", "Channel 2"]
    assert recording.time_base.unit == ""


def test_equal_headings_are_told_apart(write: Write) -> None:
    assert [each.name for each in opened(write("x,x,x\n1,2,3\n4,5,6\n")).channels] == ["x", "x (2)", "x (3)"]


def test_a_single_column_with_decimal_commas_is_one_channel(write: Write) -> None:
    assert values(write("Druck\n0,12\n1,5\n")) == [[0.12, 1.5]]
    assert values(write("0,12\n1,05\n0,70\n")) == [[0.12, 1.05, 0.7]]


def test_two_columns_of_whole_numbers_stay_two_channels(write: Write) -> None:
    assert values(write("3,12\n1,5\n")) == [[3.0, 1.0], [12.0, 5.0]]


def test_a_long_row_alone_is_a_signal(write: Write) -> None:
    recording = opened(write(",".join(str(i * 0.5) for i in range(20))))
    assert recording.length == 20
    assert recording.read(2, 4).tolist() == [[1.0, 1.5]]


def test_one_sample_can_be_opened(write: Write) -> None:
    assert values(write("x\n7\n")) == [[7.0]]


def test_lines_of_a_preamble_are_kept_as_what_the_file_says(write: Write) -> None:
    recording = opened(write("Instrument,DSO 7\nSerial: 12\nMeasured on a Monday\n\nx,y\n1,2\n3,4\n5,6\n"))
    assert recording.metadata["Instrument"] == "DSO 7"
    assert recording.metadata["Serial"] == "12"
    assert recording.metadata["note"] == "Measured on a Monday"
    assert [channel.name for channel in recording.channels] == ["x", "y"]


def test_a_file_of_many_blocks_reads_the_same_anywhere(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigdesk.signals.tables.blocks.BLOCK_BYTES", 64)
    table = np.arange(400).reshape(2, 200) * 0.5
    for encoding in ("utf-8", "utf-16"):
        text = "a;b\n" + "".join(f"{a};{b}\n".replace(".", ",") for a, b in table.T) + "# the end\n"
        recording = opened(write(text, encoding=encoding))
        assert recording.length == 200
        np.testing.assert_array_equal(recording.read(), table)
        for start, stop in ((0, 1), (3, 3), (57, 58), (10, 190), (199, 200), (200, 200)):
            np.testing.assert_array_equal(recording.read(start, stop), table[:, start:stop])


_NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(
    table=st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(_NUMBERS, min_size=n, max_size=n), min_size=1, max_size=12)
    ),
    delimiter=st.sampled_from([",", ";", "\t", " ", "|"]),
    decimal=st.sampled_from([".", ","]),
    headed=st.booleans(),
)
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[float]], delimiter: str, decimal: str, headed: bool
) -> None:
    columns = len(table[0])
    # Without a heading, one column of decimal commas may as well be two columns.
    assume(delimiter != decimal and (headed or decimal == "." or columns > 1))
    rows = [[repr(value).replace(".", decimal) for value in row] for row in table]
    if headed:
        rows.insert(0, [f"quantity{i}" for i in range(columns)])
    path = tmp_path_factory.getbasetemp() / "round-trip.csv"
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows))
    recording = opened(path)
    guessed = not headed and len(recording.channels) == columns - 1  # a first column that rises evenly is the time
    expected = np.array(table).T
    np.testing.assert_array_equal(recording.read(), expected[1:] if guessed else expected)
