"""The way in: the welcome page with what stands on it, and what is told of files while and after they are opened."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer

from sigdesk.app.program import OpeningSummary, Program
from sigdesk.app.recent_sessions import RecentSession
from sigdesk.classifiers.fit import best_fit
from sigdesk.classifiers.folder import Classifier
from sigdesk.places import shipped_folder
from sigdesk.ui.shell.ready_card import ReadyRow
from sigdesk.ui.shell.recent_card import RecentFile
from sigdesk.ui.shell.sample_card import SampleCard
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.widgets.numbers import disk_size, grouped, when_words
from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.samples import SampleCards

_SESSIONS_SHOWN: Final = 3
"""Of the five rows that the welcome page has; the File menu has more."""
_DISK_LOOK_MS: Final = 10_000
_FAMILIAR: Final = ("WAV", "FLAC", "CSV", "TSV", "NPY", "MAT", "EDF", "HDF5", "TDMS", "Parquet and many more")
"""The formats that a glance should meet; all of them would be a paragraph."""
_CANCEL_OPENING: Final = "cancel opening"
_SHOW_PROBLEMS: Final = "show problems"
_CHECK_TABLE: Final = "check table"


class OpeningWiring(QObject):
    """Connects the welcome page and the program's opening of files."""

    def __init__(self, program: Program, window: MainWindow, desk: WindowDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._program = program
        self._window = window
        self._desk = desk
        self._fit_to: tuple[Path, ...] = ()
        self._doubtful: tuple[Path, ...] = ()
        self._disk = QTimer(self, interval=_DISK_LOOK_MS)
        self._connect()
        window.welcome.set_formats(_FAMILIAR)
        self._show_disk()
        self._samples = SampleCards(self)
        self._samples.made.connect(window.welcome.set_samples)
        window.closing.connect(self._samples.close)
        self._disk.start()
        # The cards read their files once the window stands; it need not wait for them.
        QTimer.singleShot(0, window, self._show_samples)

    def show_welcome(self) -> None:
        """Bring the welcome page up to date."""
        self._show_recent()
        self._show_ready()

    def _connect(self) -> None:
        program, window, desk = self._program, self._window, self._desk
        window.welcome.paths_dropped.connect(program.open)
        window.welcome.open_requested.connect(desk.open_files)
        window.welcome.try_sample_requested.connect(desk.open_samples)
        window.welcome.sample_chosen.connect(self._on_sample_chosen)
        window.welcome.recent_chosen.connect(lambda path: program.open([path]))
        window.toast.action_chosen.connect(self._on_toast_action)
        program.opening_progress.connect(self._on_opening_progress)
        program.opened.connect(self._on_opened)
        self._disk.timeout.connect(self._show_disk)

    def _show_samples(self) -> None:
        self._samples.make(shipped_folder("resources") / "samples")

    def _show_recent(self) -> None:
        now = datetime.now().astimezone()
        files = [_session_row(row, now) for row in self._program.keeping.recent.rows[:_SESSIONS_SHOWN]]
        for name in self._program.settings.texts("recent_files"):
            path = Path(name)
            try:
                seen = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            except OSError:
                continue  # moved or on a drive that is away: nothing that a click could open
            files.append(RecentFile(path, when_words(seen, now)))
        self._window.welcome.set_recent(files)

    def _show_ready(self) -> None:
        models = [m for m in self._program.classifying.models if isinstance(m, Classifier) and m.runnable]
        broken = len(self._program.classifying.models) - len(models)
        count = len(self._program.pool.stats().workers)
        free = self._free_disk()
        self._window.welcome.set_ready(
            [
                ReadyRow("Workers", f"{count} of {count} ready"),
                ReadyRow(
                    "Models",
                    f"{len(models)} verified" + (f", {broken} cannot run" if broken else ""),
                    "warn" if broken or not models else "ok",
                ),
                ReadyRow("Disk", "Unknown" if free is None else f"{disk_size(free)} free", "ok" if free else "warn"),
                ReadyRow("Inputs", "Recording comes in a later version", "muted"),
            ]
        )

    def _show_disk(self) -> None:
        free = self._free_disk()
        if free is not None:
            self._window.status.show_disk(free)

    def _free_disk(self) -> int | None:
        place = self._program.places.home
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            return shutil.disk_usage(place).free
        except OSError:
            return None

    def _on_sample_chosen(self, card: SampleCard) -> None:
        self._fit_to = card.paths
        self._program.open(card.paths)

    def _choose_fitting_model(self) -> None:
        """A sample opens with a model that fits it."""
        for entry in self._program.session.entries:
            if entry.recording.path in self._fit_to:
                model = best_fit(self._program.classifying.models, entry.recording)
                if model is not None:
                    self._program.classifying.choose_model(model.name)
                self._program.session.show(entry.id)
        self._fit_to = ()

    def _on_opening_progress(self, done: int, total: int) -> None:
        text = f"Opening {grouped(done)} of {grouped(total)} files…" if total > 1 else "Opening…"
        self._window.toast.say(text, action=ToastAction(_CANCEL_OPENING, "Cancel"), stays=True)

    def _on_opened(self, summary: OpeningSummary) -> None:
        self._choose_fitting_model()
        show = ToastAction(_SHOW_PROBLEMS, "Show") if summary.refused else None
        self._doubtful = summary.doubtful
        if len(summary.doubtful) == 1 and not summary.refused:
            show = ToastAction(_CHECK_TABLE, "How it was read…")
        elif summary.doubtful:
            show = ToastAction(_SHOW_PROBLEMS, "Show")
        self._window.toast.say(summary.text, action=show)
        if summary.refused and not self._program.session.entries:
            self._desk.show_tab("Problems")  # nothing else is on the screen that could say why

    def _on_toast_action(self, action: str) -> None:
        if action == _CANCEL_OPENING:
            self._program.cancel_opening()
        elif action == _CHECK_TABLE:
            self._desk.reading.show_table_of(self._doubtful[0])
        elif action == _SHOW_PROBLEMS:
            self._desk.show_tab("Problems")


def _session_row(row: RecentSession, now: datetime) -> RecentFile:
    signals = f"{grouped(row.signals)} {'signal' if row.signals == 1 else 'signals'}"
    name = f"{row.name}, not saved" if row.kept else row.name
    complete = "Complete" if row.signals and row.classified == row.signals else ""
    checked = f"{grouped(row.unsure)} to check" if row.unsure else complete
    when = when_words(datetime.fromtimestamp(row.at).astimezone(), now)
    about = f"{signals} · {grouped(row.classified)} classified"
    return RecentFile(row.path, when, name, about, checked, "warn" if row.unsure else "ok")
