"""The dialog in which classes get their keys: of more than eight, the operator says which have one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.labels.classes import SLOTS, UNKNOWN, LabelClass
from sigdesk.signals.names import printable_name
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, label
from sigdesk.ui.widgets.swatch import ClassSwatch

_WIDTH: Final = 380
_MOST_HEIGHT: Final = 400


class ClassKeysDialog(QDialog):
    """`chosen` carries the key of each class, None for none.

    A key that is given to one class is taken from the one that had it, which has it again where that is given another.
    """

    chosen = Signal(object)

    def __init__(self, look: Look, classes: Sequence[LabelClass], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys of classes")
        self.setMinimumWidth(_WIDTH)
        self._before = {each.name: each.key for each in classes if each.name != UNKNOWN}
        self._given: dict[str, int | None] = {}
        self._boxes: dict[str, QComboBox] = {}
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        keyed_first = sorted(classes, key=lambda each: (each.key is None, each.key or 0))
        for row, each in enumerate(one for one in keyed_first if one.name != UNKNOWN):
            swatch = ClassSwatch(look)
            swatch.show_class(each.slot, each.hatched)
            grid.addWidget(swatch, row, 0)
            grid.addWidget(ElidedLabel(printable_name(each.title), mode=Qt.TextElideMode.ElideMiddle), row, 1)
            grid.addWidget(self._box(each), row, 2)
        scroller = QScrollArea()
        scroller.setFrameShape(QScrollArea.Shape.NoFrame)
        scroller.setWidgetResizable(True)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setWidget(rows)
        scroller.setMinimumHeight(min(rows.sizeHint().height() + 2, _MOST_HEIGHT))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label("1 to 8 set these classes. 9 is always Unknown.", "secondary", wrap=True))
        column.addWidget(scroller, 1)
        column.addLayout(self._buttons(look))

    def _box(self, each: LabelClass) -> QComboBox:
        box = self._boxes[each.name] = QComboBox()
        box.setAccessibleName(f"Key of {printable_name(each.title)}")
        box.addItem("No key", None)
        for key in range(1, SLOTS + 1):
            box.addItem(str(key), key)
        box.setCurrentIndex(box.findData(each.key))
        box.currentIndexChanged.connect(partial(self._on_key_chosen, each.name))
        return box

    def _buttons(self, look: Look) -> QHBoxLayout:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        cancel, accept = ActionButton(look, "Cancel"), ActionButton(look, "Set keys", kind="primary")
        cancel.setAutoDefault(False)
        accept.setDefault(True)
        cancel.clicked.connect(self.reject)
        accept.clicked.connect(self._on_accepted)
        buttons.addWidget(cancel)
        buttons.addWidget(accept)
        return buttons

    @property
    def keys(self) -> dict[str, int | None]:
        """The key of each class as the form says it."""
        given = {key for key in self._given.values() if key is not None}
        left = {name: None if before in given else before for name, before in self._before.items()}
        return {**left, **self._given}

    def _on_key_chosen(self, name: str, place: int) -> None:
        key = self._boxes[name].itemData(place)
        self._given = {one: None if held == key else held for one, held in self._given.items()}
        self._given[name] = key
        for one, held in self.keys.items():
            box = self._boxes[one]
            blocked = box.blockSignals(True)
            box.setCurrentIndex(box.findData(held))
            box.blockSignals(blocked)

    def _on_accepted(self) -> None:
        self.accept()
        self.chosen.emit(self.keys)
