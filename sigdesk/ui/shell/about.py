"""The dialog that says what this program is, which version, and under which licences its parts come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.card import separator
from sigdesk.ui.widgets.labels import IconLabel, label


class AboutDialog(QDialog):
    """`parts` are (name, licence) pairs."""

    def __init__(
        self, look: Look, version: str, parts: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("About SigDesk")
        self.setFixedWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconLabel(look, "activity-bold", "accent", 32))
        head.addWidget(label("SigDesk", "result"))
        head.addStretch(1)
        self.version = label(f"Version {version}", "muted")
        self.version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head.addWidget(self.version)
        column.addLayout(head)
        column.addWidget(label("A desk for lab signals: open, look, classify, correct labels.", "lead", wrap=True))
        column.addWidget(label("Free software under the MIT licence.", "secondary"))
        column.addSpacing(8)
        column.addWidget(separator())
        for name, licence in parts:
            row = QHBoxLayout()
            row.addWidget(label(name, "secondary"))
            row.addStretch(1)
            row.addWidget(label(licence, "muted"))
            column.addLayout(row)
        column.addSpacing(8)
        close = ActionButton(look, "Close")
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
