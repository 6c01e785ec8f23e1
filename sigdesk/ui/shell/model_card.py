"""One installed model as a card: its name, version and state, its classes, how often it is right."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, label, plain_tooltip
from sigdesk.ui.widgets.numbers import grouped

_CHIPS: Final = {
    ModelState.VERIFIED: ("Verified", "shield-check", "ok"),
    ModelState.TRUSTED: ("Trusted by you", "shield", "accent"),
    ModelState.CHANGED: ("Changed", "shield-warning", "warn"),
    ModelState.BLOCKED: ("Blocked", "shield-slash", "error"),
    ModelState.BROKEN: ("Cannot be used", "warning-circle", "error"),
}


class ModelCard(QFrame):
    """To read only."""

    def __init__(self, look: Look, model: Classifier | BrokenFolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("role", "card")
        self.setToolTip(plain_tooltip(str(model.folder)))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(13, 11, 13, 13)
        self._column.setSpacing(8)
        if isinstance(model, Classifier):
            self._show_classifier(model)
        else:
            self._show_broken(model)

    def _show_classifier(self, model: Classifier) -> None:
        manifest = model.manifest
        self._add_head(manifest.title or manifest.name, manifest.version, model.state)
        if manifest.description:
            self._column.addWidget(label(manifest.description, "secondary", wrap=True))
        score = manifest.evaluation
        facts = [("Classes", str(len(manifest.classes)))]
        if score is not None:
            facts.append(("Accuracy", f"{score.accuracy:.1%}"))
            facts.append(("Tested on", f"{grouped(score.test_size)} signals"))
        row = QHBoxLayout()
        row.setSpacing(32)
        for name, value in facts:
            fact = QVBoxLayout()
            fact.setSpacing(0)
            fact.addWidget(label(name, "caption"))
            fact.addWidget(label(value, "strong"))
            row.addLayout(fact)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addWidget(ElidedLabel(", ".join(manifest.title_of(name) for name in manifest.classes), "muted"))
        if model.problem:
            self._add_problem(model.problem, _CHIPS[model.state][2])

    def _show_broken(self, model: BrokenFolder) -> None:
        self._add_head(model.folder.name, "", ModelState.BROKEN)
        for problem in model.problems:
            self._add_problem(problem, "error")

    def _add_head(self, name: str, version: str, state: ModelState) -> None:
        self.setAccessibleName(f"{name} {version}".strip())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel(self._look, "cube", "text_2"))
        row.addWidget(label(name, "title"))
        row.addWidget(label(version, "muted"))
        row.addStretch(1)
        row.addWidget(Chip(self._look, *_CHIPS[state]))
        self._column.addLayout(row)

    def _add_problem(self, text: str, status: str) -> None:
        self._column.addWidget(label(text, "secondary", status, wrap=True))
