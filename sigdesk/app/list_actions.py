"""Actions on the list of signals: in which order it stands, and what of it is folded."""

from __future__ import annotations

from functools import partial
from typing import Final

from sigdesk.app.action import Action, Desk, When
from sigdesk.app.signals_model import SORTS


def _sort(order: str, desk: Desk) -> None:
    desk.list.sort_by(order)


LIST_ACTIONS: Final = (
    *(
        Action(f"sort-{order.split()[0].lower()}", f"Sort signals by {order.lower()}", partial(_sort, order),
               icon="sort-ascending", when=When.SIGNALS_OPEN, group="Signals")
        for order in SORTS
    ),
    Action(
        "sort-reverse", "Sort signals the other way round", lambda d: d.list.reverse(), icon="sort-ascending",
        when=When.SIGNALS_OPEN, group="Signals",
    ),
    Action(
        "fold-groups", "Fold all groups of signals", lambda d: d.list.fold_all(True), icon="caret-right",
        when=When.SIGNALS_OPEN, group="Signals",
    ),
    Action(
        "unfold-groups", "Unfold all groups of signals", lambda d: d.list.fold_all(False), icon="caret-down",
        when=When.SIGNALS_OPEN, group="Signals",
    ),
)  # fmt: skip
