"""The Models page: the list of models on the left, what is chosen there on the right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QWidget

from sigdesk.ui.models.detail import ModelDetail
from sigdesk.ui.models.list_column import NARROW, TRAINING, WIDTH, ListColumn
from sigdesk.ui.models.shadow_view import ShadowView
from sigdesk.ui.models.train_page import TrainPage
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.theme.look import Look

NAME = "Models"
_NARROW_BELOW = 1280


class ModelsPage(QFrame):
    """`shown` comes whenever the page is looked at anew."""

    shown = Signal()
    training_wanted = Signal()
    """The training is shown now."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = NAME
        self.setAccessibleName(NAME)
        self.list = ListColumn(look)
        self.detail = ModelDetail(look)
        self.train = TrainPage(look)
        self.shadow = ShadowView(look)
        self._nothing = EmptyState(look, "No model is chosen.", "Choose one on the left.")
        self._right = QStackedWidget()
        for part in (self._nothing, self.detail, self.train, self.shadow):
            self._right.addWidget(part)
        line = QFrame()
        line.setProperty("role", "separator")
        line.setFixedWidth(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(line)
        row.addWidget(self._right, 1)

    def show_detail(self) -> None:
        """Show the model that is chosen."""
        self._right.setCurrentWidget(self.detail)

    @property
    def shows_training(self) -> bool:
        return self._right.currentWidget() is self.train

    def show_training(self) -> None:
        """Show the form, and the training that runs or ran last."""
        self.list.select(TRAINING)
        self._right.setCurrentWidget(self.train)
        self.training_wanted.emit()

    @property
    def shows_shadow(self) -> bool:
        return self._right.currentWidget() is self.shadow

    def show_shadow(self) -> None:
        """Show the shadow run."""
        self._right.setCurrentWidget(self.shadow)

    def show_nothing(self) -> None:
        """No model is chosen."""
        self._right.setCurrentWidget(self._nothing)

    def focus_filter(self) -> None:
        """Put the keyboard into the filter of the list."""
        self.list.focus_filter()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.setFixedWidth(NARROW if self.width() < _NARROW_BELOW else WIDTH)
