"""A bordered ground with a head: what stands together on a page."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.widgets.labels import label


class Card(QFrame):
    """A card; `body` is its column, `head` the row with the title, to which things may be added at the right."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(15, 0, 15, 0)
        self.head.setSpacing(8)
        if title:
            self.title = label(title, "title")
            self.title.setFixedHeight(44)
            self.head.addWidget(self.title, 1)
        column.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        column.addLayout(self.body)


def separator(parent: QWidget | None = None) -> QFrame:
    """A 1 px line across."""
    line = QFrame(parent)
    line.setProperty("role", "separator")
    line.setFixedHeight(1)
    return line


def upright_separator(height: int = 16, parent: QWidget | None = None) -> QFrame:
    """A 1 px line between things that stand in a row."""
    line = QFrame(parent)
    line.setProperty("role", "separator")
    line.setFixedSize(1, height)
    return line
