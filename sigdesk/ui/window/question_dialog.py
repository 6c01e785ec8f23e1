"""A dialog that asks before something is overwritten: what is at stake, and a button for each way on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label

_WIDTH: Final = 460


class QuestionDialog(QDialog):
    """`chosen` carries the text of the answer; Esc and Enter are Cancel, for the answers change what is there."""

    chosen = Signal(str)

    def __init__(
        self, look: Look, title: str, what: str, way_out: str, answers: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(look, "warning", "warn", 20))
        head.addWidget(label(what, "strong", wrap=True), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for text in answers:
            button = ActionButton(look, text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, text=text: self._on_answer(text))
            buttons.addWidget(button)
        cancel = ActionButton(look, "Cancel", kind="primary")
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        buttons.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(label(way_out, "secondary", wrap=True))
        column.addSpacing(8)
        column.addLayout(buttons)
        cancel.setFocus()

    def _on_answer(self, text: str) -> None:
        self.accept()
        self.chosen.emit(text)
