"""How Python itself is set while a window is open, so that neither its threads nor its memory make the window wait.

A thread that computes gives up the interpreter after a switch interval; the window's thread asks for it hundreds of
times in a frame, and each time may wait that long.

And Python searches for unreachable cycles of objects in whichever thread has made one object too many, and ends there
what it finds. A part of the window must end in the window's thread: with a timer that is ended in another one, Qt later
calls what is no more. So while a window is open its thread alone searches. New objects are looked through in portions,
as they come. A full search looks at every object there is, with 20,000 signals open for more than a tenth of a second:
objects that are in no cycle go without it, and it waits until nobody would notice.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QCursor, QGuiApplication

from sigdesk.ui.window.free_memory import give_back, map_large_pieces

_SWITCH_S: Final = 0.0001
"""The window's thread is let in when it has waited for so long while the other did not let go even for a moment: by
such a moment, which is over before it wakes, it is put off once more. Reading files and writing the journal has many.
"""
_YOUNG_MS: Final = 50
_YOUNG: Final = 2_000
"""So many new objects are worth a search."""
_YOUNG_A_MIDDLE: Final = 4
"""What is found in use so often is looked through once more, with all that has come since."""
_LOOK_MS: Final = 10_000
_WORTH_IT: Final = 50
"""Searches of the middle generation since the last full one: before that there is little to find."""


class Interpreter(QObject):
    """Sets the interpreter for a window; `restore` brings back what was."""

    def __init__(self, is_idle: Callable[[], bool], parent: QObject | None = None) -> None:
        """`is_idle` says whether nothing is being worked on."""
        super().__init__(parent)
        self._is_idle = is_idle
        self._before = sys.getswitchinterval(), gc.isenabled()
        self._works = False
        self._mouse = QPoint()
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._on_look_timeout)
        self._look.start()
        self._young = QTimer(self, interval=_YOUNG_MS)
        self._young.timeout.connect(self._on_young_timeout)
        self._young.start()
        sys.setswitchinterval(_SWITCH_S)
        gc.disable()

    def restore(self) -> None:
        """Set everything as it was before."""
        self._look.stop()
        self._young.stop()
        if self._works:
            map_large_pieces(False)
        interval, searched = self._before
        sys.setswitchinterval(interval)
        if searched:
            gc.enable()

    def _on_young_timeout(self) -> None:
        young, searches, _ = gc.get_count()
        if young >= _YOUNG:
            gc.collect(1 if searches >= _YOUNG_A_MIDDLE else 0)
        if self._works is self._is_idle():
            self._works = not self._works
            map_large_pieces(self._works)

    def _on_look_timeout(self) -> None:
        """Search for cycles, and give back what is free, while another window is in use, or while the mouse lies still
        and no job runs."""
        rests, self._mouse = QCursor.pos() == self._mouse, QCursor.pos()
        active = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
        if gc.get_count()[2] >= _WORTH_IT and self._is_idle() and (rests or not active):
            gc.collect()
            give_back()
