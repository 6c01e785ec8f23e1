"""What the operator does to the line of jobs as a whole: pause it and go on, and let some jobs go before others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from sigdesk.app.program import Program
from sigdesk.pool.jobs import JobState
from sigdesk.pool.line import key_of, title_of
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.window.main_window import MainWindow


class PoolDesk(QObject):
    """Hands intentions to the pool, and says what came of them where nothing else shows it."""

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window

    def pause(self) -> None:
        """Begin no job until `resume`."""
        self._program.pool.pause()

    def resume(self) -> None:
        """Begin jobs again."""
        self._program.pool.resume()

    def pause_model(self) -> None:
        """Begin no job of the chosen model until it is resumed."""
        classifier = self._program.classifying.classifier
        if classifier is not None:
            self._program.pool.pause_classifier(classifier)

    def resume_model(self) -> None:
        """Begin jobs of the chosen model again."""
        classifier = self._program.classifying.classifier
        if classifier is not None:
            self._program.pool.resume_classifier(classifier)
            self._window.toast.say(f"{title_of(classifier)} goes on")

    @property
    def chosen_model_is_paused(self) -> bool:
        classifier = self._program.classifying.classifier
        paused = self._program.pool.stats().paused
        return classifier is not None and any(one.key == key_of(classifier) for one in paused)

    def run_next(self, job_ids: Sequence[str] | None = None) -> None:
        """Let waiting jobs, those that are selected when none is named, go before all others."""
        ids = self._waiting_chosen() if job_ids is None else job_ids
        self._program.feed.run_next(ids)
        self._say(ids, "next")

    def run_last(self, job_ids: Sequence[str] | None = None) -> None:
        """Let waiting jobs, those that are selected when none is named, go behind all others."""
        ids = self._waiting_chosen() if job_ids is None else job_ids
        self._program.feed.run_last(ids)
        self._say(ids, "last")

    def _waiting_chosen(self) -> list[str]:
        return [row.id for row in self._window.bottom.selected_jobs() if row.state is JobState.QUEUED]

    def _say(self, job_ids: Sequence[str], when: str) -> None:
        if job_ids:
            verb = "runs" if len(job_ids) == 1 else "run"
            self._window.toast.say(f"{counted(len(job_ids), 'job')} {verb} {when}")
