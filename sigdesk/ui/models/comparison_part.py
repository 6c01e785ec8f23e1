"""A version beside the one that was in use when it was trained: both on the same signals, and how fair that is."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from sigdesk.classifiers.comparison import Comparison, Worth
from sigdesk.ui.models.section import Section
from sigdesk.ui.rows.wording import percent
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.numbers import grouped

_TITLES: Final = ("Version", "Accuracy", "At 95%", "Balanced accuracy", "Right where the other is wrong")


class ComparisonPart(Section):
    """Hidden where there is nothing to compare with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Compared", parent=parent)
        self._table = QWidget()
        self._cells = [
            [label("", "strong" if column < 2 else "small") for column, _ in enumerate(_TITLES)] for _ in "ab"
        ]
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(len(_TITLES), 1)
        for column, title in enumerate(_TITLES):
            grid.addWidget(label(title, "caption"), 0, column)
            for row, cells in enumerate(self._cells, 1):
                grid.addWidget(cells[column], row, column)
        self._words = label("", "secondary", wrap=True)
        self.body.setSpacing(8)
        self.body.addWidget(self._table)
        self.body.addWidget(self._words)
        self.hide()

    def show_comparison(self, version: str, found: Comparison | None) -> None:
        """`version` is the one that was compared with another; None where it was the first."""
        self.setVisible(found is not None)
        if found is None:
            return
        self.set_title(f"Compared with version {found.version}")
        compared = found.present is not None and found.new is not None
        self._table.setVisible(compared)
        self.say(f"the same {grouped(found.signals)} signals · {found.judged_on}" if compared else "")
        self._words.setText(" ".join(found.sentences()) if compared else found.headline)
        rows = ((version, found.new, found.only_new), (found.version, found.present, found.only_present))
        for cells, (name, worth, only) in zip(self._cells, rows, strict=True):
            if worth is not None:
                for cell, text in zip(cells, _texts(name, worth, only), strict=True):
                    cell.setText(text)


def _texts(version: str, worth: Worth, only: int) -> tuple[str, ...]:
    low, high = (percent(end, 1) for end in worth.accuracy_interval)
    return (version, percent(worth.accuracy, 1), f"{low} to {high}", percent(worth.balanced_accuracy, 1), grouped(only))
