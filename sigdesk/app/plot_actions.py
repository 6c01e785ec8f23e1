"""The actions of the plot's instruments."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When

PLOT_ACTIONS: Final = (
    Action(
        "spectrum", "Spectrum", lambda d: d.plots.toggle_spectrum(), "View", ("G",), "chart-bar", When.SIGNAL_SHOWN,
        "Plot",
    ),
)  # fmt: skip
