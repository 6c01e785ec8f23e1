"""What the operator sees of a text table before it is read: its first lines, how they are taken, and what comes of it.

Only the head of the file is looked at, so that every correction shows at once however long the file is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sigdesk.errors import RecordingError
from sigdesk.signals.describe import format_count, format_rate
from sigdesk.signals.formats.table import head_of, layout_of_table
from sigdesk.signals.opening import reason_of
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tables import remarks as said
from sigdesk.signals.tables.cells import Kind, kind_of
from sigdesk.signals.tables.clock import past_midnight
from sigdesk.signals.tables.doubt import doubt_of
from sigdesk.signals.tables.encoding import Encoding, first_control
from sigdesk.signals.tables.layout import COMMENTS, RECOGNISE, Given, Layout, remarks_above, split_cells
from sigdesk.signals.tables.reading import TableReading
from sigdesk.signals.tables.shape import WRITTEN, ShapeError, TableShape, layout_by, shape_of
from sigdesk.signals.times import first_fault, time_base_of

if TYPE_CHECKING:
    import polars as pl

ROWS_SHOWN: Final = 60
"""Rows of values that a preview holds."""
LINES_ABOVE: Final = 40
"""Lines above them, of which some files have hundreds."""


class PreviewRow(Struct, frozen=True):
    """A line of the file, numbered from 1. `role` is "comment", "above", "heading", "units" or "values"."""

    line: int
    role: str
    cells: tuple[str, ...]
    faulty: frozenset[int] = frozenset()
    """The columns whose cells are not what the shape takes them for."""


class TablePreview(Struct, frozen=True):
    """`shape` is None where the first lines hold no table, however they are cut; `problem` says what does not fit, and
    `facts` what comes of it otherwise ("2 channels at 500 Hz")."""

    path: Path
    rows: tuple[PreviewRow, ...]
    shape: TableShape | None = None
    heading_line: int = 0
    units_line: int = 0
    comments: int = 0
    encoding: str = ""
    facts: str = ""
    problem: str = ""
    doubt: str = ""
    recognised: TableShape | None = None
    """What is recognised where nothing is said, by which a table is known again."""
    remembered: bool = False
    """Whether `shape` is what the operator has said before."""


def recognised_preview(path: Path, given: Given = RECOGNISE) -> TablePreview:
    """The preview of a table as it is recognised, as far as it is not `given`. Says in `problem` what is wrong."""
    try:
        head, encoding = _text_of(path)
    except OSError as error:
        return TablePreview(path, (), problem=f"{path.name} cannot be read: {reason_of(error)}.")
    except RecordingError as error:
        return TablePreview(path, (), problem=f"{error.what} {error.way_out}")
    delimiter = given.delimiter or ","
    bare = TablePreview(path, _rows(head, delimiter, None, given), encoding=encoding.codec)
    try:
        layout, start = layout_of_table(path, FileStamp.of(path).size, given)
        reading = TableReading(path, FileStamp.of(path), Shelf(0), layout, guess=True)
        frame = reading.look(start)
        shape = shape_of(layout, reading.found_roles, said.rate_of(layout.remarks))
    except RecordingError as error:
        return replace(bare, problem=error.what)
    except OSError as error:
        return replace(bare, problem=f"{path.name} cannot be read: {reason_of(error)}.")
    doubt = "" if frame is None or given != RECOGNISE else doubt_of(layout, reading.found_roles, frame)
    return _outcome(replace(bare, doubt=doubt), head, shape, layout, reading, frame)


def corrected_preview(path: Path, shape: TableShape, given: Given) -> TablePreview:
    """The preview of a table that is read as `shape` says; `given` says which lines are headings and units."""
    try:
        head, encoding = _text_of(path)
    except OSError as error:
        return TablePreview(path, (), shape, problem=f"{path.name} cannot be read: {reason_of(error)}.")
    except RecordingError as error:
        return TablePreview(path, (), shape, problem=f"{error.what} {error.way_out}")
    bare = TablePreview(path, _rows(head, shape.delimiter, shape, given), shape, encoding=encoding.codec)
    bare = replace(bare, heading_line=given.heading_line or 0, units_line=given.units_line or 0)
    try:
        shape.check()
        if shape.first_line > len(head):
            raise ShapeError(f"has no line {shape.first_line} to begin with")
        layout = layout_by(shape, encoding, remarks_above(head[: shape.first_line - 1]))
        reading = TableReading(path, FileStamp.of(path), Shelf(0), layout, guess=False, shape=shape)
        with path.open("rb") as file:
            raw = file.read(sum(map(len, head)) * 4 + 4096)
        frame = reading.look(encoding.line_start(raw, shape.first_line))
    except ShapeError as error:
        return replace(bare, problem=f"The table {error}.")
    except RecordingError as error:
        return replace(bare, problem=error.what)
    except OSError as error:
        return replace(bare, problem=f"{path.name} cannot be read: {reason_of(error)}.")
    return _outcome(bare, head, shape, layout, reading, frame)


def _text_of(path: Path) -> tuple[list[str], Encoding]:
    """The lines of a file's head."""
    head, encoding = head_of(path)
    control = first_control(head, encoding)
    if control is not None:
        raise RecordingError(f"{path.name} is not text.", "Name the file after what it is, or save it as CSV.")
    return [line.rstrip("\r") for line in encoding.decode(head[encoding.mark :]).split("\n")], encoding


def _outcome(
    bare: TablePreview,
    head: list[str],
    shape: TableShape,
    layout: Layout,
    reading: TableReading,
    frame: pl.DataFrame | None,
) -> TablePreview:
    heading = bare.heading_line or layout.heading_line
    units = bare.units_line or layout.units_line
    lines = Given(heading_line=heading, units_line=units)
    return replace(
        bare,
        rows=_rows(head, shape.delimiter, shape, lines),
        shape=shape,
        heading_line=heading,
        units_line=units,
        comments=sum(line.lstrip().startswith(COMMENTS) for line in head[: shape.first_line - 1]),
        facts=_facts(shape, reading, frame),
        problem="" if frame is not None else "No row of values follows.",
    )


def _rows(head: Sequence[str], delimiter: str, shape: TableShape | None, lines: Given) -> tuple[PreviewRow, ...]:
    first = shape.first_line if shape is not None else (lines.first_line or 1)
    begin = max(0, first - 1 - LINES_ABOVE)
    taken = enumerate(head[begin : first - 1 + ROWS_SHOWN], start=begin + 1)
    return tuple(_row(number, line, delimiter, shape, first, lines) for number, line in taken if line.strip())


def _row(number: int, line: str, delimiter: str, shape: TableShape | None, first: int, lines: Given) -> PreviewRow:
    comment = line.lstrip().startswith(COMMENTS)
    named = number in (lines.heading_line, lines.units_line)
    if comment and not named:
        return PreviewRow(number, "comment", (line.strip(),))
    cells = tuple(split_cells(line.lstrip("".join(COMMENTS)) if comment else line, delimiter))
    if named:
        return PreviewRow(number, "heading" if number == lines.heading_line else "units", cells)
    if number < first:
        return PreviewRow(number, "above", cells)
    return PreviewRow(number, "values", cells, _faulty(cells, shape) if shape is not None else frozenset())


def _faulty(cells: Sequence[str], shape: TableShape) -> frozenset[int]:
    """The cells that are no numbers where the shape has numbers; all of a row that has too many or too few."""
    if len(cells) != shape.columns:
        return frozenset(range(len(cells)))
    numbers = [*shape.channels, *([shape.time] if shape.time is not None and shape.time_unit not in WRITTEN else [])]
    good = (Kind.NUMBER, Kind.MISSING)
    return frozenset(at for at in numbers if kind_of(cells[at], decimal_comma=shape.decimal_comma) not in good)


def _facts(shape: TableShape, reading: TableReading, frame: pl.DataFrame | None) -> str:
    """What comes of it: channels and rate."""
    count = len(shape.channels)
    channels = f"{format_count(count)} channel{'' if count == 1 else 's'}"
    time = reading.found_roles.time if frame is not None else None
    if frame is None or time is None:
        return f"{channels}, {'by sample number' if shape.rate_hz is None else f'at {format_rate(shape.rate_hz)}'}"
    times = time.seconds(frame)
    if time.pattern is not None and not time.pattern.dated:
        times = past_midnight(times)
    if not np.isfinite(times).all():
        return f"{channels}, with times that cannot be read"
    if first_fault(times) is not None:
        return f"{channels}, with times that are not in order"
    rate = time_base_of(times).rate_hz
    return f"{channels}, {'at uneven times' if rate is None else f'at {format_rate(rate)}'}"
