"""The menu behind the "…" of the plot's head: what can be done with what is visible, and with its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QMenu

from sigdesk.ui.window.action_set import ActionSet

if TYPE_CHECKING:
    from sigdesk.ui.plots.area import PlotArea

_ROWS: Final = (
    *(
        "arrange",
        "process",
        "clock-time",
        "play",
        "",
        "copy-picture",
        "copy-stretch",
        "save-picture",
        "save-stretch",
        "",
    ),
    *("table-reading", "contents", "reload", "follow", "reveal"),
)
"""Ids of actions; "" is a line between two groups."""


def fill_plot_menu(plots: PlotArea, actions: ActionSet) -> None:
    """Give the plot its menu; the actions are those of the menu bar."""
    menu = QMenu(plots)
    menu.setToolTipsVisible(True)
    for row in _ROWS:
        if row:
            menu.addAction(actions[row])
        else:
            menu.addSeparator()
    plots.set_more_menu(menu)
