"""What the pool tells, once a frame, brought to the session and the table models in one pass."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.classifying import BUSY, Classifying, Refused
from sigdesk.app.job_details import JobDetails, details_of
from sigdesk.app.jobs_model import JobsModel
from sigdesk.app.log_model import LogModel
from sigdesk.app.outcomes import View, cause_of, clock_text, job_row, problem_row, result_card, result_rows, spans_of
from sigdesk.app.results_model import ProblemsModel, ResultsModel
from sigdesk.app.rows import LogRow, ProblemRow, ResultCard, ResultRow, SignalState
from sigdesk.app.session import Session, SignalEntry
from sigdesk.app.settings import Settings
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, LogEntry, Origin, PoolUpdate
from sigdesk.pool.pool import Pool
from sigdesk.protocol import Level

_BEAT_MS: Final = 500
"""How often the times of open jobs and the rate are brought up to date while the pool itself has no news."""

_SIGNAL_STATES: Final = {
    JobState.QUEUED: SignalState.QUEUED,
    JobState.RUNNING: SignalState.RUNNING,
}


class JobFeed(QObject):
    """Listens to the pool. `stats_changed` carries PoolStats for the status bar."""

    stats_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        pool: Pool,
        classifying: Classifying,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._pool = pool
        self._classifying = classifying
        self._signal_of: dict[str, int] = {}
        self._open: dict[str, JobSnapshot] = {}
        self._ended: dict[str, JobSnapshot] = {}
        self.jobs = JobsModel(self, places=pool.places_in_line)
        self.log = LogModel(self)
        self.results = ResultsModel(self)
        self.problems = ProblemsModel(self)
        self._beat = QTimer(self, interval=_BEAT_MS)
        self._connect()

    def _connect(self) -> None:
        self._pool.updated.connect(self._on_pool_updated)
        self._classifying.submitted.connect(self._on_submitted)
        self._classifying.refused.connect(self._on_refused)
        self._session.removed.connect(self._on_signals_removed)
        self._session.added.connect(self._on_signals_added)
        self._settings.changed.connect(self._on_setting_changed)
        self._beat.timeout.connect(self._on_beat)
        self.jobs.forgotten.connect(self._on_job_forgotten)

    def cancel(self, job_ids: Iterable[str]) -> None:
        """Cancel jobs, waiting or running."""
        self._pool.cancel(job_ids)

    def cancel_signal(self, entry: SignalEntry) -> None:
        """Cancel a signal's job, wherever it waits or runs."""
        if self._classifying.drop_waiting_of(entry.id):
            _show_cancelled(entry, self._view())
            self._session.touch([entry.id])
        else:
            self._pool.cancel([entry.job_id])

    def cancel_queued(self) -> None:
        """Cancel every waiting job, those that wait for room in the pool included."""
        dropped = self._classifying.drop_waiting()
        for entry in filter(None, map(self._session.find, dropped)):
            _show_cancelled(entry, self._view())
        self._session.touch(dropped)
        self._pool.cancel_queued()

    def cancel_running(self) -> None:
        """Cancel every job that the pool has been told of and that has not ended."""
        self._pool.cancel(list(self._open))

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
        self._classifying.resubmit(self._again(job_ids))

    def retry_failed(self) -> int:
        """Run the latest job of every signal on which it failed again; returns how many those are."""
        failed = [entry.job_id for entry in self._session.entries if entry.state is SignalState.FAILED]
        jobs = self._again(failed)
        self._classifying.resubmit(jobs, priority=0)
        return len(jobs)

    def _again(self, job_ids: Iterable[str]) -> list[tuple[int, JobRequest, str]]:
        """What a retry needs of jobs: those that have ended and whose signals are still on the desk."""
        found = []
        for job_id in job_ids:
            snapshot = self._ended.get(job_id)
            signal_id = self._signal_of.get(job_id, 0)
            if snapshot is not None and self._session.find(signal_id) is not None:
                found.append((signal_id, snapshot.request, job_id))
        return found

    def outcome_of(self, job_id: str) -> JobSnapshot | None:
        """How a job ended, None while it has not."""
        return self._ended.get(job_id)

    def details_of(self, job_id: str) -> JobDetails | None:
        """All that is known of a job, None where it is not known any more."""
        snapshot = self._ended.get(job_id) or self._open.get(job_id)
        return None if snapshot is None else details_of(snapshot, self.log.lines_of(job_id), self._view())

    def card_of(self, entry: SignalEntry) -> ResultCard | None:
        """What the Inspector shows of a signal's latest ended job."""
        return None if entry.ended_job is None else result_card(entry.ended_job, entry.spans, self._view())

    def signal_of(self, job_id: str) -> int:
        """The signal of a job, 0 when it is not known."""
        return self._signal_of.get(job_id, 0)

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
                _show_on_signal(entry, snapshot, view)
                ids.append(signal_id)
        self._on_signals_added(ids)

    def _on_submitted(self, pairs: Sequence[tuple[str, int]]) -> None:
        self._signal_of.update(pairs)
        for job_id, signal_id in pairs:
            entry = self._session.find(signal_id)
            if entry is not None:
                entry.job_id = job_id

    def _on_pool_updated(self, update: PoolUpdate) -> None:
        view = self._view()
        touched: list[int] = []
        results: list[tuple[int, Sequence[ResultRow]]] = []
        unlabelled: list[int] = []
        problems: list[ProblemRow] = []
        solved: list[str] = []
        own_lines: list[LogRow] = []
        for snapshot in update.jobs:
            signal_id = self._signal_of.get(snapshot.id, 0)
            if not snapshot.state.ended:
                self._open[snapshot.id] = snapshot
            else:
                self._open.pop(snapshot.id, None)
                if snapshot.id not in self._ended:  # it is told of again when its script goes on talking
                    own_lines.append(_ending_line(snapshot, view))
                if signal_id:
                    self._ended[snapshot.id] = snapshot
            entry = self._session.find(signal_id)
            if entry is None or entry.job_id != snapshot.id:
                continue  # the signal is gone, or has a newer job
            before = entry.ended_job
            _show_on_signal(entry, snapshot, view)
            touched.append(signal_id)
            if before is not None and entry.ended_job is not before and self.jobs.find(before.id) is None:
                self._forget(before.id)
            if snapshot.state is JobState.SUCCEEDED:
                results.append((signal_id, result_rows(snapshot, signal_id, entry.spans, view)))
            elif snapshot.state.ended and not entry.spans:
                unlabelled.append(signal_id)
            if snapshot.state.ended:
                problem = problem_row(snapshot, signal_id)
                problems += [problem] if problem else []
                # What was cancelled changes nothing: a signal that had failed before has failed still.
                gone = problem is None and entry.state is not SignalState.FAILED
                solved += [f"signal:{signal_id}"] if gone else []
        self.jobs.update_rows([job_row(s, self._signal_of.get(s.id, 0), view) for s in update.jobs])
        lines = [_log_row(entry) for entry in update.lines] + own_lines
        if lines:
            self.log.append(lines, update.lines_dropped)
        if results:
            self.results.put(results)
        if unlabelled:
            self.results.forget(unlabelled)
        self.problems.put(problems, solved)
        self._session.touch(touched)
        self.stats_changed.emit(update.stats)
        self._beat.start()
        self._classifying.feed()

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
        back = [entry for entry in map(self._session.find, ids) if entry is not None and entry.job_id]
        results, problems = [], []
        for entry in back:
            if entry.state in BUSY:  # its job was cancelled when it went
                _show_cancelled(entry, view)
            snapshot = entry.ended_job
            if snapshot is not None:
                self._ended[snapshot.id] = snapshot
                self._signal_of[snapshot.id] = entry.id
                results += [(entry.id, result_rows(snapshot, entry.id, entry.spans, view))] if entry.spans else []
                problem = problem_row(snapshot, entry.id)
                problems += [problem] if problem else []
        if back:
            self.results.put(results)
            self.problems.put(problems)
            self._session.touch(entry.id for entry in back)

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        gone = set(ids)
        self.results.forget(ids)
        self.problems.put([], [f"signal:{signal_id}" for signal_id in ids])
        job_ids = [job_id for job_id, signal_id in self._signal_of.items() if signal_id in gone]
        for job_id in job_ids:  # what nobody can look at any more must not be kept, with all its samples
            self._forget(job_id)
            self._open.pop(job_id, None)
        self._pool.cancel(job_ids)

    def _on_job_forgotten(self, job_id: str) -> None:
        """What the table does not keep is kept here only as long as it is its signal's latest."""
        entry = self._session.find(self._signal_of.get(job_id, 0))
        if entry is None or entry.ended_job is None or entry.ended_job.id != job_id:
            self._forget(job_id)

    def _forget(self, job_id: str) -> None:
        self._ended.pop(job_id, None)
        self._signal_of.pop(job_id, None)

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
        results, touched, rows = [], [], []
        for entry in self._session.entries:
            if entry.state in BUSY or all(view.unsure(span.confidence) == span.unsure for span in entry.spans):
                continue  # with one step of the field few labels of thousands change sides
            snapshot = entry.ended_job
            if snapshot is not None and snapshot.state is JobState.SUCCEEDED:
                _show_on_signal(entry, snapshot, view)
                results.append((entry.id, result_rows(snapshot, entry.id, entry.spans, view)))
                touched.append(entry.id)
                if self.jobs.find(snapshot.id) is not None:
                    rows.append(job_row(snapshot, entry.id, view))
        self.jobs.update_rows(rows)
        if results:
            self.results.put(results)
            self._session.touch(touched)

    def _view(self) -> View:
        return View(self._session.mark, self._settings.number("unsure_below") / 100)


def _show_on_signal(entry: SignalEntry, snapshot: JobSnapshot, view: View) -> None:
    entry.progress = snapshot.progress
    if not snapshot.state.ended:
        entry.state = _SIGNAL_STATES[snapshot.state]
        return
    if snapshot.state is JobState.CANCELLED:
        _show_cancelled(entry, view)
        return
    entry.ended_job = snapshot
    entry.job_id = snapshot.id
    entry.cause = cause_of(snapshot)
    if snapshot.state is JobState.SUCCEEDED:
        entry.spans = spans_of(snapshot, view)
        best = max(entry.spans, key=lambda span: span.stop - span.start, default=None)
        entry.mark = best.mark if best else None
        entry.confidence = best.confidence if best else None
        unsure = any(span.unsure for span in entry.spans)
        entry.state = SignalState.UNSURE if unsure else SignalState.CLASSIFIED
        return
    entry.mark, entry.confidence, entry.spans = None, None, ()
    entry.state = SignalState.FAILED


def _show_cancelled(entry: SignalEntry, view: View) -> None:
    """What was cancelled changes nothing: a signal that had its label or its failure before has it still."""
    entry.progress = None
    if entry.ended_job is None:
        entry.state = SignalState.CANCELLED
    else:
        _show_on_signal(entry, entry.ended_job, view)


def _log_row(entry: LogEntry) -> LogRow:
    return LogRow(
        clock=clock_text(entry.time, milliseconds=True),
        job_id=entry.job_id,
        job_number=entry.job_number,
        worker=entry.worker,
        origin=entry.origin,
        level=entry.level,
        text=entry.text,
    )


def _ending_line(snapshot: JobSnapshot, view: View) -> LogRow:
    """SigDesk's own last line of a job: how it ended."""
    outcome = snapshot.outcome
    text = outcome.what if outcome and outcome.what else "Done"
    if outcome is not None and outcome.output is not None:
        results = outcome.output.results
        windowed = outcome.output.windowed
        text = f"Done: {len(results)} windows" if windowed else f"Done: {view.mark_of(results[0].label).title}"
    if snapshot.run_s is not None:
        text += f" after {snapshot.run_s:.2f} s" if snapshot.run_s < 10 else f" after {snapshot.run_s:.0f} s"
    return LogRow(
        clock=clock_text(snapshot.ended or snapshot.created, milliseconds=True),
        job_id=snapshot.id,
        job_number=snapshot.number,
        worker=snapshot.worker or 0,
        origin=Origin.JOB,
        level=Level.INFO,
        text=text,
    )
