"""Row 69 of the fault matrix: a mistake of SigDesk itself is told with details to copy and logged, and it lives on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.errors import ModelError
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.crash_dialog import CrashDialog
from sigdesk.ui.window.crash_watch import CrashWatch
from tests.conftest import ERRORS_IN_LOG
from tests.ui.conftest import Shown

pytestmark = [getattr(pytest.mark, ERRORS_IN_LOG), pytest.mark.qt_no_exception_capture]


class Emitter(QObject):
    told = Signal()


class BadlyPainted(QWidget):
    fails = True

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.fails:
            raise ValueError("no brush")


class Watched:
    """A window whose mistakes are watched."""

    def __init__(self, look: Look, window: QWidget, log_file: Path) -> None:
        self.window = window
        self.log_file = log_file
        self.watch = CrashWatch(look, window, log_file)

    def dialogs(self) -> list[CrashDialog]:
        return [dialog for dialog in self.window.findChildren(CrashDialog) if dialog.isVisible()]

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")


@pytest.fixture
def watched(look: Look, shown: Shown[QWidget], tmp_path: Path) -> Iterator[Watched]:
    window = QWidget()
    window.resize(800, 600)
    shown(window)
    watched = Watched(look, window, tmp_path / "sigdesk.log")
    watched.watch.install()
    yield watched
    watched.watch.remove()
    assert sys.excepthook != watched.watch.hear


def fail_in_a_slot(qtbot: QtBot, watched: Watched, error: Exception) -> None:
    def slot() -> None:
        raise error

    QTimer.singleShot(0, watched.window, slot)
    qtbot.waitUntil(lambda: bool(watched.dialogs()))


def button(dialog: CrashDialog, text: str) -> QPushButton:
    return next(found for found in dialog.findChildren(QPushButton) if found.text() == text)


def test_fault_69_exception_in_a_slot(watched: Watched, qtbot: QtBot) -> None:
    fail_in_a_slot(qtbot, watched, ZeroDivisionError("by nothing"))

    (dialog,) = watched.dialogs()
    assert dialog.what.text() == "SigDesk made a mistake, and goes on."
    assert dialog.way_out.text() == (
        "Your files are as they were, and the other jobs go on. If the window looks wrong, start SigDesk again. "
        "Send the details to whoever looks after SigDesk, so that it is mended."
    )
    assert "ZeroDivisionError: by nothing" in dialog.details.toPlainText()
    assert dialog.note.text() == f"This stands in {watched.log_file} too."
    assert "ZeroDivisionError: by nothing" in watched.log

    qtbot.mouseClick(button(dialog, "Copy details"), Qt.MouseButton.LeftButton)
    assert "ZeroDivisionError: by nothing" in QGuiApplication.clipboard().text()

    emitter, heard = Emitter(), []
    emitter.told.connect(lambda: heard.append(True))
    emitter.told.emit()
    assert heard, "the program lives on"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not watched.dialogs()


def test_an_error_with_words_of_its_own_keeps_them(watched: Watched, qtbot: QtBot) -> None:
    fail_in_a_slot(qtbot, watched, ModelError("The card of pump cannot be read.", "Check who may read the file."))

    (dialog,) = watched.dialogs()
    assert dialog.what.text() == "The card of pump cannot be read."
    assert dialog.way_out.text() == "Check who may read the file."


def test_a_mistake_of_every_repaint_is_told_once_and_does_not_fill_the_log(watched: Watched, qtbot: QtBot) -> None:
    bad = BadlyPainted(watched.window)
    bad.resize(50, 50)
    repaints = QTimer(bad, interval=5)
    repaints.timeout.connect(bad.update)
    repaints.start()
    QTimer.singleShot(0, bad, bad.show)
    qtbot.waitUntil(lambda: bool(watched.dialogs()))
    watched.dialogs()[0].accept()
    qtbot.waitUntil(lambda: "16 times by now" in watched.log)
    bad.fails = False

    assert not watched.dialogs()
    assert watched.log.count("ValueError: no brush") == 1
    assert len(watched.log.splitlines()) < 20


def test_of_several_mistakes_one_dialog_is_open_at_a_time(watched: Watched, qtbot: QtBot) -> None:
    fail_in_a_slot(qtbot, watched, ValueError("first"))

    QTimer.singleShot(0, watched.window, lambda: dict[str, str]()["second"])
    qtbot.waitUntil(lambda: "1 more since then" in watched.dialogs()[0].note.text())

    assert len(watched.dialogs()) == 1
    assert "'second'" in watched.log


def test_a_mistake_in_a_thread_is_told_in_the_window(watched: Watched, qtbot: QtBot) -> None:
    def work() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(watched.dialogs()))

    assert "RuntimeError: in a thread" in watched.dialogs()[0].details.toPlainText()
