"""The table of actions as Qt actions: one QAction a row, shared by menus, buttons and shortcuts."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from sigdesk.app.action import MENUS, Action, Desk, When
from sigdesk.app.actions import ACTIONS
from sigdesk.ui.theme.look import Look


class ActionSet(QObject):
    """Owns the QActions. `enable` greys those whose condition does not hold and lets their tooltips say why."""

    def __init__(self, desk: Desk, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._desk = desk
        self._actions = {row.id: self._make(row, window) for row in ACTIONS}
        self._true: set[When] | None = None
        self._can: dict[str, bool] = {}  # by id, as it was said last
        look.changed.connect(self._paint_icons)
        self._paint_icons()

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def fill(self, bar: QMenuBar) -> None:
        """Put the menus into a menu bar."""
        for title in MENUS:
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for row in ACTIONS:
                if row.menu == title:
                    if row.opens_section:
                        menu.addSeparator()
                    menu.addAction(self._actions[row.id])

    def enable(self, holds: Iterable[When]) -> None:
        """Enable the actions whose condition is among `holds` (ALWAYS always is)."""
        true = {*holds, When.ALWAYS}
        if true == self._true:
            return  # asked for in every frame in which a job ends
        self._true = true
        for row in ACTIONS:
            can = row.when in true
            if self._can.get(row.id) is not can:
                self._can[row.id] = can
                action = self._actions[row.id]
                action.setEnabled(can)
                action.setToolTip(tooltip(row) if can else f"{tooltip(row)}\n{row.when.value}")

    def _make(self, row: Action, window: QWidget) -> QAction:
        action = QAction(row.text, window)
        action.setObjectName(row.id)
        if not row.in_plot:  # the plot hears those itself
            action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setMenuRole(_role(row))
        action.triggered.connect(lambda _=False: row.handler(self._desk))
        window.addAction(action)  # its shortcut works although no menu that shows it is open
        return action

    def _paint_icons(self) -> None:
        for row in ACTIONS:
            if row.icon:
                self._actions[row.id].setIcon(self._look.icon(row.icon))


def tooltip(row: Action) -> str:
    """ "Open files… (Ctrl+O)"."""
    keys = keys_text(row)
    return f"{row.text} ({keys})" if keys else row.text


def keys_text(row: Action) -> str:
    """The row's first shortcut as this system writes it."""
    return QKeySequence(row.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if row.keys else ""


def _role(row: Action) -> QAction.MenuRole:
    """Where macOS moves an action: Settings, About and Quit belong to the program's own menu there."""
    roles = {
        "settings": QAction.MenuRole.PreferencesRole,
        "about": QAction.MenuRole.AboutRole,
        "quit": QAction.MenuRole.QuitRole,
    }
    return roles.get(row.id, QAction.MenuRole.NoRole)
