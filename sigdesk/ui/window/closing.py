"""The question when the window is closed while jobs have not ended: whether they are kept for the next start."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from sigdesk.app.program import Program
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.close_dialog import CloseDialog
from sigdesk.ui.window.main_window import MainWindow


class Closing(QObject):
    """Asked once a closing. The dialog does not block: jobs go on under it, and it goes when the last has ended."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        self._agreed = False
        self._box: CloseDialog | None = None
        window.may_close = self.may_close
        program.feed.stats_changed.connect(self._on_stats_changed)

    def may_close(self) -> bool:
        """Whether the window may close now. Where the operator must be asked, it is closed by the answer."""
        # A system that shuts down waits for nobody; what has not ended is kept.
        if self._agreed or not self._program.open_jobs or system_shuts_down():
            return True
        if self._box is None:
            self._program.queueing.settle()
            self._ask()
        else:
            self._box.raise_()
        return False

    def _ask(self) -> None:
        count, unwritten = self._program.open_jobs, self._program.queueing.unwritten
        has = "has" if count == 1 else "have"
        text = "They are offered at the next start, where nothing runs again by itself."
        if unwritten and self._program.pool.trouble:
            text += f" {counted(unwritten, 'job')} cannot be written down now: classify what remains then."
        box = CloseDialog(self._look, f"{counted(count, 'job')} {has} not ended.", text, self._window)
        box.kept.connect(self._close)
        box.cancelled.connect(self._cancel_and_close)
        box.finished.connect(self._on_finished)
        self._box = box
        box.open()

    def _close(self) -> None:
        self._agreed = True
        self._window.close()

    def _cancel_and_close(self) -> None:
        self._program.cancel_all()
        self._close()

    def _on_finished(self) -> None:
        if self._box is not None:
            self._box.deleteLater()
            self._box = None

    def _on_stats_changed(self, _: object) -> None:
        if self._box is not None and not self._program.open_jobs:
            self._box.reject()
            self._close()  # it was to be closed, and nothing is left to ask


def system_shuts_down() -> bool:
    """Whether the session of the whole system ends, which asks nothing."""
    application = QGuiApplication.instance()
    return isinstance(application, QGuiApplication) and application.isSavingSession()
