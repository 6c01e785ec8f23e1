"""What the operator does with the session as a whole: begun, opened, saved, noted, its moved files found again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog

from sigdesk.app.moved_files import Search
from sigdesk.app.program import Program
from sigdesk.app.session_file import SUFFIX, with_suffix
from sigdesk.errors import LabelError, SessionChanged, SessionError
from sigdesk.labels.label_file import label_file_of
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.notes_dialog import NotesDialog
from sigdesk.ui.window.question_dialog import QuestionDialog

SHOW_PROBLEMS: Final = ToastAction("show problems", "Show")
REPLACE, REPLACE_THEIRS, SAVE_AS = "Replace", "Replace theirs", "Save as…"
if TYPE_CHECKING:
    from sigdesk.ui.window.relink_dialog import RelinkDialog

_KIND: Final = f"Sessions (*{SUFFIX})"


class SessionDesk(QObject):
    """Implements `sigdesk.app.session_tasks.SessionTasks` with dialogs that do not block."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        self._file = program.keeping.session_file
        self._relink: RelinkDialog | None = None
        self._file.failed.connect(self._on_failed)
        self._file.searched.connect(self._on_searched)
        self._file.saved.connect(lambda path: window.toast.say(f"Saved {path.name}"))

    def new(self) -> None:
        self._file.new()

    def open(self) -> None:
        dialog = self._file_dialog("Open session", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Put the session of a file in the place of this one, whatever the file's ending is."""
        self._file.open(path)

    def save(self) -> None:
        if self._file.path is None:
            self.save_as()
        else:
            self._file.save()

    def save_as(self) -> None:
        dialog = self._file_dialog("Save session as", QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # asked below, of the name with its ending
        path = self._file.path
        dialog.selectFile(path.name if path else f"{self._proposed_name()}{SUFFIX}")
        dialog.fileSelected.connect(lambda name: self._on_name_chosen(Path(name)))
        dialog.open()

    def write_notes(self) -> None:
        labelling, entry = self._program.labelling, self._program.session.current
        signal_id = entry.id if entry else 0
        name, note = (entry.recording.name, labelling.note_of(signal_id)) if entry else ("", "")
        dialog = NotesDialog(self._look, labelling.session_note, name, note, self._window)
        dialog.written.connect(lambda session, signal: self._on_notes_written(session, signal_id, signal))
        self._show(dialog)

    def find_moved(self) -> None:
        """The dialog for files that are not where they were; those that are there again are opened at once."""
        # Loaded when it is first opened: it is no part of the start.
        from sigdesk.ui.window.relink_dialog import RelinkDialog

        keeping, file = self._program.keeping, self._file
        back = [Path(record.key.path) for record in keeping.autosave.missing]
        self._program.open([path for path in dict.fromkeys(back) if path.exists()])
        dialog = RelinkDialog(file.missing_files, self._look, self._window)
        dialog.folder_chosen.connect(file.relink)
        dialog.file_chosen.connect(lambda old, found, whatever: file.relink_file(old, found, whatever=whatever))
        dialog.cancel_requested.connect(file.cancel_search)
        dialog.take_out_requested.connect(keeping.take_out)
        dialog.take_out_requested.connect(lambda _: dialog.show_missing(file.missing_files))
        self._relink = dialog
        dialog.finished.connect(self._on_relink_finished)
        self._show(dialog)

    def keep_mine(self, path: str) -> None:
        """The session's labels count; the file with the others is kept beside."""
        try:
            self._program.keeping.label_files.keep_mine(path)
        except LabelError as error:
            self._say(error)
        else:
            self._window.toast.say(f"Your labels count. The others are kept beside {Path(path).name}")

    def take_theirs(self, path: str) -> None:
        """The labels in the file count; undo brings the session's back."""
        try:
            self._program.keeping.label_files.take_theirs(path)
        except LabelError as error:
            self._say(error)
        else:
            self._window.toast.say(f"The labels in {label_file_of(Path(path)).name} count. Undo brings yours back")

    def _on_searched(self, search: Search) -> None:
        if self._relink is not None:
            self._relink.show_search(search, self._file.missing_files)

    def _on_relink_finished(self) -> None:
        self._relink = None
        self._file.cancel_search()

    def _on_name_chosen(self, path: Path) -> None:
        path = with_suffix(path)
        if path == self._file.path or not path.exists():
            self._file.save(path)
            return
        what = f"{path.name} is there already."
        way_out = "The session in it would be gone. Its signals and their label files stay as they are."
        dialog = QuestionDialog(self._look, "Save session as", what, way_out, (SAVE_AS, REPLACE), self._window)
        dialog.chosen.connect(lambda answer: self._file.save(path) if answer == REPLACE else self.save_as())
        self._show(dialog)

    def _on_failed(self, error: SessionError) -> None:
        if not isinstance(error, SessionChanged):
            self._say(error)
            return
        answers = (SAVE_AS, REPLACE_THEIRS)
        dialog = QuestionDialog(self._look, "Save session", error.what, error.way_out, answers, self._window)
        dialog.chosen.connect(self._on_theirs_decided)
        self._show(dialog)

    def _on_theirs_decided(self, answer: str) -> None:
        if answer == REPLACE_THEIRS:
            self._file.save(over_theirs=True)
        else:
            self.save_as()

    def _on_notes_written(self, session: str, signal_id: int, signal: str) -> None:
        labelling = self._program.labelling
        changed = labelling.write_note(None, session)
        if self._program.session.find(signal_id) is not None:
            changed |= labelling.write_note(signal_id, signal)
        if changed:
            self._window.toast.say("Notes saved")

    def _say(self, error: SessionError | LabelError) -> None:
        self._window.toast.say(error.what, action=SHOW_PROBLEMS)

    def _proposed_name(self) -> str:
        entries = self._program.session.entries
        return entries[0].recording.path.parent.name if entries else "session"

    def _file_dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        path, recent = self._file.path, self._program.settings.texts("recent_files")
        folder = path.parent if path else Path(recent[0]).parent if recent else Path.home()
        dialog = QFileDialog(self._window, title, str(folder), f"{_KIND};;All files (*)")
        dialog.setAcceptMode(mode)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    @staticmethod
    def _show(dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
