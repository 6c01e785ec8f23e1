"""While a window is open the interpreter serves it first; afterwards all is as before."""

from __future__ import annotations

import gc
import sys

from PySide6.QtWidgets import QApplication

from sigdesk.ui.window.interpreter import Interpreter


def test_the_interpreter_is_set_for_the_window_and_set_back(qapp: QApplication) -> None:
    before = sys.getswitchinterval(), gc.get_threshold()

    interpreter = Interpreter(lambda: True)

    assert sys.getswitchinterval() < before[0]
    assert gc.get_threshold()[2] > 1_000_000, "no full search comes by itself"
    interpreter.restore()
    assert (sys.getswitchinterval(), gc.get_threshold()) == before
