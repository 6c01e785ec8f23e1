"""Columns of a table, and how they share the width there is."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import Qt


class Column(Struct, frozen=True):
    """A column: its usual width (px), the least it may have, and its share of what is over.

    Where even the least widths have no room, columns with `goes` are hidden: 1 first, then 2, and so on; 0 never.
    """

    width: int
    least: int
    weight: int = 0
    right: bool = False
    goes: int = 0
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight


def columns_with_room(columns: Sequence[Column], room: int) -> list[int]:
    """The places of the columns that can be shown in the room there is (px)."""
    shown = list(range(len(columns)))
    for section in sorted((section for section in shown if columns[section].goes), key=lambda s: columns[s].goes):
        if sum(columns[place].least for place in shown) > room:
            shown.remove(section)
    return shown


def shared_widths(columns: Sequence[Column], room: int) -> list[int]:
    """Widths (px) of columns for the room there is: what is over by weight, what lacks by what each can give."""
    over = room - sum(column.width for column in columns)
    shares = [column.weight if over >= 0 else column.width - column.least for column in columns]
    whole = sum(shares)
    if not whole:
        return [column.width for column in columns]
    if over < 0:
        over = max(over, -whole)
    widths = [column.width + over * share // whole for column, share in zip(columns, shares, strict=True)]
    # The pixels lost to rounding go to the column that gives or takes most, so that no scroll bar appears.
    widths[shares.index(max(shares))] += sum(column.width for column in columns) + over - sum(widths)
    return widths
