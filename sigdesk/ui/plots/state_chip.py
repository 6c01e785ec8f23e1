"""What the plot's head says of a signal's state; apart from it, as the window knows it before any plot is made."""

from __future__ import annotations

from msgspec import Struct


class StateChip(Struct, frozen=True):
    """The state beside the signal's name. `status` is ok, warn, error, accent or muted."""

    text: str
    icon: str
    status: str
