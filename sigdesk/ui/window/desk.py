"""What the actions do in the real window: each method of `Desk`, handed to the widget or controller that does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

import sigdesk
from sigdesk.app.actions import ACTIONS, find_action
from sigdesk.app.program import Program
from sigdesk.app.settings import write_atomically
from sigdesk.app.undoing import Undone
from sigdesk.classifiers.folder import Classifier, card_text
from sigdesk.errors import ModelError
from sigdesk.places import shipped_folder
from sigdesk.signals import readable_suffixes
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.shell.palette import Palette, PaletteRow
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.action_set import keys_text
from sigdesk.ui.window.banners import Banners
from sigdesk.ui.window.disk_desk import DiskDesk
from sigdesk.ui.window.job_desk import JobDesk
from sigdesk.ui.window.label_desk import LabelDesk
from sigdesk.ui.window.list_desk import ListDesk
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.models_desk import ModelsDesk
from sigdesk.ui.window.opening_desk import OpeningDesk
from sigdesk.ui.window.plot_desk import PlotDesk
from sigdesk.ui.window.pool_desk import PoolDesk
from sigdesk.ui.window.session_desk import SessionDesk

_PALETTE_SIGNALS: Final = 2000
_PARTS: Final = (
    ("Qt and PySide6", "LGPL 3"),
    ("pyqtgraph", "MIT"),
    ("NumPy, scikit-learn", "BSD"),
    ("polars, orjson, msgspec", "MIT, Apache 2.0, BSD"),
    ("Phosphor icons", "MIT"),
    ("Inter, JetBrains Mono", "OFL 1.1"),
)


class WindowDesk:
    """Implements `sigdesk.app.action.Desk` for a program and its window. Dialogs are loaded when they are first opened,
    which keeps them out of the program's start."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        self._program = program
        self._window = window
        self._look = look
        self.banners = Banners(program, window.banner)
        self.jobs = JobDesk(program, window, look)
        self.labels = LabelDesk(program, window, look)
        self.pool = PoolDesk(program, window)
        self.plots = PlotDesk(program, window)
        self.reading = OpeningDesk(program, window, look)
        self.disk = DiskDesk(program, window, self.banners)
        self.list = ListDesk(program, window)
        self.models = ModelsDesk(window)
        self.sessions = SessionDesk(program, window, look)
        self._palette = Palette(look, window)
        self._palette.chosen.connect(self._on_palette_chosen)

    def open_files(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in readable_suffixes())
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open files", self._last_folder(), f"Signals ({patterns});;All files (*)"
        )
        self._program.open([Path(name) for name in names])

    def open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open folder", self._last_folder())
        if name:
            self._program.open([Path(name)])

    def open_samples(self) -> None:
        self._program.open([shipped_folder("resources") / "samples"])

    def remove_selected(self) -> None:
        self.remove(self._window.signals.selected_ids())

    def remove(self, signal_ids: Sequence[int]) -> None:
        """Take signals off the desk; they can be put back."""
        count = self._program.undoing.remove(signal_ids)
        if count:
            self._window.toast.say(f"{counted(count, 'signal')} removed", self._program.undoing.undo_text)

    def undo(self) -> None:
        self._tell_undone(self._program.undoing.undo(), "Nothing to undo")

    def redo(self) -> None:
        self._tell_undone(self._program.undoing.redo(), "Nothing to redo")

    def _tell_undone(self, undone: Undone | None, nothing: str) -> None:
        """Say what is otherwise now, and show a signal that it is about."""
        self._window.toast.say(undone.text if undone is not None else nothing)
        current = self._program.session.current
        if undone is not None and undone.signals and (current is None or current.id not in undone.signals):
            self._program.session.show(undone.signals[0])

    def export_results(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Export results", str(Path(self._last_folder()) / "results.csv"), "CSV (*.csv)"
        )
        if not name:
            return
        path = Path(name)
        try:
            write_atomically(path, self._program.feed.results.as_csv().encode())
        except OSError as error:
            QMessageBox.warning(
                self._window,
                "Not exported",
                f"{path} could not be written ({error.strerror or error}).\nChoose another folder, or make room.",
            )
            return
        self._window.toast.say(f"Exported {path.name}")

    def quit(self) -> None:
        self._window.close()

    def show_page(self, page: str) -> None:
        self._window.show_page(page)

    def show_tab(self, tab: str) -> None:
        self._window.show_page("Workspace")
        self._window.show_panel("Bottom tabs")
        self._window.bottom.show_tab(tab)

    def focus_filter(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self._window.bottom.isAncestorOf(focused) and self._window.bottom.focus_field():
            return
        if self._window.page == "Models":
            self._window.models_page.focus_filter()
            return
        self._window.show_page("Workspace")
        self._window.show_panel("Signals")
        self._window.signals.focus_filter()

    def focus_next_pane(self, step: int) -> None:
        panes = self._window.panes()
        focused = QApplication.focusWidget()
        here = next(
            (i for i, pane in enumerate(panes) if focused and (pane is focused or pane.isAncestorOf(focused))), -1
        )
        for offset in range(1, len(panes) + 1):
            pane = panes[(here + step * offset) % len(panes)]
            target = self._window.first_focus(pane)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def step_signal(self, step: int) -> None:
        current = self._program.session.current
        signal_id = self._program.signals.neighbour(current.id if current else 0, step)
        if signal_id:
            self._program.session.show(signal_id)

    def go_to_or_run(self) -> None:
        rows = [
            PaletteRow(row.text.removesuffix("…"), row.group, keys_text(row), row.id)
            for row in ACTIONS
            if row.id != "go-to"
        ]
        rows += [
            PaletteRow(entry.recording.name, entry.group, "", entry.id)
            for entry in self._program.session.entries[:_PALETTE_SIGNALS]
        ]
        self._palette.open_with(rows)

    def escape(self) -> None:
        if not (self._window.has_plots and self._window.plots.escape()):
            self._window.signals.clear_filter()

    def classify_current(self) -> None:
        self._program.classifying.classify_current()

    def classify_remaining(self) -> None:
        self._program.classifying.classify_remaining()

    def retry_selected(self) -> None:
        if self._window.bottom.jobs_tab.shows_all:
            self._program.history.retry(self._window.bottom.history.selected_history())
            return
        self._program.feed.retry([row.id for row in self._window.bottom.selected_jobs() if row.can_retry])

    def retry_failed(self) -> None:
        count = self._program.feed.retry_failed()
        self._window.toast.say(f"{counted(count, 'failed job')} again in line" if count else "No failed job to retry")

    def show_job_details(self) -> None:
        for row in self._window.bottom.selected_jobs()[:1]:
            self.jobs.show_details(row.id)

    def export_reproduction(self) -> None:
        for row in self._window.bottom.selected_jobs()[:1]:
            self.jobs.export_reproduction(row.id)

    def cancel_selected(self) -> None:
        self._program.feed.cancel([row.id for row in self._window.bottom.selected_jobs() if row.can_cancel])

    def cancel_queued(self) -> None:
        self._program.feed.cancel_queued()

    def run_next(self) -> None:
        self.pool.run_next()

    def run_last(self) -> None:
        self.pool.run_last()

    def pause_jobs(self) -> None:
        self.pool.pause()

    def resume_jobs(self) -> None:
        self.pool.resume()

    def pause_model(self) -> None:
        self.pool.pause_model()

    def resume_model(self) -> None:
        self.pool.resume_model()

    def search_all_jobs(self) -> None:
        self.show_tab("Jobs")
        self._window.bottom.show_all_jobs(True)
        self._window.bottom.focus_field()

    def export_jobs(self) -> None:
        self.jobs.export_jobs()

    def save_log(self) -> None:
        self.jobs.save_log()

    def use_tool(self, tool: str) -> None:
        self._window.plots.use_tool(tool)

    def plot(self, command: str) -> None:
        plots = self._window.plots
        commands = {
            "zoom-in": plots.zoom_in,
            "zoom-out": plots.zoom_out,
            "fit-all": plots.fit_all,
            "fit-selection": plots.fit_selection,
            "channels": plots.open_channels_menu,
            "to-start": plots.go_to_start,
            "to-end": plots.go_to_end,
        }
        commands[command]()

    def toggle_panel(self, panel: str) -> None:
        self._window.toggle_panel(panel)

    def toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_theme(self) -> None:
        self._program.settings.put("theme", "dark" if self._look.theme.name == "light" else "light")

    def show_settings(self) -> None:
        from sigdesk.ui.window.settings_dialog import SettingsDialog

        self._show(SettingsDialog(self._program.settings, self._program.settings.put, self._look, self._window))

    def show_shortcuts(self) -> None:
        from sigdesk.ui.shell.shortcut_sheet import ShortcutRow, ShortcutSheet

        rows = [ShortcutRow(row.keys[:1], row.text.removesuffix("…"), row.group) for row in ACTIONS if row.keys]
        self._show(ShortcutSheet(self._look, rows, parent=self._window))

    def show_help(self) -> None:
        from sigdesk.ui.window.text_dialog import TextDialog

        text = (shipped_folder("resources") / "help" / "first-steps.md").read_text(encoding="utf-8")
        self._show(TextDialog("Help", text, self._look, self._window))

    def show_about(self) -> None:
        from sigdesk.ui.shell.about import AboutDialog

        self._show(AboutDialog(self._look, sigdesk.__version__, _PARTS, self._window))

    def show_model_card(self, name: str) -> None:
        """The card of a model, as its author wrote it."""
        from sigdesk.ui.window.text_dialog import TextDialog

        for model in self._program.classifying.models:
            if isinstance(model, Classifier) and model.name == name:
                title = f"Model card: {model.manifest.title or name}"
                self._show(TextDialog(title, _card(model), self._look, self._window))

    def copy(self, text: str) -> None:
        """Put text on the clipboard and say so."""
        QGuiApplication.clipboard().setText(text)
        self._window.toast.say("Copied")

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_palette_chosen(self, payload: object) -> None:
        if isinstance(payload, int):
            self._window.show_page("Workspace")
            self._program.session.show(payload)
        elif isinstance(payload, str):
            find_action(payload).handler(self)

    def _last_folder(self) -> str:
        recent = self._program.settings.texts("recent_files")
        return str(Path(recent[0]).parent) if recent else str(Path.home())


def _card(model: Classifier) -> str:
    try:
        text = card_text(model)
    except ModelError as error:
        text = f"{error.what}\n\n{error.way_out}"
    return text or f"{model.manifest.title or model.name} came without a card. Its author would write it as `card.md`."
