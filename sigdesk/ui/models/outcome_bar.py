"""What came of a training, in a line, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from sigdesk.ui.models.section import MARGIN
from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label

PROMOTE, KEEP, SHADOW, SHOW = "Promote", "Keep the present one", "Shadow run…", "Show the model"


class OutcomeBar(QFrame):
    """`acted` carries the text of the button that was pressed."""

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._icon = IconLabel(look, "check-circle", "ok")
        self._words = label("", "small", wrap=True)
        self._buttons = [
            ActionButton(look, text, kind="primary" if text == PROMOTE else "plain")
            for text in (PROMOTE, KEEP, SHADOW, SHOW)
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 6, MARGIN, 6)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        for button in self._buttons:
            button.clicked.connect(partial(self.acted.emit, button.text()))
            row.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, text: str, status: str, buttons: Sequence[str] = ()) -> None:
        """Say how it ended, with these buttons; `status` is "ok", "warn" or "error"."""
        icons = {"ok": "check-circle", "warn": "prohibit", "error": "warning-circle"}
        restyle(self, "status", status)
        self._icon.show_icon(icons[status], status)
        self._words.setText(text)
        for button in self._buttons:
            button.setVisible(button.text() in buttons)
        self.show()
