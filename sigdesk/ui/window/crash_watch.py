"""When SigDesk itself makes a mistake: it is written to the log, told in a dialog, and the program lives on.

An exception in a slot or a paint method ends up in `sys.excepthook`, which by default writes to a standard error that
no operator sees. Here it is heard instead, from whichever thread it comes. A mistake of one place is told once: one
that is made with every repaint would otherwise come back faster than its dialog can be closed.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import Counter
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

import sigdesk
from sigdesk.errors import SigDeskError
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.crash_dialog import CrashDialog

_LOG_BYTES: Final = 1_000_000
_WHAT: Final = "SigDesk made a mistake, and goes on."
_WAY_OUT: Final = (
    "Your files are as they were, and the other jobs go on. If the window looks wrong, start SigDesk again. "
    "Send the details to whoever looks after SigDesk, so that it is mended."
)
_log = logging.getLogger(__name__)


class _Mistake(Struct, frozen=True):
    error: BaseException
    details: str


class CrashWatch(QObject):
    """Hears of every exception that nobody caught, from `install` to `remove`."""

    _made = Signal(object)

    def __init__(self, look: Look, window: QWidget, log_file: Path) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._log_file = log_file
        self._handler = RotatingFileHandler(log_file, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lock = threading.Lock()
        self._places: Counter[str] = Counter()
        self._dialog: CrashDialog | None = None
        self._more = 0
        self._hooks = (sys.excepthook, threading.excepthook)
        # Queued: a dialog that opens in the middle of a paint event would make the next mistake.
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Hear of mistakes from now on, and keep SigDesk's own log in a file."""
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.hear
        threading.excepthook = lambda args: self.hear(args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("sigdesk").addHandler(self._handler)

    def remove(self) -> None:
        """Leave everything as it was before `install`."""
        sys.excepthook, threading.excepthook = self._hooks
        logging.getLogger("sigdesk").removeHandler(self._handler)
        self._handler.close()

    def hear(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """An exception that nobody caught; called in the thread where it was raised."""
        if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        place = _place_of(kind, trace)
        with self._lock:
            self._places[place] += 1
            times = self._places[place]
        if times == 1:
            details = "".join(traceback.format_exception(kind, error, trace))
            _log.error("SigDesk %s made a mistake\n%s", sigdesk.__version__, details)
            self._made.emit(_Mistake(error, details))
        elif times & (times - 1) == 0:  # 2, 4, 8, …: a mistake of every repaint must not fill the file
            _log.error("%s, %d times by now", place, times)

    def _on_made(self, mistake: _Mistake) -> None:
        if self._dialog is not None:
            self._more += 1
            self._dialog.count_more(self._more)
            return
        what, way_out = _words(mistake.error)
        details = f"SigDesk {sigdesk.__version__}, Python {sys.version.split()[0]}, {sys.platform}\n{mistake.details}"
        note = f"This stands in {self._log_file} too."
        # Over a dialog that is open: the window below takes no clicks.
        above = QApplication.activeModalWidget() or self._window
        self._more = 0
        self._dialog = CrashDialog(self._look, what, way_out, details, note, above)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.copy_requested.connect(_copy)
        self._dialog.finished.connect(self._on_dialog_finished)
        self._dialog.open()

    def _on_dialog_finished(self, _: int) -> None:
        self._dialog = None


def _words(error: BaseException) -> tuple[str, str]:
    """An error that SigDesk raised on purpose says itself what happened, wherever it ended up."""
    return (error.what, error.way_out) if isinstance(error, SigDeskError) else (_WHAT, _WAY_OUT)


def _place_of(kind: type[BaseException], trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"{kind.__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else kind.__name__


def _copy(details: str) -> None:
    QGuiApplication.clipboard().setText(details)
