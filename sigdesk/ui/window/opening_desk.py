"""How files are read, in the window: dialogs that show it and let it be corrected, and what comes of that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from sigdesk.app.action import When
from sigdesk.app.content_choosing import Chosen
from sigdesk.app.program import Program
from sigdesk.app.rows import HOW_READ, ProblemRow
from sigdesk.app.table_correcting import Corrected, Correction, open_tables
from sigdesk.errors import SigDeskError
from sigdesk.signals.contents import is_of_arrays
from sigdesk.signals.describe import printable_name
from sigdesk.signals.remembered import Question
from sigdesk.signals.table_preview import TablePreview
from sigdesk.signals.tables.layout import Given
from sigdesk.signals.tables.shape import TableShape
from sigdesk.signals.tables.source import is_of_table
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from sigdesk.ui.opening.table_dialog import TableDialog
    from sigdesk.ui.opening.tree_dialog import TreeDialog


class OpeningDesk(QObject):
    """Implements `sigdesk.app.action.ReadingTasks`, and connects its dialogs with the program."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        self._dialog: TableDialog | None = None
        self._path = Path()
        self._asked = 0
        self._questions: list[tuple[Question, tuple[str, ...]]] = []
        self._tree: TreeDialog | None = None
        self._connect()

    def _connect(self) -> None:
        tables, contents, window = self._program.tables, self._program.contents, self._window
        tables.previewed.connect(self._on_previewed)
        tables.corrected.connect(self._on_corrected)
        tables.refused.connect(self._on_refused)
        window.signals.table_requested.connect(self._on_table_requested)
        contents.listed.connect(self._on_contents_listed)
        contents.opened.connect(self._on_contents_opened)
        contents.refused.connect(self._on_contents_refused)
        self._program.choice_wanted.connect(self._on_choice_wanted)
        window.signals.contents_requested.connect(self._on_contents_requested)
        window.bottom.problems.action_requested.connect(self._on_problem_action)

    def conditions(self) -> Mapping[When, bool]:
        """Which of the actions on files can be used now."""
        entry = self._program.session.current
        return {
            When.ARRAYS_SHOWN: entry is not None and is_of_arrays(entry.recording),
            When.TABLE_SHOWN: entry is not None and is_of_table(entry.recording),
        }

    def show_table(self) -> None:
        """Show how the table that is shown was read."""
        entry = self._program.session.current
        if entry is not None:
            self.show_table_of(entry.recording.path)

    def show_table_of(self, path: Path) -> None:
        """Show how a table is read, or why it is not; it need not be open."""
        # Loaded when it is first opened: it is no part of the start.
        from sigdesk.ui.opening.table_dialog import TableDialog

        if self._dialog is not None:
            self._dialog.reject()
        self._path = path
        self._dialog = dialog = TableDialog(path, self._look, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.recognise_wanted.connect(self._on_recognise_wanted)
        dialog.try_wanted.connect(self._on_try_wanted)
        dialog.settled.connect(self._on_settled)
        dialog.forget_wanted.connect(self._on_forget_wanted)
        dialog.finished.connect(self._on_dialog_finished)
        self._asked = self._program.tables.look_as_remembered(path)
        dialog.open()

    def show_contents(self) -> None:
        """Show what the file of the signal that is shown holds, and what of it is open."""
        entry = self._program.session.current
        if entry is not None:
            self._program.contents.look(entry.recording.path)

    def _on_contents_requested(self, signal_id: int) -> None:
        recording = self._program.session.recording(signal_id)
        if recording is not None:
            self._program.contents.look(recording.path)

    def _on_choice_wanted(self, question: Question) -> None:
        """Asked one after the other; all signals are ticked, so that Enter opens them."""
        self._ask(question, tuple(content.path for content in question.contents if content.is_signal))

    def _on_contents_listed(self, question: Question, chosen: tuple[str, ...]) -> None:
        path = question.paths[0]
        recordings = (entry.recording for entry in self._program.session.entries)
        there = tuple(each.item for each in recordings if each.path == path)
        self._ask(question, there or chosen)

    def _ask(self, question: Question, chosen: tuple[str, ...]) -> None:
        self._questions.append((question, chosen))
        if self._tree is None:
            self._ask_next()

    def _ask_next(self) -> None:
        self._tree = None
        if not self._questions:
            return
        # Loaded when it is first opened: it is no part of the start.
        from sigdesk.ui.opening.tree_dialog import TreeDialog

        question, chosen = self._questions[0]
        name, others = question.paths[0].name, len(question.paths) - 1
        self._tree = dialog = TreeDialog(name, others, question.contents, chosen, self._look, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.settled.connect(self._on_choice_settled)
        dialog.finished.connect(self._on_choice_finished)
        dialog.open()

    def _on_choice_settled(self, chosen: tuple[str, ...], alike: bool) -> None:
        self._program.contents.choose(self._questions[0][0], chosen, alike=alike)

    def _on_choice_finished(self, result: int) -> None:
        question, _ = self._questions.pop(0)
        if result == QDialog.DialogCode.Rejected and not self._is_open(question.paths[0]):
            self._window.toast.say(f"Nothing opened of {printable_name(question.paths[0].name)}")
        self._ask_next()

    def _is_open(self, path: Path) -> bool:
        return any(entry.recording.path == path for entry in self._program.session.entries)

    def _on_contents_opened(self, chosen: Chosen) -> None:
        self._program.reloading.take(list(chosen.recordings), chosen.refusals)
        if chosen.problem is not None:
            self._program.tell_problem("reading", chosen.problem)
        paths = {recording.path for recording in chosen.recordings}
        current = self._program.session.current
        if paths and (current is None or current.recording.path not in paths):
            first = next(entry.id for entry in self._program.session.entries if entry.recording.path in paths)
            self._program.session.show(first)

    def _on_contents_refused(self, error: SigDeskError) -> None:
        self._program.tell_problem("contents", error)
        self._window.toast.say(error.what)

    def _on_table_requested(self, signal_id: int) -> None:
        recording = self._program.session.recording(signal_id)
        if recording is not None:
            self.show_table_of(recording.path)

    def _on_problem_action(self, problem: ProblemRow, action: str) -> None:
        if action == HOW_READ.id:
            self.show_table_of(Path(problem.about))

    def _on_recognise_wanted(self, given: Given) -> None:
        self._asked = self._program.tables.look(self._path, given)

    def _on_try_wanted(self, shape: TableShape, lines: Given) -> None:
        self._asked = self._program.tables.try_shape(self._path, shape, lines)

    def _on_previewed(self, number: int, preview: TablePreview) -> None:
        dialog = self._dialog
        if dialog is None or number != self._asked:
            return  # closed, or asked anew meanwhile
        if dialog.preview is None:
            dialog.begin(preview)
        else:
            dialog.show_preview(preview)

    def _on_settled(self, shape: TableShape, alike: bool) -> None:
        self._program.tables.correct(self._correction(shape, alike=alike))

    def _on_forget_wanted(self) -> None:
        dialog = self._dialog
        if dialog is not None and dialog.preview is not None and dialog.preview.shape is not None:
            self._program.tables.forget(self._correction(dialog.preview.shape, alike=True))

    def _correction(self, shape: TableShape, *, alike: bool) -> Correction:
        recognised = self._dialog.recognised if self._dialog is not None else None
        recordings = [entry.recording for entry in self._program.session.entries]
        return Correction(self._path, shape, recognised, alike, open_tables(recordings, self._path))

    def _on_corrected(self, corrected: Corrected) -> None:
        if self._dialog is not None and self._path == corrected.path:
            self._dialog.accept()
        self._program.reloading.take(list(corrected.recordings), corrected.refusals)
        if corrected.problem is not None:
            self._program.tell_problem("reading", corrected.problem)
        shown = next((e.id for e in self._program.session.entries if e.recording.path == corrected.path), 0)
        if shown:
            self._window.show_page("Workspace")
            self._program.session.show(shown)

    def _on_refused(self, path: Path, error: SigDeskError) -> None:
        if self._dialog is not None and self._path == path:
            self._dialog.show_refusal(error)

    def _on_dialog_finished(self, _: int) -> None:
        self._dialog = None
