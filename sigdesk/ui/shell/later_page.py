"""Pages that come in a later version say so: what will stand here, and what to do today instead."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import IconLabel, label

_WIDEST = 760


class _Plan(Struct, frozen=True):
    icon: str
    what: str
    points: tuple[str, ...]
    today: str


_PLANS: Final = {
    "Record": _Plan(
        "record",
        "Record from an instrument and have it classified while it runs.",
        (
            "Choose an input, its channels and its sample rate",
            "See the live signal, its levels and its label",
            "Set markers with notes; stop and keep the file",
        ),
        "Record with your instrument's own program, then drop the file on the Workspace.",
    ),
    "Review": _Plan(
        "check-square",
        "Go through the labels that the model is unsure of, and correct them.",
        (
            "See all labels by confidence, the unsure ones first",
            "Accept a label with A, or set your own with 1 to 9",
            "Hand the results over as CSV or PDF",
        ),
        "The Workspace lists unsure signals under To check; N goes to the next one. Ctrl E exports the results as CSV.",
    ),
}


class LaterPage(QScrollArea):
    """`page` is Record or Review. `workspace_requested` is the way back to what works today."""

    workspace_requested = Signal()

    def __init__(self, look: Look, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.name = page
        self._plan = _PLANS[page]
        self._words = label(self._plan.today, "secondary", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(page)
        self.setProperty("ringed", True)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out(page)

    def _lay_out(self, page: str) -> None:
        body = QWidget()
        body.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(IconLabel(self._look, self._plan.icon, "text_2", 24))
        title.addWidget(label(page, "page-title"))
        title.addWidget(Chip(self._look, "Comes in a later version", "clock", "accent"))
        title.addStretch(1)
        column.addLayout(title)
        column.addSpacing(8)
        column.addWidget(label(self._plan.what, "lead", wrap=True))
        column.addSpacing(16)
        for point in self._plan.points:
            column.addLayout(self._point(point))
        column.addSpacing(16)
        column.addWidget(self._today())
        column.addStretch(1)
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(24, 48, 24, 24)
        across.addStretch(1)
        across.addWidget(body, 1000)
        across.addStretch(1)
        self.setWidget(holder)

    def _point(self, text: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        row.addWidget(IconLabel(self._look, "caret-right", "muted", 12))
        row.addWidget(label(text, "secondary"), 1)
        return row

    def _today(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label("Until then", "title"))
        words.addWidget(self._words)
        row.addLayout(words, 1)
        back = ActionButton(self._look, "Go to the Workspace", "squares-four", "Ctrl+1")
        back.clicked.connect(self.workspace_requested)
        row.addWidget(back, 0, Qt.AlignmentFlag.AlignVCenter)
        return card
