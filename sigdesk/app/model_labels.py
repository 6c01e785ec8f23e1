"""What models say becomes labels in the book: at once on the signal that is shown or asked for, else once it is quiet.

Thousands of results may come in a second; making labels of all of them at that moment would be felt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.pace import ROUND_MS
from sigdesk.app.session import Session
from sigdesk.labels.edits import SignalKey
from sigdesk.labels.label import Label, end_time, labels_of
from sigdesk.labels.label_book import LabelBook
from sigdesk.pool.jobs import JobSnapshot, JobState

_BUDGET_S: Final = 0.002
"""How long labels are made at a stretch while the window may want to do something else."""
_PAUSE_MS: Final = 10
_QUIET_MS: Final = 3 * ROUND_MS
"""So long no new result has come before labels are made of those that nobody looks at: they come once a round."""


class ModelLabels(QObject):
    """Hears of results through the session. `spoke` carries the ids of signals that have other labels now."""

    spoke = Signal(object)

    def __init__(
        self,
        session: Session,
        book: LabelBook,
        key_of: Callable[[int], SignalKey | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._book = book
        self._key_of = key_of
        self._waiting: dict[int, JobSnapshot] = {}
        self._taken: dict[int, str] = {}
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._on_idle)
        session.answered.connect(self._on_signals_answered)
        session.removed.connect(self._on_signals_removed)

    def use_book(self, book: LabelBook) -> None:
        """Put labels into another book from now on; what waits goes into the old one."""
        self.settle_all()
        self._taken.clear()
        self._book = book

    def settle(self, signal_id: int) -> None:
        """Make labels of what a model has said of a signal, if it was not done yet."""
        snapshot = self._waiting.pop(signal_id, None)
        if snapshot is not None and self._take(signal_id, snapshot):
            self.spoke.emit([signal_id])

    def settle_all(self) -> None:
        """Make labels of everything that was said."""
        waiting, self._waiting = self._waiting, {}
        told = [signal_id for signal_id, snapshot in waiting.items() if self._take(signal_id, snapshot)]
        if told:
            self.spoke.emit(told)

    def _on_signals_answered(self, jobs: Mapping[int, JobSnapshot]) -> None:
        came = {signal_id: job for signal_id, job in jobs.items() if job.state is JobState.SUCCEEDED}
        if came:
            self._waiting |= came
            shown = self._session.current
            if shown is not None:
                self.settle(shown.id)
            self._idle.start(_QUIET_MS)

    def _on_signals_removed(self, ids: Iterable[int]) -> None:
        for signal_id in ids:
            self.settle(signal_id)
            self._taken.pop(signal_id, None)

    def _on_idle(self) -> None:
        enough = time.monotonic() + _BUDGET_S
        told = []
        while self._waiting and time.monotonic() < enough:
            signal_id, snapshot = self._waiting.popitem()  # the first one it would look for among all that were
            if self._take(signal_id, snapshot):
                told.append(signal_id)
        if told:
            self.spoke.emit(told)
        if self._waiting:
            self._idle.start(_PAUSE_MS)

    def _take(self, signal_id: int, snapshot: JobSnapshot) -> bool:
        if self._taken.get(signal_id) == snapshot.id:  # told of again, as its script goes on talking
            return False
        self._taken[signal_id] = snapshot.id
        recording = snapshot.request.recording
        start, stop = stretch_of(snapshot)
        known, key = self._key_of(signal_id), SignalKey.of(recording)
        return self._book.replace_model(
            known if known == key else key,
            spoken(snapshot),
            recording.time_base.time_of(start),
            end_time(recording, stop),
        )


def stretch_of(snapshot: JobSnapshot) -> tuple[int, int]:
    """The samples that a job was about."""
    request = snapshot.request
    return request.start, request.recording.length if request.stop is None else request.stop


def spoken(snapshot: JobSnapshot) -> tuple[Label, ...]:
    """What a job that succeeded says, as labels."""
    request, outcome = snapshot.request, snapshot.outcome
    if outcome is None or outcome.output is None:
        return ()
    start, stop = stretch_of(snapshot)
    manifest = request.classifier.manifest
    return labels_of(
        outcome.output, request.recording, start, stop, request.windows,
        model=manifest.name, version=manifest.version,
    )  # fmt: skip
