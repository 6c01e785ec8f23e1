"""The jobs of all runs: searched in the journal off the window's thread, looked at, run again, and written as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from sigdesk.app.history_model import HistoryModel, HistoryRow
from sigdesk.app.history_rows import HistoryStatus, log_of, number_in, row_of
from sigdesk.app.history_tasks import Answer, Export, Read, Remake, Restore, Search
from sigdesk.app.job_details import details_of_stored
from sigdesk.app.job_feed import JobFeed
from sigdesk.app.queueing import Queueing
from sigdesk.app.resuming import Resuming
from sigdesk.app.session import Session
from sigdesk.app.settings import Settings
from sigdesk.app.titles import Titles
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.classifiers.trust import TrustBook
from sigdesk.errors import JobError, SigDeskError
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState
from sigdesk.pool.journal_search import Portion, StoredJob, Term

PAGE: Final = 200
_NOT_ENDED: Final = (JobState.QUEUED, JobState.RUNNING, JobState.INTERRUPTED)
_ITS_TURN: Final = "Wait for its end, or cancel it there."
_TYPING_MS: Final = 150
_REFRESH_MS: Final = 1000


class History(QObject):
    """`changed` carries a HistoryStatus, `job_read` a JobDetails, `exported` the file, `failed` a SigDeskError.

    Nothing is read before `open`; while it is open, what this session does is taken in once a second.
    """

    changed = Signal(object)
    job_read = Signal(object)
    log_read = Signal(object)
    retried = Signal(int)
    exported = Signal(object)
    remade = Signal(object, object)
    """An ended job as a JobSnapshot, and the file that its reproduction is to be written to."""
    failed = Signal(object)
    _found = Signal(int, object)
    _newest = Signal(int, object)
    _answered = Signal(object, object)

    def __init__(
        self,
        file: Path,
        session: Session,
        settings: Settings,
        queueing: Queueing,
        models: Sequence[Classifier | BrokenFolder],
        feed: JobFeed,
        resuming: Resuming,
        trust: TrustBook,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._session = session
        self._settings = settings
        self._queueing = queueing
        self._feed = feed
        self._resuming = resuming
        self._trust = trust
        self.jobs = HistoryModel(feed.jobs.find, self)
        self._titles = Titles(models)
        self._text = ""
        self._open = self._refreshing = False
        self._search_number = self._export_number = 0
        self._status = HistoryStatus()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._waits = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._searches, self._tasks = QThreadPool(), QThreadPool()
        for threads in (self._searches, self._tasks):
            threads.setMaxThreadCount(1)
        self._connect()

    def _connect(self) -> None:
        self._typing.timeout.connect(self._begin)
        self._waits.timeout.connect(self._refresh)
        self._feed.stats_changed.connect(self._on_stats_changed)
        self.jobs.more_wanted.connect(self._on_more_wanted)
        self._found.connect(self._on_found)
        self._newest.connect(self._on_newest)
        self._answered.connect(self._on_answered)

    @property
    def status(self) -> HistoryStatus:
        """Where the search stands."""
        return self._status

    def open(self) -> None:
        """Begin to show the jobs of all runs."""
        self._open = True
        self._begin()

    def use_models(self, models: Sequence[Classifier | BrokenFolder]) -> None:
        """Other models are installed now, with titles of their own."""
        self._titles = Titles(models)

    def shut(self) -> None:
        """Nobody looks any more."""
        self._open = False
        self._search_number += 1
        self._typing.stop()
        self._waits.stop()

    def search(self, text: str) -> None:
        """Show the jobs that hold every word of `text`, once the operator has stopped typing for a moment."""
        self._text = text
        if self._open:
            self._search_number += 1
            self._tell(searching=True)
            self._typing.start()

    def read(self, job_id: str) -> None:
        """Read all that is kept of a job; `job_read` brings it."""
        self._run(partial(Read, self._file, number_in(job_id)), self._on_job_read)

    def read_log(self, job_id: str) -> None:
        """Read the lines that are kept of a job; `log_read` brings them as a StoredLog."""
        self._run(partial(Read, self._file, number_in(job_id)), self._on_log_read)

    def retry(self, rows: Sequence[HistoryRow]) -> None:
        """Run jobs again: this session's as ever; those of other runs once their signals were opened again. What an
        earlier run has left waiting or interrupted is resumed, as the same job."""
        ours = [row.id for row in rows if self._feed.outcome_of(row.id) is not None]
        self._feed.retry(ours)
        others = [row for row in rows if row.id not in ours and not row.can_cancel]
        left = {row.id for row in others if row.state in _NOT_ENDED}
        waiting = self._resuming.resume_some(left) if left else []
        if ours or waiting:
            self.retried.emit(len(ours) + len(waiting))
        for row in others:
            if row.id in left and row.id not in waiting:
                self.failed.emit(JobError(f"Job {row.number} belongs to another SigDesk that runs.", _ITS_TURN))
        numbers = [row.number for row in others if row.id not in left]
        if numbers:
            self._run(partial(Restore, self._file, numbers, self._trust), self._on_restored)

    def remake(self, job_id: str, target: Path) -> None:
        """Make an ended job of another run anew, with its signal; `remade` brings it."""
        self._run(partial(Remake, self._file, number_in(job_id), self._trust), partial(self._on_remade, target))

    def export(self, target: Path) -> None:
        """Write all jobs that the search finds as CSV, those too that are not shown yet."""
        self._export_number = mine = self._export_number + 1
        self._tell(exported=0)
        task = partial(Export, self._file, self._terms(), target, lambda: self._export_number == mine)
        self._run(task, partial(self._on_exported, mine))

    def cancel_export(self) -> None:
        """Leave the file as it was."""
        self._export_number += 1
        self._tell(exported=None)

    def close(self) -> None:
        """End the search and the export, wait for what is being read."""
        self.shut()
        self._export_number += 1
        for threads in (self._searches, self._tasks):
            threads.clear()
            threads.waitForDone(-1)

    def _begin(self) -> None:
        self._search_number += 1
        self._refreshing = False
        self.jobs.clear()
        self._status = HistoryStatus(searching=True, reached=0, exported=self._status.exported)
        self._look(None)
        self.changed.emit(self._status)

    def _look(self, below: int | None) -> None:
        mine = self._search_number
        wanted, answer = self._still(mine), partial(self._found.emit, mine)
        self._searches.start(Search(self._file, self._terms(), below, PAGE, wanted, answer))

    def _refresh(self) -> None:
        if not self._open or self._refreshing or self._status.searching:
            return
        self._refreshing = True
        mine = self._search_number
        wanted, answer = self._still(mine), partial(self._newest.emit, mine)
        self._searches.start(Search(self._file, self._terms(), None, PAGE, wanted, answer))

    def _still(self, number: int) -> Callable[[], bool]:
        return lambda: self._search_number == number

    def _run(self, task: Callable[[Answer], QRunnable], take: Callable[[object], None]) -> None:
        self._tasks.start(task(partial(self._answered.emit, take)))

    def _on_answered(self, take: Callable[[object], None], answer: object) -> None:
        take(answer)

    def _on_stats_changed(self, _: object) -> None:
        if self._open and not self._waits.isActive():
            self._waits.start()

    def _on_more_wanted(self) -> None:
        if self._open and not self._status.searching and self._status.reached > 1:
            self._tell(searching=True)
            self._look(self._status.reached)

    def _on_found(self, number: int, found: object) -> None:
        if number != self._search_number:
            return
        if isinstance(found, Portion):
            self.jobs.append(self._rows(found))
            self._tell(reached=found.reached, damaged=self._status.damaged + found.damaged)
            return
        problem = found if isinstance(found, SigDeskError) else None
        self._tell(searching=False, problem=problem)
        self.jobs.set_has_more(problem is None and self._status.reached > 1)

    def _on_newest(self, number: int, found: object) -> None:
        if number != self._search_number:
            return
        if isinstance(found, Portion):
            self.jobs.put_on_top(self._rows(found))
        else:
            self._refreshing = False
        self._tell()

    def _on_job_read(self, answer: object) -> None:
        if isinstance(answer, StoredJob):
            stored, label = answer.row.stored, answer.row.label or ""
            title, label_title = self._titles.model(stored.model), self._titles.label(stored.model, label)
            self.job_read.emit(details_of_stored(answer, title, label_title))
        else:
            self.failed.emit(answer)

    def _on_log_read(self, answer: object) -> None:
        if isinstance(answer, StoredJob):
            self.log_read.emit(log_of(answer))
        elif not isinstance(answer, JobError):  # a job that is in no journal has no more lines: the Log says so
            self.failed.emit(answer)

    def _on_restored(self, answer: object) -> None:
        assert isinstance(answer, list)
        ready: list[tuple[str, JobRequest]] = []
        for job, request in answer:
            if isinstance(request, SigDeskError):
                self.failed.emit(request)
            else:
                ready.append((job.row.id, request))
        ids = self._session.add(request.recording for _, request in ready)
        self._queueing.resubmit(
            [(signal_id, request, job_id) for signal_id, (job_id, request) in zip(ids, ready, strict=True)]
        )
        if ready:
            self.retried.emit(len(ready))

    def _on_remade(self, target: Path, answer: object) -> None:
        if isinstance(answer, JobSnapshot):
            self.remade.emit(answer, target)
        else:
            self.failed.emit(answer)

    def _on_exported(self, number: int, answer: object) -> None:
        if number != self._export_number:
            return
        if isinstance(answer, int):
            self._tell(exported=answer)
            return
        self._tell(exported=None)
        (self.failed if isinstance(answer, SigDeskError) else self.exported).emit(answer)

    def _tell(self, **changes: Any) -> None:
        self._status = replace(self._status, shown=self.jobs.rowCount(), full=self.jobs.is_full, **changes)
        self.changed.emit(self._status)

    def _rows(self, portion: Portion) -> list[HistoryRow]:
        unsure_below = self._settings.number("unsure_below") / 100
        return [row_of(job, self._titles, unsure_below) for job in portion.jobs]

    def _terms(self) -> list[Term]:
        return [self._titles.term(word) for word in self._text.split()]
