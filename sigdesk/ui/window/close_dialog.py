"""The dialog that asks what becomes of jobs that have not ended when the window is closed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label

KEEP: Final = "Keep for the next start"
CANCEL: Final = "Cancel them"
STAY: Final = "Don't close"
_WIDTH: Final = 460


class CloseDialog(QDialog):
    """Enter keeps the jobs, Esc leaves the window open."""

    kept = Signal()
    cancelled = Signal()

    def __init__(self, look: Look, what: str, way_out: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Close SigDesk")
        self.setFixedWidth(_WIDTH)
        self.what = label(what, "strong", wrap=True)
        self.way_out = label(way_out, "secondary", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(look, "clock", "text_2", 20))
        head.addWidget(self.what, 1)
        keep = ActionButton(look, KEEP, kind="primary")
        cancel, stay = ActionButton(look, CANCEL), ActionButton(look, STAY)
        keep.setDefault(True)
        keep.clicked.connect(self._on_keep)
        cancel.clicked.connect(self._on_cancel)
        stay.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (stay, cancel, keep):
            buttons.addWidget(button)
        for button in (stay, cancel):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.way_out)
        column.addSpacing(8)
        column.addLayout(buttons)
        keep.setFocus()

    def _on_keep(self) -> None:
        self.accept()
        self.kept.emit()

    def _on_cancel(self) -> None:
        self.accept()
        self.cancelled.emit()
