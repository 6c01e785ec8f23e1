"""While a window is open the interpreter serves it first; afterwards all is as before."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigdesk.ui.window.interpreter import Interpreter


@pytest.fixture
def searching() -> Iterator[None]:
    """Python searches for cycles by itself, in any thread, as it does in a program without a window."""
    before = gc.isenabled()
    gc.enable()
    yield
    if not before:
        gc.disable()


@pytest.fixture
def interpreter(qapp: QApplication, searching: None) -> Iterator[Interpreter]:
    made = Interpreter(lambda: True)
    yield made
    made.restore()


class Part(QObject):
    """A part of a window, in a cycle, whose timer runs still when nobody knows it any more."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        self.timer = QTimer(self, interval=10)
        self.timer.start()


def make_garbage(objects: int) -> None:
    """Work of a thread that makes many objects, some of which refer to themselves."""
    kept: list[list[object]] = []
    for _ in range(objects):
        one: list[object] = []
        one.append(one)
        kept.append([one])


def test_the_interpreter_is_set_for_the_window_and_set_back(qapp: QApplication, searching: None) -> None:
    before = sys.getswitchinterval()

    interpreter = Interpreter(lambda: True)

    assert sys.getswitchinterval() < before
    assert not gc.isenabled(), "no search comes by itself"
    interpreter.restore()
    assert sys.getswitchinterval() == before
    assert gc.isenabled()


def test_a_part_of_the_window_ends_in_the_window_s_thread_whoever_makes_objects(
    interpreter: Interpreter, qtbot: QtBot
) -> None:
    ended_in: list[int] = []
    part = Part()
    weakref.finalize(part, lambda: ended_in.append(threading.get_ident()))
    del part

    worker = threading.Thread(target=make_garbage, args=(20_000,))
    worker.start()
    worker.join()

    qtbot.waitUntil(lambda: bool(ended_in))
    assert ended_in == [threading.get_ident()]


def test_without_it_another_thread_would_end_it(qapp: QApplication, searching: None) -> None:
    """What the test above shows is no matter of course."""
    ended_in: list[int] = []
    part = Part()
    part.timer.stop()
    weakref.finalize(part, lambda: ended_in.append(threading.get_ident()))
    del part

    worker = threading.Thread(target=make_garbage, args=(200_000,))
    worker.start()
    worker.join()

    assert ended_in, "found by the search"
    assert ended_in != [threading.get_ident()]
