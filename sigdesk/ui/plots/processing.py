"""Which recipe each channel is seen through: kept for every signal while the window stands, and never in the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sigdesk.signals.recording import Recording
from sigdesk.signals.transform import Recipe, approximation, transformed
from sigdesk.ui.plots.recipe_dialog import RecipeDialog
from sigdesk.ui.theme.look import Look

Recipes = Mapping[int, Recipe]


class Processing(QObject):
    """`changed` comes when the signal is to be seen through other recipes; `shown` is what is to be drawn then."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._window = parent
        self._raw: Recording | None = None
        self._kept: dict[tuple[str, str], Recipes] = {}
        self.shown: Recording | None = None

    def begin(self, recording: Recording | None) -> None:
        """See this recording through the recipes that it had last."""
        self._raw = recording
        self.shown = None if recording is None else transformed(recording, self.recipes)

    @property
    def recipes(self) -> Recipes:
        """Channels by their place, with what is done to them."""
        return self._kept.get(_key(self._raw), MappingProxyType({})) if self._raw else MappingProxyType({})

    def apply(self, rows: Sequence[int], recipe: Recipe) -> None:
        """See these channels through a recipe; a plain one shows them as they are."""
        if self._raw is None:
            return
        recipes = {**self.recipes, **dict.fromkeys(rows, recipe)}
        recipes = {row: one for row, one in recipes.items() if not one.is_plain}
        if recipes != self.recipes:
            self._kept[_key(self._raw)] = recipes
            self.shown = transformed(self._raw, recipes)
            self.changed.emit()

    def note_of(self, row: int) -> tuple[str, str]:
        """What stands beside a channel, and what is not exact about it; both may be ""."""
        recipe = self.recipes.get(row)
        if recipe is None or self._raw is None:
            return "", ""
        inexact = approximation(self._raw, recipe)
        return ("≈ " if inexact else "") + recipe.words, inexact

    def open_dialog(self, channel: int | None = None) -> None:
        """Ask what to do to which channels; `channel` is offered first, else all."""
        if self._raw is not None:
            dialog = RecipeDialog(self._look, self._raw, self.recipes, self._window)
            dialog.chosen.connect(self.apply)
            dialog.choose(channel)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()


def _key(recording: Recording) -> tuple[str, str]:
    return str(recording.path), recording.item
