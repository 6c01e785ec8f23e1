"""One pass over a text table: finds what its columns are for (unless it is told), where its rows lie and when they were
taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from sigdesk.errors import RecordingError
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tables.blocks import Block, BlockReader, blocks_of
from sigdesk.signals.tables.cells import Kind
from sigdesk.signals.tables.clock import past_midnight
from sigdesk.signals.tables.doubt import doubt_of
from sigdesk.signals.tables.layout import Layout
from sigdesk.signals.tables.roles import Roles, counts_up, find_roles
from sigdesk.signals.tables.shape import ShapeError, TableShape, roles_by
from sigdesk.signals.tables.source import Place, TableSource, samples_of
from sigdesk.signals.times import first_fault

if TYPE_CHECKING:
    import polars as pl


class GuessRefuted(Exception):  # noqa: N818 - an answer of the values, not a mistake
    """Later rows show that a column is not what its first rows made it look like."""


class TableReading(Struct):
    """What the pass has found so far. `times` (s) is empty without a time column."""

    path: Path
    stamp: FileStamp
    shelf: Shelf
    layout: Layout
    guess: bool
    shape: TableShape | None = None
    roles: Roles | None = None
    places: list[Place] = field(default_factory=list)
    first_rows: list[int] = field(default_factory=lambda: [0])
    times: list[NDArray[np.float64]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    doubt: str = ""
    _last_index: float = 0.0
    _last_time: float = -math.inf
    _rising: bool = True
    _mark: str = ""

    def __post_init__(self) -> None:
        self._mark = "" if self.shape is None else self.shape.mark

    @property
    def rows(self) -> int:
        return self.first_rows[-1]

    def look(self, start: int) -> pl.DataFrame | None:
        """Find out what the columns are for, by the first block of rows, and return that; None where there is none."""
        reader = self._reader()
        for block in blocks_of(self.path, self.layout.encoding, start):
            frame = reader.read(block)
            if len(frame):
                self.roles = self._roles_of(frame)
                return frame
        return None

    def run(self, start: int) -> None:
        """Read all rows, of which the first begins at byte `start`. Samples go to the shelf.

        Raises RecordingError naming the line that cannot be read, and GuessRefuted when `guess` was wrong.
        """
        reader = self._reader()
        for block, frame in self._frames(reader, start):
            if len(frame):
                self._take(frame, block, reader)
        if self.times:
            self._check_times(reader)

    def _frames(self, reader: BlockReader, start: int) -> Iterator[tuple[Block, pl.DataFrame]]:
        """All blocks with their rows. While one is looked at, a thread parses the next, and another reads the one after
        that."""
        blocks = blocks_of(self.path, self.layout.encoding, start)

        def following() -> tuple[Block, bool] | None:
            block = next(blocks, None)
            return None if block is None else (block, reader.is_plain(block))

        found = following()
        if found is None:
            return
        if self.stamp.size - found[0].offset <= len(found[0].raw):  # most tables are small
            yield found[0], reader.read(*found)
            return
        with ThreadPoolExecutor(2, "table") as threads:
            parsing, reading = threads.submit(reader.read, *found), threads.submit(following)
            while found is not None:
                frame, coming = parsing.result(), reading.result()
                if coming is not None:
                    parsing, reading = threads.submit(reader.read, *coming), threads.submit(following)
                yield found[0], frame
                found = coming

    def source(self) -> TableSource:
        """The samples of the channels."""
        roles = self.found_roles
        reader = BlockReader(self.path, self.layout, roles.channels)
        places, first_rows = tuple(self.places), tuple(self.first_rows)
        return TableSource(self.stamp, self.shelf, reader, roles.channels, places, first_rows, self.shape, self._mark)

    @property
    def found_roles(self) -> Roles:
        if self.roles is None:
            raise refusal(self.path, "holds no row of values.", "Check that the recording was saved.")
        return self.roles

    def _reader(self) -> BlockReader:
        kinds = self.layout.kinds
        numbers = tuple(at for at, kind in enumerate(kinds) if kind in (Kind.NUMBER, Kind.MISSING))
        texts = tuple(at for at in range(len(kinds)) if at not in numbers)
        return BlockReader(self.path, self.layout, numbers, texts)

    def _take(self, frame: pl.DataFrame, block: Block, reader: BlockReader) -> None:
        if self.roles is None:
            self.roles = self._roles_of(frame)
            if not self.roles.channels:
                raise refusal(
                    self.path, "holds no column of values besides its time.", "Save a column for each channel."
                )
            if self.shape is None:
                self.doubt = doubt_of(self.layout, self.roles, frame)
        roles = self.roles
        if roles.index_at is not None:
            self._check_index(frame[str(roles.index_at)].to_numpy())
        if roles.time is not None:
            times = roles.time.seconds(frame)
            if roles.time.pattern is not None:
                self._check_dates(times, block, reader)
            else:
                self._rising = self._rising and first_fault(times) is None and times[0] >= self._last_time
                self._last_time = float(times[-1])
            self.times.append(times)
        if roles.label_at is not None:
            self.labels.update(str(value) for value in frame[str(roles.label_at)].unique().drop_nulls().to_list())
        self.shelf.put((self.stamp, self._mark, len(self.places)), samples_of(frame, roles.channels))
        self.places.append(Place(block.offset, len(block.raw)))
        self.first_rows.append(self.rows + len(frame))

    def _roles_of(self, frame: pl.DataFrame) -> Roles:
        if self.shape is None:
            return find_roles(self.layout, frame, guess=self.guess)
        try:
            return roles_by(self.shape, self.layout, frame)
        except ShapeError as error:
            raise refusal(self.path, f"cannot be read as you say: it {error}.", "Correct how it is read.") from error

    def _check_index(self, values: NDArray[np.float64]) -> None:
        goes_on = not self.places or values[0] == self._last_index + 1
        if not goes_on or (len(values) > 1 and not counts_up(values)):
            raise GuessRefuted
        self._last_index = float(values[-1])

    def _check_dates(self, times: NDArray[np.float64], block: Block, reader: BlockReader) -> None:
        unread = ~np.isfinite(times)
        if unread.any():
            line = reader.line_of_row(block, int(np.argmax(unread)))
            raise refusal(
                self.path, f"has no time in line {line} that is written like those before.", "Mend or remove that line."
            )

    def _check_times(self, reader: BlockReader) -> None:
        time = self.found_roles.time
        times = np.concatenate(self.times)
        if time is not None and time.pattern is not None and not time.pattern.dated:
            times = past_midnight(times)
        self.times = [times]
        rising = self._rising and time is not None and time.pattern is None
        fault = None if rising else first_fault(times)
        if fault is None:
            return
        if self.found_roles.guessed:
            raise GuessRefuted
        raise self._time_fault(fault, reader)

    def _time_fault(self, row: int, reader: BlockReader) -> RecordingError:
        at = next(at for at, first in enumerate(self.first_rows[1:]) if row < first)
        line = reader.line_of_row(self.places[at].load(self.path), row - self.first_rows[at])
        return refusal(
            self.path,
            f"has a time in line {line} that is missing or earlier than the one before.",
            "Sort the rows by time, or give the column another heading than time.",
        )
