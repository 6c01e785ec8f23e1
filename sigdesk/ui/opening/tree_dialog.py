"""The dialog that shows what a file of many arrays holds, as a tree, and lets the operator choose what is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sigdesk.signals.contents import Content
from sigdesk.signals.describe import format_count
from sigdesk.ui.rows.wording import counted, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, label
from sigdesk.ui.widgets.search_field import SearchField

_HEADS: Final = ("Name", "Shape", "Type", "Unit, or why not")
_WIDTHS: Final = (320, 120, 84, 90)
_PATH: Final = int(Qt.ItemDataRole.UserRole) + 1
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
_ROW_HEIGHT: Final = 26
_STAYS_OPEN: Final = 500
"""Of more arrays the groups begin closed."""


class _Delegate(QStyledItemDelegate):
    """Rows of 26 px; what is no signal is muted."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _ROW_HEIGHT)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            palette = option.palette
            palette.setColor(QPalette.ColorRole.Text, self._look.colour("muted"))
            option.palette = palette


class TreeDialog(QDialog):
    """`settled` carries the paths that were chosen, and whether that holds for files that hold the same."""

    settled = Signal(tuple, bool)

    def __init__(
        self,
        name: str,
        others: int,
        contents: Sequence[Content],
        chosen: Sequence[str],
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        """`others` is how many more files that hold the same are opened by the same choice."""
        super().__init__(parent)
        self._look = look
        self._leaves: dict[str, QTreeWidgetItem] = {}
        self._filling = True
        self.setWindowTitle("Choose what is opened")
        self.resize(760, 560)
        self.tree = QTreeWidget()
        self.filter = SearchField(look, "Filter by name", "Ctrl+F")
        self.alike = QCheckBox("Open the same of all files that hold the same")
        self.alike.setChecked(True)
        self.every = ActionButton(look, "Choose all")
        self.none = ActionButton(look, "Choose none")
        self.accept_button = ActionButton(look, "Open", kind="primary")
        self._title = ElidedLabel(f"What to open of {visible(name)}", "head", mode=Qt.TextElideMode.ElideMiddle)
        self._others = label(f"and {counted(others, 'file')} like it" if others else "", "secondary")
        self._set_up_tree()
        self._lay_out()
        self._fill(contents, frozenset(chosen))
        self._filling = False
        self._connect()
        self._count()
        self.tree.setFocus()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The paths that are ticked, in the order of the tree."""
        return tuple(path for path, leaf in self._leaves.items() if leaf.checkState(0) == _CHECKED)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.filter.setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.accept_button.isEnabled():
            self._on_accepted()
        else:
            super().keyPressEvent(event)

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setAccessibleName("Arrays of the file")
        tree.setHeaderLabels(list(_HEADS))
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setUniformRowHeights(True)
        tree.setItemDelegate(_Delegate(self._look, self))
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.header().setStretchLastSection(True)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(_WIDTHS):
            tree.setColumnWidth(column, width)

    def _fill(self, contents: Sequence[Content], chosen: frozenset[str]) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for content in contents:
            parent, _, name = content.path.rpartition("/")
            leaf = QTreeWidgetItem([name, _shape_text(content.shape), content.dtype, content.unit])
            leaf.setData(0, _PATH, content.path)
            if content.is_signal:
                leaf.setCheckState(0, _CHECKED if content.path in chosen else _UNCHECKED)
                self._leaves[content.path] = leaf
            else:
                leaf.setDisabled(True)
                leaf.setText(3, content.refused)
                leaf.setToolTip(0, f"{name} {content.refused}")
            self._group(parent, groups).addChild(leaf)
        self.tree.addTopLevelItems(self._tops(groups))
        if len(contents) <= _STAYS_OPEN:
            self.tree.expandAll()
        first = next(iter(self._leaves.values()), None)
        if first is not None:
            self.tree.setCurrentItem(first)

    def _group(self, path: str, groups: dict[str, QTreeWidgetItem]) -> QTreeWidgetItem:
        """The item of a group, made with those above it where it is new; "" is the file itself."""
        group = groups.get(path)
        if group is None:
            parent, _, name = path.rpartition("/")
            group = groups[path] = QTreeWidgetItem([name])
            group.setFlags(group.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
            if path:
                self._group(parent, groups).addChild(group)
        return group

    @staticmethod
    def _tops(groups: dict[str, QTreeWidgetItem]) -> list[QTreeWidgetItem]:
        root = groups.get("")
        return [] if root is None else root.takeChildren()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(self._look, "tree-structure", "muted", 16))
        head.addWidget(self._title, 1)
        head.addWidget(self._others)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.every)
        tools.addWidget(self.none)
        frame = QFrame()
        frame.setProperty("role", "card")
        around = QVBoxLayout(frame)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(self.tree)
        cancel = ActionButton(self._look, "Cancel")
        cancel.clicked.connect(self.reject)
        for button in (cancel, self.every, self.none, self.accept_button):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.alike)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(tools)
        column.addWidget(frame, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.tree.itemChanged.connect(self._count)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.filter.left.connect(self.tree.setFocus)
        self.every.clicked.connect(lambda: self._tick(_CHECKED))
        self.none.clicked.connect(lambda: self._tick(_UNCHECKED))
        self.accept_button.clicked.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        self.settled.emit(self.chosen, self.alike.isChecked())
        self.accept()

    def _on_filter_changed(self, text: str) -> None:
        """Show the arrays whose path holds every word."""
        words = text.casefold().split()
        for item in _children(self.tree.invisibleRootItem()):
            _show_matching(item, words)

    def _tick(self, state: Qt.CheckState) -> None:
        """Tick or untick all that the filter shows."""
        self._filling = True
        for leaf in self._leaves.values():
            if not leaf.isHidden():
                leaf.setCheckState(0, state)
        self._filling = False
        self._count()

    def _count(self, *_: object) -> None:
        if self._filling:
            return
        count = len(self.chosen)
        self.accept_button.setText(f"Open {counted(count, 'signal')}" if count else "Open")
        self.accept_button.setEnabled(count > 0)
        self.accept_button.explain("" if count else "Tick what is to be opened")


def _show_matching(item: QTreeWidgetItem, words: Sequence[str]) -> bool:
    inner = _children(item)
    if inner:
        shown = [_show_matching(each, words) for each in inner]
        item.setHidden(not any(shown))
        if words and any(shown):
            item.setExpanded(True)
        return any(shown)
    path = str(item.data(0, _PATH) or "").casefold()
    matches = all(word in path for word in words)
    item.setHidden(not matches)
    return matches


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for index in range(item.childCount()) if (child := item.child(index)) is not None]


def _shape_text(shape: Sequence[int]) -> str:
    return " × ".join(format_count(size) for size in shape) or "one value"
