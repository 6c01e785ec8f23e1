"""`.arff` as the UCR/UEA archive writes it: one column a sample, or one relational column that holds a signal of
several channels, and the class in a column of its own."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.labelled import (
    MAX_NOTE_CHARS,
    Line,
    LineError,
    Parsed,
    first_statement,
    lines_of,
    numbers,
    recordings_of,
    stacked,
)
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf

_ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"[^"]*"|\S+)\s+(.+)""", re.IGNORECASE)
_NUMERIC = {"numeric", "real", "integer"}
_CLASS_NAMES = {"class", "target", "label"}


class _Header(Struct):
    """The columns before @data. `kinds` holds "numeric", "nominal" or "relational" for each, in order."""

    relation: str = ""
    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inside_relation: bool = False

    @property
    def label_at(self) -> int | None:
        """The column of the class: the nominal one, or a last one that is named so."""
        if "nominal" in self.kinds:
            return len(self.kinds) - 1 - self.kinds[::-1].index("nominal")
        last = len(self.kinds) - 1
        return last if last > 0 and self.names[last].lower() in _CLASS_NAMES else None


class ArffFormat(Struct, frozen=True):
    name: str = "ARFF (labelled set)"
    suffixes: tuple[str, ...] = (".arff",)

    def confidence(self, head: bytes, path: Path) -> float:
        if first_statement(head).startswith(b"@relation"):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        lines = lines_of(path)
        header = _read_header(path, lines)
        label_at, columns = header.label_at, len(header.kinds)
        if header.kinds.count("relational") == 1 and columns <= 2:
            parse: _RowParser | _RelationParser = _RelationParser(has_label=columns == 2)
        elif all(kind == "numeric" for at, kind in enumerate(header.kinds) if at != label_at) and columns > 1:
            parse = _RowParser(columns, label_at)
        else:
            raise refusal(
                path,
                "has columns that are neither numbers nor one class.",
                "Save one numeric column a sample, and the class last.",
            )
        notes = "\n".join(header.notes).strip()[:MAX_NOTE_CHARS]
        metadata = {"relation": header.relation, **({"description": notes} if notes else {})}
        signals = (line for line in lines if line.text.strip() and not line.text.startswith(b"%"))
        return recordings_of(path, shelf, signals, parse, "ARFF", metadata)


def _read_header(path: Path, lines: Iterator[Line]) -> _Header:
    header = _Header()
    for line in lines:
        text = line.text.decode("utf-8", "replace").strip()
        word = text.split(maxsplit=1)[0].lower() if text else ""
        if word == "@data":
            return header
        if word.startswith("%"):
            header.notes.append(printable_name(text.lstrip("% ")))
        elif word == "@relation":
            header.relation = printable_name(text.partition(" ")[2].strip().strip("'\""))
        elif word == "@end":
            header.inside_relation = False
        elif word == "@attribute":
            if not header.inside_relation:
                _add_column(path, header, text, line.number)
        elif word:
            raise refusal(path, f"has a line {line.number} before @data that is no header.", "Mend that line.")
    raise refusal(path, "has no line @data, so it holds no signals.", "Check that the file was copied whole.")


def _add_column(path: Path, header: _Header, text: str, number: int) -> None:
    found = _ATTRIBUTE.match(text)
    if not found:
        raise refusal(path, f"has a column without a type in line {number}.", "Mend that line.")
    kind = found[2].strip().lower()
    header.names.append(found[1].strip("'\""))
    if kind.startswith("{"):
        header.kinds.append("nominal")
    elif kind.split()[0] in _NUMERIC:
        header.kinds.append("numeric")
    else:
        header.kinds.append(kind)
        header.inside_relation = kind == "relational"


class _RowParser(Struct, frozen=True):
    """A line of `columns` values, one of them the class."""

    columns: int
    label_at: int | None

    def __call__(self, text: bytes) -> Parsed:
        if text.startswith(b"{"):
            raise LineError("is written sparsely, in braces, which SigDesk does not read")
        if self.label_at == self.columns - 1 and b"'" not in text and b'"' not in text:
            values, _, label = text.rpartition(b",")
        else:
            values, label = self._split(text)
        samples = numbers(values)
        expected = self.columns - (self.label_at is not None)
        if len(samples) != expected:
            raise LineError(f"has {len(samples)} values, but {expected} columns are declared")
        return Parsed(samples.reshape(1, -1), None if self.label_at is None else _label(label))

    def _split(self, text: bytes) -> tuple[bytes, bytes]:
        try:
            cells = next(csv.reader([text.decode("latin-1")], quotechar="'", skipinitialspace=True), [])
        except csv.Error as error:
            raise LineError(f"cannot be cut into values ({error})") from error
        if len(cells) != self.columns:
            raise LineError(f"has {len(cells)} values, but {self.columns} columns are declared")
        label = "" if self.label_at is None else cells.pop(self.label_at)
        return ",".join(cells).encode("latin-1"), label.encode("latin-1")


class _RelationParser(Struct, frozen=True):
    """A line whose first value is a quoted table of channels, separated by a backslash and an n."""

    has_label: bool

    def __call__(self, text: bytes) -> Parsed:
        text = text.strip()
        quote = text[:1]
        end = text.rfind(quote)
        if quote not in (b"'", b'"') or end == 0:
            raise LineError("does not hold a signal in quotes")
        label = None
        if self.has_label:
            comma = text[end + 1 :].lstrip()
            # A quoted class ends the line with the same quote, so the signal's own lies before it.
            if not comma.startswith(b","):
                end = text.find(quote, 1)
                comma = text[end + 1 :].lstrip()
            if not comma.startswith(b","):
                raise LineError("has no class after its signal")
            label = _label(comma[1:])
        channels = text[1:end].split(b"\\n")
        if not all(channel.strip() for channel in channels):
            raise LineError("has an empty channel")
        return Parsed(stacked([numbers(channel) for channel in channels]), label)


def _label(text: bytes) -> str:
    return printable_name(text.decode("utf-8", "replace").strip().strip("'\""))


FORMAT = ArffFormat()
