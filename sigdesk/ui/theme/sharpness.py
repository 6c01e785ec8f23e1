"""How fine a painter paints."""

from __future__ import annotations

from PySide6.QtGui import QPainter


def pixels_per_unit(painter: QPainter) -> float:
    """Pixels of the device for each of the painter's own units, 2.0 on a screen twice as fine.

    The device itself would say, but to ask a painter for it leaves an object in Python whose device may be gone.
    """
    return abs(painter.deviceTransform().m11()) or 1.0
