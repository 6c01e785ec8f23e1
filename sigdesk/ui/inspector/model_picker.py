"""The model card of the Inspector: which model is chosen, whether it may run, and a menu of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.ui.rows.wording import button_text, plain_tooltip
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, label

STATE_CHIPS: Final = {
    ModelState.VERIFIED: ("Verified", "shield-check", "ok"),
    ModelState.TRUSTED: ("Trusted by you", "shield", "accent"),
    ModelState.CHANGED: ("Changed since trusted", "shield-warning", "warn"),
    ModelState.BLOCKED: ("Blocked", "shield-slash", "error"),
    ModelState.BROKEN: ("Broken", "warning-circle", "error"),
}


_HEIGHT: Final = 61


class ModelPicker(QAbstractButton):
    """A card that opens the list of models. `chosen` carries a model's name."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._models: Sequence[Classifier | BrokenFolder] = ()
        self._menu = QMenu(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = ElidedLabel("No model", "title")
        self._version = label("", "muted")
        self._chip = Chip(look)
        self._facts = ElidedLabel("", "caption")
        self._facts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self.clicked.connect(self._open)
        look.changed.connect(self.update)
        self.show_model(None)

    def set_models(self, models: Sequence[Classifier | BrokenFolder]) -> None:
        """The models to choose from, broken ones included: they stand in the list and say what is wrong."""
        self._models = models

    def show_model(self, classifier: Classifier | None) -> None:
        """Show a model as the chosen one."""
        if classifier is None:
            self._title.set_text("Choose a model")
            self._version.setText("")
            self._chip.hide()
            self._facts.set_text("")
            self.setAccessibleName("Model: none chosen")
            return
        manifest = classifier.manifest
        self._title.set_text(manifest.title or manifest.name)
        self._version.setText(manifest.version)
        self._chip.show_state(*STATE_CHIPS[classifier.state])
        self._chip.show()
        self._facts.set_text(facts_of(classifier))
        self.setAccessibleName(f"Model: {manifest.title or manifest.name} {manifest.version}")
        self.setToolTip(plain_tooltip(manifest.description or classifier.problem))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(IconLabel(self._look, "cube", "text_2", 16))
        top.addWidget(self._title, 0)
        top.addWidget(self._version)
        top.addStretch(1)
        top.addWidget(IconLabel(self._look, "caret-down", "muted", 12))
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self._chip)
        bottom.addWidget(self._facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(bottom)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(280, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "selected" if self.isDown() else "hover" if self.underMouse() else "surface"
        painter.setPen(QPen(self._look.colour("accent" if self.hasFocus() else "border_strong"), 1))
        painter.setBrush(self._look.colour(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _open(self) -> None:
        self._menu.clear()
        for model in self._models:
            self._add(model)
        if not self._models:
            self._menu.addAction("No models are installed").setEnabled(False)
        self._menu.setMinimumWidth(self.width())
        self._menu.setToolTipsVisible(True)
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _add(self, model: Classifier | BrokenFolder) -> None:
        if isinstance(model, BrokenFolder):
            action = self._menu.addAction(
                self._look.icon("warning-circle", "error"), button_text(f"{model.folder.name}  (broken)")
            )
            action.setToolTip(plain_tooltip("\n".join(model.problems)))
            action.setEnabled(False)
            return
        manifest = model.manifest
        text = button_text(f"{manifest.title or manifest.name}  {manifest.version}")
        action = self._menu.addAction(self._look.icon("cube"), text)
        action.setToolTip(plain_tooltip(manifest.description or facts_of(model)))
        if not model.runnable:
            action.setText(f"{text}  ({STATE_CHIPS[model.state][0].lower()})")
            action.setToolTip(plain_tooltip(model.problem))
            action.setEnabled(False)
        action.triggered.connect(lambda _=False, name=model.name: self.chosen.emit(name))


def facts_of(classifier: Classifier) -> str:
    """ "11 classes · 85.1% accuracy"; without the accuracy where nobody measured one."""
    manifest = classifier.manifest
    classes = f"{len(manifest.classes)} classes"
    return f"{classes} · {manifest.evaluation.accuracy:.1%} accuracy" if manifest.evaluation else classes
