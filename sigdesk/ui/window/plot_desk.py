"""What the plot's instruments do in the real window: `sigdesk.app.plot_tasks.PlotTasks`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from sigdesk.app.action import When
from sigdesk.app.program import Program
from sigdesk.app.settings import write_atomically
from sigdesk.app.stretch_saving import StretchSaving
from sigdesk.errors import RecordingError
from sigdesk.signals.export import Stretch, target_name
from sigdesk.signals.export.columns import table_text
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.widgets.numbers import grouped
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.sound_desk import SoundDesk
from sigdesk.ui.window.warning_box import warn

if TYPE_CHECKING:
    from sigdesk.ui.plots.area import PlotArea

_CANCEL: Final = "cancel saving"
_MOST_COPIED: Final = 200_000
"""Values: more of them no spreadsheet takes from the clipboard at once, and the window would have to wait."""


class PlotDesk(QObject):
    """Hands each task to the part of the plot that does it; asks for files, and says what came of them."""

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._saving = StretchSaving(self)
        self._target = Path()
        self.sound = SoundDesk(window)
        self._saving.progressed.connect(self._on_progressed)
        self._saving.saved.connect(self._on_saved)
        self._saving.failed.connect(self._on_failed)
        self._saving.cancelled.connect(lambda: window.toast.say("Not saved"))
        window.toast.action_chosen.connect(self._on_toast_action)
        window.closing.connect(self._saving.close)
        window.plots_made.connect(self._on_plots_made)

    @property
    def _plots(self) -> PlotArea:
        return self._window.plots

    def toggle_spectrum(self) -> None:
        self._plots.instruments.analysing.toggle()

    def conditions(self) -> Mapping[When, bool]:
        """What holds of the plot now."""
        current = self._program.session.current
        recording = None if current is None else current.recording
        known = recording is not None and recording.start_time is not None and bool(recording.time_base.unit)
        return {When.START_KNOWN: known, **self.sound.conditions(recording)}

    def play_or_stop(self) -> None:
        self.sound.play_or_stop()

    def toggle_clock(self) -> None:
        """Tell times by the clock, or as they have elapsed."""
        settings = self._program.settings
        settings.put("clock_time", not settings.flag("clock_time"))

    def arrange(self) -> None:
        """Open the menu of all channels that are shown."""
        self._plots.presenting.open_menu()

    def process(self) -> None:
        """Ask what is to be done to which channels."""
        self._plots.presenting.processing.open_dialog()

    def copy_picture(self) -> None:
        """Put what is visible on the clipboard."""
        QGuiApplication.clipboard().setImage(self._plots.picture().image())
        self._window.toast.say("Picture copied")

    def copy_stretch(self) -> None:
        """Put the visible values of the channels that are shown on the clipboard, as a table for a spreadsheet."""
        recording, rows = self._plots.shown_recording, self._plots.channels_shown
        start, stop = self._plots.visible_samples
        if recording is None:
            return
        if (stop - start) * len(rows) > _MOST_COPIED:
            words = f"Over {grouped(_MOST_COPIED)} values are visible: zoom in, or save them as CSV"
            self._window.toast.say(words)
            return
        try:
            text = table_text(Stretch(recording, start, stop, rows))
        except RecordingError as error:
            warn(self._window, "Not copied", error.what, error.way_out)
            return
        QGuiApplication.clipboard().setText(text)
        self._window.toast.say(f"{counted(stop - start, 'row')} copied")

    def save_picture(self) -> None:
        """Ask for a file, and write what is visible there as PNG or SVG."""
        path = self._ask_for_file("Save picture", "png", "PNG (*.png);;SVG (*.svg)")
        if path is None:
            return
        picture = self._plots.picture()
        try:
            write_atomically(path, picture.svg() if path.suffix.lower() == ".svg" else picture.png())
        except OSError as error:
            what = f"{path} could not be written ({error.strerror or error})."
            warn(self._window, "Picture not saved", what, "Choose another folder, or make room.")
            return
        self._window.toast.say(f"Saved {path.name}")

    def save_stretch(self) -> None:
        """Ask for a file, and write the visible stretch of the channels that are shown there."""
        recording = self._plots.shown_recording
        path = self._ask_for_file("Save visible stretch", "csv", "CSV (*.csv)")
        if path is None or recording is None:
            return
        start, stop = self._plots.visible_samples
        self._target = path
        self._saving.save(recording, start, stop, self._plots.channels_shown, path)

    def _ask_for_file(self, title: str, kind: str, kinds: str) -> Path | None:
        recording = self._plots.recording
        if recording is None:
            return None
        recent = self._program.settings.texts("recent_files")
        folder = Path(recent[0]).parent if recent else Path.home()
        name, chosen = QFileDialog.getSaveFileName(
            self._window, title, str(folder / target_name(recording, kind)), kinds
        )
        if not name:
            return None
        path = Path(name)
        known = [each.split()[0].lower() for each in kinds.split(";;")]
        if path.suffix[1:].lower() in known:
            return path
        return path.with_name(f"{path.name}.{(chosen or kinds).split()[0].lower()}")

    def _on_plots_made(self) -> None:
        self._program.settings.changed.connect(self._on_setting_changed)
        self._on_setting_changed("clock_time")

    def _on_setting_changed(self, key: str) -> None:
        if key == "clock_time":
            self._plots.tell_by_clock(self._program.settings.flag("clock_time"))

    def _on_progressed(self, share: float) -> None:
        if share < 1:
            action = ToastAction(_CANCEL, "Cancel")
            self._window.toast.say(f"Saving {self._target.name}… {share:.0%}", action=action, stays=True)

    def _on_saved(self, path: Path) -> None:
        self._window.toast.say(f"Saved {path.name}")

    def _on_failed(self, error: RecordingError) -> None:
        self._window.toast.say("Not saved")
        warn(self._window, "Not saved", error.what, error.way_out)

    def _on_toast_action(self, action: str) -> None:
        if action == _CANCEL:
            self._saving.cancel()
