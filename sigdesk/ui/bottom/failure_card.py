"""The card above the Log: why a job failed, what happened to the data, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label


class FailureCard(QWidget):
    """Hidden while there is no failure to tell of."""

    retry_requested = Signal(str)
    show_output_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job_id = ""
        card = QFrame()
        card.setObjectName("failure")
        card.setProperty("role", "card")
        card.setProperty("status", "error")
        self._what = label("", "strong", wrap=True)
        self._way_out = label("", "secondary", wrap=True)
        retry = ActionButton(look, "Retry", "arrow-clockwise", "Ctrl+Shift+R", "primary")
        output = ActionButton(look, "Show script output", "terminal-window")
        retry.clicked.connect(lambda: self.retry_requested.emit(self._job_id))
        output.clicked.connect(self.show_output_requested)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 4, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(retry)
        buttons.addWidget(output)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._what)
        words.addWidget(self._way_out)
        words.addLayout(buttons)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        icon = QVBoxLayout()
        icon.addWidget(IconLabel(look, "warning-circle-fill", "error"))
        icon.addStretch(1)
        row.addLayout(icon)
        row.addLayout(words, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 4)
        outer.addWidget(card)
        self.hide()

    @property
    def text(self) -> str:
        """Both sentences, "" while nothing is shown."""
        return f"{self._what.text()} {self._way_out.text()}".strip()

    def show_failure(self, job_id: str, what: str, way_out: str) -> None:
        """Tell of a job's failure in the operator's two sentences; an empty `what` hides the card."""
        self._job_id = job_id
        self._what.setText(what)
        self._way_out.setText(way_out)
        self._way_out.setVisible(bool(way_out))
        self.setVisible(bool(what))
