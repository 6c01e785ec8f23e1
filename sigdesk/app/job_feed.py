"""What the pool tells, once a frame, brought to the session and the table models in one pass."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.handing_over import Refused
from sigdesk.app.job_details import JobDetails, details_of
from sigdesk.app.job_news import JobNews
from sigdesk.app.job_owners import JobOwners
from sigdesk.app.jobs_model import JobsModel
from sigdesk.app.log_model import LogModel
from sigdesk.app.outcomes import (
    Labels,
    View,
    clock_text,
    ending_lines,
    job_row,
    log_row,
    problem_row,
    result_card,
    result_row,
)
from sigdesk.app.pace import Pace
from sigdesk.app.queueing import Queueing
from sigdesk.app.results_model import ProblemsModel, ResultsModel
from sigdesk.app.rows import BUSY, JobRow, ProblemRow, ResultCard, ResultRow, SignalState
from sigdesk.app.session import Session, SignalEntry
from sigdesk.app.settings import Settings
from sigdesk.app.showing import show_cancelled, show_on_signal, show_succeeded
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, PoolUpdate
from sigdesk.pool.pool import Pool
from sigdesk.pool.right_of_way import window_at_work

_AT_A_STRETCH: Final = 96
"""Jobs or signals of which a view is told before the window takes its events."""
_BEAT_MS: Final = 500
"""How often the times of open jobs and the rate are brought up to date while the pool itself has no news."""


class JobFeed(QObject):
    """Listens to the pool. `stats_changed` carries PoolStats for the status bar."""

    stats_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        pool: Pool,
        queueing: Queueing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._pool = pool
        self._queueing = queueing
        self._early: dict[str, JobSnapshot] = {}
        """Jobs of which the pool has told before it is known whose they are."""
        self._news = JobNews(pool.stats())
        self.jobs = JobsModel(self, make_row=self._row_of, places=pool.places_in_line)
        self._owners = JobOwners(session, self.jobs)
        self.log = LogModel(self)
        self.results = ResultsModel(self, make_row=self._result_row_of)
        self.problems = ProblemsModel(self)
        self._pace = Pace((self._tell_jobs, self._tell_log, self._tell_results, self._tell_signals), self)
        self._beat = QTimer(self, interval=_BEAT_MS)
        self._connect()

    def _connect(self) -> None:
        self._pool.updated.connect(self._on_pool_updated)
        self._queueing.submitted.connect(self._on_submitted)
        self._queueing.refused.connect(self._on_refused)
        self._queueing.cancelled.connect(self._on_cancelled_outside)
        self._session.removed.connect(self._on_signals_removed)
        self._session.added.connect(self._on_signals_added)
        self._settings.changed.connect(self._on_setting_changed)
        self._beat.timeout.connect(self._on_beat)

    def cancel(self, job_ids: Iterable[str]) -> None:
        """Cancel jobs, waiting or running."""
        self._pool.cancel(job_ids)

    def cancel_signal(self, entry: SignalEntry) -> None:
        """Cancel a signal's job, wherever it waits or runs."""
        if not self._queueing.drop_waiting_of(entry.id):
            self._pool.cancel([entry.job_id])

    def cancel_queued(self) -> None:
        """Cancel every waiting job, those that wait for room in the pool included."""
        self._queueing.drop_waiting()
        self._pool.cancel_queued()

    def cancel_running(self) -> None:
        """Cancel every job that the pool has been told of and that has not ended."""
        self._pool.cancel([*self.jobs.open_ids(), *(job.id for job in self._news.untold)])

    def run_next(self, job_ids: Sequence[str]) -> None:
        """Let waiting jobs go before all others that wait."""
        self._pool.run_next(job_ids)
        self.jobs.move_queued(job_ids, first=True)

    def run_last(self, job_ids: Sequence[str]) -> None:
        """Let waiting jobs go behind all others."""
        self._pool.run_last(job_ids)
        self.jobs.move_queued(job_ids, first=False)

    def retry(self, job_ids: Iterable[str]) -> None:
        """Run ended jobs again, each as a new job that names the old."""
        self._queueing.resubmit(self._again(job_ids))

    def retry_failed(self) -> int:
        """Run the latest job of every signal on which it failed again; returns how many those are."""
        failed = [entry.job_id for entry in self._session.entries if entry.state is SignalState.FAILED]
        jobs = self._again(failed)
        self._queueing.resubmit(jobs, priority=0)
        return len(jobs)

    def _again(self, job_ids: Iterable[str]) -> list[tuple[int, JobRequest, str]]:
        """What a retry needs of jobs: those that have ended and whose signals are still on the desk."""
        found = []
        for job_id in job_ids:
            snapshot = self.outcome_of(job_id)
            signal_id = self._owners.signal_of.get(job_id, 0)
            if snapshot is not None and self._session.find(signal_id) is not None:
                found.append((signal_id, snapshot.request, job_id))
        return found

    def outcome_of(self, job_id: str) -> JobSnapshot | None:
        """How a job ended, None while it has not, and where nobody can look at it any more."""
        snapshot = self._latest(job_id)
        return snapshot if snapshot is not None and snapshot.state.ended else None

    def details_of(self, job_id: str) -> JobDetails | None:
        """All that is known of a job, None where it is not known any more."""
        snapshot = self._latest(job_id)
        if snapshot is None:
            return None
        input_sum = self._pool.input_sum(job_id, snapshot.number)
        return details_of(snapshot, self.log.lines_of(job_id), self._view(), input_sum)

    def _latest(self, job_id: str) -> JobSnapshot | None:
        return self._owners.latest(job_id, self._news.untold)

    def card_of(self, entry: SignalEntry) -> ResultCard | None:
        """What the Inspector shows of a signal's latest ended job."""
        return None if entry.ended_job is None else result_card(entry.ended_job, entry.spans, self._view())

    def signal_of(self, job_id: str) -> int:
        """The signal of a job, 0 when it is not known."""
        return self._owners.signal_of.get(job_id, 0)

    def put_problem(self, problem: ProblemRow) -> None:
        """Show a problem that is not a job's."""
        self.problems.put([problem])

    def bring_back(self, ended: Iterable[tuple[int, JobSnapshot]]) -> None:
        """Show what an earlier run has said of signals, as if it had just ended."""
        view = self._view()
        ids = []
        for signal_id, snapshot in ended:
            entry = self._session.find(signal_id)
            if entry is not None and not entry.job_id:
                show_on_signal(entry, snapshot, view)
                ids.append(signal_id)
        self._on_signals_added(ids)

    def _on_submitted(self, pairs: Sequence[tuple[str, int]]) -> None:
        self._owners.note(pairs)
        gone, find = [], self._session.by_id.get
        for job_id, signal_id in pairs:
            entry = find(signal_id)
            if entry is not None:
                entry.job_id = job_id
            else:
                gone.append(job_id)
        if gone:
            self._pool.cancel(gone)
        early, self._early = self._early, {}
        if early:
            self._take([*early.values()])
            self._pace.news(len(early))

    def _on_cancelled_outside(self, signal_ids: Sequence[int]) -> None:
        entries = [entry for entry in map(self._session.find, signal_ids) if entry is not None]
        for entry in entries:
            show_cancelled(entry, self._view())
        self._session.touch([entry.id for entry in entries])

    def _on_pool_updated(self, update: PoolUpdate) -> None:
        with window_at_work:
            news = self._news
            news.lines += map(log_row, update.lines)
            news.lines_dropped += update.lines_dropped
            news.stats = update.stats
            jobs = update.jobs
            if self._queueing.handing_over:
                known = self._owners.signal_of
                self._early |= {snapshot.id: snapshot for snapshot in jobs if snapshot.id not in known}
                jobs = tuple(snapshot for snapshot in jobs if snapshot.id in known)
            self._take(jobs)
            last = not (update.stats.queued or update.stats.running or self._pool.has_news)
            self._pace.news(len(update.jobs), last=last)
            self._beat.start()
            self._queueing.feed()

    def _take(self, snapshots: Sequence[JobSnapshot]) -> None:
        """Note what jobs have become; the views are told in their turn. Thousands a second come here, nearly all of
        which wait, run or have succeeded: of those no more is noted than must be."""
        news, view = self._news, self._view()
        news.jobs += snapshots
        signal_of, find, touched = self._owners.signal_of.get, self._session.by_id.get, news.touched
        problems = self.problems.rowCount() > 0
        done: list[tuple[SignalEntry, JobSnapshot]] = []
        ended: list[JobSnapshot] = []
        for snapshot in snapshots:
            job_id, state = snapshot.id, snapshot.state
            entry = find(signal_of(job_id, 0))
            if entry is None or entry.job_id != job_id:  # the signal is gone, or has a newer job
                ended += self._first_words(snapshot)
            elif state is JobState.QUEUED and entry.state is SignalState.QUEUED:
                pass  # it was shown so when it was ordered
            elif state is JobState.RUNNING:
                entry.state, entry.progress = SignalState.RUNNING, snapshot.progress
                touched[entry.id] = None
            elif state is not JobState.SUCCEEDED or snapshot.request.windows is not None:
                touched[entry.id] = None
                ended += self._first_words(snapshot)
                self._take_other(entry, snapshot, view)
            else:
                touched[entry.id] = None
                before = entry.ended_job
                if before is None or before.id != job_id:
                    ended.append(snapshot)
                    if before is not None:
                        news.superseded.append(before)
                done.append((entry, snapshot))
                if problems or news.problems:  # it may solve one
                    self._take_problem(entry, None)
        show_succeeded(done, view)
        news.results.update([(entry.id, snapshot) for entry, snapshot in done])
        if news.without:
            for entry, _ in done:
                news.without.pop(entry.id, None)
        news.lines += ending_lines(ended, view)

    def _first_words(self, snapshot: JobSnapshot) -> Sequence[JobSnapshot]:
        """A job that has ended now; none that is told of again because its script goes on talking."""
        known: JobSnapshot | None = self.jobs.given(snapshot.id)
        return () if not snapshot.state.ended or (known is not None and known.state.ended) else (snapshot,)

    def _take_other(self, entry: SignalEntry, snapshot: JobSnapshot, view: View) -> None:
        """Note of a signal's job what is not said of most: it is open still, has failed, or was about windows."""
        news, before = self._news, entry.ended_job
        show_on_signal(entry, snapshot, view)
        if not snapshot.state.ended:
            return
        if before is not None and before is not entry.ended_job:
            news.superseded.append(before)
        if snapshot.state is JobState.SUCCEEDED and entry.windows:
            news.results[entry.id] = entry.windows
            news.without.pop(entry.id, None)
        elif not entry.spans:
            news.results.pop(entry.id, None)
            news.without[entry.id] = None
        self._take_problem(entry, problem_row(snapshot, entry.id))

    def _take_problem(self, entry: SignalEntry, problem: ProblemRow | None) -> None:
        """What was cancelled changes nothing: a signal that had failed before has failed still."""
        key, told = f"signal:{entry.id}", self._news.problems
        if problem is not None:
            told[key] = problem
        elif entry.state is not SignalState.FAILED and (key in told or self.problems.holds(key)):
            told[key] = None

    def _tell_jobs(self) -> bool:
        news = self._news
        part = news.take_jobs(_AT_A_STRETCH)
        more = bool(news.telling)
        self.jobs.update_rows(part, more=more)
        if not more:
            self._owners.forget_superseded(news.take_over())
            if not self.jobs.some_open:
                self._owners.tidy()
        return more

    def _tell_log(self) -> bool:
        lines, dropped = self._news.take_lines()
        if lines or dropped:
            self.log.append(lines, dropped)
        return False

    def _tell_results(self) -> bool:
        results, without = self._news.take_results()
        self.results.forget(without)
        self.results.put(results.items())
        self.problems.put(*self._news.take_problems())
        return False

    def _tell_signals(self) -> bool:
        self._session.touch(self._news.take_touched(_AT_A_STRETCH))
        if self._news.touched:
            return True
        self.stats_changed.emit(self._news.stats)
        return False

    def _on_refused(self, refusals: Sequence[Refused]) -> None:
        problems = []
        for refused in refusals:
            entry = self._session.find(refused.signal_id)
            if entry is None:
                continue
            entry.state, entry.cause = SignalState.FAILED, refused.reason
            problems.append(
                ProblemRow(
                    key=f"signal:{entry.id}",
                    what=f"{entry.recording.name} was not classified: {refused.reason}",
                    way_out="Choose a model that fits it, or another stretch.",
                    time=clock_text(time.time()),
                    signal_id=entry.id,
                    serious=False,
                )
            )
        self._session.touch(refused.signal_id for refused in refusals)
        self.problems.put(problems)

    def _on_signals_added(self, ids: Sequence[int]) -> None:
        """Signals that were removed and come back bring what was known of them."""
        view = self._view()
        back = [
            entry
            for entry in map(self._session.find, ids)
            if entry is not None and (entry.job_id or entry.state in BUSY)
        ]
        results, problems = [], []
        for entry in back:
            if entry.state in BUSY:  # its job was cancelled when it went
                show_cancelled(entry, view)
            snapshot = entry.ended_job
            if snapshot is not None:
                self._owners.note([(snapshot.id, entry.id)])
                results += [(entry.id, entry.spans)] if entry.spans else []
                problem = problem_row(snapshot, entry.id)
                problems += [problem] if problem else []
        if back:
            self.results.put(results)
            self.problems.put(problems)
            self._session.touch(entry.id for entry in back)

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        gone = set(ids)
        self._news.forget_signals(gone)
        self.results.forget(ids)
        self.problems.put([], [f"signal:{signal_id}" for signal_id in ids])
        self._pool.cancel(self._owners.forget_signals(gone))

    def _on_beat(self) -> None:
        """The pool tells what changes; that time goes by is seen here."""
        stats = self._pool.stats()
        self.stats_changed.emit(stats)
        self.jobs.tick()
        if self._pool.is_idle and not stats.jobs_per_min:
            self._beat.stop()

    def _on_setting_changed(self, key: str) -> None:
        """Another threshold makes other labels unsure: show those by it."""
        if key != "unsure_below":
            return
        view = self._view()
        results, touched, jobs = [], [], []
        for entry in self._session.entries:
            if entry.state in BUSY or all(view.unsure(span.confidence) == span.unsure for span in entry.spans):
                continue  # with one step of the field few labels of thousands change sides
            snapshot = entry.ended_job
            if snapshot is not None and snapshot.state is JobState.SUCCEEDED:
                show_on_signal(entry, snapshot, view)
                results.append((entry.id, entry.spans))
                touched.append(entry.id)
                if self.jobs.holds(snapshot.id):
                    jobs.append(snapshot)
        self.jobs.update_rows(jobs)
        if results:
            self.results.put(results)
            self._session.touch(touched)

    def _row_of(self, snapshot: JobSnapshot) -> JobRow:
        return job_row(snapshot, self._owners.signal_of.get(snapshot.id, 0), self._view())

    def _result_row_of(self, labels: Labels, signal_id: int, place: int) -> ResultRow:
        entry = self._session.find(signal_id)
        view = self._view() if entry is None or entry.view is None else entry.view
        return result_row(labels, view, signal_id, place)

    def _view(self) -> View:
        return View(self._session.mark, self._settings.number("unsure_below") / 100)
