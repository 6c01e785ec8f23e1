"""Where the tables and keys of a TOML text stand. `tomllib` gives values without lines, and whoever corrects a manifest
wants to be sent to the line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

Path = tuple[str, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_PARTS = re.compile(_PART)
# What may hide a bracket or a newline: strings over several lines, strings, comments; else the brackets themselves.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""' r"|'''.*?'''" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'" r"|\#[^\n]*" r"|[\[\]{}\n]", re.DOTALL
)


class LineMap(Struct, frozen=True):
    """The line (from 1) of every table and key by its path, and the number of lines."""

    lines: Mapping[Path, int]
    count: int

    def line_of(self, path: Path) -> int:
        """The line of `path`, else that of the nearest table around it, else the last line of the file."""
        for length in range(len(path), 0, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return line
        return self.count


def map_lines(text: str) -> LineMap:
    """Find the tables and keys of a valid TOML text. Inline tables count as the line they begin on."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        if header := _HEADER.match(line):
            table = _path(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _path(key[1]), number)
    return LineMap(lines, max(1, len(text.splitlines())))


def _statements(text: str) -> list[tuple[int, str]]:
    """Each statement with the line it begins on: newlines within brackets and long strings do not end one."""
    statements = []
    begin, first, number, depth = 0, 1, 1, 0
    for token in _TOKEN.finditer(text):
        found = token[0]
        if found == "\n":
            number += 1
            if depth <= 0:
                statements.append((first, text[begin : token.start()]))
                begin, first, depth = token.end(), number, 0
        elif found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        else:
            number += found.count("\n")
    return [*statements, (first, text[begin:])]


def _path(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PARTS.findall(dotted))
