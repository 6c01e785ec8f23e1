"""What the three text formats of labelled sets share: a line holds one signal, and a set holds thousands of lines.

A signal keeps only where its line stands, and its samples lie on the shelf; pushed off it, the one line is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.arrays import channels_of
from sigdesk.signals.names import numbered, printable_name
from sigdesk.signals.recording import Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import CheckedSource, Shelf
from sigdesk.signals.stamp import FileStamp

MAX_LINE_BYTES = 64 * 1024**2
MAX_NOTE_CHARS = 4_000
MISSING = {b"?", b"", b"NaN", b"nan", b"NA"}


class Line(Struct, frozen=True):
    """One line of a file: its number from 1, the byte where it starts, and its text without the line's end."""

    number: int
    offset: int
    text: bytes


class Parsed(Struct, frozen=True):
    """What one line said: samples of shape (channels, n), and the class, or None where the set has none."""

    samples: Samples
    label: str | None


class LineError(ValueError):
    """A line cannot be read; the text says why and completes "line 12 …"."""


Parse = Callable[[bytes], Parsed]


_BUFFER_BYTES = 1 << 20
"""At each read of the disk the interpreter is let go for a moment too short for the window's thread, which waits on."""


def lines_of(path: Path) -> Iterator[Line]:
    """The lines of a file, one at a time. Raises RecordingError for one that is too long."""
    offset = 0
    with path.open("rb", buffering=_BUFFER_BYTES) as file:
        for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES + 1), b""), start=1):
            if len(raw) > MAX_LINE_BYTES:
                raise refusal(
                    path,
                    f"has a line {number} (from byte {offset}) of over {MAX_LINE_BYTES // 1024**2} MB.",
                    "Check that the file is a labelled set, with one signal a line.",
                )
            text = raw.rstrip(b"\r\n")
            if number == 1:
                text = text.removeprefix(b"\xef\xbb\xbf")
            yield Line(number, offset + (3 if number == 1 and raw.startswith(b"\xef\xbb\xbf") else 0), text)
            offset += len(raw)


def first_statement(head: bytes) -> bytes:
    """The first line of a file's head that is neither blank nor a comment, in lower case."""
    lines = (line.strip().lower() for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    return next((line for line in lines if line and not line.startswith((b"#", b"%"))), b"")


def numbers(text: bytes, separator: bytes = b",") -> NDArray[np.float64]:
    """The values of a separated list, shape (n,), NaN where one is missing. Raises LineError for the first bad one."""
    cells = text.split(separator)
    try:
        return np.array(cells, dtype=np.float64)
    except ValueError:
        pass
    values = np.empty(len(cells))
    for index, cell in enumerate(cells):
        stripped = cell.strip()
        try:
            values[index] = np.nan if stripped in MISSING else float(stripped)
        except ValueError:
            shown = printable_name(stripped[:40].decode("utf-8", "replace"))
            raise LineError(f"has “{shown}” as value {index + 1}, which is no number") from None
    return values


def stacked(rows: list[NDArray[np.float64]]) -> Samples:
    """Channels as one array; a channel that is shorter than the longest ends in NaN."""
    length = max(map(len, rows))
    table = np.full((len(rows), length), np.nan)
    for row, values in zip(table, rows, strict=True):
        row[: len(values)] = values
    return table


class LineSource(CheckedSource, Struct, frozen=True):
    """The samples of one line."""

    stamp: FileStamp
    shelf: Shelf
    offset: int
    size: int
    parse: Parse

    def read_unchecked(self, start: int, stop: int) -> Samples:
        samples = self.shelf.take((self.stamp, self.offset), self._load)
        return samples if start == 0 and stop == samples.shape[1] else samples[:, start:stop]

    def _load(self) -> Samples:
        try:
            with self.stamp.path.open("rb") as file:
                file.seek(self.offset)
                return self.parse(file.read(self.size)).samples
        except (OSError, LineError) as error:
            raise refusal(self.stamp.path, f"can no longer be read at byte {self.offset}.", "Open it again.") from error


def recordings_of(
    path: Path, shelf: Shelf, lines: Iterable[Line], parse: Parse, format_name: str, metadata: Mapping[str, str]
) -> list[Recording]:
    """One recording a line, parsed by `parse`. Raises RecordingError naming the line that cannot be read."""
    stamp = FileStamp.of(path)
    found: list[tuple[LineSource, tuple[int, ...], str | None]] = []
    for line in lines:
        parsed = _parse(path, line, parse)
        shape = parsed.samples.shape
        if found and shape[0] != found[0][1][0]:
            raise refusal(
                path,
                f"has {shape[0]} channels in line {line.number}, but {found[0][1][0]} in the lines before.",
                "Mend or remove that line.",
            )
        shelf.put((stamp, line.offset), parsed.samples)
        found.append((LineSource(stamp, shelf, line.offset, len(line.text), parse), shape, parsed.label))
    if not found:
        raise refusal(path, "is a labelled set without a signal.", "Check that the file was copied whole.")
    channels = channels_of(found[0][1][0])
    shared = MappingProxyType(dict(metadata))
    no_times = TimeBase()
    return [
        Recording(
            name=printable_name(numbered(path.stem, number, len(found))),
            path=path,
            channels=channels,
            length=shape[1],
            time_base=no_times,
            source=source,
            format_name=format_name,
            item=str(number),
            label=label,
            metadata=shared,
        )
        for number, (source, shape, label) in enumerate(found, start=1)
    ]


def _parse(path: Path, line: Line, parse: Parse) -> Parsed:
    try:
        return parse(line.text)
    except LineError as error:
        raise refusal(
            path, f"cannot be read at line {line.number} (byte {line.offset}): it {error}.", "Mend or remove that line."
        ) from error
