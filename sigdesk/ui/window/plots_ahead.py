"""What plots are drawn with is loaded beside the window, once that stands.

It takes longer to load than all the rest of the window, which therefore comes up without it; and loaded only when the
first signal is opened, it would hold the window up for half a second.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer

from sigdesk.ui.window.main_window import MainWindow

_PLOTS: Final = "sigdesk.ui.plots.area"
_REST_MS: Final = 150
"""So long after its first picture the window has for what is done first: files of the command line, first keys."""


class PlotsAhead(QObject):
    """Waits for the window's first picture, and loads the plots' modules in a thread a moment later."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._thread: threading.Thread | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._on_rest_timeout)
        if _PLOTS not in sys.modules:
            window.installEventFilter(self)
            window.closing.connect(self.close)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._rest.start()
        return False

    def close(self) -> None:
        """Load nothing more, or wait until it is loaded: a thread that imports cannot be stopped."""
        self._rest.stop()
        if self._thread is not None:
            self._thread.join()

    def _on_rest_timeout(self) -> None:
        if _PLOTS not in sys.modules:  # else a signal was opened already
            self._thread = threading.Thread(target=importlib.import_module, args=(_PLOTS,), name="plots ahead")
            self._thread.start()
