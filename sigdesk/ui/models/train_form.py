"""What is to be trained: on which labels, how, how it is tested, and which model it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sigdesk.app.training_sources import LabelSource
from sigdesk.classifiers.training.plan import MethodName
from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.elided_combo import ElidedCombo
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.number_field import NumberField

_METHODS: Final[tuple[tuple[MethodName, str, str], ...]] = (
    (MethodName.AUTO, "Pick for me", "By cross-validation"),
    (MethodName.FOREST, "Spectrum and statistics", "Random forest, 300 trees"),
    (MethodName.ROCKET, "Convolutions (MiniRocket)", "MiniRocket and ridge"),
)
"""Method, the features that it works on, and its name. Features and method go together."""
_SHARES: Final = ((0.2, "20% of signals"), (0.3, "30% of signals"), (0.1, "10% of signals"), (0.0, "None"))
_FILES, _FOLDER, _TEST = "Labelled sets…", "A folder of class folders…", "A test set…"
_NEW: Final = "A new model"
_NO_ROCKET: Final = "MiniRocket needs aeon: install it with pip install 'sigdesk[rocket]'."
_MOST_SEED: Final = 2**31 - 1


class Wish(Struct, frozen=True):
    """What the form says. `start_from` is the key of a model that gets a new version, "" for a new one named `title`.
    `test` are files to test on in place of the share `held_out`; `rate_hz` is that of signals that name none."""

    labels: LabelSource
    method: MethodName
    held_out: float
    test: tuple[Path, ...]
    start_from: str
    title: str
    seed: int
    rate_hz: float | None
    resample: bool


class TrainForm(QWidget):
    """`files_wanted`, `folder_wanted` and `test_wanted` ask for a dialog; `add_source` and `show_test` answer."""

    changed = Signal()
    files_wanted = Signal()
    folder_wanted = Signal()
    test_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._sources: list[LabelSource] = []
        self._chosen_paths: list[LabelSource] = []
        self._models: list[tuple[str, str, str]] = []
        self._test: tuple[Path, ...] = ()
        self._place = 0
        self._held_place = 0
        self._labels = _combo("Labels")
        self._features = _combo("Features", [features for _, features, _ in _METHODS])
        self._method = _combo("Method", [title for _, _, title in _METHODS])
        self._held_out = _combo("Held out for testing", [*(text for _, text in _SHARES), _TEST])
        self._start = _combo("Start from", [_NEW])
        self._name = QLineEdit()
        self._name.setPlaceholderText("Pump condition")
        self._seed = NumberField(look, "Seed", 0, _MOST_SEED)
        self._seed.setToolTip("What chance starts from: the same labels and seed give the same model")
        self._rate = QLineEdit()
        self._rate.setPlaceholderText("none")
        self._rate.setToolTip("Sample rate of signals whose files name none")
        self._resample = QCheckBox("Resample other rates")
        self._resample.setToolTip("Resample signals of other sample rates than most; else they are refused")
        self._name_field = _field("Name", self._name)
        self._rate_field = _field("Sample rate (Hz)", self._rate)
        self._lay_out()
        self._connect()

    def show_sources(self, sources: Sequence[LabelSource]) -> None:
        """What there is to train on in the session; files that were named stay below."""
        if list(sources) != self._sources:
            self._sources = list(sources)
            self._fill_labels(max(0, self._place))
            self.changed.emit()

    def add_source(self, source: LabelSource) -> None:
        """Files that the operator has named just now are chosen."""
        self._chosen_paths = [one for one in self._chosen_paths if one.sources != source.sources] + [source]
        self._fill_labels(len(self._sources) + len(self._chosen_paths) - 1)
        self.changed.emit()

    def show_test(self, paths: Sequence[Path]) -> None:
        """Files to test on; none leaves what was chosen before."""
        if paths:
            self._test = tuple(paths)
            self._held_out.setItemText(len(_SHARES), f"Test set: {visible(paths[0].name)}")
            self._held_place = len(_SHARES)
        self._held_out.setCurrentIndex(self._held_place)
        self.changed.emit()

    def show_models(self, models: Sequence[tuple[str, str, str]]) -> None:
        """The operator's own models, each with key, title and version: a training may be a new version of one."""
        if list(models) == self._models:
            return
        chosen = self.start_from
        self._models = list(models)
        self._start.clear()
        self._start.addItem(_NEW)
        for _, title, version in models:
            self._start.addItem(f"{visible(title)} {visible(version)}")
        self.choose_start(chosen)

    def choose_start(self, key: str) -> None:
        """Begin with a model of that key, or with a new one."""
        keys = [one for one, _, _ in self._models]
        self._start.setCurrentIndex(keys.index(key) + 1 if key in keys else 0)
        self._show_name()
        self.changed.emit()

    def set_rocket(self, installed: bool) -> None:
        """Whether the method rocket can be used here."""
        for combo in (self._features, self._method):
            place = len(_METHODS) - 1
            combo.setItemData(place, "" if installed else _NO_ROCKET, Qt.ItemDataRole.ToolTipRole)
        self._has_rocket = installed

    def set_locked(self, locked: bool) -> None:
        """Nothing can be changed while a model is trained."""
        for widget in self._controls:
            widget.setEnabled(not locked)

    @property
    def start_from(self) -> str:
        place = self._start.currentIndex()
        return self._models[place - 1][0] if 0 < place <= len(self._models) else ""

    @property
    def obstacle(self) -> str:
        """Why nothing can be trained so; "" when it can."""
        source = self._source()
        if source is None:
            return "Choose labels"
        if source.obstacle:
            return source.obstacle
        if _METHODS[self._method.currentIndex()][0] is MethodName.ROCKET and not self._has_rocket:
            return _NO_ROCKET
        if not self.start_from and not self._name.text().strip():
            return "Name the model"
        if self._rate_of() is None and self._rate.text().strip():
            return "The sample rate is no number above 0"
        return ""

    def wish(self) -> Wish | None:
        """What the form says; None while something stands against it."""
        source = self._source()
        if source is None or self.obstacle:
            return None
        start = self.start_from
        title = next((title for key, title, _ in self._models if key == start), self._name.text().strip())
        place = self._held_out.currentIndex()
        tests = place >= len(_SHARES)
        return Wish(
            source,
            _METHODS[self._method.currentIndex()][0],
            0.0 if tests else _SHARES[place][0],
            self._test if tests else (),
            start,
            title,
            round(self._seed.value()),
            self._rate_of(),
            self._resample.isChecked(),
        )

    def _source(self) -> LabelSource | None:
        every = [*self._sources, *self._chosen_paths]
        return every[self._place] if 0 <= self._place < len(every) else None

    def _rate_of(self) -> float | None:
        try:
            rate = float(self._rate.text())
        except ValueError:
            return None
        return rate if 0 < rate < float("inf") else None

    def _fill_labels(self, place: int) -> None:
        self._labels.clear()
        every = [*self._sources, *self._chosen_paths]
        for source in every:
            self._labels.addItem(visible(source.title))
            self._labels.setItemData(self._labels.count() - 1, source.obstacle, Qt.ItemDataRole.ToolTipRole)
        self._labels.insertSeparator(len(every))
        self._labels.addItems([_FILES, _FOLDER])
        self._place = min(place, len(every) - 1)
        self._labels.setCurrentIndex(self._place)
        self._show_rate()

    def _on_labels_chosen(self, place: int) -> None:
        if place < len(self._sources) + len(self._chosen_paths):
            self._place = place
            self._show_rate()
            self.changed.emit()
            return
        folder = self._labels.itemText(place) == _FOLDER
        self._labels.setCurrentIndex(self._place)  # until something was chosen
        (self.folder_wanted if folder else self.files_wanted).emit()

    def _on_held_out_chosen(self, place: int) -> None:
        if place == len(_SHARES):
            self.test_wanted.emit()
            return
        self._held_place = place
        self.changed.emit()

    def _on_method_chosen(self, place: int) -> None:
        for combo in (self._features, self._method):
            combo.setCurrentIndex(place)
        self.changed.emit()

    def _on_start_chosen(self) -> None:
        self._show_name()
        self.changed.emit()

    def _show_name(self) -> None:
        self._name_field.setVisible(not self.start_from)

    def _show_rate(self) -> None:
        source = self._source()
        self._rate_field.setVisible(source is not None and not source.rated)

    def _lay_out(self) -> None:
        self._has_rocket = True
        first = QHBoxLayout()
        first.setSpacing(12)
        for combo, share in (
            (self._labels, 6), (self._features, 5), (self._method, 5), (self._held_out, 4), (self._start, 4),
        ):  # fmt: skip
            first.addWidget(_field(combo.accessibleName(), combo), share)
        second = QHBoxLayout()
        second.setSpacing(12)
        self._name_field.setFixedWidth(240)
        second.addWidget(self._name_field)
        second.addWidget(self._rate_field)
        second.addWidget(_field("Seed", self._seed))
        second.addWidget(self._resample, 0, Qt.AlignmentFlag.AlignBottom)
        second.addStretch(1)
        self._rate.setFixedWidth(110)
        self._seed.setFixedWidth(110)
        self._resample.setFixedHeight(28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)

    def _connect(self) -> None:
        self._controls: tuple[QWidget, ...] = (
            self._labels, self._features, self._method, self._held_out, self._start, self._name, self._seed,
            self._rate, self._resample,
        )  # fmt: skip
        self._labels.activated.connect(self._on_labels_chosen)
        self._features.activated.connect(self._on_method_chosen)
        self._method.activated.connect(self._on_method_chosen)
        self._held_out.activated.connect(self._on_held_out_chosen)
        self._start.activated.connect(self._on_start_chosen)
        self._name.textChanged.connect(self.changed)
        self._rate.textChanged.connect(self.changed)


def _combo(name: str, texts: Sequence[str] = ()) -> QComboBox:
    combo = ElidedCombo(name)
    combo.addItems(list(texts))
    return combo


def _field(name: str, control: QWidget) -> QWidget:
    """A control under its name."""
    field = QWidget()
    column = QVBoxLayout(field)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(label(name, "caption"))
    column.addWidget(control)
    control.setAccessibleName(name)
    return field
