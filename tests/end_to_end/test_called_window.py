"""A window that another start of SigDesk calls: it shows itself and opens what it is told to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.ui.start import Desk, answer_call
from sigdesk.ui.window.second_instance import claim
from tests.end_to_end.command_line import SAMPLES


def test_fault_52_a_minimised_window_comes_back_with_the_files(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    first = claim(tmp_path / "home")
    assert first is not None
    first.called.connect(partial(answer_call, desk))
    desk.window.showMinimized()
    qtbot.waitUntil(lambda: desk.window.isMinimized())

    first.called.emit([SAMPLES / "microwave.csv"])

    qtbot.waitUntil(lambda: not desk.window.isMinimized() and desk.window.isVisible())
    assert desk.window.windowState() & Qt.WindowState.WindowMinimized == Qt.WindowState.WindowNoState
    qtbot.waitUntil(lambda: [entry.recording.name for entry in desk.program.session.entries] == ["microwave.csv"])
    first.close()
