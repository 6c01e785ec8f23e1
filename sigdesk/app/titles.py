"""How operators read of models and classes, for what the journal has by name only."""

from __future__ import annotations

from collections.abc import Sequence

from sigdesk.app.jobs_model import STATE_WORDS
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.pool.journal_search import Term


class Titles:
    """Made once of the models that are installed."""

    def __init__(self, installed: Sequence[Classifier | BrokenFolder]) -> None:
        models = [model for model in installed if isinstance(model, Classifier)]
        self._models = {model.name: model.manifest.title or model.name for model in models}
        self._labels = {
            (model.name, label): model.manifest.title_of(label) for model in models for label in model.manifest.classes
        }

    def model(self, name: str) -> str:
        """The title of a model; its name where no model of that name is installed."""
        return self._models.get(name, name)

    def label(self, model: str, label: str) -> str:
        """The title of a model's class; its name where that is not known."""
        return self._labels.get((model, label), label)

    def term(self, word: str) -> Term:
        """A word that was typed, with all that it may mean under its titles."""
        folded = word.casefold()
        labels = {label for (_, label), title in self._labels.items() if folded in title.casefold()}
        return Term(
            word,
            tuple(name for name, title in self._models.items() if folded in title.casefold()),
            tuple(sorted(labels)),
            tuple(state for state, words in STATE_WORDS.items() if folded in words.casefold()),
        )
