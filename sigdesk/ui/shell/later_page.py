"""Pages that come in a later version say so: what will stand here, and what to do today instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.ui.shell.model_card import ModelCard
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import IconLabel, label

_WIDEST = 760


@dataclass(frozen=True, slots=True)
class _Plan:
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
    "Models": _Plan(
        "cube",
        "Train models from your labels, and decide which model files may run.",
        (
            "Train from the labels of a session and see what got better",
            "See what a model confuses, class by class",
            "Trust a model file of your own, or take it away",
        ),
        "A model is a folder with a model.toml. Put it into the models folder; SigDesk finds it at the next start.",
    ),
}


class LaterPage(QScrollArea):
    """`page` is Record, Review or Models. `workspace_requested` is the way back to what works today."""

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
        self._models = QVBoxLayout()
        self._models.setSpacing(12)
        self._model_cards: list[QWidget] = []
        self._lay_out(page)

    def set_models(self, models: Sequence[Classifier | BrokenFolder]) -> None:
        """List the models that are installed, below the words; reading them is all that can be done here."""
        for old in self._model_cards:
            self._models.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._model_cards = [_head(len(models)), *(ModelCard(self._look, model) for model in models)]
        for widget in self._model_cards:
            self._models.addWidget(widget)

    def set_models_folder(self, folder: Path) -> None:
        """Say where models of one's own belong."""
        self._words.setText(
            f"A model is a folder with a model.toml. Put it into {folder}; SigDesk finds it at the next start."
        )

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
        column.addSpacing(24)
        column.addLayout(self._models)
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


def _head(count: int) -> QWidget:
    text = "No model is installed" if not count else f"{count} model{'' if count == 1 else 's'} installed"
    return label(text, "title")
