"""The Inspector: which model, over what, how; the button that starts it; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from sigdesk.app.rows import ResultCard
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.classifiers.manifest import ParamValue
from sigdesk.signals.recording import Channel
from sigdesk.ui.inspector.model_picker import ModelPicker
from sigdesk.ui.inspector.parameters import Parameters
from sigdesk.ui.inspector.result_view import ResultView
from sigdesk.ui.inspector.scope_line import ScopeLine
from sigdesk.ui.rows.wording import button_text
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.card import separator
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.numbers import grouped
from sigdesk.ui.widgets.segmented import SegmentedControl

SCOPES = {"Whole": "whole", "Selection": "selection", "Windows": "windows"}
CLASSIFY_KEYS = "Ctrl+Return"
_TITLES = {scope: title for title, scope in SCOPES.items()}


class Inspector(QFrame):
    """Panel head 40 px, then everything in a column that scrolls when the window is low."""

    model_chosen = Signal(str)
    scope_chosen = Signal(str)
    params_changed = Signal(object)
    channels_chosen = Signal(object)
    windows_changed = Signal(float, float)
    unsure_changed = Signal(int)
    show_result_changed = Signal(bool)
    classify_requested = Signal()
    classify_remaining_requested = Signal()
    cancel_requested = Signal()
    show_log_requested = Signal(str)
    next_unsure_requested = Signal()
    accept_requested = Signal()
    correct_requested = Signal(QPoint)
    card_requested = Signal(str)
    pause_model_requested = Signal()
    resume_model_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._classifier: Classifier | None = None
        self._busy = self._paused = False
        self._button, self._obstacle = "Classify", ""
        self.setProperty("role", "panel")
        self.setMinimumWidth(280)
        self.setAccessibleName("Classify")
        self._menu = QMenu(self)
        self._more = IconButton(look, "More", "dots-three")
        self._picker = ModelPicker(look)
        self._scope = SegmentedControl(look, list(SCOPES), "Apply to")
        self._scope_line = ScopeLine(look)
        self._parameters = Parameters(look)
        self._classify = ActionButton(look, "Classify", "play-fill", CLASSIFY_KEYS, "primary", large=True)
        self._cancel = ActionButton(look, "Cancel", "x", large=True)
        self._remaining = ActionButton(look, "Classify remaining signals…", "", "")
        self._result = ResultView(look)
        self._card_link = ActionButton(look, "Model card", "file-text", kind="link")
        self._lay_out()
        self._connect()
        self.set_busy(False)

    def set_models(self, models: Sequence[Classifier | BrokenFolder]) -> None:
        self._picker.set_models(models)

    def show_model(self, classifier: Classifier | None) -> None:
        """Show the chosen model, and a form for its parameters at their defaults."""
        self._classifier = classifier
        self._picker.show_model(classifier)
        params: Mapping[str, ParamValue] = classifier.manifest.params if classifier else {}
        self._parameters.set_params(params)
        self._card_link.setVisible(classifier is not None)
        if classifier is not None:
            manifest = classifier.manifest
            self._card_link.setText(button_text(f"Model card: {manifest.title or manifest.name} {manifest.version}"))

    def show_paused(self, paused: bool) -> None:
        """Whether the jobs of the chosen model wait until it is resumed: the menu offers the other."""
        self._paused = paused

    def show_scope(self, scope: str) -> None:
        """ "whole", "selection" or "windows"."""
        self._scope.choose(_TITLES[scope])
        self._parameters.set_windowed(scope == "windows")

    def show_channels(self, channels: Sequence[Channel], time_unit: str) -> None:
        """The channels of the signal that is shown, and the unit of its time ("" when the file names none)."""
        self._parameters.set_channels(channels)
        self._parameters.set_time_unit(time_unit)

    def show_windows(self, length_s: float, step_s: float) -> None:
        self._parameters.set_windows(length_s, step_s)

    def show_unsure_below(self, percent: int) -> None:
        self._parameters.set_unsure_below(percent)

    def show_show_result(self, on: bool) -> None:
        self._parameters.set_show_result(on)

    def show_plan(self, button: str, scope_text: str, obstacle: str, remaining: int) -> None:
        """What Classify would do now. An `obstacle` greys the button and stands in its tooltip and under Apply to."""
        self._button = button
        if not self._busy:
            self._classify.setText(button)
            self._classify.setEnabled(not obstacle)
        self._classify.explain(obstacle)
        self._obstacle = obstacle
        self._scope_line.say(obstacle or scope_text)
        self._remaining.setEnabled(remaining > 0)
        noun = "signal" if remaining == 1 else "signals"
        self._remaining.setText(f"Classify {grouped(remaining)} remaining {noun}" if remaining else "No signals remain")
        self._remaining.explain("" if remaining else "Every open signal has its label")

    def set_busy(self, busy: bool) -> None:
        """While the signal that is shown is being classified: a spinner, and Cancel beside it."""
        self._busy = busy
        self._classify.set_busy(busy)
        self._classify.set_keys("" if busy else CLASSIFY_KEYS)
        self._classify.setText("Classifying…" if busy else self._button)
        self._classify.setEnabled(not busy and not self._obstacle)
        self._cancel.setVisible(busy)

    def show_card(self, card: ResultCard | None, time_unit: str = "s") -> None:
        """Show what came of the signal's latest job; None when there was none."""
        self._result.show_card(card, time_unit)

    def show_some_wait(self, some: bool) -> None:
        """Whether labels of the model wait on the signal to be accepted."""
        self._result.show_some_wait(some)

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("role", "panel-head")
        head.setFixedHeight(40)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 8, 0)
        row.addWidget(label("Classify", "title"))
        row.addStretch(1)
        row.addWidget(self._more)
        inner = QFrame()
        inner.setProperty("role", "panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(0)
        for block, below in ((self._choices(), 16), (self._form(), 12), (self._outcome(), 0)):
            column.addWidget(block)
            if below:
                column.addSpacing(below)
                column.addWidget(separator())
                column.addSpacing(12)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(scroll, 1)

    def _choices(self) -> QWidget:
        block, column = _block()
        column.setSpacing(4)
        column.addWidget(label("Model", "secondary"))
        column.addWidget(self._picker)
        column.addSpacing(8)
        column.addWidget(label("Apply to", "secondary"))
        column.addWidget(self._scope)
        column.addSpacing(4)
        column.addWidget(self._scope_line)
        return block

    def _form(self) -> QWidget:
        block, column = _block()
        column.addWidget(self._parameters)
        column.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._classify, 1)
        row.addWidget(self._cancel)
        column.addLayout(row)
        column.addWidget(self._remaining)
        return block

    def _outcome(self) -> QWidget:
        block, column = _block()
        column.addWidget(self._result)
        column.addSpacing(4)
        row = QHBoxLayout()
        row.addWidget(self._card_link)
        row.addStretch(1)
        column.addLayout(row)
        return block

    def _connect(self) -> None:
        self._more.clicked.connect(self._on_more)
        self._picker.chosen.connect(self.model_chosen)
        self._scope.changed.connect(lambda title: self.scope_chosen.emit(SCOPES[title]))
        self._parameters.params_changed.connect(self.params_changed)
        self._parameters.channels_chosen.connect(self.channels_chosen)
        self._parameters.windows_changed.connect(self.windows_changed)
        self._parameters.unsure_changed.connect(self.unsure_changed)
        self._parameters.show_result_changed.connect(self.show_result_changed)
        self._classify.clicked.connect(self.classify_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self._remaining.clicked.connect(self.classify_remaining_requested)
        self._result.show_log_requested.connect(self.show_log_requested)
        self._result.next_unsure_requested.connect(self.next_unsure_requested)
        self._result.accept_requested.connect(self.accept_requested)
        self._result.correct_requested.connect(self.correct_requested)
        self._card_link.clicked.connect(self._on_card_link)

    def _on_more(self) -> None:
        self._menu.clear()
        self._menu.addAction("Reset parameters", self._parameters.reset)
        chosen = self._classifier is not None
        self._menu.addAction("Model card…", self._on_card_link).setEnabled(chosen)
        if self._paused:
            self._menu.addAction("Resume this model", self.resume_model_requested.emit).setEnabled(chosen)
        else:
            self._menu.addAction("Pause this model", self.pause_model_requested.emit).setEnabled(chosen)
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _on_card_link(self) -> None:
        if self._classifier is not None:
            self.card_requested.emit(self._classifier.name)


def _block() -> tuple[QWidget, QVBoxLayout]:
    block = QWidget()
    column = QVBoxLayout(block)
    column.setContentsMargins(16, 0, 16, 0)
    column.setSpacing(8)
    return block, column
