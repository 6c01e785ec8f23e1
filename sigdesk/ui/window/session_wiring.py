"""The session in the window: its name and menu, whether it is saved, and what is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from sigdesk.app.action import When
from sigdesk.app.keeping import FIND, KEEP_MINE, SAVE_AS, TAKE_THEIRS, WRITE_AGAIN
from sigdesk.app.program import OpeningSummary, Program
from sigdesk.app.recent_sessions import RecentSession
from sigdesk.app.rows import ProblemRow
from sigdesk.ui.rows.wording import button_text, counted, plain_tooltip
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.action_set import ActionSet
from sigdesk.ui.window.banners import SAVE_SESSION_AS
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.session_desk import SessionDesk

UNNAMED: Final = "Unnamed session"
_RECENT_SHOWN: Final = 12
_FIND_MOVED: Final = ToastAction("find moved files", "Find…")
_IN_MENU: Final = ("save-session", "save-session-as", "", "notes", "find-moved", "", "new-session", "open-session")


class SessionWiring(QObject):
    """Connects the program's keeping of the session with header, status bar, menus, Problems and toasts."""

    def __init__(self, program: Program, window: MainWindow, desk: SessionDesk, actions: ActionSet, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._desk = desk
        self._look = look
        self._file = program.keeping.session_file
        self._autosave = program.keeping.autosave
        self._synced = 0.0
        self._left: RecentSession | None = None
        self._cancelled = 0
        self._just_opened = ""
        self.recent = QMenu("Recent sessions", window)
        self.recent.setToolTipsVisible(True)
        self.menu = QMenu(window)
        self.menu.setToolTipsVisible(True)
        for action_id in _IN_MENU:
            if action_id:
                self.menu.addAction(actions[action_id])
            else:
                self.menu.addSeparator()
        self.menu.addMenu(self.recent)
        for menu in window.header.menu_bar.findChildren(QMenu):
            if menu.title() == "File":
                menu.insertMenu(actions["find-moved"], self.recent)
        self._connect()
        self._fill_recent()
        self._show()

    def conditions(self) -> Mapping[When, bool]:
        """When the actions of sessions can be used."""
        return {
            When.SESSION_OPEN: self._is_open,
            When.FILES_MISSING: self._program.keeping.some_missing,
        }

    def _connect(self) -> None:
        program, window, file = self._program, self._window, self._file
        window.header.session_requested.connect(self._on_session_requested)
        window.toast.action_chosen.connect(self._on_toast_action)
        window.banner.action_chosen.connect(self._on_banner_action)
        window.bottom.problems.action_requested.connect(self._on_problem_action)
        program.session.added.connect(self._show)
        program.session.removed.connect(self._show)
        program.opened.connect(self._on_opened)
        program.keeping.recent.changed.connect(self._fill_recent)
        file.leaving.connect(self._on_leaving)
        file.left.connect(self._on_left)
        file.begun.connect(self._on_session_begun)
        file.opened.connect(self._on_session_opened)
        self._autosave.synced.connect(self._on_synced)
        self._autosave.trouble_changed.connect(self._show)
        self._autosave.unsaved_changed.connect(self._show)
        self._look.changed.connect(self._fill_recent)

    @property
    def _is_open(self) -> bool:
        return bool(self._program.session.count() or self._file.path or self._autosave.state.signals)

    def _show(self) -> None:
        """Name and state, in header, title and status bar."""
        name = (self._file.name or UNNAMED) if self._is_open else ""
        lacks = bool(self._file.path and self._file.unsaved)
        self._window.header.show_session(name, unsaved=lacks)
        self._window.setWindowTitle(f"{name}[*] – SigDesk" if name else "SigDesk")
        self._window.setWindowModified(lacks)
        status = self._window.status
        at = f" {datetime.fromtimestamp(self._synced).astimezone():%H:%M}" if self._synced else ""
        if not self._autosave.keeps:
            why = self._autosave.trouble or "see Problems"
            status.show_saved(f"Not saved: {why}", "What is wrong, and the way out, stands in Problems.", "error")
        elif not self._is_open:
            status.show_saved("No session open")
        elif self._file.path and not lacks:
            status.show_saved(f"Saved{at}", f"All of it is in {self._file.path}.")
        else:
            lack = f"{self._file.path} lacks the latest changes. Ctrl S saves them there." if lacks else ""
            kept = "SigDesk keeps every change by itself, and begins with it at its next start."
            status.show_saved(f"Autosaved{at}", f"{kept} {lack or 'Ctrl S gives the session a file of its own.'}")

    def _fill_recent(self) -> None:
        self.recent.clear()
        rows = self._program.keeping.recent.rows[:_RECENT_SHOWN]
        for row in rows:
            words = f"{row.name}, not saved" if row.kept else row.name
            action = self.recent.addAction(self._look.icon("folder"), button_text(words))
            about = f"{counted(row.signals, 'signal')}, {row.classified} classified\n{row.path}"
            action.setToolTip(plain_tooltip(about))
            action.triggered.connect(partial(self._on_recent_chosen, row.path))
        if not rows:
            self.recent.addAction("No session was saved yet").setEnabled(False)

    def _on_recent_chosen(self, path: Path, _checked: bool = False) -> None:
        self._desk.open_file(path)

    def _on_session_requested(self) -> None:
        button = self._window.header.session_button
        self.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_synced(self) -> None:
        self._synced = time.time()
        self._show()

    def _on_banner_action(self, action: str) -> None:
        if action == SAVE_SESSION_AS:
            self._desk.save_as()

    def _on_toast_action(self, action: str) -> None:
        if action == _FIND_MOVED.id:
            self._desk.find_moved()

    def _on_problem_action(self, problem: ProblemRow, action: str) -> None:
        path = problem.about
        ways: dict[str, Callable[[], None]] = {
            FIND.id: self._desk.find_moved,
            SAVE_AS.id: self._desk.save_as,
            KEEP_MINE.id: lambda: self._desk.keep_mine(path),
            TAKE_THEIRS.id: lambda: self._desk.take_theirs(path),
            WRITE_AGAIN.id: lambda: self._program.keeping.label_files.write_again(path),
        }
        if action in ways:
            ways[action]()

    def _on_leaving(self) -> None:
        self._cancelled = self._program.open_jobs

    def _on_left(self, left: RecentSession | None) -> None:
        self._left = left

    def _on_session_begun(self) -> None:
        self._show()
        self._window.toast.say(" ".join(["A new session has begun.", *self._words_of_left()]))

    def _on_session_opened(self, path: Path) -> None:
        self._just_opened = self._file.name or path.stem
        self._show()
        gone = set(self._file.missing_files)
        if all(record.key.path in gone for record in self._autosave.missing):
            self._say_opened("no signals")  # none is being opened that could end it

    def _on_opened(self, summary: OpeningSummary) -> None:
        if self._just_opened:
            self._say_opened(counted(summary.added + summary.known, "signal"))

    def _say_opened(self, signals: str) -> None:
        name, self._just_opened = self._just_opened, ""
        gone = len(self._file.missing_files)
        words = [f"{name} opened, {signals}.", *self._words_of_left()]
        words += [f"{counted(gone, 'file')} not found."] if gone else []
        self._window.toast.say(" ".join(words), action=_FIND_MOVED if gone else None)

    def _words_of_left(self) -> list[str]:
        left, self._left = self._left, None
        words = [f"Changes of {left.name} are kept in Recent sessions."] if left is not None else []
        cancelled, self._cancelled = self._cancelled, 0
        return [*words, f"{counted(cancelled, 'job')} cancelled."] if cancelled else words
