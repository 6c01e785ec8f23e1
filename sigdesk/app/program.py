"""The program without its window: everything that a desk has, wired together once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.classifying import Classifying
from sigdesk.app.content_choosing import ContentChoosing
from sigdesk.app.exporting import Exporter
from sigdesk.app.file_watch import FileWatch
from sigdesk.app.history import History
from sigdesk.app.job_feed import JobFeed
from sigdesk.app.keeping import Keeping
from sigdesk.app.label_marks import LabelMarks
from sigdesk.app.labelling import Labelling
from sigdesk.app.models_library import ModelsLibrary
from sigdesk.app.opening import Opened, Opener, Refusal
from sigdesk.app.outcomes import clock_text
from sigdesk.app.queueing import Queueing
from sigdesk.app.reloading import Reloading
from sigdesk.app.resuming import Resuming
from sigdesk.app.rows import HOW_READ, ProblemRow
from sigdesk.app.session import Session
from sigdesk.app.session_file import SUFFIX
from sigdesk.app.session_reading import SessionReading
from sigdesk.app.settings import Settings
from sigdesk.app.shadow_run import ShadowRun
from sigdesk.app.signals_model import SignalsModel
from sigdesk.app.table_correcting import TableCorrecting
from sigdesk.app.training import Training
from sigdesk.app.undoing import Undoing
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.classifiers.trust import TrustBook
from sigdesk.errors import ModelError, SettingsError, SigDeskError
from sigdesk.places import Places
from sigdesk.pool.jobs import PoolStats
from sigdesk.pool.pool import Pool
from sigdesk.signals.describe import format_count, printable_name
from sigdesk.signals.recording import Recording
from sigdesk.signals.remembered import RememberedReading
from sigdesk.signals.tables.doubt import DOUBT

RECENT_KEPT = 12
PATIENCE_MS = 200
"""What takes longer shows its progress."""


class OpeningSummary(Struct, frozen=True):
    """How many signals an opening has added, how many files it could not read, how many signals were open already.
    `doubtful` are the tables that may be read wrongly, `asked` the files of which is still to be said what is opened.
    """

    added: int
    refused: int
    known: int = 0
    doubtful: tuple[Path, ...] = ()
    asked: int = 0

    @property
    def text(self) -> str:
        """ "11 added, 2 already open, 1 not readable"."""
        parts = [f"{format_count(self.added)} added"] if self.added or not self.asked else []
        if self.asked:
            parts.append(f"{format_count(self.asked)} to choose from")
        if self.known:
            parts.append(f"{format_count(self.known)} already open")
        if self.refused:
            parts.append(f"{format_count(self.refused)} not readable")
        if self.doubtful:
            parts.append(f"{format_count(len(self.doubtful))} to check")
        return ", ".join(parts)


class _Tally(Struct):
    """What has come of an opening so far."""

    added: int = 0
    refused: int = 0
    known: int = 0
    doubtful: list[Path] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)


class Program(QObject):
    """Session, models and controllers. The window shows them; tests drive them."""

    opened = Signal(object)
    """The OpeningSummary of an opening that has finished."""
    choice_wanted = Signal(object)
    """A Question that must be answered before its files are opened."""
    opening_progress = Signal(int, int)
    """Of an opening that takes long: how many files of how many are dealt with; 0 of 0 while they are looked for."""

    def __init__(
        self,
        places: Places,
        settings: Settings,
        pool: Pool,
        models: Sequence[Classifier | BrokenFolder],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.places = places
        self.settings = settings
        self.pool = pool
        self.session = Session(self)
        self.signals = SignalsModel(self.session, self)
        self.labelling = Labelling(self.session, settings, self)
        LabelMarks(self.session, self.labelling, self)
        self.undoing = Undoing(self.session, self.labelling, self)
        self.remembered = RememberedReading(places.reading_folder)
        self.opener = Opener(self.remembered, self)
        self.reloading = Reloading(self.session, self.remembered, self.opener.shelf, self)
        self.watch = FileWatch(self.session, self.reloading, self)
        self.contents = ContentChoosing(self.remembered, self.opener.shelf, self)
        self.tables = TableCorrecting(self.remembered, self.opener.shelf, self)
        self.library = ModelsLibrary(places, models, self)
        self.training = Training(self.library, self)
        self.shadow = ShadowRun(places, self.session, settings, self)
        self.queueing = Queueing(self.session, pool, self)
        self.classifying = Classifying(self.session, settings, self.queueing, models, self)
        self.feed = JobFeed(self.session, settings, pool, self.queueing, self)
        self.keeping = Keeping(
            places.home / "session", self.session, self.labelling, self.feed, lambda: self.classifying.models, self
        )
        SessionReading(self.session, self.keeping.autosave, self.remembered, self)
        self.exporter = Exporter(places.temp_folder, self)
        trust = TrustBook(places.trust_file)
        self.resuming = Resuming(self.session, pool, self.queueing, trust, self)
        self.history = History(
            places.journal_file, self.session, settings, self.queueing, models, self.feed, self.resuming, trust, self
        )
        self._tally = _Tally()
        self._openings = 0
        self._far = (0, 0)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._closed = False
        self._beside_session: list[Path] = []
        self._trouble: SigDeskError | None = None
        self._notice: SigDeskError | None = None
        self._stopped: set[str] = set()
        self._connect()
        self._tell_problems_of_settings()
        self._tell_journal_notice()

    def _tell_problems_of_settings(self) -> None:
        settings = self.settings
        for key, problem in (("settings file", settings.problem), ("settings", settings.store_problem)):
            if problem is not None:
                self.tell_problem(key, problem)

    def _connect(self) -> None:
        self._patience.timeout.connect(self._on_patience_timeout)
        self.opener.opened.connect(self._on_opened)
        self.keeping.files_wanted.connect(partial(self.open, ask=False))
        self.reloading.starting.connect(self.keeping.expect_change)
        self.keeping.autosave.replaced.connect(self.undoing.forget_removed)
        self.keeping.session_file.opened.connect(self._on_session_opened)
        self.queueing.journal_failed.connect(partial(self.tell_problem, "pool"))
        self.library.changed.connect(self.classifying.set_models)
        self.library.changed.connect(self.history.use_models)
        self.resuming.failed.connect(partial(self.tell_problem, "resume"))
        self.feed.stats_changed.connect(self._on_stats_changed)
        self.settings.changed.connect(self._on_setting_changed)
        self.settings.store_problem_changed.connect(self._on_store_problem_changed)

    def open(self, paths: Sequence[Path], *, ask: bool = True) -> None:
        """Open files and folders; they show as they come. A session's file puts that session in the place of this one,
        and what was named beside it is added to it. `ask`: of a file of many arrays it is asked which are opened, where
        that is not known; else all are."""
        sessions = [path for path in paths if path.suffix.lower() == SUFFIX and not path.is_dir()]
        if sessions:
            self._beside_session = [path for path in paths if path not in sessions]
            self.keeping.session_file.open(sessions[0])
            return
        if paths:
            self._openings += 1
            self._far = (0, 0)
            self._patience.start()
            self.opener.open([path.absolute() for path in paths], ask=ask)

    def cancel_opening(self) -> None:
        """Leave out what has not been opened yet."""
        self.opener.cancel()

    @property
    def open_jobs(self) -> int:
        """Jobs that have not ended, those that wait outside the queue included."""
        stats = self.pool.stats()
        return stats.queued + stats.running + self.queueing.waiting

    def cancel_all(self) -> None:
        """Cancel every job that has not ended."""
        self.feed.cancel_queued()
        self.feed.cancel_running()

    def open_at_start(self, paths: Sequence[Path]) -> None:
        """Open what was named for the start, else what was open when SigDesk ended."""
        if paths and self.keeping.session_file.path is not None:
            self.keeping.session_file.new()  # the last session stays as its file, and what that lacks is kept
        self.open(paths or self.last_files(), ask=bool(paths))

    def last_files(self) -> list[Path]:
        """The files that were open when SigDesk ended and are still there, if the operator wants them again."""
        if not self.settings.flag("reopen_files"):
            if self.keeping.session_file.path is not None:
                self.keeping.session_file.new()
            self.keeping.autosave.forget(list(self.keeping.autosave.state.signals))
            return []
        kept = self.keeping.last_files()
        return kept or [path for name in self.settings.texts("open_files") if (path := Path(name)).exists()]

    def close(self) -> None:
        """Remember what is open, end the pool and every thread. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            self.settings.put("open_files", [str(path) for path in self.session.files])
        finally:
            self.opener.close()
            self.watch.close()
            self.reloading.close()
            self.tables.close()
            self.contents.close()
            self.training.close()
            self.shadow.close()
            self.library.close()
            self.resuming.close()
            self.queueing.close()
            self.history.close()
            self.exporter.close()
            self.keeping.close()
            self.pool.close(keep_waiting=True)  # what waits is offered again at the next start

    def _on_session_opened(self, _: Path) -> None:
        beside, self._beside_session = self._beside_session, []
        self.open(beside)

    def _on_opened(self, opened: Opened) -> None:
        newest = self.session.newest_id
        ids = self.session.add(opened.recordings)
        tally = self._tally
        tally.shown += ids[:2]  # of several none is shown more than the others
        tally.added += sum(signal_id > newest for signal_id in ids)
        tally.known += sum(signal_id <= newest for signal_id in ids)
        tally.refused += len(opened.refusals)
        self.tell_read(opened.recordings, opened.refusals)
        tally.doubtful += [recording.path for recording in opened.recordings if DOUBT in recording.metadata]
        if ids and self.session.current is None:
            self.session.show(ids[0])
        self._far = (opened.done, opened.total)
        self._remember_recent([recording.path for recording in opened.recordings])
        if not opened.finished:
            if not self._patience.isActive():
                self._on_patience_timeout()
            return
        self._openings -= 1
        if len(tally.shown) == 1:
            self.session.show(tally.shown[0])
        asked = sum(len(question.paths) for question in opened.questions)
        summary = OpeningSummary(tally.added, tally.refused, tally.known, tuple(tally.doubtful), asked)
        self._tally = _Tally()
        self.opened.emit(summary)
        for question in opened.questions:
            self.choice_wanted.emit(question)

    def tell_read(self, recordings: Sequence[Recording], refusals: Sequence[Refusal]) -> None:
        """Show in Problems which files could not be read, and which may have been read wrongly; what was said of the
        others before goes."""
        now = clock_text(time.time())
        rows = [
            ProblemRow(
                key=f"file:{refusal.path}",
                what=printable_name(refusal.what),
                way_out=refusal.way_out,
                time=now,
                actions=(HOW_READ,) if refusal.table else (),
            )
            for refusal in refusals
        ]
        read = dict.fromkeys(str(recording.path) for recording in recordings)
        solved = [f"{about}:{path}" for path in read for about in ("file", "doubt", "disk")]
        doubtful = [
            ProblemRow(
                key=f"doubt:{recording.path}",
                what=f"{recording.name} may be read wrongly. {recording.metadata[DOUBT]}",
                way_out="See how it was read, and correct it where it is wrong.",
                time=now,
                serious=False,
                actions=(HOW_READ,),
            )
            for recording in recordings
            if DOUBT in recording.metadata
        ]
        self.feed.problems.put(rows, solved)
        self.feed.problems.put(doubtful, [])

    def _on_patience_timeout(self) -> None:
        if self._openings:
            self.opening_progress.emit(*self._far)

    def _remember_recent(self, paths: Sequence[Path]) -> None:
        latest = [str(path) for path in dict.fromkeys(reversed(paths))]
        older = [path for path in self.settings.texts("recent_files") if path not in latest]
        if latest:
            self.settings.put("recent_files", [*latest, *older][:RECENT_KEPT])

    def _on_setting_changed(self, key: str) -> None:
        if key == "memory_budget_mb":
            self.pool.set_memory_budget(self.settings.whole(key) or None)
        elif key == "workers":
            self.pool.set_workers(self.settings.whole(key) or None)
        elif key == "queue_size":
            self.pool.set_queue_limit(self.settings.whole(key))
            self.queueing.feed()  # what waited outside for want of room

    def _on_store_problem_changed(self, problem: SettingsError | None) -> None:
        if problem is None:
            self.feed.problems.put([], ["settings"])
        else:
            self.tell_problem("settings", problem)

    def _on_stats_changed(self, stats: PoolStats) -> None:
        """What stops the pool is a problem until it is gone, a model that was stopped until it is resumed; one that the
        operator has paused is none."""
        stopped = {f"paused:{one.key}": one for one in stats.paused if not one.by_operator}
        if stopped.keys() != self._stopped:
            self.feed.problems.put([], self._stopped - stopped.keys())
            for key in stopped.keys() - self._stopped:
                one = stopped[key]
                way_out = f"{one.reason} Mend it, then press Resume in the banner."
                self.tell_problem(key, ModelError(f"{one.title} is paused: its jobs wait.", way_out))
            self._stopped = set(stopped)
        trouble = self.pool.trouble
        if trouble is not self._trouble:
            self._trouble = trouble
            if trouble is None:
                self.feed.problems.put([], ["pool"])
                self._tell_journal_notice()  # it may have been opened only now
            else:
                self.tell_problem("pool", trouble)

    def _tell_journal_notice(self) -> None:
        notice = self.pool.journal_notice
        if notice is not self._notice and notice is not None:
            self._notice = notice
            self.tell_problem("journal", notice)

    def tell_problem(self, key: str, error: SigDeskError) -> None:
        """Show an error in Problems, in place of an older one of the same key."""
        self.feed.put_problem(ProblemRow(key, error.what, error.way_out, clock_text(time.time())))
