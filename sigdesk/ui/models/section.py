"""A part of a page: a head with its title and a word at the right, and what stands below."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.widgets.labels import ElidedLabel, label

MARGIN = 16


class Section(QFrame):
    """`head` may get tools at its right end; `body` is the column below."""

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName(title)
        self._note = ElidedLabel(note, "caption")
        self._title = label(title, "title")
        self.head = QHBoxLayout()
        self.head.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self.head.setSpacing(8)
        self._title.setFixedHeight(44)
        self.head.addWidget(self._title)
        self.head.addStretch(1)
        self.head.addWidget(self._note)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(MARGIN, 0, MARGIN, 12)
        self.body.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addLayout(self.body, 1)

    def say(self, note: str) -> None:
        """The word at the right of the head."""
        self._note.set_text(note)

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self.setAccessibleName(title)


def line_across() -> QFrame:
    """1 px, from edge to edge."""
    line = QFrame()
    line.setProperty("role", "separator")
    line.setFixedHeight(1)
    return line


def side_by_side(left: QWidget, right: QWidget, shares: tuple[int, int] = (1, 1)) -> QWidget:
    """Two parts with a line between them."""
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    line = QFrame()
    line.setProperty("role", "separator")
    line.setFixedWidth(1)
    row.addWidget(left, shares[0])
    row.addWidget(line)
    row.addWidget(right, shares[1])
    return pair
