"""What can be done with one job in the window beside running it: look at its details, and hand it on as an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from sigdesk.app.history_rows import number_in
from sigdesk.app.job_details import JobDetails
from sigdesk.app.program import Program
from sigdesk.app.settings import write_atomically
from sigdesk.errors import SigDeskError
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.warning_box import warn

if TYPE_CHECKING:
    from sigdesk.ui.window.job_dialog import JobDialog


class JobDesk(QObject):
    """Dialogs of jobs and of their log, and the files that they are saved to."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        program.exporter.exported.connect(self._on_exported)
        program.exporter.failed.connect(self._on_export_failed)
        program.history.job_read.connect(self._show)
        program.history.remade.connect(program.exporter.export)
        program.history.exported.connect(self._on_exported)

    def show_details(self, job_id: str) -> None:
        """Open the details of a job; those of one that this session does not know are read from the journal first."""
        details = self._program.feed.details_of(job_id)
        if details is None:
            self._program.history.read(job_id)
        else:
            self._show(details)

    def _show(self, details: JobDetails) -> JobDialog:
        # Loaded when it is first opened: it is no part of the start.
        from sigdesk.ui.window.job_dialog import JobDialog

        read = self._program.feed.details_of
        dialog = JobDialog(details, lambda: read(details.job_id), self._look, self._window)
        dialog.copy_requested.connect(self._window.bottom.copy_requested)
        dialog.show_log_requested.connect(self._window.bottom.show_log_requested)
        dialog.export_requested.connect(self.export_reproduction)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def export_reproduction(self, job_id: str) -> None:
        """Ask for a place and write the archive of an ended job there, off the window's thread."""
        job, row = self._program.feed.outcome_of(job_id), self._program.feed.jobs.find(job_id)
        if row is not None and not row.state.ended:
            self._window.toast.say("Only a job that has ended can be exported")
            return
        number = number_in(job_id)
        path = self._ask_for_file("Export reproduction", f"job-{number}-reproduction.zip", "Archive (*.zip)")
        if path is None:
            return
        self._window.toast.say(f"Exporting job {number}…", stays=True)
        if job is not None:
            self._program.exporter.export(job, path)
        else:
            self._program.history.remake(job_id, path)

    def export_jobs(self) -> None:
        """Ask for a place and write the jobs of all runs there, those that the search finds."""
        path = self._ask_for_file("Export jobs", "jobs.csv", "CSV (*.csv)")
        if path is not None:
            self._window.toast.say("Exporting jobs…")
            self._program.history.export(path)

    def save_log(self) -> None:
        """Ask for a place and write the lines that the Log shows there."""
        text = self._window.bottom.log.list.all_text()
        path = self._ask_for_file("Save log", "sigdesk-log.txt", "Text (*.txt)")
        if path is None:
            return
        try:
            write_atomically(path, f"{text}\n".encode("utf-8", "replace"))
        except OSError as error:
            what = f"{path} could not be written ({error.strerror or error})."
            self.warn("Log not saved", what, "Choose another folder, or make room.")
            return
        self._window.toast.say(f"Saved {counted(text.count(chr(10)) + 1, 'line')} to {path.name}")

    def _ask_for_file(self, title: str, name: str, kinds: str) -> Path | None:
        recent = self._program.settings.texts("recent_files")
        folder = Path(recent[0]).parent if recent else Path.home()
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(folder / name), kinds)
        return Path(chosen) if chosen else None

    def _on_exported(self, path: Path) -> None:
        self._window.toast.say(f"Exported {path.name}")

    def _on_export_failed(self, error: SigDeskError) -> None:
        self._window.toast.say("Not exported")
        self.warn("Not exported", error.what, error.way_out)

    def warn(self, title: str, what: str, way_out: str) -> None:
        """Tell in a dialog what was not done."""
        warn(self._window, title, what, way_out)
