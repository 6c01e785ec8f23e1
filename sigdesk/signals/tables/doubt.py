"""What may be read in two ways in a table that was recognised: said, so that the operator can look and correct it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sigdesk.signals.tables.cells import Kind
from sigdesk.signals.tables.clock import ambiguous_date
from sigdesk.signals.tables.layout import Layout
from sigdesk.signals.tables.roles import Roles, joined

if TYPE_CHECKING:
    import polars as pl

DOUBT: Final = "not sure"
"""The key in a recording's metadata under which the doubt stands."""


def doubt_of(layout: Layout, roles: Roles, frame: pl.DataFrame) -> str:
    """Why what was recognised may be wrong, as a sentence for the operator; "" where hardly anything can be."""
    time = roles.time
    if time is not None and time.pattern is not None and ambiguous_date(joined(frame.head(200), time.date_at, time.at)):
        return "Day and month of its dates cannot be told apart."
    if _may_be_fractions(layout, frame):
        return "Its commas were taken to stand between two columns; they may be decimal commas."
    if layout.kinds.count(Kind.TEXT) * 2 > layout.columns:
        return "Most of its columns hold no numbers."
    return ""


def _may_be_fractions(layout: Layout, frame: pl.DataFrame) -> bool:
    """Two columns of whole numbers by comma and without two headings: `1,5` is one value in half of the world."""
    if layout.delimiter != "," or layout.kinds != (Kind.NUMBER, Kind.NUMBER) or layout.headings:
        return False
    first = frame.head(200)
    whole = all((first[str(at)].drop_nulls() % 1 == 0).all() for at in range(2))
    # What counts up evenly is a number or a time of the row.
    return whole and not (first["0"].diff().drop_nulls() == 1).all() and bool((first["1"].drop_nulls() >= 0).all())
