"""The actions of the plot's instruments."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When

PLOT_FILE_ACTIONS: Final = (
    Action(
        "save-picture", "Save picture of the plot…", lambda d: d.plots.save_picture(), "File", icon="download-simple",
        when=When.SIGNAL_SHOWN, group="Plot", opens_section=True,
    ),
    Action(
        "save-stretch", "Save visible stretch as CSV…", lambda d: d.plots.save_stretch(), "File", icon="table",
        when=When.SIGNAL_SHOWN, group="Plot",
    ),
)  # fmt: skip
PLOT_EDIT_ACTIONS: Final = (
    Action(
        "copy-picture", "Copy picture of the plot", lambda d: d.plots.copy_picture(), "Edit", ("Ctrl+Shift+C",),
        "copy", When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "copy-stretch", "Copy visible values", lambda d: d.plots.copy_stretch(), "Edit", icon="table",
        when=When.SIGNAL_SHOWN, group="Plot",
    ),
)  # fmt: skip
PLOT_ACTIONS: Final = (
    Action(
        "play", "Play or stop the stretch", lambda d: d.plots.play_or_stop(), "View", ("P",), "speaker-high",
        When.CAN_PLAY, "Plot",
    ),
    Action(
        "arrange", "Arrange channels", lambda d: d.plots.arrange(), "View", ("Ctrl+Alt+C",), "rows",
        When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "clock-time", "Elapsed or clock time", lambda d: d.plots.toggle_clock(), "View", ("Ctrl+Alt+T",), "clock",
        When.START_KNOWN, "Plot",
    ),
    Action(
        "process", "Process channels…", lambda d: d.plots.process(), "View", ("Ctrl+Alt+F",), "funnel",
        When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "spectrum", "Spectrum", lambda d: d.plots.toggle_spectrum(), "View", ("G",), "chart-bar", When.SIGNAL_SHOWN,
        "Plot",
    ),
)  # fmt: skip
