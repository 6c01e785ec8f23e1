"""The dialog that lists the shortcuts of a page, by group."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import KeyHint
from sigdesk.ui.widgets.labels import label

_COLUMNS = 2
_SIZE = (820, 680)


class ShortcutRow(Struct, frozen=True):
    """`keys` holds one shortcut or several ("Ctrl+Return"), in Qt's notation; `group` is the head it stands under."""

    keys: tuple[str, ...]
    text: str
    group: str


class ShortcutSheet(QDialog):
    """Esc, ? or F1 close it."""

    def __init__(
        self, look: Look, rows: Sequence[ShortcutRow], title: str = "Shortcuts", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(*_SIZE)
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(24, 0, 24, 24)
        columns.setSpacing(32)
        for groups in _balanced(_grouped(rows)):
            column = QVBoxLayout()
            column.setSpacing(4)
            for name, members in groups:
                column.addWidget(label(name, "title"))
                column.addLayout(_table(look, members))
                column.addSpacing(16)
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Shortcuts")
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 20, 0, 0)
        whole.setSpacing(16)
        head = label(title, "head")
        head.setContentsMargins(24, 0, 24, 0)
        whole.addWidget(head)
        whole.addWidget(scroll, 1)


def _grouped(rows: Sequence[ShortcutRow]) -> list[tuple[str, list[ShortcutRow]]]:
    groups: dict[str, list[ShortcutRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return list(groups.items())


def _balanced(groups: list[tuple[str, list[ShortcutRow]]]) -> list[list[tuple[str, list[ShortcutRow]]]]:
    """Groups in columns of about the same height, each group whole, the longest placed first."""
    columns: list[list[tuple[str, list[ShortcutRow]]]] = [[] for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for name, members in sorted(groups, key=lambda group: -len(group[1])):
        shortest = heights.index(min(heights))
        columns[shortest].append((name, members))
        heights[shortest] += len(members) + 2
    return columns


def _table(look: Look, rows: Sequence[ShortcutRow]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(0, 1)
    for line, row in enumerate(rows):
        grid.setRowMinimumHeight(line, 28)
        grid.addWidget(label(row.text, "secondary"), line, 0)
        hints = QHBoxLayout()
        hints.setSpacing(4)
        hints.addStretch(1)
        for keys in row.keys:
            hints.addWidget(KeyHint(look, keys))
        grid.addLayout(hints, line, 1)
    return grid
