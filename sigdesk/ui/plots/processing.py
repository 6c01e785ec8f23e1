"""Which recipe each channel is seen through: kept for every signal, with the session, and never in the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec.structs import asdict
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sigdesk.signals.recording import Recording
from sigdesk.signals.transform import Recipe, approximation, obstacle, transformed
from sigdesk.ui.plots.recipe_dialog import RecipeDialog
from sigdesk.ui.theme.look import Look

Recipes = Mapping[int, Recipe]
SignalPlace = tuple[str, str]
"""The path of a signal's file, and which of its signals it is."""


class Processing(QObject):
    """`changed` comes when the signal is to be seen through other recipes; `shown` is what is to be drawn then."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._window = parent
        self._raw: Recording | None = None
        self._kept: dict[SignalPlace, Recipes] = {}
        self.shown: Recording | None = None

    def begin(self, recording: Recording | None) -> None:
        """See this recording through the recipes that it had last."""
        self._raw = recording
        if recording is not None and self.recipes:  # the file may have become another one meanwhile
            rows = range(len(recording.channels))
            self._kept[_key(recording)] = {
                row: recipe for row, recipe in self.recipes.items() if row in rows and not obstacle(recording, recipe)
            }
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

    @property
    def kept(self) -> Mapping[SignalPlace, Recipes]:
        """The recipes of all signals that have any."""
        return {place: recipes for place, recipes in self._kept.items() if recipes}

    def keep(self, place: SignalPlace, recipes: Recipes) -> None:
        """See a signal through these when it is shown the next time, unless it has some already."""
        self._kept.setdefault(place, recipes)

    def forget(self) -> None:
        """Another session begins: what was kept belongs to the last one."""
        self._kept.clear()

    def open_dialog(self, channel: int | None = None) -> None:
        """Ask what to do to which channels; `channel` is offered first, else all."""
        if self._raw is not None:
            dialog = RecipeDialog(self._look, self._raw, self.recipes, self._window)
            dialog.chosen.connect(self.apply)
            dialog.choose(channel)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()


def recipes_out(recipes: Recipes) -> list[Any]:
    """Recipes as JSON: of each channel its place, and what of its recipe is not plain."""
    return [[row, _recipe_out(recipe)] for row, recipe in sorted(recipes.items())]


def recipes_in(value: Any) -> Recipes:
    """The recipes that JSON says. Raises TypeError, ValueError or AttributeError where it says none."""
    return {int(row): _recipe_in(recipe) for row, recipe in value}


def _recipe_out(recipe: Recipe) -> dict[str, Any]:
    plain = asdict(Recipe())
    return {name: value for name, value in asdict(recipe).items() if value != plain[name]}


def _recipe_in(value: Any) -> Recipe:
    low, high = (None if value.get(name) is None else float(value[name]) for name in ("high_pass_hz", "low_pass_hz"))
    steps = [value.get(name) is True for name in ("detrend", "differentiate", "normalise")]
    return Recipe(steps[0], low, high, *steps[1:])


def _key(recording: Recording) -> SignalPlace:
    return str(recording.path), recording.item
