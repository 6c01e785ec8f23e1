"""Opening files off the window's thread: paths go in, recordings and refusals come back in portions."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from sigdesk.errors import SigDeskError
from sigdesk.signals import Shelf
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording
from sigdesk.signals.remembered import Question, RememberedReading, may_be_table, same_question

PORTION_S: Final = 0.1
"""Recordings are handed over at least this often, so that the first of a thousand files shows at once."""
PORTION: Final = 100
"""And no more at once, so that the window takes its events in between."""


class Refusal(Struct, frozen=True):
    """A file that could not be opened, in the operator's two sentences. `table`: it is text, and may be a table if it
    is said how to read it."""

    path: Path
    what: str
    way_out: str
    table: bool = False


class Opened(Struct, frozen=True):
    """A portion of what was asked for. `done` of `total` files are dealt with; `finished` marks the last portion, which
    has the `questions` that must be answered before the other files are opened."""

    recordings: tuple[Recording, ...]
    refusals: tuple[Refusal, ...]
    done: int
    total: int
    finished: bool
    questions: tuple[Question, ...] = ()


class Opener(QObject):
    """Opens files one after another in a thread of its own, as is remembered of how they are read. `opened` carries an
    Opened; `shelf` keeps what is parsed.

    A large set comes as many portions at once. One is handed over at a time, and the window takes its events before
    the next.
    """

    opened = Signal(object)
    _answered = Signal(object)

    def __init__(self, remembered: RememberedReading, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered = remembered
        self._portions: deque[Opened] = deque()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._on_next_timeout)
        self._answered.connect(self._on_answered)
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._cancelled = threading.Event()
        self.shelf = Shelf()

    def open(self, paths: Sequence[Path], *, ask: bool = True) -> None:
        """Open files, and all signal files in folders. Answers come as `opened`, also where nothing was found.

        `ask`: of a file of many arrays nothing is opened before it was said what; else all of it is.
        """
        cancelled = self._cancelled
        self._threads.start(_Task(paths, ask, self._remembered, self.shelf, cancelled, self._answered.emit))

    def cancel(self) -> None:
        """Leave out what has not been opened yet; the files asked for later are opened as usual."""
        self._cancelled.set()
        self._cancelled = threading.Event()

    def close(self) -> None:
        """Stop, and wait for the file that is being opened."""
        self._cancelled.set()
        self._threads.clear()
        self._threads.waitForDone(-1)
        self._next.stop()

    def _on_answered(self, opened: Opened) -> None:
        self._portions.append(opened)
        if not self._next.isActive():
            self._next.start()

    def _on_next_timeout(self) -> None:
        self.opened.emit(self._portions.popleft())
        if self._portions:
            self._next.start()


class _Task(QRunnable):
    def __init__(
        self,
        paths: Sequence[Path],
        ask: bool,
        remembered: RememberedReading,
        shelf: Shelf,
        cancelled: threading.Event,
        answer: Callable[[Opened], object],
    ) -> None:
        super().__init__()
        self._remembered = remembered
        self._paths = paths
        self._ask = ask
        self._shelf = shelf
        self._cancelled = cancelled
        self._answer = answer

    def run(self) -> None:
        files, refusals = _find(self._paths, self._cancelled.is_set)
        recordings: list[Recording] = []
        questions: list[Question] = []
        sent = time.monotonic()
        for done, path in enumerate(files, start=1):
            if self._cancelled.is_set():
                break
            try:
                question = self._remembered.question_of(path) if self._ask else None
                if question is None:
                    recordings += self._remembered.open(path, self._shelf)
                else:
                    questions.append(question)
            except SigDeskError as error:
                refusals.append(Refusal(path, error.what, error.way_out, table=may_be_table(path)))
            late = time.monotonic() - sent > PORTION_S and done < len(files)
            while late or len(recordings) > PORTION:
                self._answer(Opened(tuple(recordings[:PORTION]), tuple(refusals), done, len(files), finished=False))
                recordings, refusals, sent, late = recordings[PORTION:], [], time.monotonic(), False
        done, asked = len(files), tuple(same_question(questions))
        self._answer(Opened(tuple(recordings), tuple(refusals), done, done, finished=True, questions=asked))


def _find(paths: Sequence[Path], stop: Callable[[], bool]) -> tuple[list[Path], list[Refusal]]:
    files: list[Path] = []
    refusals: list[Refusal] = []
    for path in paths:
        try:
            found = signal_files([path], stop)
        except SigDeskError as error:
            refusals.append(Refusal(path, error.what, error.way_out))
            continue
        if not found and not stop():
            refusals.append(Refusal(path, f"{path} holds no signal files.", "Choose a folder with signal files in it."))
        files += found
    return files, refusals
