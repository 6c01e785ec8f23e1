"""Takes README's screenshots from the real program: opens the sample signals, has them classified by the models that
ship, and saves the window in both themes, and its Models page. Run: `python resources/screenshots/take.py [FOLDER]`."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from sigdesk.app.rows import SignalState
from sigdesk.classifiers.fit import best_fit
from sigdesk.places import Places
from sigdesk.ui.start import Desk, build_desk

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1440, 900)
PATIENCE_S = 60.0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    loop = QEventLoop()
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("The program did not get that far in a minute.")
        QTimer.singleShot(20, loop.quit)
        loop.exec()


def settle(milliseconds: int = 600) -> None:
    """Let thumbnails and plots be painted, and the toast go."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def classify_samples(desk: Desk) -> None:
    """Every sample with the model that fits it, then the first one as the signal that is shown."""
    program = desk.program
    program.open([ROOT / "resources" / "samples"])
    wait_until(lambda: program.session.current is not None and not desk.window.welcome.isVisible())
    settle()
    for entry in program.session.entries:
        model = best_fit(program.classifying.models, entry.recording)
        if model is not None:
            program.classifying.choose_model(model.name)
            program.classifying.classify([entry.id])
    busy = (SignalState.QUEUED, SignalState.RUNNING)
    wait_until(lambda: not program.session.count(*busy))
    program.classifying.choose_model("appliance-current")
    microwave = next(entry for entry in program.session.entries if "microwave" in entry.recording.name)
    program.session.show(microwave.id)


def show_model(desk: Desk, key: str) -> None:
    """The Models page with what is known of one model."""
    looked: list[object] = []
    desk.program.library.looked.connect(looked.append)
    desk.window.show_page("Models")
    desk.wiring.models.models.show_model(key)
    wait_until(lambda: bool(looked))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent, help="where to save them")
    folder: Path = arguments.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as home:
        desk = build_desk(application, Places(Path(home)))
        desk.window.resize(*SIZE)
        desk.window.show()
        settle()
        desk.window.grab().save(str(folder / "welcome-light.png"))
        classify_samples(desk)
        desk.window.toast.leave()
        settle()
        for theme in ("light", "dark"):
            desk.program.settings.put("theme", theme)
            settle()
            desk.window.grab().save(str(folder / f"workspace-{theme}.png"))
        desk.program.settings.put("theme", "light")
        show_model(desk, "appliance-current")
        settle()
        desk.window.grab().save(str(folder / "models-light.png"))
        desk.window.close()


if __name__ == "__main__":
    main()
