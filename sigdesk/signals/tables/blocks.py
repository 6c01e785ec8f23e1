"""The values of a text table, a block of lines at a time: each block is parsed on its own, so memory stays bounded,
and the place of a value that cannot be read is found only when there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sigdesk.errors import RecordingError
from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import refusal
from sigdesk.signals.tables.cells import MISSING, Kind, kind_of
from sigdesk.signals.tables.layout import WHITESPACE, Layout, is_remark, split_cells

if TYPE_CHECKING:
    import polars as pl

BLOCK_BYTES = 4 * 1024**2
MAX_LINE_BYTES = 16 * 1024**2

_REMARK_LINES = re.compile(rb"^[ \t]*(?:[#%][^\n]*)?\r?(?:\n|\Z)", re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_RUN_OF_SPACES = re.compile(rb"[ \t]+")
_UNIT_SEPARATOR = "\x1f"
"""Stands between cells that held the delimiter in quotes. No text file has it, as control characters are refused."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of whole lines: the byte where it starts, its size, and the number of its first line."""

    offset: int
    size: int
    first_line: int
    raw: bytes


def blocks_of(path: Path, layout: Layout, start: int) -> Iterator[Block]:
    """The blocks of a file from byte `start` on. Raises RecordingError for a line that is too long."""
    line, offset, rest = layout.first_line, start, b""
    newline = layout.encoding.newline
    with path.open("rb") as file:
        file.seek(start)
        while chunk := file.read(BLOCK_BYTES):
            rest += chunk
            end = layout.encoding.line_end_before(rest)
            if not end:
                if len(rest) > MAX_LINE_BYTES:
                    raise line_too_long(path, line)
                continue
            raw, rest = rest[:end], rest[end:]
            yield Block(offset, end, line, raw)
            line += raw.count(newline)
            offset += end
    if rest:
        yield Block(offset, len(rest), line, rest)


def line_too_long(path: Path, line: int) -> RecordingError:
    return refusal(
        path,
        f"has over {MAX_LINE_BYTES // 1024**2} MB in line {line} without an end of the line.",
        "Save it with one row of values a line.",
    )


@dataclass(frozen=True, slots=True)
class BlockReader:
    """Turns blocks into data frames with the columns `numbers` (float64) and `texts`, all by their index as text."""

    path: Path
    layout: Layout
    numbers: tuple[int, ...]
    texts: tuple[int, ...]
    headings: tuple[str, ...]

    def read(self, block: Block) -> pl.DataFrame:
        """The rows of `block`. Raises RecordingError naming line and column of the first value that cannot be read."""
        import polars as pl  # 0.1 s: only when a table is read

        text = self._clean(block.raw)
        if not text.strip():
            return pl.DataFrame(schema={name: kind for name, kind in self._schema().items() if int(name) in self._used})
        separator = self.layout.delimiter
        if b'"' in text:
            text, separator = self._unquoted(text)
        if not self._counts_fit(text, separator):
            raise self._fault(block)
        try:
            return self._parse(text, separator)
        except pl.exceptions.PolarsError:
            pass
        try:
            return self._parse(_tidied(text, separator), separator)
        except pl.exceptions.PolarsError as error:
            raise self._fault(block) from error

    def line_of_row(self, block: Block, row: int) -> int:
        """The number of the line that holds row `row` of a block."""
        lines = self.layout.encoding.decode(block.raw).split("\n")
        rows = [number for number, line in enumerate(lines) if not is_remark(line)]
        return block.first_line + rows[min(row, len(rows) - 1)]

    @property
    def _used(self) -> list[int]:
        return sorted((*self.numbers, *self.texts))

    def _schema(self) -> dict[str, type[pl.DataType]]:
        import polars as pl

        return {str(at): pl.Float64 if at in self.numbers else pl.String for at in range(self.layout.columns)}

    def _clean(self, raw: bytes) -> bytes:
        """UTF-8 without blank lines and comments, cells separated by the delimiter."""
        text = self.layout.encoding.as_utf8(raw)
        if b"#" in text or b"%" in text or text[:1] in (b"\n", b"\r") or _BLANK_LINE.search(text):
            text = _REMARK_LINES.sub(b"", text)
        if self.layout.delimiter == WHITESPACE:
            text = _RUN_OF_SPACES.sub(b" ", text).strip(b" ")
            text = text.replace(b"\n ", b"\n").replace(b" \n", b"\n").replace(b" \r\n", b"\r\n")
        return text

    def _unquoted(self, text: bytes) -> tuple[bytes, str]:
        """Cells without their quotes, and what then separates them. polars never sees a quote: it ends the whole
        program on one that is not closed."""
        plain = text.replace(b'"', b"")
        if self._counts_fit(plain, self.layout.delimiter):
            return plain, self.layout.delimiter
        lines = text.decode("utf-8", "replace").rstrip("\n").split("\n")
        rows = [_UNIT_SEPARATOR.join(split_cells(line.rstrip("\r"), self.layout.delimiter)) for line in lines]
        return "".join(row + "\n" for row in rows).encode(), _UNIT_SEPARATOR

    def _counts_fit(self, text: bytes, separator: str) -> bool:
        """Whether the lines have as many cells as the table has columns, by counting all separators."""
        lines = text.count(b"\n") + bool(text and not text.endswith(b"\n"))
        return text.count(separator.encode()) == lines * (self.layout.columns - 1)

    def _parse(self, text: bytes, separator: str) -> pl.DataFrame:
        import polars as pl

        return pl.read_csv(
            text,
            has_header=False,
            separator=separator,
            quote_char=None,
            schema=self._schema(),
            columns=self._used,
            null_values=list(MISSING),
            decimal_comma=self.layout.decimal_comma,
            encoding="utf8-lossy",
        )

    def _fault(self, block: Block) -> RecordingError:
        """Why a block cannot be read, with the line and the column."""
        lines = self.layout.encoding.decode(block.raw).split("\n")
        for number, line in enumerate(lines, start=block.first_line):
            if is_remark(line):
                continue
            cells = split_cells(line.rstrip("\r"), self.layout.delimiter)
            if len(cells) != self.layout.columns:
                return refusal(
                    self.path,
                    f"has {len(cells)} values in line {number}, but the rows before have {self.layout.columns}.",
                    "Mend or remove that line.",
                )
            for at in self.numbers:
                if kind_of(cells[at], decimal_comma=self.layout.decimal_comma) not in (Kind.NUMBER, Kind.MISSING):
                    heading = self.headings[at] if at < len(self.headings) else ""
                    shown = printable_name(cells[at][:40])
                    column = f"column {at + 1}" + (f" ({heading})" if heading else "")
                    return refusal(
                        self.path,
                        f"cannot be read at line {number}, {column}: “{shown}” is not a number.",
                        "Mend that value, or leave it empty if it is missing.",
                    )
        last = block.first_line + len(lines) - 1
        return refusal(
            self.path,
            f"cannot be read in lines {block.first_line} to {last}.",
            "Save it again as plain comma-separated values.",
        )


def _tidied(text: bytes, separator: str) -> bytes:
    """Without spaces around cells, and with the typographic minus as the usual one."""
    text = re.sub(rb"[ ]*(" + re.escape(separator.encode()) + rb"|\r?\n|\Z)[ ]*", rb"\1", text)
    return text.replace("−".encode(), b"-")
