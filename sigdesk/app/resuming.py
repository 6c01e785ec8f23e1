"""What an earlier run has left waiting: offered once, and run or discarded as the operator says, never by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.app.queueing import Queueing
from sigdesk.app.session import Session
from sigdesk.classifiers.trust import TrustBook
from sigdesk.errors import JournalDamaged, JournalError, SigDeskError
from sigdesk.pool.jobs import JobRequest, JobState, Outcome
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.pool import Pool
from sigdesk.pool.requests import Restoring
from sigdesk.protocol import FailureCode
from sigdesk.signals import Shelf


class Restored(Struct, frozen=True):
    """Waiting jobs whose signals were opened again, and those for which that was not possible, with the reason."""

    ready: tuple[tuple[JournalRow, JobRequest], ...]
    lost: tuple[tuple[JournalRow, SigDeskError], ...]


class Resuming(QObject):
    """`found` carries how many jobs wait; 0 once they were dealt with. `failed` carries a SigDeskError to show."""

    found = Signal(int)
    failed = Signal(object)
    _looked = Signal(object)
    _restored = Signal(object)

    def __init__(
        self, session: Session, pool: Pool, queueing: Queueing, trust: TrustBook, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._trust = trust
        self._session = session
        self._pool = pool
        self._queueing = queueing
        self._waiting: Sequence[JournalRow] = ()
        self._look_again = False  # once the journal can be opened and written
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._clerk = QThreadPool()
        self._clerk.setMaxThreadCount(1)
        self._restored.connect(self._on_restored)
        self._looked.connect(self._on_looked)
        pool.updated.connect(self._on_pool_updated)

    def look(self) -> None:
        """See what waits, and tell it: off the window's thread, as another program may hold the journal. Where it
        cannot be opened or written, which the pool tells, it is looked again once it can be."""
        self._threads.start(lambda: self._looked.emit(self._look()))

    def resume(self) -> None:
        """Open the signals of the waiting jobs again, off the window's thread, and run the jobs."""
        waiting, self._waiting = self._waiting, ()
        self.found.emit(0)
        if waiting:
            self._threads.start(_Restore(waiting, self._trust, self._restored.emit))

    def resume_some(self, job_ids: Collection[str]) -> list[str]:
        """Run those of the waiting jobs that have these ids, and go on offering the others; returns what is run."""
        if not {row.id for row in self._waiting}.issuperset(job_ids):
            self._on_looked(self._look())  # a run may have died since the start
        chosen = [row for row in self._waiting if row.id in job_ids]
        if chosen:
            self._waiting = [row for row in self._waiting if row.id not in job_ids]
            self.found.emit(len(self._waiting))
            self._threads.start(_Restore(chosen, self._trust, self._restored.emit))
        return [row.id for row in chosen]

    def discard(self) -> None:
        """End the waiting jobs as CANCELLED, off the window's thread. While the journal cannot be written the pool
        tries again, and should this run end before it can be, the next start offers them anew."""
        waiting, self._waiting = self._waiting, ()
        self.found.emit(0)
        if waiting:
            self._clerk.start(lambda: self._pool.withdraw(waiting, lambda: None))

    def close(self) -> None:
        """Wait for the file that is being opened, and for what is being discarded."""
        self._threads.clear()
        self._threads.waitForDone(-1)
        self._clerk.waitForDone(-1)

    def _look(self) -> Sequence[JournalRow] | JournalError:
        try:
            return self._pool.waiting()
        except JournalError as error:
            return error

    def _on_looked(self, seen: Sequence[JournalRow] | JournalError) -> None:
        if isinstance(seen, JournalDamaged):
            self.failed.emit(seen)
        elif isinstance(seen, JournalError):
            self._look_again = True
            self._on_pool_updated()
        else:
            self._waiting = seen
            if seen:
                self.found.emit(len(seen))

    def _on_pool_updated(self) -> None:
        if self._look_again and self._pool.trouble is None:
            self._look_again = False
            self.look()

    def _on_restored(self, restored: Restored) -> None:
        ids = self._session.add(request.recording for _, request in restored.ready)
        pairs = zip(ids, restored.ready, strict=True)
        self._queueing.resume([(signal_id, job) for signal_id, job in pairs])
        for row, error in restored.lost:
            self._end(row, Outcome(JobState.FAILED, None, FailureCode.INPUT_CHANGED, error.what, error.way_out))
            self.failed.emit(error)

    def _end(self, row: JournalRow, outcome: Outcome) -> None:
        try:
            self._pool.discard([row], outcome)
        except JournalError as error:
            self.failed.emit(error)


class _Restore(QRunnable):
    def __init__(self, rows: Sequence[JournalRow], trust: TrustBook, answer: Callable[[Restored], object]) -> None:
        super().__init__()
        self._rows = rows
        self._trust = trust
        self._answer = answer

    def run(self) -> None:
        ready, lost = [], []
        restoring = Restoring(Shelf(), self._trust.readable_entries())
        for row in self._rows:
            try:
                ready.append((row, restoring.request(row.stored)))
            except SigDeskError as error:
                lost.append((row, error))
        self._answer(Restored(tuple(ready), tuple(lost)))
