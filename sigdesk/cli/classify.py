"""Classifying files without a window, and resuming what an earlier run has left waiting: the same pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sigdesk.classifiers.fit import best_fit, refusal, windows_for
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.trust import TrustEntry
from sigdesk.cli.drain import Tally, drain, waiting_jobs
from sigdesk.cli.reading import Reader
from sigdesk.errors import ModelError, SigDeskError
from sigdesk.pool.jobs import JobRequest, JobState, Outcome
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.requests import Restoring
from sigdesk.protocol import FailureCode
from sigdesk.signals import Shelf
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording

if TYPE_CHECKING:
    from sigdesk.pool.pool import Pool  # most commands have no use for Qt, which takes half their start


class Wish(Struct, frozen=True):
    """What the command line asks for. `classifier` is None when each signal gets the model that fits it best."""

    files: Sequence[Path]
    classifier: Classifier | None
    models: Sequence[Classifier]
    windows: tuple[float, float] | None
    params: Mapping[str, object]


def classify_files(wish: Wish, make_pool: Callable[[], Pool], tally: Tally) -> int:
    """Classify every signal of every file and write a record for each as it ends.

    Returns how many jobs of earlier runs wait.
    """
    waiting: deque[tuple[str, JobRequest]] = deque()
    reader = Reader()
    for path in wish.files:
        try:
            recordings = [(file, reader.open(file)) for file in signal_files([path])]
        except SigDeskError as error:
            tally.refuse(str(path), path.name, str(error))
            continue
        if not recordings:
            way_out = "Name a file, or a folder that holds some."
            tally.refuse(str(path), path.name, f"No signal file was found there. {way_out}")
        for file, found in recordings:
            for recording in found:
                made = _request(wish, recording)
                if isinstance(made, str):
                    tally.refuse(str(file), recording.name, made)
                else:
                    waiting.append((str(file), made))
    if not waiting:
        return 0
    with make_pool() as pool:
        drain(pool, waiting, pool.submit_many, tally)
        return len(waiting_jobs(pool, tally.progress))


def resume_jobs(make_pool: Callable[[], Pool], tally: Tally, trust: Sequence[TrustEntry]) -> None:
    """Run what earlier runs have left, the interrupted included, each with the model folder it was accepted for."""
    restoring = Restoring(Shelf(), trust)
    waiting: deque[tuple[str, tuple[JournalRow, JobRequest]]] = deque()
    with make_pool() as pool:
        for row in waiting_jobs(pool, tally.progress):
            file = row.stored.path or row.stored.name
            try:
                waiting.append((file, (row, restoring.request(row.stored))))
            except SigDeskError as error:
                outcome = Outcome(JobState.FAILED, None, FailureCode.INPUT_CHANGED, error.what, error.way_out)
                pool.discard([row], outcome)
                tally.refuse(file, row.stored.name, str(error), JobState.FAILED)
        drain(pool, waiting, pool.resume_many, tally, in_journal=True)


def _request(wish: Wish, recording: Recording) -> JobRequest | str:
    """The job for a signal, or why there is none."""
    classifier = wish.classifier or best_fit(wish.models, recording)
    if classifier is None:
        return "No installed model fits this signal. Name one with --model to see why."
    windows = None
    if wish.windows is not None:
        try:
            windows = windows_for(recording, *wish.windows, 0, recording.length)
        except ModelError as error:
            return str(error)
    reason = refusal(classifier, recording, 0, recording.length, None, windows)
    if reason is not None:
        return reason
    return JobRequest(classifier, recording, 0, recording.length, windows=windows, params=wish.params)
