"""Work for the plot off the window's thread, of which only what was asked last still matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.errors import RecordingError, SigDeskError
from sigdesk.ui.plots.reader import unreadable

Cancelled = Callable[[], bool]
Work = Callable[[Cancelled], Iterator[object]]
"""Yields answers, each better than the one before, and ends early when it is cancelled."""


class Latest(QObject):
    """`answered` comes for each answer of the work that was asked last, `failed` with a RecordingError instead."""

    answered = Signal(object)
    failed = Signal(object)
    _told = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._threads.setExpiryTimeout(1000)
        self._asked = _Request()
        self._told.connect(self._on_told)

    def ask(self, work: Work, name: str) -> None:
        """Do this, and give up what was asked before; `name` is the signal's, for what goes wrong."""
        self.drop()
        self._threads.start(_Run(work, name, self._asked, self._told.emit))

    def drop(self) -> None:
        """Give up what was asked; nothing of it is answered any more."""
        self._asked.is_over = True
        self._asked = _Request()
        self._threads.clear()

    def close(self) -> None:
        """Give up, and wait until the thread has ended."""
        self.drop()
        self._threads.waitForDone(-1)

    def _on_told(self, request: object, answer: object) -> None:
        if request is self._asked:
            (self.failed if isinstance(answer, RecordingError) else self.answered).emit(answer)


class _Request:
    """Tells what runs that nobody waits for it any more."""

    def __init__(self) -> None:
        self.is_over = False


_CANNOT: Final = (OSError, ValueError, MemoryError)


class _Run(QRunnable):
    def __init__(self, work: Work, name: str, request: _Request, tell: Callable[[object, object], None]) -> None:
        super().__init__()
        self._work = work
        self._name = name
        self._request = request
        self._tell = tell

    def run(self) -> None:
        try:
            for answer in self._work(lambda: self._request.is_over):
                if self._request.is_over:
                    return
                self._tell(self._request, answer)
        except SigDeskError as error:
            self._tell(self._request, RecordingError(error.what, error.way_out))
        except _CANNOT as error:
            self._tell(self._request, unreadable(self._name, error))
