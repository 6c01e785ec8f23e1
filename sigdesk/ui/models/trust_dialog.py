"""The question before a file may run that could run anything: which file, which bytes, and what that means."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.classifiers.folder import Classifier
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label

_WIDTH: Final = 520
_MEANS: Final = (
    "A pickle can run anything when it is opened, with all that you may do on this computer: read and delete your "
    "files, and send them away. SigDesk has not opened it. If you trust it, workers open it whenever it is used; one "
    "changed byte blocks it again."
)
_ASK: Final = "Trust it only if you know who made it and how it came to you. A skops or ONNX file needs no trust."


class TrustDialog(QDialog):
    """Enter and Esc cancel: who trusts must mean it. `trusted` comes with the other button."""

    trusted = Signal()

    def __init__(self, look: Look, model: Classifier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert model.manifest.file is not None
        self.setWindowTitle("Trust this file")
        self.setFixedWidth(_WIDTH)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(look, "shield-warning", "warn", 20))
        head.addWidget(label(f"Trust {model.manifest.file.name}?", "head", wrap=True), 1)
        self.facts = label(
            f"File: {model.folder / model.manifest.file.name}\nSHA-256: {model.sha256}", "mono", wrap=True
        )
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        cancel = ActionButton(look, "Cancel", kind="primary")
        trust = ActionButton(look, "Trust this file", "shield")
        cancel.setDefault(True)
        trust.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        trust.clicked.connect(self._on_trust)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(trust)
        buttons.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        for widget in (self.facts, label(_MEANS, wrap=True), label(_ASK, "secondary", wrap=True)):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(buttons)
        cancel.setFocus()

    def _on_trust(self) -> None:
        self.accept()
        self.trusted.emit()
