"""The dialog for files of the session that were moved: which they are, and where they are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from sigdesk.app.moved_files import Search
from sigdesk.signals.names import printable_name
from sigdesk.ui.rows.wording import counted, plain_tooltip
from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import label

_PATH: Final = int(Qt.ItemDataRole.UserRole)
_ROW_HEIGHT: Final = 28
_HINT: Final = "Name the folder where they are now: they are known again by what they hold, whatever their names."


class RelinkDialog(QDialog):
    """Lists what is missing. A folder is searched with all below it; a single file is taken if it holds the same.

    `file_chosen` carries where the file was, where it is, and whether it is taken whatever it holds.
    """

    folder_chosen = Signal(object)
    file_chosen = Signal(str, object, bool)
    take_out_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self, missing: Sequence[str], look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._others: dict[str, str] = {}
        self._place = Path.home()
        self.setWindowTitle("Find moved files")
        self.resize(620, 420)
        self.list = QListWidget()
        self.list.setAccessibleName("Missing files")
        self.list.setFont(look.font(12))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.says = label(_HINT, "secondary", wrap=True)
        self.says.setMinimumHeight(40)
        self.says.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.in_folder = ActionButton(look, "Look in folder…", "folder", kind="primary")
        self.find_file = ActionButton(look, "Find file…", "file")
        self.use = ActionButton(look, "Use it all the same")
        self.take_out = ActionButton(look, "Take out of the session", "x")
        self.cancel = ActionButton(look, "Cancel")
        self.close_button = ActionButton(look, "Close")
        self._lay_out()
        self._connect()
        self.show_missing(missing)

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((above, (self.find_file, self.take_out, self.use)), (below, (self.cancel,))):
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
        for button in (self.close_button, self.in_folder):
            below.addWidget(button)
        for button in (self.find_file, self.take_out, self.use, self.cancel, self.close_button):
            button.setAutoDefault(False)
        self.in_folder.setDefault(True)
        self.cancel.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.list, 1)
        column.addLayout(above)
        column.addWidget(self.says)
        column.addLayout(below)

    def _connect(self) -> None:
        self.in_folder.clicked.connect(self._on_in_folder)
        self.find_file.clicked.connect(self._on_find_file)
        self.use.clicked.connect(self._on_use)
        self.take_out.clicked.connect(self._on_take_out)
        self.cancel.clicked.connect(self.cancel_requested)
        self.close_button.clicked.connect(self.accept)
        self.list.currentItemChanged.connect(self._on_current_changed)

    def show_missing(self, missing: Sequence[str]) -> None:
        """Show what is missing still; who stood in the list goes on standing there."""
        before = self._chosen()
        self.list.clear()
        for path in missing:
            item = QListWidgetItem(f"{printable_name(Path(path).name)}    {printable_name(str(Path(path).parent))}")
            item.setData(_PATH, path)
            item.setSizeHint(QSize(0, _ROW_HEIGHT))
            item.setToolTip(plain_tooltip(printable_name(path)))
            self.list.addItem(item)
            if path == before:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self.in_folder.setEnabled(bool(missing))
        self._on_current_changed()

    def show_search(self, search: Search, missing: Sequence[str]) -> None:
        """A search has ended, with this found and that still missing."""
        self._set_busy(False)
        for old, _ in search.pairs:
            self._others.pop(old, None)
        self._others.update(search.others)
        found = f"{counted(len(search.pairs), 'file')} found" if search.pairs else "Nothing found"
        stopped = " before you ended the search" if search.stopped else ""
        left = f"{len(missing)} still missing." if missing else "Nothing is missing any more."
        self._say(f"{found}{stopped}. {left}")
        self.show_missing(missing)

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_PATH))

    def _say(self, text: str, status: str = "") -> None:
        self.says.setText(text)
        restyle(self.says, "status", status)

    def _set_busy(self, busy: bool) -> None:
        self.in_folder.set_busy(busy)
        self.cancel.setVisible(busy)
        for button in (self.in_folder, self.find_file, self.use, self.take_out):
            button.setEnabled(not busy)

    def _on_current_changed(self) -> None:
        path = self._chosen()
        self.find_file.setEnabled(bool(path))
        self.take_out.setEnabled(bool(path))
        self.use.setEnabled(path in self._others)
        other = self._others.get(path, "")
        self.use.explain(f"Take {printable_name(other)}" if other else "No file of this name was found")
        if other:
            self._say(_differs(path, other), "warn")

    def _on_in_folder(self) -> None:
        dialog = QFileDialog(self, "Folder with the moved files", str(self._place))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_folder_chosen(self, name: str) -> None:
        self._place = Path(name)
        self._say(f"Looking in {printable_name(name)}…")
        self._set_busy(True)
        self.folder_chosen.emit(self._place)

    def _on_find_file(self) -> None:
        old = self._chosen()
        name = printable_name(Path(old).name)
        dialog = QFileDialog(self, f"Where {name} is now", str(self._place))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda found: self._on_file_chosen(old, Path(found)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file_chosen(self, old: str, file: Path) -> None:
        self._place = file.parent
        self._set_busy(True)
        self.file_chosen.emit(old, file, False)

    def _on_use(self) -> None:
        old = self._chosen()
        self._set_busy(True)
        self.file_chosen.emit(old, Path(self._others[old]), True)

    def _on_take_out(self) -> None:
        self._say(_HINT)
        self.take_out_requested.emit(self._chosen())


def _differs(old: str, other: str) -> str:
    name = printable_name(Path(old).name)
    return (
        f"{printable_name(other)} holds something else than {name} did when the session was saved. "
        "Its labels may not fit: look for another file, or use it all the same."
    )
