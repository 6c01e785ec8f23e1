"""Add model file…: a model folder is made of a bare file or of a folder with a script; asked is only what they do not
say themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sigdesk.classifiers.adding import Wrapped
from sigdesk.classifiers.recipes import RECIPES
from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, label

_WIDTH: Final = 560
_SAMPLES: Final = "The samples themselves"
_WORDS: Final = {
    "pickle": "A pickle says nothing before it is opened, and to open it is to run it. It is added blocked: trust it, "
    "or not, once it is in the list.",
    "skops": "It is opened by a process of its own, which runs nothing of it.",
    "onnx": "An ONNX file runs nothing but arithmetic.",
    "folder": "A whole model folder: its model.toml says everything. To add it is to trust its scripts.",
    "script": "Workers run the script in this folder: to add it is to trust it. Add it only if you know who wrote it.",
    "": "This is no model file that SigDesk knows, and no folder. Choose a skops, ONNX, pickle or joblib file.",
}


class AddDialog(QDialog):
    """`file_wanted` and `folder_wanted` ask for a path, which `show_path` brings; `add_requested` carries a Wrapped."""

    file_wanted = Signal()
    folder_wanted = Signal()
    add_requested = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add model file")
        self.setFixedWidth(_WIDTH)
        self._path: Path | None = None
        self._kind = ""
        self._busy = False
        self._shown = ElidedLabel("Nothing chosen yet", "strong")
        self._file = ActionButton(look, "File…", "file-text")
        self._folder = ActionButton(look, "Folder…", "folder-open")
        self.words = label("Choose a model file, or a folder with a script or a model.toml.", "secondary", wrap=True)
        self.problem = label("", "small", "error", wrap=True)
        self._title = QLineEdit()
        self._name = QLineEdit()
        self._classes = QLineEdit()
        self._classes.setPlaceholderText("healthy, imbalance, bearing wear")
        self._channels = QLineEdit()
        self._channels.setPlaceholderText("any")
        self._rate = QLineEdit()
        self._rate.setPlaceholderText("any")
        self._features = QComboBox()
        self._features.addItems([_SAMPLES, *RECIPES])
        self._script = QComboBox()
        self._add = ActionButton(look, "Add", "plus", kind="primary")
        self._cancel = ActionButton(look, "Cancel")
        self._fields: dict[str, tuple[QWidget, QWidget]] = {}
        self._lay_out()
        self._connect()
        self._show_fields()

    def show_path(self, path: Path, kind: str) -> None:
        """A file or folder was chosen; `kind` is that of `model_kind`."""
        self._path, self._kind = path, kind
        self._shown.set_text(visible(str(path)))
        self.words.setText(_WORDS[kind])
        self.problem.hide()
        self._name.setText(path.stem if path.is_file() else path.name)
        self._classes.clear()
        self._script.clear()
        if kind == "script":
            self._script.addItems(sorted(one.name for one in path.glob("*.py")))
        self._busy = kind == "skops"  # it is asked which classes it has
        self._show_fields()

    def show_classes(self, path: Path, classes: tuple[str, ...]) -> None:
        """The classes that a file says it has; () where it does not say."""
        if path == self._path:
            self._busy = False
            if classes:
                self._classes.setText(", ".join(classes))
            self._show_fields()

    def show_problem(self, text: str) -> None:
        """Say why it cannot be added."""
        self._busy = False
        self.problem.setText(text)
        self.problem.show()
        self._show_fields()

    def wish(self) -> Wrapped | None:
        """What is to be added; None, and the reason in `problem`, where something lacks."""
        if self._path is None:
            return None
        if self._kind == "folder":
            return Wrapped(self._path, self._path.name)
        classes = tuple(one.strip() for one in self._classes.text().split(",") if one.strip())
        channels, rate = self._channels.text().strip(), self._rate.text().strip()
        problem = ""
        if not classes:
            problem = "Name its classes, in the model's own order, with commas between them."
        elif channels and not (channels.isdecimal() and int(channels) > 0):
            problem = f"{channels} is no number of channels. Leave it empty for any."
        elif rate and not _is_rate(rate):
            problem = f"{rate} is no sample rate. Leave it empty for any."
        if problem:
            self.show_problem(problem)
            return None
        features = self._features.currentText() if self._features.currentIndex() else ""
        return Wrapped(
            self._path,
            self._name.text().strip(),
            classes,
            self._title.text().strip(),
            "" if self._kind == "script" else features,
            self._script.currentText() if self._kind == "script" else "",
            int(channels) if channels else None,
            float(rate) if rate else None,
        )

    def _on_add(self) -> None:
        wish = self.wish()
        if wish is not None:
            self.problem.hide()
            self._busy = True
            self._show_fields()
            self.add_requested.emit(wish)

    def _show_fields(self) -> None:
        asks = self._kind in ("pickle", "skops", "onnx", "script")
        for name, widgets in self._fields.items():
            shown = asks and (name != "Script" or self._kind == "script")
            shown = shown and (name != "Works on" or self._kind != "script")
            for widget in widgets:
                widget.setVisible(shown)
        self._classes.setEnabled(not self._busy)
        self._add.set_busy(self._busy)
        self._add.setEnabled(bool(self._kind) and not self._busy)
        self.adjustSize()

    def _lay_out(self) -> None:
        chosen = QHBoxLayout()
        chosen.setSpacing(8)
        chosen.addWidget(self._shown, 1)
        chosen.addWidget(self._file)
        chosen.addWidget(self._folder)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        controls = (
            ("Title", self._title), ("Name of its folder", self._name), ("Script", self._script),
            ("Classes", self._classes), ("Works on", self._features), ("Channels", self._channels),
            ("Sample rate (Hz)", self._rate),
        )  # fmt: skip
        for row, (name, control) in enumerate(controls):
            control.setAccessibleName(name)
            caption = label(name, "secondary")
            grid.addWidget(caption, row, 0)
            grid.addWidget(control, row, 1)
            self._fields[name] = (caption, control)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addLayout(chosen)
        column.addWidget(self.words)
        column.addLayout(grid)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        self.problem.hide()

    def _connect(self) -> None:
        for button in (self._file, self._folder, self._cancel):
            button.setAutoDefault(False)
        self._add.setDefault(True)
        self._file.clicked.connect(self.file_wanted)
        self._folder.clicked.connect(self.folder_wanted)
        self._cancel.clicked.connect(self.reject)
        self._add.clicked.connect(self._on_add)
        for field in (self._name, self._classes, self._channels, self._rate):
            field.textEdited.connect(self.problem.hide)  # it may be right now


def _is_rate(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False
