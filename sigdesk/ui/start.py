"""Building the window and running it: the composition root's part that needs widgets."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtWidgets import QApplication, QMessageBox

import sigdesk
from sigdesk.app.program import Program
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import find_classifiers
from sigdesk.classifiers.trust import TrustBook, TrustEntry
from sigdesk.errors import JournalNewer, ModelError, StartError
from sigdesk.places import Places, find_places, shipped_folder
from sigdesk.pool.isolation import SANDBOX_SETTING
from sigdesk.pool.pool import Pool
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.apply import prepare_look
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.stylesheet import stylesheet
from sigdesk.ui.window.crash_watch import CrashWatch
from sigdesk.ui.window.interpreter import Interpreter
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.plots_ahead import PlotsAhead
from sigdesk.ui.window.second_instance import FirstWindow, claim, hand_over
from sigdesk.ui.window.wiring import Wiring

EXIT_NO_WINDOW = 2
_UNSEEN = ("offscreen", "minimal")
"""Platforms of Qt on which nobody could close a dialog."""


class Desk(Struct, frozen=True):
    """A running desk: the program, its window, and what connects them."""

    program: Program
    window: MainWindow
    wiring: Wiring
    look: Look


def build_desk(application: QApplication, places: Places) -> Desk:
    """Wire a desk that keeps its things in `places`. Raises OSError when that folder cannot be used, StartError."""
    settings = Settings(places.settings_file)
    pool, newer = _make_pool(places, settings)
    try:
        return _build_around(pool, newer, settings, application, places)
    except BaseException:
        pool.close()  # its threads would keep a program alive that has no window
        raise


def _build_around(
    pool: Pool, newer: JournalNewer | None, settings: Settings, application: QApplication, places: Places
) -> Desk:
    trusted, trust_error = _trusted(places)
    models = find_classifiers([places.models_folder, shipped_folder("models")], trusted)
    program = Program(places, settings, pool, models)
    if trust_error is not None:
        program.tell_problem("trust", trust_error)
    if newer is not None:
        program.tell_problem("journal", newer)
    if pool.isolation.problem is not None:
        program.tell_problem("sandbox", pool.isolation.problem)
    look = Look(application)
    look.use(settings.text("theme"))
    prepare_look(application, look)
    thumbnails = ThumbnailStore(look, program.session.recording, program)
    window = MainWindow(look, thumbnails, PyramidStore(places.cache_folder / "pyramids"))
    window.status.show_isolation(pool.isolation)
    window.closing.connect(Interpreter(lambda: pool.is_idle, window).restore)
    PlotsAhead(window)
    desk = Desk(program, window, Wiring(program, window, look), look)
    application.setStyleSheet(stylesheet(look.theme))
    return desk


def _trusted(places: Places) -> tuple[list[TrustEntry], ModelError | None]:
    """What the operator has decided about model files; nothing, and why, where that cannot be read."""
    try:
        return TrustBook(places.trust_file).entries(), None
    except ModelError as error:
        return [], error


def _make_pool(places: Places, settings: Settings) -> tuple[Pool, JournalNewer | None]:
    """The pool, and why it runs without the journal where that is of a newer version: a desk is of use all the same."""
    make = partial(
        Pool,
        places.temp_folder,
        workers=settings.whole("workers") or None,
        queue_limit=settings.whole("queue_size"),
        sandboxed=settings.flag(SANDBOX_SETTING),
        memory_budget_mb=settings.whole("memory_budget_mb") or None,
    )
    try:
        return make(journal=places.journal_file), None
    except JournalNewer as error:
        return make(), error


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
        first, is_taken = _claim(places.home)
        if first is None and hand_over(places.home, files, wait=is_taken):
            return 0
        desk = build_desk(application, places)
    except StartError as error:
        return _no_window(application, error.what, error.way_out)
    except OSError as error:
        what = f"SigDesk cannot keep its things in {places.home} ({error.strerror or error})."
        way_out = "Make room there, see that you may write there, or name another folder with --home."
        return _no_window(application, what, way_out)
    watch = CrashWatch(desk.look, desk.window, places.log_file)
    watch.install()
    try:
        desk.window.show()
        gc.freeze()  # what the start has made stays
        desk.program.open_at_start(files)
        if first is not None:
            first.called.connect(partial(answer_call, desk))
        return application.exec()
    finally:
        if first is not None:
            first.close()
        desk.program.close()
        watch.remove()


def _no_window(application: QApplication, what: str, way_out: str) -> int:
    """Say why there is none; the exit code."""
    sys.stderr.write(f"{what} {way_out}\n")
    if application.platformName() not in _UNSEEN:
        QMessageBox.critical(None, "SigDesk", f"{what}\n\n{way_out}")  # a desktop shows no standard error
    return EXIT_NO_WINDOW


def _claim(home: Path) -> tuple[FirstWindow | None, bool]:
    """This window as the first of its home, and whether another one is. Raises OSError where there is no home."""
    try:
        first = claim(home)
    except OSError:
        if not home.is_dir():
            raise
        return None, False  # nothing can be written there now: the window opens, and tells it
    return first, first is None


def answer_call(desk: Desk, files: Sequence[Path]) -> None:
    """A second window of this home was to open these files."""
    desk.window.come_to_front()
    desk.program.open(files)


def _no_display() -> bool:
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return sys.platform.startswith("linux") and not named
