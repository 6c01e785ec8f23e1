"""Names from outside (files, channels, labels) made safe to show: what would disturb a line of text is escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Control characters, format characters such as right-to-left marks, lone surrogates of undecodable file names, and
# the two separators that break a line. The zero-width joiner stays: it holds an emoji together.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINER = "\u200d"


def printable_name(name: str) -> str:
    """`name` on one line, with every character that does not show itself written as an escape (`\\n`, `\\u202e`)."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(_escaped(char) for char in name)


def _escaped(char: str) -> str:
    if char != _JOINER and unicodedata.category(char) in _HIDDEN:
        return char.encode("unicode_escape").decode("ascii")
    return char


def shown_bytes(data: bytes) -> str:
    """Bytes that stand where others should: “text” where they are text, else in hexadecimal ("12 d8 36")."""
    text = data.decode("ascii", "replace")
    return f"“{text}”" if text.isascii() and text.isprintable() else data.hex(" ")


def numbered(stem: str, number: int, count: int) -> str:
    """The name of signal `number` (from 1) of `count`, zero-padded so that names sort as numbers do."""
    return f"{stem} {number:0{len(str(count))}d}"


def distinct(names: Iterable[str]) -> list[str]:
    """`names` with a number behind each that was there before: "ECG", "ECG (2)"."""
    used: dict[str, int] = {}
    found = []
    for name in names:
        used[name] = used.get(name, 0) + 1
        found.append(name if used[name] == 1 else f"{name} ({used[name]})")
    return found
