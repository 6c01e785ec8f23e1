"""What stands where a list has no rows: one line what belongs here, one line how to get it, and a button at most."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import label


class EmptyState(QFrame):
    """`acted` comes when the button is pressed; without `action` there is none."""

    acted = Signal()

    def __init__(self, look: Look, what: str, way: str = "", action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._what = label(what, "strong")
        self._way = label(way, "muted", wrap=True)
        self._button = ActionButton(look, action)
        self._button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        column.addStretch(1)
        for line in (self._what, self._way):
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(line)
        column.addSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self.say(what, way, action)

    @property
    def text(self) -> str:
        """What it says, in one line."""
        return f"{self._what.text()} {self._way.text()}".strip()

    def say(self, what: str, way: str = "", action: str = "") -> None:
        """Say something else."""
        self._what.setText(what)
        self._way.setText(way)
        self._way.setVisible(bool(way))
        self._button.setText(action)
        self._button.setVisible(bool(action))
