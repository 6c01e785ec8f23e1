"""The Models page in the window: the program's models brought to it, and what is done there brought to the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from sigdesk.app.model_report import ModelDetails, class_marks
from sigdesk.app.models_library import Done, Model, can_be_trusted, is_shipped, title_of
from sigdesk.app.program import Program
from sigdesk.classifiers.fit import refusal
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.errors import SigDeskError
from sigdesk.ui.models.cards import CardRow
from sigdesk.ui.models.list_column import TRAINING
from sigdesk.ui.models.trust_dialog import TrustDialog
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.numbers import when_words
from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.signal_subset import SignalSubset

_UNDO: Final = "undo what was done to a model"


class ModelsWiring(QObject):
    """Connects the library of models with the page."""

    def __init__(
        self, program: Program, window: MainWindow, desk: WindowDesk, look: Look, signals: SignalSubset
    ) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._desk = desk
        self._look = look
        self._page = window.models_page
        self._key = ""
        self._last_done: Done | None = None
        self.versions: tuple[Classifier, ...] = ()
        """Of the model that is shown, those that are not in use."""
        self.may_tell: Callable[[SigDeskError], bool] = lambda _: True
        """Asked before an error is told: whether nobody else tells it."""
        self._anew = QTimer(self, singleShot=True, interval=0)
        self._anew.timeout.connect(lambda: self.show_model(self._key))
        self._connect(signals)
        self._show_models()

    @property
    def key(self) -> str:
        """The model that is shown, by the name of its folder; "" for none."""
        return self._key

    def show_model(self, key: str) -> None:
        """Show a model on the right, by the name of its folder; TRAINING for the training."""
        if key == TRAINING:
            self._page.show_training()
            return
        model = self._program.library.find(key)
        self._key = key if model is not None else TRAINING
        self._page.list.select(self._key)
        if isinstance(model, Classifier):
            self._program.library.look(model)  # it is shown when it was read
        elif model is not None:
            self._page.detail.show_broken(self._row(model))
            self._page.show_detail()
        else:
            self._page.show_nothing()

    def _connect(self, signals: SignalSubset) -> None:
        library, page = self._program.library, self._page
        head, versions = page.detail.head, page.detail.versions
        library.changed.connect(self._on_library_changed)
        library.used.connect(self._show_models)
        library.looked.connect(self._on_looked)
        library.done.connect(self._on_done)
        library.failed.connect(self._on_failed)
        self._program.classifying.model_changed.connect(self._on_model_changed)
        page.shown.connect(self._on_page_shown)
        page.training_wanted.connect(self._on_training_wanted)
        page.list.chosen.connect(self.show_model)
        page.list.trust_requested.connect(self._ask_for_trust)
        page.list.remove_requested.connect(library.remove)
        page.detail.signals_requested.connect(lambda answered: signals.show(answered, f"Tested with {self._title}"))
        page.detail.copy_requested.connect(self._desk.copy)
        head.use_requested.connect(lambda: self._program.classifying.choose_model(self._key))
        head.fit_requested.connect(self._show_fit)
        head.trust_requested.connect(lambda: self._ask_for_trust(self._key))
        head.block_requested.connect(self._block)
        head.remove_requested.connect(lambda: library.remove(self._key))
        head.folder_requested.connect(self._open_folder)
        versions.promote_requested.connect(lambda version: library.promote(self._key, version))
        versions.roll_back_requested.connect(lambda: library.roll_back(self._key))
        self._window.toast.action_chosen.connect(self._on_toast_action)

    def _on_training_wanted(self) -> None:
        """What was still to be read of a model does not come before the training."""
        self._key = TRAINING

    @property
    def _title(self) -> str:
        model = self._program.library.find(self._key)
        return title_of(model) if model is not None else ""

    def _on_page_shown(self) -> None:
        self._program.library.refresh()  # somebody may have changed the folder since
        if not self._page.shows_training and self._program.library.find(self._key) is None:
            chosen = self._program.classifying.classifier
            models = self._program.library.models
            self.show_model(chosen.name if chosen else models[0].folder.name if models else "")

    def _on_library_changed(self, _: Sequence[Model]) -> None:
        self._show_models()
        self._show_anew()

    def _on_model_changed(self, _: Classifier | None) -> None:
        self._show_models()
        self._show_anew()

    def _show_anew(self) -> None:
        """What is shown is another now; many may say so at once."""
        if self._page.isVisible() and self._key and not self._page.shows_shadow:
            self._anew.start()

    def _show_models(self) -> None:
        self._page.list.show_models([self._row(model) for model in self._program.library.models])

    def _row(self, model: Model) -> CardRow:
        chosen = self._program.classifying.classifier
        is_default = chosen is not None and chosen == model
        shipped = is_shipped(model)
        foot = "Default for this session" if is_default else self._last_use(model, shipped=shipped)
        if isinstance(model, BrokenFolder):
            return CardRow(model, title_of(model), can_go=not shipped)
        manifest = model.manifest
        marks = class_marks(manifest.classes, manifest.class_titles, self._program.session.classes)
        return CardRow(
            model, title_of(model), marks, foot, is_default, offers_trust=can_be_trusted(model), can_go=not shipped
        )

    def _last_use(self, model: Model, *, shipped: bool) -> str:
        """When it was used last; where it came from, if it never was."""
        moment = self._program.library.last_uses.get(model.folder.name)
        if moment is None:
            return "Comes with SigDesk" if shipped else "Your own"
        when = when_words(datetime.fromtimestamp(moment).astimezone(), datetime.now().astimezone())
        return f"Last used {when.replace('Today', 'today').replace('Yesterday', 'yesterday')}"

    def _on_looked(self, details: ModelDetails) -> None:
        if details.model.folder.name == self._key and details.model in self._program.library.models:
            row = self._row(details.model)
            self.versions = details.versions
            self._page.detail.show_details(row, details, shipped=is_shipped(details.model))
            self._page.show_detail()

    def _ask_for_trust(self, key: str) -> None:
        model = self._program.library.find(key)
        if isinstance(model, Classifier) and can_be_trusted(model):
            box = TrustDialog(self._look, model, self._window)
            # What was shown is what is trusted, whatever stands there by then.
            box.trusted.connect(partial(self._program.library.trust, model))
            box.finished.connect(box.deleteLater)
            box.open()

    def _block(self) -> None:
        model = self._program.library.find(self._key)
        if isinstance(model, Classifier):
            self._program.library.block(model)

    def _open_folder(self) -> None:
        model = self._program.library.find(self._key)
        if model is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(model.folder)))

    def _show_fit(self) -> None:
        model, entry = self._program.library.find(self._key), self._program.session.current
        if not isinstance(model, Classifier):
            return
        if entry is None:
            self._page.detail.head.show_fit(False, "No signal is open. Open one, then ask again.")
            return
        recording = entry.recording
        reason = refusal(model, recording, 0, recording.length, None)
        others = [one.recording for one in self._program.session.entries if one is not entry]
        fitting = sum(refusal(model, one, 0, one.length, None) is None for one in others)
        rest = f" Of the {len(others)} other open signals, {fitting} fit." if others else ""
        text = reason or f"It fits {recording.name}: channels, unit, sample rate and length are as it wants them."
        self._page.detail.head.show_fit(reason is None, f"{text}{rest}")

    def _on_done(self, done: Done) -> None:
        self._last_done = done
        self._window.toast.say(done.text, action=ToastAction(_UNDO, "Undo") if done.undo else None)

    def _on_failed(self, error: SigDeskError) -> None:
        if self.may_tell(error):
            self._desk.jobs.warn("Not done", error.what, error.way_out)

    def _on_toast_action(self, action: str) -> None:
        if action == _UNDO and self._last_done is not None and self._last_done.undo is not None:
            undo = self._last_done.undo
            self._last_done = None
            undo()
