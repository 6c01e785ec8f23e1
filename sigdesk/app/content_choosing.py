"""Which arrays of files are opened: what there is to choose from, and opening it, off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject, QThreadPool, Signal

from sigdesk.app.opening import Refusal
from sigdesk.app.reloading import read_all
from sigdesk.errors import SettingsError, SigDeskError
from sigdesk.signals.contents import contents_of, open_contents
from sigdesk.signals.opening import reason_of
from sigdesk.signals.recording import Recording
from sigdesk.signals.remembered import Question, RememberedReading
from sigdesk.signals.shelf import Shelf


class Chosen(Struct, frozen=True):
    """What was opened of a choice. `problem` is set where it was not remembered."""

    recordings: tuple[Recording, ...]
    refusals: tuple[Refusal, ...]
    problem: SigDeskError | None = None


class ContentChoosing(QObject):
    """`listed` carries a Question about one file and what is chosen of it now; `opened` a Chosen; `refused` the
    SigDeskError that says why a file cannot be looked into."""

    listed = Signal(object, tuple)
    opened = Signal(object)
    refused = Signal(object)

    def __init__(self, remembered: RememberedReading, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered = remembered
        self._shelf = shelf
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)

    def look(self, path: Path) -> None:
        """See what a file holds."""
        self._threads.start(partial(self._look, path))

    def choose(self, question: Question, chosen: tuple[str, ...], *, alike: bool) -> None:
        """Open what was chosen of the files of a question, and remember it."""
        self._threads.start(partial(self._choose, question, chosen, alike))

    def close(self) -> None:
        """Wait for what is being read."""
        self._threads.clear()
        self._threads.waitForDone(-1)

    def _look(self, path: Path) -> None:
        try:
            contents = contents_of(path)
        except SigDeskError as error:
            self.refused.emit(error)
        except OSError as error:
            self.refused.emit(SettingsError(f"{path.name} cannot be opened: {reason_of(error)}.", ""))
        else:
            chosen = self._remembered.choices.recall(contents, path)
            every = tuple(content.path for content in contents if content.is_signal)
            self.listed.emit(Question(tuple(contents), (path,)), every if chosen is None else chosen)

    def _choose(self, question: Question, chosen: tuple[str, ...], alike: bool) -> None:
        problem = self._keep(partial(self._remember, question, chosen, alike))
        self._remembered.leave_session(question.paths)
        recordings, refusals = read_all(question.paths, partial(open_contents, chosen), self._shelf)
        self.opened.emit(Chosen(tuple(recordings), tuple(refusals), problem))

    def _remember(self, question: Question, chosen: tuple[str, ...], alike: bool) -> None:
        memory = self._remembered.choices
        for path in question.paths:
            if alike:
                memory.forget_one(path)
            else:
                memory.remember_one(path, chosen)
        if alike:
            memory.remember(question.contents, chosen)

    def _keep(self, change: Callable[[], None]) -> SigDeskError | None:
        try:
            change()
        except OSError as error:
            return SettingsError(
                f"What is opened of these files could not be remembered ({error.strerror or error}).",
                "It holds until SigDesk is closed. Make room on the disk, or check that you may write there.",
            )
        return None
