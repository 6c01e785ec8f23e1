"""Asks what channels are to be seen through: without trend, filtered, as derivative, normalised."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from sigdesk.signals.describe import printable_name
from sigdesk.signals.recording import Recording
from sigdesk.signals.transform import Recipe, approximation, obstacle
from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.number_field import NumberField

_WIDTH = 420
_MOST_HZ = 1e12
_PROMISE = "Only what is shown changes. The file, labels and classification keep the signal as it was recorded."


class RecipeDialog(QDialog):
    """`chosen` carries the channels' places and the recipe."""

    chosen = Signal(object, object)

    def __init__(
        self, look: Look, recording: Recording, recipes: Mapping[int, Recipe], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Process channels")
        self._recording = recording
        self._recipes = recipes
        self._channel = QComboBox()
        self._channel.setAccessibleName("Channel")
        self._channel.addItem("All channels", None)
        for row, channel in enumerate(recording.channels):
            self._channel.addItem(printable_name(channel.name), row)
        rate = recording.time_base.rate_hz or 1.0
        self._detrend = QCheckBox("Remove the trend, a straight line")
        self._high = QCheckBox("High-pass: keep what is above")
        self._high_hz = NumberField(look, "Edge of the high-pass", 0, _MOST_HZ, decimals=3, unit="Hz")
        self._high_hz.setValue(rate / 100)
        self._low = QCheckBox("Low-pass: keep what is below")
        self._low_hz = NumberField(look, "Edge of the low-pass", 0, _MOST_HZ, decimals=3, unit="Hz")
        self._low_hz.setValue(rate / 10)
        self._derive = QCheckBox("Derivative")
        self._normalise = QCheckBox("Normalise to mean 0 and deviation 1")
        self._note = label("", role="caption", wrap=True)
        kinds = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kinds.Ok | kinds.Reset | kinds.Cancel)
        self._lay_out()
        self._connect()
        self._load()

    @property
    def recipe(self) -> Recipe:
        """As the form says it."""
        return Recipe(
            self._detrend.isChecked(),
            self._high_hz.value() if self._high.isChecked() else None,
            self._low_hz.value() if self._low.isChecked() else None,
            self._derive.isChecked(),
            self._normalise.isChecked(),
        )

    @property
    def note(self) -> str:
        """What stands above the buttons."""
        return self._note.text()

    def choose(self, channel: int | None) -> None:
        """Offer this channel, or all."""
        self._channel.setCurrentIndex(self._channel.findData(channel))

    def _rows(self) -> tuple[int, ...]:
        row = self._channel.currentData()
        return tuple(range(len(self._recording.channels))) if row is None else (row,)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(label("Channel"), 0, 0)
        grid.addWidget(self._channel, 0, 1)
        grid.addWidget(self._detrend, 1, 0, 1, 2)
        grid.addWidget(self._high, 2, 0)
        grid.addWidget(self._high_hz, 2, 1)
        grid.addWidget(self._low, 3, 0)
        grid.addWidget(self._low_hz, 3, 1)
        grid.addWidget(self._derive, 4, 0, 1, 2)
        grid.addWidget(self._normalise, 5, 0, 1, 2)
        self._note.setMinimumHeight(3 * self._note.fontMetrics().height())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addWidget(self._note)
        column.addWidget(self._buttons)
        self.setMinimumWidth(_WIDTH)

    def _connect(self) -> None:
        self._channel.currentIndexChanged.connect(self._load)
        for box in (self._detrend, self._high, self._low, self._derive, self._normalise):
            box.toggled.connect(self._judge)
        for field in (self._high_hz, self._low_hz):
            field.valueChanged.connect(self._judge)
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        self._buttons.button(QDialogButtonBox.StandardButton.Reset).clicked.connect(self._on_reset)

    def _load(self) -> None:
        """Show what is done to the chosen channel; to all of them, if it is the same."""
        recipes = {self._recipes.get(row, Recipe()) for row in self._rows()}
        self._show(recipes.pop() if len(recipes) == 1 else Recipe())

    def _show(self, recipe: Recipe) -> None:
        self._detrend.setChecked(recipe.detrend)
        for box, field, edge in (
            (self._high, self._high_hz, recipe.high_pass_hz),
            (self._low, self._low_hz, recipe.low_pass_hz),
        ):
            box.setChecked(edge is not None)
            if edge is not None:
                field.setValue(edge)
        self._derive.setChecked(recipe.differentiate)
        self._normalise.setChecked(recipe.normalise)
        self._judge()

    def _judge(self) -> None:
        self._high_hz.setEnabled(self._high.isChecked())
        self._low_hz.setEnabled(self._low.isChecked())
        recipe = self.recipe
        why = obstacle(self._recording, recipe)
        inexact = "" if why else approximation(self._recording, recipe)
        self._note.setText(why or (f"Not exact: {inexact}. {_PROMISE}" if inexact else _PROMISE))
        restyle(self._note, "status", "error" if why else "")
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not why)

    def _on_reset(self) -> None:
        self._show(Recipe())

    def _on_accepted(self) -> None:
        self.chosen.emit(self._rows(), self.recipe)
        self.accept()
