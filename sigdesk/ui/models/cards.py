"""A model as a card of the list: what it is, whether it may run, how good it is, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sigdesk.app.rows import ClassMark
from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.ui.inspector.model_picker import STATE_CHIPS
from sigdesk.ui.models.class_line import ClassLine
from sigdesk.ui.rows.wording import NONE, counted, percent, plain_tooltip
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.bars import ProgressPill
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, label

_BAR: Final = 3
_SOFT: Final = 0.5
_MOST_WORDS: Final = 220
_UNKNOWN: Final = (
    "Unknown pickle file. It could run code when opened, so it was not opened. Ask its author for a verified model."
)


class CardRow(Struct, frozen=True):
    """A model of the list. `foot` is what stands below ("Comes with SigDesk"), with a check where it `is_default`.
    `offers_trust`: the operator's word would make it run. `can_go`: it may be removed."""

    model: Classifier | BrokenFolder
    title: str
    marks: tuple[ClassMark, ...] = ()
    foot: str = ""
    is_default: bool = False
    offers_trust: bool = False
    can_go: bool = False

    @property
    def key(self) -> str:
        return self.model.folder.name

    def holds(self, words: Sequence[str]) -> bool:
        """Whether its name or classes hold every word (casefolded)."""
        text = " ".join((self.title, self.key, *(f"{mark.title} {mark.name}" for mark in self.marks))).casefold()
        return all(word in text for word in words)


class Card(QWidget):
    """The ground of a card: it is chosen by a click, Space or Enter, and Up and Down go to its neighbours."""

    chosen = Signal()
    step_requested = Signal(int)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._selected = self.alarming = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(8)
        look.changed.connect(self.update)

    @property
    def is_selected(self) -> bool:
        return self._selected

    def set_selected(self, selected: bool) -> None:
        self._selected = selected
        self.update()

    def add_head(self, icon: str, title: str, version: str, chip: Chip) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel(self.look, icon, "text_2"))
        name = ElidedLabel(title, "title")
        name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row.addWidget(name)
        if version:
            row.addWidget(label(version, "muted"))
        row.addStretch(1)
        row.addWidget(chip)
        self.column.addLayout(row)

    def add_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, value in facts:
            fact = QVBoxLayout()
            fact.setSpacing(0)
            fact.addWidget(label(name, "caption"))
            fact.addWidget(ElidedLabel(value, "strong"))
            row.addLayout(fact, 1)
        self.column.addLayout(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.chosen.emit()
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self.step_requested.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        hovered = self.underMouse() and not self._selected
        painter.fillPath(outline, self.look.colour("hover" if hovered else "surface"))
        accented = self._selected or self.hasFocus()
        edge = "error" if self.alarming and not accented else "accent" if accented else "border"
        if self._selected:
            painter.save()
            painter.setClipPath(outline)
            painter.fillRect(QRectF(0, 0, _BAR, self.height()), self.look.colour("accent"))
            painter.restore()
        pen = self.look.colour(edge)
        pen.setAlphaF(_SOFT if edge == "error" else 1.0)
        painter.setPen(QPen(pen, 1))
        painter.drawPath(outline)


class ModelCard(Card):
    """A model. `details_requested` comes from "Model card" and "Why?"."""

    details_requested = Signal()
    trust_requested = Signal()
    remove_requested = Signal()

    def __init__(self, look: Look, row: CardRow, parent: QWidget | None = None) -> None:
        super().__init__(look, row.title, parent)
        self.row = row
        if isinstance(row.model, BrokenFolder):
            self._add_trouble("cube", row.title, ModelState.BROKEN, " ".join(row.model.problems))
        elif not row.model.runnable:
            self._add_trouble(*_of_stopped(row.model))
        else:
            self._add_model(row.model)

    def _add_model(self, model: Classifier) -> None:
        manifest = model.manifest
        chip = Chip(self.look, *STATE_CHIPS[model.state])
        self.setAccessibleDescription(f"{manifest.version}, {chip.text}. {self.row.foot}")
        self.add_head("cube", self.row.title, manifest.version, chip)
        found = manifest.evaluation
        self.add_facts(
            (
                ("Classes", str(len(manifest.classes))),
                ("Accuracy", percent(found.accuracy if found else None, 1)),
                ("Trained on", trained_on(model)),
            )
        )
        if self.row.is_default:
            classes = ClassLine(self.look)
            classes.show_classes(self.row.marks)
            self.column.addWidget(classes)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        if self.row.is_default:
            foot.addWidget(IconLabel(self.look, "check", "ok", 14))
        foot.addWidget(ElidedLabel(self.row.foot, "muted"), 1)
        link = ActionButton(self.look, "Model card", kind="link")
        link.setFixedHeight(20)
        link.clicked.connect(self.details_requested)
        foot.addWidget(link)
        self.column.addLayout(foot)

    def _add_trouble(self, icon: str, title: str, state: ModelState, words: str) -> None:
        """A model that will not run: what is wrong with it, and the ways out."""
        chip = Chip(self.look, *STATE_CHIPS[state])
        self.alarming = chip.status == "error"
        self.setAccessibleDescription(f"{chip.text}. {words}")
        self.add_head(icon, title, "", chip)
        shown = words if len(words) <= _MOST_WORDS else f"{words[:_MOST_WORDS].rstrip()}…"
        says = label(shown, "secondary", wrap=True)
        says.setToolTip(plain_tooltip(words))
        self.column.addWidget(says)
        row = QHBoxLayout()
        row.setSpacing(8)
        if self.row.offers_trust:
            trust = ActionButton(self.look, "Trust this file…")
            trust.clicked.connect(self.trust_requested)
            row.addWidget(trust)
        remove = ActionButton(self.look, "Remove")
        remove.setEnabled(self.row.can_go)
        remove.explain("" if self.row.can_go else "It comes with SigDesk")
        remove.clicked.connect(self.remove_requested)
        row.addWidget(remove)
        row.addStretch(1)
        why = ActionButton(self.look, "Why?", kind="link")
        why.clicked.connect(self.details_requested)
        row.addWidget(why)
        self.column.addLayout(row)


class TrainingCard(Card):
    """The model that is being trained."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Training", parent)
        self._title = ElidedLabel("", "title")
        self._version = label("", "muted")
        self._chip = Chip(look)
        self._facts = [ElidedLabel("", "strong") for _ in range(3)]
        self._bar = ProgressPill(look)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(look, "cube", "text_2"))
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        head.addWidget(self._title)
        head.addWidget(self._version)
        head.addStretch(1)
        head.addWidget(self._chip)
        self.column.addLayout(head)
        facts = QHBoxLayout()
        facts.setSpacing(8)
        for name, value in zip(("Classes", "Accuracy", "Trained on"), self._facts, strict=True):
            fact = QVBoxLayout()
            fact.setSpacing(0)
            fact.addWidget(label(name, "caption"))
            fact.addWidget(value)
            facts.addLayout(fact, 1)
        self.column.addLayout(facts)
        self.column.addWidget(self._bar)

    def show_training(self, title: str, version: str, facts: Sequence[str], share: float) -> None:
        """`facts` are the classes, the accuracy so far and what it is trained on; `share` is 0..1."""
        self.setAccessibleName(f"Training {title} {version}")
        self._title.set_text(title)
        self._version.setText(f"{version} draft")
        self._chip.show_state(f"Training {percent(share)}", "spinner-gap", "accent")
        for shown, fact in zip(self._facts, facts, strict=True):
            shown.set_text(fact)
        self._bar.show_progress(share)


def trained_on(model: Classifier) -> str:
    """ "1 106 signals"; the number that it was tested on where nobody says what it was trained on."""
    signals = model.manifest.training.get("signals")
    if isinstance(signals, int):
        return counted(signals, "signal")
    found = model.manifest.evaluation
    return f"tested on {found.test_size}" if found else NONE


def _of_stopped(model: Classifier) -> tuple[str, str, ModelState, str]:
    """Icon, title, state and words of a model that will not run."""
    file = model.manifest.file
    name = file.name if file else model.name
    decided = model.problem.startswith(f"{name} was blocked")
    if model.state is ModelState.BLOCKED and not decided:
        return "file-text", name, model.state, _UNKNOWN
    return "file-text", name, model.state, model.problem
