"""A field and buttons beside the tabs; where room is short the buttons keep their icons only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.keys import tooltip
from sigdesk.ui.widgets.search_field import SearchField

HEIGHT = 24
FIELD_LEAST = 64
FIELD_MOST = 180
_SPACING = 4


@dataclass(frozen=True, slots=True)
class Tool:
    """What a button of the row says: its text, icon and shortcut."""

    text: str
    icon: str
    keys: str = ""


class ToolRow(QWidget):
    """Never wider than the room it gets. `buttons` stand in the order of `tools`."""

    def __init__(
        self, look: Look, tools: Sequence[Tool], field: SearchField | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tools = tuple(tools)
        self._field = field
        self._obstacles = [""] * len(self._tools)
        self.buttons = [ActionButton(look, tool.text, tool.icon, tool.keys, "ghost") for tool in tools]
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
        if changed:
            self._dress()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._dress()

    def _dress(self) -> None:
        self._show_texts(True)
        if self._needs() > self.width():
            self._show_texts(False)

    def _show_texts(self, shows: bool) -> None:
        for button, tool, obstacle in zip(self.buttons, self._tools, self._obstacles, strict=True):
            button.setText(tool.text if shows else "")
            button.set_keys(tool.keys if shows else "")
            button.explain(obstacle or ("" if shows else tooltip(tool.text, tool.keys)))
            button.setAccessibleName(tool.text)

    def _needs(self) -> int:
        widths = [button.sizeHint().width() for button in self.buttons]
        widths += [FIELD_LEAST] if self._field is not None else []
        return sum(widths) + _SPACING * (len(widths) - 1)
