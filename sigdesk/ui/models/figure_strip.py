"""Key figures beside each other: what, how much, and a word to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.app.rows import ClassMark
from sigdesk.classifiers.scores import Scores
from sigdesk.ui.rows.wording import NONE, percent
from sigdesk.ui.widgets.labels import ElidedLabel, label

_WEAK_RECALL: Final = 0.93
_WIDE_CELL: Final = 250
"""Pixels in which a figure and its confidence interval stand beside each other."""


class Figure(Struct, frozen=True):
    """`status` colours the note: "warn", or "" for muted."""

    name: str
    value: str = NONE
    note: str = ""
    status: str = ""


def weakest_figure(scores: Scores | None, marks: Sequence[ClassMark]) -> Figure:
    """The class that is recognised least often, and how often it is."""
    name = "Weakest class"
    if scores is None:
        return Figure(name)
    if not scores.weakest:
        return Figure(name, note="none was missed")
    recall = scores.per_class[scores.weakest].recall
    title = next((mark.title for mark in marks if mark.name == scores.weakest), scores.weakest)
    return Figure(name, title, f"recall {percent(recall, 1)}", "warn" if recall < _WEAK_RECALL else "")


class FigureStrip(QFrame):
    """As many cells of one width as it is given figures."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._cells = [_Cell() for _ in range(count)]
        for number, cell in enumerate(self._cells):
            if number:
                line = QFrame()
                line.setProperty("role", "separator")
                line.setFixedWidth(1)
                row.addWidget(line)
            row.addWidget(cell, 1)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        for cell, figure in zip(self._cells, figures, strict=True):
            cell.show_figure(figure)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for cell in self._cells:
            cell.set_narrow(self.width() < _WIDE_CELL * len(self._cells))


class _Cell(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._name = label("", "caption")
        self._value = label("", "head")
        self._notes = {status: ElidedLabel("", "muted") for status in ("", "warn")}
        self._notes["warn"].setProperty("status", "warn")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 8, 8)
        column.setSpacing(0)
        column.addWidget(self._name)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.addWidget(self._value)
        for note in self._notes.values():
            self._line.addWidget(note, 1)
        column.addLayout(self._line)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """A word that has no room beside its figure stands below it."""
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(0 if narrow else 8)

    def show_figure(self, figure: Figure) -> None:
        self._name.setText(figure.name)
        self._value.setText(figure.value)
        for status, note in self._notes.items():
            note.setVisible(status == figure.status)
            note.set_text(figure.note)
        self.setAccessibleName(f"{figure.name}: {figure.value} {figure.note}".rstrip())
