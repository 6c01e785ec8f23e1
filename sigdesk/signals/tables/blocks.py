"""The values of a text table, a block of lines at a time: each block is parsed on its own, so memory stays bounded,
and the place of a value that cannot be read is found only when there is one."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from sigdesk.errors import RecordingError
from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import refusal
from sigdesk.signals.tables.cells import MISSING, Kind, kind_of
from sigdesk.signals.tables.encoding import Encoding
from sigdesk.signals.tables.layout import WHITESPACE, Layout, is_remark, split_cells

if TYPE_CHECKING:
    import polars as pl

BLOCK_BYTES = 16 * 1024**2
MAX_LINE_BYTES = 16 * 1024**2
_FIRST_BLOCK_BYTES = 2 * 1024**2
"""A long table begins with less: it is read and looked at while nothing is parsed yet."""
_TAIL_BYTES = 64 * 1024
_FEW_BYTES = 64 * 1024

_REMARK_LINES = re.compile(rb"^[ \t]*(?:[#%][^\n]*)?\r?(?:\n|\Z)", re.MULTILINE)
_RUN_OF_SPACES = re.compile(rb"[ \t]+")
_UNIT_SEPARATOR = "\x1f"
"""Stands between cells that held the delimiter in quotes. No text file has it, as control characters are refused."""


class Block(Struct, frozen=True):
    """A stretch of whole lines, and the byte where it starts."""

    offset: int
    raw: bytes


def blocks_of(path: Path, encoding: Encoding, start: int) -> Iterator[Block]:
    """The blocks of a file from byte `start` on. Raises RecordingError for a line that is too long."""
    offset = start
    with path.open("rb") as file:
        is_long = file.seek(0, os.SEEK_END) - start > BLOCK_BYTES
        while True:
            most = min(BLOCK_BYTES, _FIRST_BLOCK_BYTES) if is_long and offset == start else BLOCK_BYTES
            size = _size_of_block(file, encoding, offset, most)
            file.seek(offset)
            raw = file.read(size)
            if len(raw) == most:
                end = encoding.line_end_before(raw)
                if not end:
                    raw += file.read(MAX_LINE_BYTES)
                    end = encoding.line_end_before(raw)
                    if not end and len(raw) > MAX_LINE_BYTES:
                        raise line_too_long(path, line_at(path, encoding, offset))
                raw = raw[: end or len(raw)]
            if not raw:
                return
            yield Block(offset, raw)
            offset += len(raw)


def _size_of_block(file: BinaryIO, encoding: Encoding, offset: int, most: int) -> int:
    """How much to read from there so that it ends with a line: what is read whole need not be copied to cut it. All of
    `most` where the file, or a line, ends elsewhere."""
    tail_at = max(0, most - _TAIL_BYTES)
    file.seek(offset + tail_at)
    tail = file.read(most - tail_at)
    end = encoding.line_end_before(tail) if tail_at + len(tail) == most else 0
    return tail_at + end if end else most


def line_at(path: Path, encoding: Encoding, offset: int) -> int:
    """The number (from 1) of the line that starts at byte `offset`."""
    lines = 1
    with path.open("rb") as file:
        while offset > 0 and (chunk := file.read(min(BLOCK_BYTES, offset))):
            offset -= len(chunk)
            lines += encoding.decode(chunk).count("\n") if encoding.width > 1 else chunk.count(b"\n")
    return lines


def line_too_long(path: Path, line: int) -> RecordingError:
    return refusal(
        path,
        f"has over {MAX_LINE_BYTES // 1024**2} MB in line {line} without an end of the line.",
        "Save it with one row of values a line.",
    )


class BlockReader(Struct, frozen=True):
    """Turns blocks into data frames with the columns `numbers` (float64) and `texts`, all by their index as text.

    Rows of another width are noticed when all columns are asked for.
    """

    path: Path
    layout: Layout
    numbers: tuple[int, ...]
    texts: tuple[int, ...] = ()

    def read(self, block: Block, plain: bool | None = None) -> pl.DataFrame:
        """The rows of `block`; `plain` is what `is_plain` said of it, where it was asked already.

        Raises RecordingError naming line and column of the first value that cannot be read.
        """
        text = self.layout.encoding.as_utf8(block.raw)
        if self.is_plain(block) if plain is None else plain:
            frame = self._read_plain(text)
            if frame is not None:
                return frame
        frame = self._read_prepared(text)
        if frame is None:
            raise self._fault(block)
        return frame

    def _read_prepared(self, text: bytes) -> pl.DataFrame | None:
        """The rows of whatever a table may hold; None where one of them cannot be read."""
        import polars as pl

        text, separator = self._prepared(text)
        if not text.strip():
            return pl.DataFrame(schema={str(at): kind for at, kind in self._schema().items() if at in self._used})
        if not self._counts_fit(text, separator):
            return None
        try:
            return self._parse(text, separator, MISSING)
        except pl.exceptions.PolarsError:
            return None

    def _read_plain(self, text: bytes) -> pl.DataFrame | None:
        """Nearly every block of every file is just rows of numbers, which polars reads ten times faster than they can
        be checked; looking for words that stand for a missing value takes it half as long again. None for others."""
        import polars as pl  # 0.1 s: only when a table is read

        for missing in (MISSING,) if self.texts else (None, MISSING):
            # No number begins as a comment does, so where all are numbers there is none.
            if missing is not None and _has_comments(text):
                return None
            try:
                frame = self._parse(text, self.layout.delimiter, missing)
            except pl.exceptions.PolarsError:
                continue
            return None if frame[:, -1].has_nulls() else frame
        return None

    def line_of_row(self, block: Block, row: int) -> int:
        """The number of the line that holds row `row` of a block."""
        lines = self.layout.encoding.decode(block.raw).split("\n")
        rows = [number for number, line in enumerate(lines) if not is_remark(line)]
        return line_at(self.path, self.layout.encoding, block.offset) + rows[min(row, len(rows) - 1)]

    @property
    def _used(self) -> list[int]:
        return sorted((*self.numbers, *self.texts))

    def _schema(self) -> dict[int, type[pl.DataType]]:
        import polars as pl

        return {at: pl.Float64 if at in self.numbers else pl.String for at in range(self.layout.columns)}

    def is_plain(self, block: Block) -> bool:
        """Whether a block has no quotes and polars knows the delimiter."""
        return self.layout.delimiter != WHITESPACE and b'"' not in self.layout.encoding.as_utf8(block.raw)

    def _prepared(self, text: bytes) -> tuple[bytes, str]:
        """Rows only, cells without quotes and spaces around them, and what separates those.

        polars never sees a quote: it ends the whole program on one that is not closed.
        """
        text = _REMARK_LINES.sub(b"", text)
        separator = self.layout.delimiter
        if separator == WHITESPACE:
            text = _RUN_OF_SPACES.sub(b" ", text)
            text = text.replace(b"\n ", b"\n").replace(b" \n", b"\n").replace(b" \r\n", b"\r\n").strip(b" ")
        elif b'"' in text:
            plain = text.replace(b'"', b"")
            if self._counts_fit(plain, separator):
                text = plain
            else:
                text, separator = self._resplit(text), _UNIT_SEPARATOR
        if separator != WHITESPACE:
            text = _without_spaces_beside(text, separator.encode())
        return text.replace("−".encode(), b"-"), separator

    def _resplit(self, text: bytes) -> bytes:
        """Rows whose quoted cells hold the delimiter, with another one that no cell holds."""
        lines = text.decode("utf-8", "replace").rstrip("\n").split("\n")
        rows = [_UNIT_SEPARATOR.join(split_cells(line.rstrip("\r"), self.layout.delimiter)) for line in lines]
        return "".join(row + "\n" for row in rows).encode()

    def _counts_fit(self, text: bytes, separator: str) -> bool:
        """Whether the lines have as many cells as the table has columns, by counting all separators."""
        lines = text.count(b"\n") + bool(text and not text.endswith(b"\n"))
        return text.count(separator.encode()) == lines * (self.layout.columns - 1)

    def _parse(self, text: bytes, separator: str, missing: Collection[str] | None) -> pl.DataFrame:
        import polars as pl

        used = self._used
        return pl.read_csv(
            text,
            has_header=False,
            separator=separator,
            quote_char=None,
            schema={str(at): kind for at, kind in self._schema().items()},
            columns=None if len(used) == self.layout.columns else used,
            null_values=None if missing is None else list(missing),
            decimal_comma=self.layout.decimal_comma,
            encoding="utf8-lossy",
        )

    def _fault(self, block: Block) -> RecordingError:
        """Why a block cannot be read, with the line and the column."""
        before, text = self._narrowed(self.layout.encoding.as_utf8(block.raw))
        first = line_at(self.path, self.layout.encoding, block.offset) + before
        lines = text.decode("utf-8", "replace").split("\n")
        for number, line in enumerate(lines, start=first):
            if is_remark(line):
                continue
            cells = split_cells(line.rstrip("\r"), self.layout.delimiter)
            if len(cells) != self.layout.columns:
                has = f"has {len(cells)} {'value' if len(cells) == 1 else 'values'} in line {number}"
                what = f"{has}, but the rows before have {self.layout.columns}."
                return refusal(self.path, what, "Mend or remove that line.")
            for at in self.numbers:
                if kind_of(cells[at], decimal_comma=self.layout.decimal_comma) not in (Kind.NUMBER, Kind.MISSING):
                    return self._bad_cell(number, at, cells[at])
        return refusal(
            self.path,
            f"cannot be read in lines {first} to {first + len(lines) - 1}.",
            "Save it again as plain comma-separated values.",
        )

    def _narrowed(self, text: bytes) -> tuple[int, bytes]:
        """Of lines that cannot be read together, few among which the first that cannot is, and how many stand before
        them: to look at each line of a large block takes a hundred times as long as to read it."""
        before = 0
        while len(text) > _FEW_BYTES:
            middle = text.find(b"\n", len(text) // 2) + 1
            if not 0 < middle < len(text):
                break
            if self._read_prepared(text[:middle]) is None:
                text = text[:middle]
            else:
                before += text.count(b"\n", 0, middle)
                text = text[middle:]
        return before, text

    def _bad_cell(self, line: int, at: int, cell: str) -> RecordingError:
        heading = printable_name(self.layout.headings[at]) if self.layout.headings else ""
        column = f"column {at + 1}" + (f" ({heading})" if heading else "")
        return refusal(
            self.path,
            f"cannot be read at line {line}, {column}: “{printable_name(cell[:40])}” is not a number.",
            "Mend that value, or leave it empty if it is missing.",
        )


def _has_comments(text: bytes) -> bool:
    # A single byte is found at memory speed, a pair of which the first is a newline at a tenth of that.
    return text.startswith((b"#", b"%")) or any(mark in text and b"\n" + mark in text for mark in (b"#", b"%"))


def _without_spaces_beside(text: bytes, separator: bytes) -> bytes:
    """Cells without the spaces around them, at memory speed; long runs go in large steps."""
    if b" " not in text:
        return text
    for width in (4096, 64, 8, 1):
        spaces = b" " * width
        for mark, around in (
            (separator, (spaces + separator, separator + spaces)),
            (b"\n", (spaces + b"\n", b"\n" + spaces)),
            (b"\r\n", (spaces + b"\r\n",)),
        ):
            for found in around:
                while found in text:
                    text = text.replace(found, mark)
    return text.rstrip(b" ")
