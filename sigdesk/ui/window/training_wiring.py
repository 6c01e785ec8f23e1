"""Training in the window: the form's wish becomes a plan, the training is shown as it goes on, and its end is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox

from sigdesk.app.model_report import class_marks
from sigdesk.app.models_library import Model, is_shipped, title_of
from sigdesk.app.program import Program
from sigdesk.app.training import TrainingOutcome, TrainingState
from sigdesk.app.training_sources import LabelSource, chosen_paths, has_rocket, open_sets, session_labels
from sigdesk.classifiers.comparison import Comparison
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.training.plan import Plan, Source
from sigdesk.classifiers.versions import check_name
from sigdesk.errors import ModelError
from sigdesk.ui.models.outcome_bar import KEEP, PROMOTE, SHADOW, SHOW
from sigdesk.ui.models.train_form import Wish
from sigdesk.ui.rows.wording import percent
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.widgets.numbers import grouped
from sigdesk.ui.window.closing import system_shuts_down
from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.models_wiring import ModelsWiring
from sigdesk.ui.window.signal_subset import SignalSubset

_SHOW_TRAINING: Final = "show the training"
_SETS: Final = "Labelled sets (*.ts *.tsv *.arff *.txt *.csv);;All files (*)"


class TrainingWiring(QObject):
    """Connects the program's training with the Models page."""

    shadow_wanted = Signal(str, object)
    """The key of a model, and the version that is to be compared with the one in use."""

    def __init__(
        self, program: Program, window: MainWindow, desk: WindowDesk, models: ModelsWiring, signals: SignalSubset
    ) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._desk = desk
        self._models = models
        self._signals = signals
        self._training = program.training
        self._page = window.models_page.train
        self._outcome: TrainingOutcome | None = None
        self._agreed = False
        self._may_close_else = window.may_close
        window.may_close = self._may_close
        self._page.set_log(self._training.log)
        self._page.form.set_rocket(has_rocket())
        self._connect()

    def _connect(self) -> None:
        page, head = self._page, self._window.models_page.detail.head
        self._window.models_page.list.train_requested.connect(lambda: self.show_form(""))
        self._window.models_page.training_wanted.connect(self._bring_form_up_to_date)
        head.train_requested.connect(lambda: self.show_form(self._models.key))
        page.train_requested.connect(self._start)
        page.stop_requested.connect(self._training.cancel)
        page.signals_requested.connect(lambda answered: self._signals.show(answered, "From the training"))
        page.copy_requested.connect(self._desk.copy)
        page.form.files_wanted.connect(self._choose_files)
        page.form.folder_wanted.connect(self._choose_folder)
        page.form.test_wanted.connect(self._choose_test)
        page.outcome.acted.connect(self._on_acted)
        self._training.changed.connect(self._on_changed)
        self._training.ended.connect(self._on_ended)
        self._program.library.changed.connect(self._bring_form_up_to_date)
        self._desk.models.train_wanted.connect(self._on_train_wanted)
        self._desk.models.stop_wanted.connect(self._training.cancel)
        self._window.toast.action_chosen.connect(self._on_toast_action)

    def show_form(self, start_from: str) -> None:
        """Show the form; `start_from` is the key of the model that gets a new version."""
        if not self._training.running:
            self._bring_form_up_to_date()
            self._page.form.choose_start(start_from)
        self._show_page()

    def _show_page(self) -> None:
        self._window.show_page("Models")
        self._window.models_page.show_training()

    def _on_train_wanted(self) -> None:
        """Ctrl T shows the form, and trains where it is shown already."""
        shown = self._window.page == "Models" and self._window.models_page.shows_training
        if shown and not self._training.running and not self._page.form.obstacle:
            self._start()
        else:
            self.show_form(self._models.key if self._window.page == "Models" else "")

    def _bring_form_up_to_date(self) -> None:
        if self._training.running:
            return
        session = self._program.session
        sources: list[LabelSource] = [session_labels(session, self._program.labelling)]
        sets = open_sets(session)
        if not sets.obstacle:
            sources.append(sets)
        self._page.form.show_sources(sources)
        own = [one for one in self._program.library.models if isinstance(one, Classifier) and not is_shipped(one)]
        self._page.form.show_models([(one.folder.name, title_of(one), one.manifest.version) for one in own])

    def _start(self) -> None:
        self._bring_form_up_to_date()
        wish = self._page.form.wish()
        if wish is None or self._training.running:
            return
        try:
            self._training.start(self._plan(wish))
        except ModelError as error:
            self._page.outcome.say(str(error), "error")
            return
        self._outcome = None
        self._page.set_running(True)
        self._window.models_page.list.select("")

    def _plan(self, wish: Wish) -> Plan:
        """Raises ModelError for a name that cannot be a model's, or is one's already."""
        name = wish.start_from or _folder_name(wish.title)
        check_name(name)
        known = self._program.library.find(name)
        if known is not None and not wish.start_from:
            way_out = "Take another name." if is_shipped(known) else "Start from it, or take another name."
            raise ModelError(f"There is a model named {title_of(known)} already.", way_out)
        return Plan(
            name,
            wish.labels.sources,
            self._program.library.folder,
            test=tuple(Source(path.absolute()) for path in wish.test),
            method=wish.method,
            seed=wish.seed,
            held_out=wish.held_out,
            resample=wish.resample,
            rate_hz=wish.rate_hz,
            title=wish.title,
            description=_description(known),
        )

    def _on_changed(self) -> None:
        state = self._training.state
        if state is None:
            return
        marks = class_marks(state.classes, {}, self._program.session.classes)
        if self._outcome is None:
            self._page.show_state(state, marks)
        status = self._window.status
        if state.running:
            self._window.models_page.list.show_training(state.title, state.version, _facts(state), state.share)
            status.show_training(f"Training {state.title} {state.version}", state.share)
        else:
            self._window.models_page.list.hide_training()
            status.show_training("", 0.0)

    def _on_ended(self, outcome: TrainingOutcome) -> None:
        self._page.set_running(False)
        self._outcome = outcome
        state = self._training.state
        if outcome.model is None or state is None:
            text = "The training was stopped. Nothing was written." if outcome.cancelled else outcome.error
            self._page.outcome.say(text, "warn" if outcome.cancelled else "error")
            self._tell(text)
            return
        manifest = outcome.model.manifest
        marks = class_marks(manifest.classes, manifest.class_titles, self._program.session.classes)
        self._page.show_result(state, outcome.model, outcome.report, marks)
        text = _words(outcome.model, outcome.report.comparison)
        if outcome.in_use:
            self._page.outcome.say(f"{text} It is in use.", "ok", (SHOW,))
        else:
            self._page.outcome.say(f"{text} It is not in use yet.", "ok", (PROMOTE, KEEP, SHADOW))
        self._tell(f"{title_of(outcome.model)} {manifest.version} is trained")

    def _tell(self, text: str) -> None:
        """Whoever looks elsewhere hears of it, too."""
        if self._window.page != "Models" or not self._window.models_page.shows_training:
            self._window.toast.say(text, action=ToastAction(_SHOW_TRAINING, "Show"))

    def _on_acted(self, action: str) -> None:
        outcome = self._outcome
        if outcome is None or outcome.model is None:
            return
        if action == SHADOW:
            self.shadow_wanted.emit(outcome.name, outcome.model)
        if action == PROMOTE:
            self._program.library.promote(outcome.name, outcome.model.manifest.version)
        if action in (PROMOTE, KEEP, SHOW):
            self._page.outcome.hide()
            self._models.show_model(outcome.name)

    def _on_toast_action(self, action: str) -> None:
        if action == _SHOW_TRAINING:
            self._show_page()

    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self._window, "Labelled sets", str(Path.home()), _SETS)
        if names:
            self._page.form.add_source(chosen_paths([Path(name) for name in names]))

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Folder with a folder a class", str(Path.home()))
        if name:
            self._page.form.add_source(chosen_paths([Path(name)]))

    def _choose_test(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self._window, "Test set", str(Path.home()), _SETS)
        self._page.form.show_test([Path(name) for name in names])

    def _may_close(self) -> bool:
        """A training that runs is asked about once; a system that shuts down waits for nobody."""
        if not self._training.running or self._agreed or system_shuts_down():
            return self._may_close_else()
        box = QMessageBox(QMessageBox.Icon.Question, "Close SigDesk", "A model is being trained.", parent=self._window)
        box.setInformativeText("Closing stops the training; nothing of it is written.")
        stop = box.addButton("Stop training and close", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton("Don't close", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        stop.clicked.connect(self._stop_and_close)
        box.finished.connect(box.deleteLater)
        box.open()
        return False

    def _stop_and_close(self) -> None:
        self._agreed = True
        self._training.cancel()
        self._window.close()
        self._agreed = False


def _facts(state: TrainingState) -> tuple[str, str, str]:
    confusion = state.confusion
    so_far = None if confusion is None or not confusion.sum() else float(confusion.trace() / confusion.sum())
    return (
        str(len(state.classes)) if state.classes else "–",
        f"{percent(so_far, 1)} so far" if so_far is not None else "–",
        f"{grouped(state.labels)} segments" if state.labels else "–",
    )


def _words(model: Classifier, comparison: Comparison | None) -> str:
    """ "Version 1.1.0 of Bench is trained: 97.0% right. On the same 20 signals version 1.0.0 gets 96.4% right."."""
    manifest = model.manifest
    text = f"Version {manifest.version} of {title_of(model)} is trained"
    if manifest.evaluation is not None:
        text += f": {percent(manifest.evaluation.accuracy, 1)} right"
    return f"{text}. {comparison.headline}" if comparison is not None else f"{text}."


def _folder_name(title: str) -> str:
    """The name of a folder made of a title."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-.").lower() or title


def _description(known: Model | None) -> str:
    return known.manifest.description if isinstance(known, Classifier) else ""
