"""`.ts` as sktime and aeon write the UCR/UEA archive: headers with @, then a signal a line, its channels separated by
colons and its class last."""

from __future__ import annotations

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

_MARKS = (b"@problemname", b"@timestamps", b"@univariate", b"@classlabel", b"@targetlabel")


class _Header(Struct):
    """What stands before @data."""

    entries: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def says_true(self, key: str) -> bool:
        return self.entries.get(key, "").lower().startswith("true")

    @property
    def metadata(self) -> dict[str, str]:
        notes = "\n".join(self.notes).strip()[:MAX_NOTE_CHARS]
        return {**self.entries, **({"description": notes} if notes else {})}


class TsFormat(Struct, frozen=True):
    name: str = "TS (labelled set)"
    suffixes: tuple[str, ...] = (".ts",)

    def confidence(self, head: bytes, path: Path) -> float:
        if first_statement(head).startswith(_MARKS):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        lines = lines_of(path)
        header = _read_header(path, lines)
        if header.entries.get("timestamps", "false").lower() == "true":
            raise refusal(
                path,
                "gives a time stamp with every value (@timeStamps true), which SigDesk does not read.",
                "Save the set without time stamps.",
            )
        parse = _LineParser(has_class=header.says_true("classlabel"), has_target=header.says_true("targetlabel"))
        signals = (line for line in lines if line.text.strip() and not line.text.startswith((b"#", b"%")))
        return recordings_of(path, shelf, signals, parse, "TS", header.metadata)


def _read_header(path: Path, lines: Iterator[Line]) -> _Header:
    header = _Header()
    for line in lines:
        text = printable_name(line.text.decode("utf-8", "replace").strip())
        if not text:
            continue
        if text[0] in "#%":
            header.notes.append(text.lstrip("#% "))
            continue
        if text[0] != "@":
            raise refusal(
                path,
                f"has values in line {line.number}, before the line @data.",
                "Add the missing headers, or name it after what it is.",
            )
        key, _, value = text[1:].partition(" ")
        if key.lower() == "data":
            return header
        header.entries[key.lower()] = value.strip()[:MAX_NOTE_CHARS]
    raise refusal(path, "has no line @data, so it holds no signals.", "Check that the file was copied whole.")


class _LineParser(Struct, frozen=True):
    """A line of channels; a class stands last, or the target of a regression, which is no class and is left out."""

    has_class: bool
    has_target: bool

    def __call__(self, text: bytes) -> Parsed:
        values, label = text, None
        if self.has_class or self.has_target:
            values, colon, last = text.rpartition(b":")
            if not colon or b"," in last:
                raise LineError("has no class after a last colon")
            label = printable_name(last.decode("utf-8", "replace").strip()) if self.has_class else None
        channels = values.split(b":")
        if not all(channel.strip() for channel in channels):
            raise LineError("has an empty channel")
        return Parsed(stacked([numbers(channel) for channel in channels]), label)


FORMAT = TsFormat()
