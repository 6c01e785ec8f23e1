"""Menus of labels: the classes with their keys, and everything that can be done to the chosen labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QMenu, QWidget

from sigdesk.labels.classes import LabelClass
from sigdesk.ui.rows.wording import button_text
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.swatch import swatch_icon
from sigdesk.ui.window.action_set import ActionSet

_ROWS: Final = (
    "label-accept", "", "label-name", "label-note", "label-class", "", "label-split", "label-merge", "", "label-delete",
)  # fmt: skip
_BEHIND: Final = 1
"""Behind so many of the rows stands the menu of classes."""


def class_menu(
    look: Look,
    classes: Sequence[LabelClass],
    choose: Callable[[str], None],
    name_new: Callable[[], None],
    set_keys: Callable[[], None],
    parent: QWidget,
) -> QMenu:
    """Classes to set, each with its key, a new one to name, and other keys for them."""
    menu = QMenu("Correct…", parent)
    menu.setAccessibleName("Classes")
    menu.setIcon(look.icon("tag"))
    for each in classes:
        key = f"\t{each.key}" if each.key else ""
        action = menu.addAction(swatch_icon(look, each.slot, each.hatched), f"{button_text(each.title)}{key}")
        action.triggered.connect(lambda _=False, name=each.name: choose(name))
    if classes:
        menu.addSeparator()
    menu.addAction(look.icon("plus"), "New class…").triggered.connect(lambda _=False: name_new())
    if classes:
        menu.addAction(look.icon("keyboard"), "Keys…").triggered.connect(lambda _=False: set_keys())
    return menu


def label_menu(actions: ActionSet, classes: Callable[[QMenu], QMenu], parent: QWidget) -> QMenu:
    """What can be done to the chosen labels; what cannot be done now says why."""
    menu = QMenu(parent)
    menu.setAccessibleName("Label")
    menu.setToolTipsVisible(True)
    for place, action_id in enumerate(_ROWS):
        if place == _BEHIND:
            menu.addMenu(classes(menu))
        if action_id:
            menu.addAction(actions[action_id])
        else:
            menu.addSeparator()
    return menu
