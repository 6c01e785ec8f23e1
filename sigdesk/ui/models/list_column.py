"""The left column of the Models page: how many there are, a filter, and their cards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.ui.models.cards import Card, CardRow, ModelCard, TrainingCard
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.numbers import grouped
from sigdesk.ui.widgets.search_field import SearchField

WIDTH: Final = 380
NARROW: Final = 320
TRAINING: Final = ""
"""What is chosen while the card of the training is."""


class ListColumn(QFrame):
    """`chosen` carries the key of a model (the name of its folder), or TRAINING."""

    chosen = Signal(str)
    add_requested = Signal()
    train_requested = Signal()
    trust_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: tuple[CardRow, ...] = ()
        self._cards: list[ModelCard] = []
        self._selected = TRAINING
        self.setAccessibleName("Models")
        self._count = label("0", "chip")
        self._train = IconButton(look, "Train from labels", "graduation-cap", "Ctrl+T")
        self._add = ActionButton(look, "Add model file…", "plus")
        self._filter = SearchField(look, "Filter by name or class", "Ctrl+F")
        self._training = TrainingCard(look)
        self._training.hide()
        self._empty = EmptyState(look, "", "", "")
        self._empty.setProperty("role", "")
        self._list = QVBoxLayout()
        self._scroll = QScrollArea()
        self._lay_out()
        self._train.clicked.connect(self.train_requested)
        self._add.clicked.connect(self.add_requested)
        self._filter.textChanged.connect(self._show_fitting)
        self._filter.left.connect(lambda: self._step(None, 1))
        self._training.chosen.connect(lambda: self._choose(TRAINING))
        self._training.step_requested.connect(lambda step: self._step(self._training, step))
        self._empty.acted.connect(self._on_empty_acted)

    def show_models(self, rows: Sequence[CardRow]) -> None:
        """Show these models in this order; cards of those that have not changed stay as they are."""
        if tuple(rows) == self._rows:
            return
        focused = next((card.row.key for card in self._cards if card.hasFocus()), None)
        self._rows = tuple(rows)
        known = {card.row.key: card for card in self._cards}
        cards = []
        for row in self._rows:
            card = known.get(row.key)
            if card is not None and card.row == row:
                known.pop(row.key)
            else:
                card = self._make_card(row)
            cards.append(card)
        for gone in known.values():
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._cards = cards
        for place, card in enumerate(cards, 1):  # the training's card stands above them
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        self._count.setText(grouped(len(rows)))
        self._show_fitting()
        self.select(self._selected)
        for card in self._cards:
            if card.row.key == focused:
                card.setFocus()

    def select(self, key: str) -> None:
        """Show a model (or TRAINING) as the chosen one, without a signal."""
        self._selected = key
        self._training.set_selected(key == TRAINING)
        for card in self._cards:
            card.set_selected(card.row.key == key)

    def show_training(self, title: str, version: str, facts: Sequence[str], share: float) -> None:
        """Show the card of the model that is being trained."""
        self._training.show_training(title, version, facts, share)
        self._training.show()

    def hide_training(self) -> None:
        self._training.hide()

    def focus_filter(self) -> None:
        """Put the keyboard into the filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    def _make_card(self, row: CardRow) -> ModelCard:
        card = ModelCard(self._look, row)
        choose = partial(self._choose, row.key)
        card.chosen.connect(choose)
        card.details_requested.connect(choose)
        card.step_requested.connect(lambda step: self._step(card, step))
        card.trust_requested.connect(lambda: self.trust_requested.emit(row.key))
        card.remove_requested.connect(lambda: self.remove_requested.emit(row.key))
        return card

    def _choose(self, key: str) -> None:
        self.select(key)
        self.chosen.emit(key)

    def _step(self, card: Card | None, step: int) -> None:
        """Put the keyboard on the next card that is shown, and choose it."""
        shown: list[Card] = [one for one in (self._training, *self._cards) if not one.isHidden()]
        if not shown:
            return
        place = shown.index(card) + step if card in shown else 0
        target = shown[min(max(place, 0), len(shown) - 1)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(target)
        self._choose(target.row.key if isinstance(target, ModelCard) else TRAINING)

    def _show_fitting(self) -> None:
        words = self._filter.text().casefold().split()
        for card in self._cards:
            card.setVisible(card.row.holds(words))
        none = not any(row.holds(words) for row in self._rows)
        self._empty.setVisible(none)
        if self._rows:
            self._empty.say(f'No model matches "{self._filter.text()}".', "", "Clear filter")
        else:
            self._empty.say("No models yet.", "Train one from your labels, or add a file.", "Train from labels…")

    def _on_empty_acted(self) -> None:
        if self._rows:
            self._filter.clear()
        else:
            self.train_requested.emit()

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("role", "panel-head")
        head.setFixedHeight(41)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(label("Models", "title"))
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self._train)
        row.addWidget(self._add)
        field = QHBoxLayout()
        field.setContentsMargins(12, 12, 12, 8)
        field.addWidget(self._filter)
        body = QWidget()
        self._list.setContentsMargins(12, 4, 12, 12)
        self._list.setSpacing(8)
        self._list.addWidget(self._training)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        body.setLayout(self._list)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(field)
        column.addWidget(self._scroll, 1)
