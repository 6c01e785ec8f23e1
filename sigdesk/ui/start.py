"""Building the window and running it: the composition root's part that needs widgets."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

import sigdesk
from sigdesk.app.program import Program
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import find_classifiers
from sigdesk.places import Places, find_places, shipped_folder
from sigdesk.pool.pool import Pool
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.apply import apply_look
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.wiring import Wiring

EXIT_NO_WINDOW = 2


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desk: the program, its window, and what connects them."""

    program: Program
    window: MainWindow
    wiring: Wiring
    look: Look


def build_desk(application: QApplication, places: Places) -> Desk:
    """Wire a desk that keeps its things in `places`. Raises OSError when that folder cannot be used."""
    settings = Settings(places.settings_file)
    pool = Pool(places.temp_folder, workers=settings.whole("workers") or None, queue_limit=settings.whole("queue_size"))
    models = find_classifiers([places.models_folder, shipped_folder("models")])
    program = Program(places, settings, pool, models)
    look = Look(application)
    look.use(settings.text("theme"))
    apply_look(application, look)
    thumbnails = ThumbnailStore(look, program.session.recording, program)
    window = MainWindow(look, thumbnails, models)
    return Desk(program, window, Wiring(program, window, look), look)


def open_window(files: Sequence[Path]) -> int:
    """Open the window on files, else on those that were open last, and run until it is closed; the exit code."""
    if _no_display():
        sys.stderr.write(
            "There is no display for the window. Run it on a desktop, or with xvfb-run; "
            "`sigdesk classify FILE…` works without one.\n"
        )
        return EXIT_NO_WINDOW
    application = QApplication(sys.argv[:1])
    application.setApplicationName("SigDesk")
    application.setApplicationVersion(sigdesk.__version__)
    application.setDesktopFileName("sigdesk")
    places = find_places()
    try:
        desk = build_desk(application, places)
    except OSError as error:
        sys.stderr.write(
            f"{places.home} cannot be used ({error.strerror or error}). "
            "Make room there, or name another folder with --home.\n"
        )
        return EXIT_NO_WINDOW
    desk.window.show()
    desk.program.open(files or desk.program.last_files())
    code = application.exec()
    desk.program.close()
    return code


def _no_display() -> bool:
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return sys.platform.startswith("linux") and not named
