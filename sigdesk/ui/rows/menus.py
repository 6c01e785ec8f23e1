"""Menus over rows: entries that cannot be used now stay in their place, disabled, and their tooltip says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtWidgets import QMenu, QWidget

from sigdesk.ui.theme.look import Look


class Entry(Struct, frozen=True):
    """A line of a menu. `why_not` says why it cannot be used now; "" when it can."""

    text: str
    icon: str
    do: Callable[[], None]
    why_not: str = ""


def row_menu(look: Look, entries: Sequence[Entry | None], parent: QWidget) -> QMenu:
    """A menu of these entries, with a line where None stands. It is gone once it was closed."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        action = menu.addAction(look.icon(entry.icon), entry.text)
        action.setEnabled(not entry.why_not)
        action.setToolTip(entry.why_not)
        action.triggered.connect(lambda _=False, do=entry.do: do())
    return menu
