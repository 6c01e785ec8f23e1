"""The dialog that says that SigDesk itself made a mistake, with details to copy for those who can mend it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label


class CrashDialog(QDialog):
    """What happened and what can be done, above the details that developers ask for."""

    copy_requested = Signal(str)

    def __init__(
        self, look: Look, what: str, way_out: str, details: str, note: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("SigDesk made a mistake")
        self.resize(640, 420)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(look, "warning-circle-fill", "error", 20))
        self.what = label(what, "strong", wrap=True)
        head.addWidget(self.what, 1)
        self.way_out = label(way_out, "secondary", wrap=True)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(look.mono())
        self.details.setAccessibleName("Details")
        self._note = note
        self.note = label(note, "caption", wrap=True)
        copy = ActionButton(look, "Copy details", "copy")
        copy.clicked.connect(lambda: self.copy_requested.emit(details))
        close = ActionButton(look, "Close", kind="primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.way_out)
        column.addSpacing(8)
        column.addWidget(self.details, 1)
        column.addWidget(self.note)
        column.addSpacing(8)
        column.addLayout(buttons)
        close.setFocus()

    def count_more(self, count: int) -> None:
        """Say how many mistakes followed while this one was being read."""
        self.note.setText(f"{self._note} {count} more since then.")
