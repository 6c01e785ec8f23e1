"""Tables that cannot be read: the operator learns which line, which column, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import open_recordings
from tests.signals.conftest import Write


def refused(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert path.name in caught.value.what
    assert caught.value.way_out
    return caught.value


GOOD = "".join(f"{i},{i * 2}\n" for i in range(100))


def test_text_where_a_number_belongs_names_line_and_column(write: Write) -> None:
    error = refused(write("x,Current (A)\n" + GOOD.replace("50,100", "50,1oo")))
    assert str(error) == (
        "run.csv cannot be read at line 52, column 2 (Current (A)): “1oo” is not a number. "
        "Mend that value, or leave it empty if it is missing."
    )


def test_the_line_is_counted_with_comments_blank_lines_and_blocks(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.signals.tables.blocks.BLOCK_BYTES", 50)
    text = "# one\r\n\r\nx,y\r\n" + "".join(f"{i},{i}\r\n# no {i}\r\n\r\n" for i in range(40)) + "4,bad\r\n"
    for encoding in ("utf-8", "utf-16"):
        assert "line 124, column 2 (y)" in refused(write(text, encoding=encoding)).what


@pytest.mark.parametrize("row", ["7,8,9", "7", "7,8,"])
def test_a_row_of_another_width_names_its_line(write: Write, row: str) -> None:
    error = refused(write("x,y\n" + GOOD + row + "\n"))
    count = len(row.split(","))
    values = f"{count} value" if count == 1 else f"{count} values"
    assert str(error) == f"run.csv has {values} in line 102, but the rows before have 2. Mend or remove that line."


def test_fault_33_a_file_that_was_cut_in_its_last_row_is_refused(write: Write) -> None:
    assert str(refused(write("x,y\n" + GOOD[:-6]))) == (
        "run.csv has 1 value in line 101, but the rows before have 2. Mend or remove that line."
    )


def test_fault_34_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(b"x\n" + b"1\n" * 10)
        file.write(b"1," * (40 * 1024**2))
    told = "has over 16 MB in line {} without an end of the line. Save it with one row of values a line."
    assert str(refused(path)) == f"endless.csv {told.format(12)}"
    one_line = tmp_path / "one-line.csv"
    one_line.write_bytes(b"1," * (40 * 1024**2))
    assert str(refused(one_line)) == f"one-line.csv {told.format(1)}"


@pytest.mark.parametrize(
    "text",
    ["just words\nand more of them\n", "a,b,c\n", "# only a comment\n", "\n\n\n", "name,colour\nx,red\ny,blue\n"],
)
def test_a_text_without_numbers_is_no_table(write: Write, text: str) -> None:
    assert str(refused(write(text))) == (
        "run.csv holds no rows of numbers in its first lines. Save one column a channel, with a row for each sample."
    )


def test_binary_content_under_a_text_name_names_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(b"a,b\n1,2\n\x00\x01\x02\xff")
    assert str(refused(path)) == (
        "run.csv is not text: byte 8 is 0x00. Name the file after what it is, or save it as CSV."
    )


def test_what_is_inside_a_bad_cell_is_shown_harmless(write: Write) -> None:
    error = refused(write("x,y\n" + GOOD + "1,\u202eevil\n"))
    assert "\u202e" not in error.what
    assert "\\u202eevil" in error.what


def test_fault_37_a_table_that_changed_after_it_was_opened_says_so(write: Write) -> None:
    path = write("x,y\n" + GOOD)
    (recording,) = open_recordings(path)
    path.write_text("x,y\n" + GOOD + "1,2\n")
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read()
    path.unlink()
    with pytest.raises(RecordingError, match="no longer where it was opened"):
        recording.read()
