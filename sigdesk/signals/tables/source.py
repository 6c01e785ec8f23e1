"""The samples of a text table, by the blocks of lines in which they stand."""

from __future__ import annotations

import bisect
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from sigdesk.signals.recording import Recording, Samples
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tables.blocks import Block, BlockReader
from sigdesk.signals.tables.shape import TableShape

if TYPE_CHECKING:
    import polars as pl


class Place(Struct, frozen=True):
    """Where a block stands in the file, in bytes."""

    offset: int
    size: int

    def load(self, path: Path) -> Block:
        """The block, read again."""
        with path.open("rb") as file:
            file.seek(self.offset)
            return Block(self.offset, file.read(self.size))


class TableSource(Struct, frozen=True):
    """Reads a stretch of rows. `first_rows` holds the number of each block's first row, and the count of all rows last;
    what was parsed lies on the shelf until it must make room. `shape` is set where the operator has said how the table
    is read, not where it was recognised, and `mark` is then the shape's."""

    stamp: FileStamp
    shelf: Shelf
    reader: BlockReader
    channels: tuple[int, ...]
    places: tuple[Place, ...]
    first_rows: tuple[int, ...]
    shape: TableShape | None = None
    mark: str = ""

    def read(self, start: int, stop: int) -> Samples:
        self.stamp.check()
        parts: list[Samples] = []
        at = min(bisect.bisect_right(self.first_rows, start), len(self.places)) - 1
        while at < len(self.places) and (self.first_rows[at] < stop or not parts):
            first = self.first_rows[at]
            parts.append(self._block(at)[:, max(start - first, 0) : max(stop - first, 0)])
            at += 1
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _block(self, at: int) -> Samples:
        return self.shelf.take((self.stamp, self.mark, at), lambda: self._load(self.places[at]))

    def _load(self, place: Place) -> Samples:
        try:
            block = place.load(self.stamp.path)
        except OSError as error:
            why = error.strerror or str(error)
            raise refusal(self.stamp.path, f"can no longer be read ({why}).", "Open it again.") from error
        return samples_of(self.reader.read(block), self.channels)


def samples_of(frame: pl.DataFrame, channels: tuple[int, ...]) -> Samples:
    """The columns `channels` of a data frame as samples, shape (channels, rows)."""
    samples = np.empty((len(channels), len(frame)))
    for row, at in enumerate(channels):
        first = 0
        for piece in frame[str(at)].get_chunks():  # each lies as it was parsed, and is copied once
            samples[row, first : first + len(piece)] = piece.to_numpy()
            first += len(piece)
    return samples


class RowSource(Struct, frozen=True):
    """A table of a single row, whose values are the samples of one channel."""

    table: TableSource

    @property
    def stamp(self) -> FileStamp:
        return self.table.stamp

    @property
    def shape(self) -> TableShape | None:
        return self.table.shape

    @property
    def mark(self) -> str:
        return self.table.mark

    def read(self, start: int, stop: int) -> Samples:
        return np.ascontiguousarray(self.table.read(0, 1).T[:, start:stop])


def is_of_table(recording: Recording) -> bool:
    """Whether a recording was read from a table of text."""
    return isinstance(recording.source, TableSource | RowSource)
