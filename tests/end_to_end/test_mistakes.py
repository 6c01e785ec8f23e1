"""Row 69 in the whole program: a mistake of SigDesk itself is told and logged, and the program lives on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.end_to_end.command_line import environment

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from sigdesk.ui import start
from sigdesk.ui.window.crash_dialog import CrashDialog

def slip():
    raise ValueError("a slip")

def look_for_the_dialog():
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, CrashDialog) and w.isVisible()]
    if not found:
        QTimer.singleShot(20, look_for_the_dialog)
        return
    print("told:", found[0].details.toPlainText().splitlines()[-1], flush=True)
    found[0].accept()
    QTimer.singleShot(0, QApplication.closeAllWindows)

build = start.build_desk

def build_and_slip(*arguments):
    desk = build(*arguments)
    QTimer.singleShot(0, desk.window, slip)
    QTimer.singleShot(0, desk.window, look_for_the_dialog)
    return desk

start.build_desk = build_and_slip
sys.exit(start.open_window([]))
"""


def test_fault_69_in_the_program(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**environment(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.stdout == "told: ValueError: a slip\n", ran.stderr
    assert ran.returncode == 0, "it was closed like any other day"
    assert "ValueError: a slip" in (tmp_path / "sigdesk.log").read_text(encoding="utf-8")
