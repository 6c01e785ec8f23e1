"""The order in which Tab goes through the window: pane after pane, and inside each as its widgets stand in the tree.

Qt's own order is that in which widgets were made. Panels that are made anew, as the result of a signal is, would then
come after everything else.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def stops(panes: Iterable[QWidget]) -> list[QWidget]:
    """The widgets that take the keyboard by Tab now, in order."""
    found: dict[QWidget, None] = {}
    for pane in panes:
        found.update(dict.fromkeys(widget for widget in (pane, *pane.findChildren(QWidget)) if _stops_at(widget)))
    return list(found)


def after(widget: QWidget | None, order: list[QWidget], step: int) -> QWidget | None:
    """The stop that follows `widget`, or goes before it with a step of -1, round and round; None when there is none."""
    if not order:
        return None
    if widget in order:
        return order[(order.index(widget) + step) % len(order)]
    return order[0 if step > 0 else -1]


def _stops_at(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None
