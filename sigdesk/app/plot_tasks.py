"""What the plot's own actions can ask of the window."""

from __future__ import annotations

from typing import Protocol


class PlotTasks(Protocol):
    """The window implements it; a test may do so too."""

    def toggle_spectrum(self) -> None: ...
    def copy_picture(self) -> None: ...
    def save_picture(self) -> None: ...
    def save_stretch(self) -> None: ...
