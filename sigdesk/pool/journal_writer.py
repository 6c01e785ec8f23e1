"""What the ledger has to say to the journal, in order. While that cannot be opened or written, what has happened
already is held back here, and tried again until it can be."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from sigdesk.errors import JournalDamaged, JournalError, JournalNewer
from sigdesk.pool.job_record import Accepted
from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_rows import Ending, JournalRow

RETRY_S: Final = 1.0
DISCARDED: Final = Outcome(JobState.CANCELLED, what="It was discarded by the operator")
_Answer = TypeVar("_Answer")


class _Held(NamedTuple):
    """What is to be written, and what follows once it is."""

    write: Callable[[], None]
    then: Callable[[], None]


class JournalWriter:
    """Whoever calls it holds `turn`, and so does it when it calls what follows a write.

    `open_journal` raises JournalError where the journal cannot be opened, for which it waits a while if it is told to.
    `on_trouble` is called when the journal cannot be opened or written, and when it can be again; `on_news`, without
    the turn, whenever it was tried here.
    """

    def __init__(
        self,
        open_journal: Callable[[bool], Journal],
        turn: threading.Lock,
        on_trouble: Callable[[bool], None],
        on_news: Callable[[], None],
    ) -> None:
        """Raises JournalNewer."""
        self._open = open_journal
        self._journal: Journal | None = None
        self.trouble: JournalError | None = None
        self._turn = turn
        self._on_trouble = on_trouble
        self._on_news = on_news
        self._held: deque[_Held] = deque()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        try:
            self._journal = open_journal(True)
        except JournalNewer:
            raise
        except JournalError as error:
            self._begin_trouble(error)

    @property
    def journal(self) -> Journal:
        """Raises JournalError, the trouble, while it has not been opened."""
        if self._journal is None:
            assert self.trouble is not None
            raise self.trouble
        return self._journal

    def write(self, write: Callable[[], _Answer]) -> _Answer:
        """Write down what is held back, then this. Raises JournalError, which is the `trouble` until a later call
        succeeds; or JournalDamaged, which is not, as it stops nothing else."""
        try:
            if self.trouble is not None:  # else everyone who calls would wait for a lock as long as the first
                self.journal.try_to_write()
            while self._held:
                self._held[0].write()
                self._held.popleft().then()
            answer = write()
        except JournalDamaged:
            raise
        except JournalError as error:
            self._begin_trouble(error)
            raise
        if self.trouble is not None:
            self.trouble = None
            self._on_trouble(False)
        return answer

    def write_or_hold(self, write: Callable[[], None], then: Callable[[], None] = lambda: None) -> bool:
        """Write this down now, or hold it back with what follows it, and say which."""
        try:
            self.write(write)
        except JournalError:
            self._held.append(_Held(write, then))
            return False
        return True

    def close(self) -> None:
        """Try a last time what is held back. Called without the turn; a second call does nothing."""
        self._closing.set()
        thread = self._thread
        if thread is not None:
            thread.join()
        with self._turn:
            if self._held:
                with contextlib.suppress(JournalError):
                    self.write(lambda: None)
            self._held.clear()  # it was never told, and is offered at the next start as what was interrupted

    def _begin_trouble(self, error: JournalError) -> None:
        if self.trouble is None:
            self._on_trouble(True)
        if str(self.trouble) != str(error):  # else it is the same still
            self.trouble = error
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._try_again, name="journal", daemon=True)
            self._thread.start()

    def _try_again(self) -> None:
        """Nothing else may happen meanwhile by which it would be found out."""
        over = False
        while not over and not self._closing.wait(RETRY_S):
            if self._journal is None:  # nobody waits for this
                try:
                    self._journal = self._open(False)
                except JournalError as error:
                    self._begin_trouble(error)
            with self._turn:
                with contextlib.suppress(JournalError):
                    self.write(lambda: None)
                over = self.trouble is None
                if over:
                    self._thread = None
            self._on_news()


def end_unentered(journal: Journal, jobs: Sequence[Accepted | JournalRow], outcome: Outcome, at: float) -> None:
    """End jobs that no run works on. It may be done again where it failed half way. Raises JournalError."""
    if left_by_others := [job.number for job in jobs if isinstance(job, JournalRow)]:
        journal.take_over(left_by_others)
    journal.end([Ending(job.number, outcome, at) for job in jobs])
