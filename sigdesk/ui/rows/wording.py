"""Numbers and foreign text as operators read them: counts, shares, places in line, and text that scripts wrote."""

from __future__ import annotations

import html
from typing import Final

from sigdesk.ui.widgets.numbers import grouped

NONE: Final = "–"
"""What stands where there is no value."""
_TOOLTIP_CHARACTERS: Final = 2000


def percent(share: float | None, decimals: int = 0) -> str:
    """A share of 0..1 as "91%" or "91.4%"; a dash where there is none."""
    return NONE if share is None else f"{share * 100:.{decimals}f}%"


def counted(value: int, noun: str) -> str:
    """ "1 signal", "96 signals"."""
    return f"{grouped(value)} {noun}" if value == 1 else f"{grouped(value)} {noun}s"


def in_line(place: int) -> str:
    """A place in the queue: "1st in line", "12th in line"."""
    teens = 10 < place % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{grouped(place)}{ending} in line"


def visible(text: str) -> str:
    """Text with control characters made visible ("\\x1b"), so a script cannot dress up a row; tabs are spaces."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return "    "
    if character.isprintable() or character == "\u2009":
        return character
    return repr(character)[1:-1]


def plain_tooltip(text: str) -> str:
    """A tooltip that shows text letter by letter: Qt would take a script's or a file's "<b>" for markup."""
    if not text:
        return ""
    if len(text) > _TOOLTIP_CHARACTERS:
        text = text[:_TOOLTIP_CHARACTERS] + "…"
    lines = (html.escape(visible(line)) for line in text.split("\n"))
    return '<p style="white-space: pre-wrap">' + "<br>".join(lines) + "</p>"


def button_text(text: str) -> str:
    """Text for a button or a menu, where Qt would take "&" for a mnemonic."""
    return visible(text).replace("&", "&&")
