"""CSV, TSV and other tables of text: one column a channel, one row a sample."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from sigdesk.signals.arrays import with_units
from sigdesk.signals.format import LIKELY, NAME_ONLY, PLAUSIBLE
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Channel, Recording, SampleSource, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tables import remarks as said
from sigdesk.signals.tables.blocks import MAX_LINE_BYTES, line_too_long
from sigdesk.signals.tables.clock import start_of
from sigdesk.signals.tables.doubt import DOUBT
from sigdesk.signals.tables.encoding import Encoding, encoding_of, first_control
from sigdesk.signals.tables.layout import RECOGNISE, WHITESPACE, Given, Layout, find_layout, remarks_above, split_cells
from sigdesk.signals.tables.reading import GuessRefuted, TableReading
from sigdesk.signals.tables.shape import ShapeError, TableShape, layout_by, shape_of
from sigdesk.signals.tables.source import RowSource
from sigdesk.signals.times import time_base_of

_HEAD_BYTES = 512 * 1024
_FORMAT_NAMES = {"\t": "TSV", WHITESPACE: "TXT"}
_ROW_FROM_COLUMNS = 8
"""A file of one row with so many values is a signal written in a line, not so many channels of one sample."""


class TableFormat(Struct, frozen=True):
    name: str = "CSV, TSV, TXT"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".txt")

    def confidence(self, head: bytes, path: Path) -> float:
        suffix = path.suffix.lower()
        named = NAME_ONLY if suffix in self.suffixes else 0.0
        encoding = encoding_of(head)
        if first_control(head, encoding) is not None:
            return named
        if suffix in (".csv", ".tsv"):
            return LIKELY  # finding out more takes as long as opening it
        found = find_layout(encoding.decode(head[encoding.mark :]), encoding, whole=False)
        if found is None or not found.certain:
            return named
        return LIKELY if named else PLAUSIBLE

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        stamp = FileStamp.of(path)
        layout, start = layout_of_table(path, stamp.size)
        reading = TableReading(path, stamp, shelf, layout, guess=True)
        try:
            reading.run(start)
        except GuessRefuted:
            reading = TableReading(path, stamp, shelf, layout, guess=False)
            reading.run(start)
        return [_recording(reading)]


def open_by(path: Path, shelf: Shelf, shape: TableShape) -> list[Recording]:
    """The recording of a table that is read as `shape` says. Raises RecordingError naming what does not fit."""
    stamp = FileStamp.of(path)
    try:
        shape.check()
    except ShapeError as error:
        raise refusal(path, f"cannot be read as you say: it {error}.", "Correct how it is read.") from error
    head, encoding = head_of(path)
    lines = encoding.decode(head[encoding.mark :]).split("\n")
    if shape.first_line > len(lines):
        raise refusal(path, f"has no line {shape.first_line} to begin with.", "Correct how it is read.")
    layout = layout_by(shape, encoding, remarks_above(lines[: shape.first_line - 1]))
    reading = TableReading(path, stamp, shelf, layout, guess=False, shape=shape)
    reading.run(encoding.line_start(head, shape.first_line))
    return [_recording(reading)]


def recognise(path: Path) -> TableShape:
    """How SigDesk would read a table, by its first lines. Raises RecordingError where it is none."""
    stamp = FileStamp.of(path)
    layout, start = layout_of_table(path, stamp.size)
    reading = TableReading(path, stamp, Shelf(0), layout, guess=True)
    reading.look(start)
    return shape_of(layout, reading.found_roles, said.rate_of(layout.remarks))


def first_rows(path: Path, shape: TableShape, count: int = 50) -> list[list[str]]:
    """The cells of the first lines of a file, cut as `shape` says, for a preview; also of those above the values."""
    head, encoding = head_of(path)
    lines = encoding.decode(head[encoding.mark :]).split("\n")[: shape.first_line - 1 + count]
    return [split_cells(line.rstrip("\r"), shape.delimiter) for line in lines]


def head_of(path: Path) -> tuple[bytes, Encoding]:
    """The first bytes of a file, and their encoding."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return head, encoding_of(head)


def layout_of_table(path: Path, size: int, given: Given = RECOGNISE) -> tuple[Layout, int]:
    """The layout of a table as far as it is not `given`, and the byte at which its first row of values starts.

    Raises RecordingError where it is none.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        encoding = encoding_of(head)
        if head.count(encoding.newline) < 2:
            head += file.read(MAX_LINE_BYTES)
    control = first_control(head, encoding)
    if control is not None:
        raise refusal(
            path,
            f"is not text: byte {control} is 0x{head[control]:02x}.",
            "Name the file after what it is, or save it as CSV.",
        )
    if len(head) < size and encoding.newline not in head:
        raise line_too_long(path, 1)
    layout = find_layout(encoding.decode(head[encoding.mark :]), encoding, whole=len(head) == size, given=given)
    if layout is None:
        raise refusal(
            path,
            "holds no rows of numbers in its first lines.",
            "Save one column a channel, with a row for each sample.",
        )
    return layout, encoding.line_start(head, layout.first_line)


def _recording(reading: TableReading) -> Recording:
    layout, roles, path = reading.layout, reading.found_roles, reading.path
    source: SampleSource = reading.source()
    channels, length = with_units(roles.named, said.units_of(layout.remarks)), reading.rows
    if length == 1 and not layout.headings and len(channels) >= _ROW_FROM_COLUMNS:
        source, channels, length = RowSource(reading.source()), (Channel("Channel 1"),), len(channels)
    time_base, start = _time_of(reading)
    label = said.label_of(layout.remarks)
    if label is None and len(reading.labels) == 1:
        label = printable_name(next(iter(reading.labels)))
    return Recording(
        name=printable_name(path.name),
        path=path,
        channels=channels,
        length=length,
        time_base=time_base,
        source=source,
        format_name=_FORMAT_NAMES.get(layout.delimiter, "CSV"),
        start_time=start,
        label=label,
        metadata=MappingProxyType(_metadata(reading)),
    )


def _time_of(reading: TableReading) -> tuple[TimeBase, datetime | None]:
    remarks, time = reading.layout.remarks, reading.found_roles.time
    start = said.start_time_of(remarks)
    if time is None:
        corrected = reading.shape
        return TimeBase(rate_hz=said.rate_of(remarks) if corrected is None else corrected.rate_hz), start
    (times,) = reading.times
    if time.dated:
        start = start_of(float(times[0]))
    return time_base_of(times), start


def _metadata(reading: TableReading) -> dict[str, str]:
    roles = reading.found_roles
    metadata = {
        printable_name(key): "\n".join(map(printable_name, value.split("\n")))
        for key, value in reading.layout.remarks.items()
    }
    if roles.time is not None:
        metadata["time column"] = roles.time.name
        first = float(reading.times[0][0])
        if first and not roles.time.dated:
            metadata["time begins at"] = f"{first:g} s"
    if roles.left_out:
        metadata["columns left out"] = ", ".join(roles.left_out)
    if reading.doubt:
        metadata[DOUBT] = reading.doubt
    return metadata


FORMAT = TableFormat()
