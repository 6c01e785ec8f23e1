"""The versions of a model: which one is in use, how good each is, and the way to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from sigdesk.classifiers.comparison import Comparison
from sigdesk.classifiers.folder import Classifier
from sigdesk.ui.inspector.model_picker import STATE_CHIPS
from sigdesk.ui.models.section import Section
from sigdesk.ui.rows.wording import NONE, percent
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import ElidedLabel, label

_OWN: Final = "each judged on test signals of its own"


class Versions(Section):
    """`promote_requested` and `shadow_requested` carry a version."""

    promote_requested = Signal(str)
    shadow_requested = Signal(str)
    roll_back_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Versions", parent=parent)
        self._look = look
        self._back = ActionButton(look, "Roll back", "arrow-clockwise")
        self._back.clicked.connect(self.roll_back_requested)
        self.head.addWidget(self._back)
        self._grid = QWidget()
        self.body.addWidget(self._grid)

    def show_versions(
        self,
        current: Classifier,
        others: Sequence[Classifier],
        last: str,
        comparisons: Mapping[str, Comparison],
        *,
        shipped: bool,
    ) -> None:
        """`last` is the version that was in use before, "" where there was none. `comparisons` are those of the others
        with the version that was in use when they were trained."""
        self.body.removeWidget(self._grid)
        self._grid.hide()
        self._grid.deleteLater()
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(3, 1)
        for column, title in enumerate(("Version", "Trained", "Accuracy", "Method")):
            grid.addWidget(label(title, "caption"), 0, column)
        for place, model in enumerate((current, *others)):
            self._add_row(grid, 1 + 2 * place, model, current=place == 0)
            compared = comparisons.get(model.manifest.version) if place else None
            if compared is not None:
                words = label(" ".join((compared.headline, *compared.sentences())), "muted", wrap=True)
                grid.addWidget(words, 2 + 2 * place, 1, 1, 4)
        self.body.addWidget(self._grid)
        self._back.setVisible(bool(last))
        self._back.setText(f"Roll back to {last}")
        self.say("It comes with SigDesk and has one version" if shipped else _OWN if others else "The only one so far")

    def _add_row(self, grid: QGridLayout, row: int, model: Classifier, *, current: bool) -> None:
        manifest = model.manifest
        found = manifest.evaluation
        grid.addWidget(label(manifest.version, "strong"), row, 0)
        grid.addWidget(label(str(manifest.training.get("date", NONE)), "small"), row, 1)
        grid.addWidget(label(percent(found.accuracy if found else None, 1), "small"), row, 2)
        grid.addWidget(ElidedLabel(str(manifest.training.get("estimator", NONE)), "small"), row, 3)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        if current:
            tools.addWidget(Chip(self._look, "In use", "check", "ok"))
        elif not model.runnable:
            tools.addWidget(Chip(self._look, *STATE_CHIPS[model.state]))
        else:
            shadow = ActionButton(self._look, "Shadow run…")
            shadow.explain("Classify the open signals with both versions and list where they differ")
            shadow.clicked.connect(partial(self.shadow_requested.emit, manifest.version))
            promote = ActionButton(self._look, "Promote")
            promote.setAccessibleName(f"Promote {manifest.version}")
            promote.clicked.connect(partial(self.promote_requested.emit, manifest.version))
            tools.addWidget(shadow)
            tools.addWidget(promote)
        tools.addStretch(1)
        grid.addLayout(tools, row, 4)
        grid.setRowMinimumHeight(row, 32)
