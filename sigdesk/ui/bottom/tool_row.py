"""A field and buttons beside the tabs; where room is short, one button after another keeps its icon only."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.keys import tooltip
from sigdesk.ui.widgets.search_field import SearchField

HEIGHT = 24
FIELD_LEAST = 64
FIELD_OF_USE = 112
FIELD_MOST = 180
_SPACING = 4


class Tool(Struct, frozen=True):
    """What a button of the row says: its text, icon and shortcut. `about` is its tooltip, the text where there is none.

    `goes` tells in which order the texts give way, 1 first; `checkable` ones stay pressed.
    """

    text: str
    icon: str
    keys: str = ""
    about: str = ""
    goes: int = 1
    checkable: bool = False


class ToolRow(QWidget):
    """Never wider than the room it gets. `buttons` stand in the order of `tools`."""

    def __init__(
        self, look: Look, tools: Sequence[Tool], field: SearchField | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tools = list(tools)
        self._field = field
        self._obstacles = [""] * len(self._tools)
        self.buttons = [ActionButton(look, tool.text, tool.icon, tool.keys, "ghost") for tool in tools]
        for button, tool in zip(self.buttons, tools, strict=True):
            button.setCheckable(tool.checkable)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addStretch(1)
        if field is not None:
            field.setProperty("small", True)
            field.setFixedHeight(HEIGHT)
            field.setMinimumWidth(FIELD_LEAST)
            field.setMaximumWidth(FIELD_MOST)
            row.addWidget(field, 100)
        for button in self.buttons:
            row.addWidget(button)

    def set_obstacle(self, why: str, *places: int) -> None:
        """Why these buttons (all when none is named) cannot be used now; "" when they can."""
        changed = [place for place in places or range(len(self.buttons)) if self._obstacles[place] != why]
        for place in changed:
            self._obstacles[place] = why
            self.buttons[place].setEnabled(not why)
            self._explain(place)

    def set_tool(self, place: int, tool: Tool) -> None:
        """Let a button say and mean something else."""
        if self._tools[place] != tool:
            self._tools[place] = tool
            self.buttons[place].set_icon_name(tool.icon)
            self._dress()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._dress()

    def _dress(self) -> None:
        """Texts go before the field is too narrow to be of use, buttons (menus have them too) before it is none."""
        order = sorted(range(len(self.buttons)), key=lambda place: self._tools[place].goes)
        for place in order:
            self.buttons[place].show()
            self._show_text(place, True)
        for place in order:
            if self._needs(FIELD_OF_USE) > self.width():
                self._show_text(place, False)
        for place in order:
            if self._needs(FIELD_LEAST) > self.width():
                self.buttons[place].hide()
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def _show_text(self, place: int, shows: bool) -> None:
        button, tool = self.buttons[place], self._tools[place]
        button.setText(tool.text if shows else "")
        button.set_keys(tool.keys if shows else "")
        self._explain(place)

    def _explain(self, place: int) -> None:
        button, tool = self.buttons[place], self._tools[place]
        says = tooltip(tool.about or tool.text, tool.keys) if tool.about or not button.text() else ""
        button.explain(self._obstacles[place] or says)
        button.setAccessibleName(tool.about or tool.text)

    def _needs(self, field: int) -> int:
        """Pixels that what is shown takes, with so many for the field."""
        widths = [button.sizeHint().width() for button in self.buttons if not button.isHidden()]
        widths += [field] if self._field is not None else []
        return sum(widths) + _SPACING * (len(widths) - 1)
