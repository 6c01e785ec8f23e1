"""What one cell of a text table is: a number, a date or time, missing, or text."""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import Final

MISSING: Final = ("", "NA", "N/A", "na", "n/a", "null", "NULL", "None", "none", "-", "--", "?", "#N/A")
"""What programs write where a value is missing, besides NaN, which is read as a number."""

_MISSING = frozenset(MISSING)
_NUMBER = re.compile(r"[+\-−]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_NUMBER_COMMA = re.compile(r"[+\-−]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_DATE = r"\d{4}-\d{1,2}(?:-\d{1,2})?|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}/\d{1,2}/\d{4}"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_WHEN = re.compile(rf"(?:{_DATE})(?:[ T]+{_CLOCK} ?(?:Z|[+-]\d\d:?\d\d)?)?|{_CLOCK}")

_KEPT_UP_TO: Final = 64
"""Cells that are longer are looked at anew: kept for good, thousands of long texts would hold much memory."""


class Kind(enum.Enum):
    """The kind of a cell, or of a column by most of its cells."""

    NUMBER = "number"
    WHEN = "date or time"
    MISSING = "missing"
    TEXT = "text"


def kind_of(cell: str, *, decimal_comma: bool) -> Kind:
    """The kind of a cell, whose quotes and outer spaces are gone already."""
    return _kind(cell, decimal_comma) if len(cell) > _KEPT_UP_TO else _kept_kind(cell, decimal_comma)


def _kind(cell: str, decimal_comma: bool) -> Kind:
    if cell in _MISSING:
        return Kind.MISSING
    if (_NUMBER_COMMA if decimal_comma else _NUMBER).fullmatch(cell):
        return Kind.NUMBER
    return Kind.WHEN if _WHEN.fullmatch(cell) else Kind.TEXT


_kept_kind = lru_cache(4096)(_kind)  # a table is looked at in several ways, cell by cell


def column_kind(kinds: list[Kind]) -> Kind:
    """The kind of a column: what most of its cells are that are not missing."""
    ranked: tuple[Kind, ...] = (Kind.NUMBER, Kind.WHEN, Kind.TEXT)
    most = max(ranked, key=kinds.count)
    return most if most in kinds else Kind.MISSING
