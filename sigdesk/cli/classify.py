"""Classifying files without a window: the same pool, fed as it has room, drained without an event loop."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sigdesk.classifiers.fit import best_fit, refusal, windows_for
from sigdesk.classifiers.folder import Classifier
from sigdesk.cli.report import Writer, job_record, refused_record
from sigdesk.errors import ModelError, SigDeskError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.pool import Pool
from sigdesk.signals import Shelf, open_recordings
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording

_TELL_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for. `classifier` is None when each signal gets the model that fits it best."""

    files: Sequence[Path]
    classifier: Classifier | None
    models: Sequence[Classifier]
    windows: tuple[float, float] | None
    params: Mapping[str, object]


class Progress:
    """How far it is, on standard error: one line that rewrites itself on a terminal, else a line now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._told = time.monotonic()

    def tell(self, done: int, total: int, queued: int) -> None:
        """Say that `done` of `total` signals have ended and `queued` wait."""
        now = time.monotonic()
        if now - self._told < (0.1 if self._live else _TELL_EVERY_S):
            return
        self._told = now
        text = f"{done} of {total} done, {queued} waiting"
        self._stream.write(f"\r\x1b[K{text}" if self._live else text + "\n")
        self._stream.flush()

    def end(self, states: Counter[JobState]) -> None:
        """Say how all of them ended."""
        parts = [f"{count} {state.value}" for state, count in states.most_common()]
        clear = "\r\x1b[K" if self._live else ""
        self._stream.write(f"{clear}{states.total()} signals: {', '.join(parts)}\n")
        self._stream.flush()


def classify_files(wish: Wish, make_pool: Callable[[], Pool], writer: Writer, progress: Progress) -> bool:
    """Classify every signal of every file and write a record for each as it ends; True when all succeeded."""
    waiting: deque[tuple[str, JobRequest]] = deque()
    states: Counter[JobState] = Counter()
    shelf = Shelf()

    def refuse(file: str, signal: str, error: str) -> None:
        states[JobState.REJECTED] += 1
        writer.write(refused_record(file, signal, error))

    for path in wish.files:
        try:
            recordings = [(file, open_recordings(file, shelf)) for file in signal_files([path])]
        except SigDeskError as error:
            refuse(str(path), path.name, str(error))
            continue
        if not recordings:
            refuse(str(path), path.name, "No signal file was found there. Name a file, or a folder that holds some.")
        for file, found in recordings:
            for recording in found:
                made = _request(wish, recording)
                if isinstance(made, str):
                    refuse(str(file), recording.name, made)
                else:
                    waiting.append((str(file), made))
    if waiting:
        with make_pool() as pool:
            _drain(pool, waiting, states, writer, progress)
    progress.end(states)
    return set(states) <= {JobState.SUCCEEDED}


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


def _drain(
    pool: Pool,
    waiting: deque[tuple[str, JobRequest]],
    states: Counter[JobState],
    writer: Writer,
    progress: Progress,
) -> None:
    """Feed the pool as it has room, and write what has ended, until nothing is left."""
    files: dict[str, str] = {}
    total, done = len(waiting) + states.total(), states.total()
    while waiting or done < total:
        if portion := [waiting.popleft() for _ in range(min(pool.room, len(waiting)))]:
            ids = pool.submit_many([request for _, request in portion])
            files |= {job_id: file for job_id, (file, _) in zip(ids, portion, strict=True)}
        update = pool.take_update(timeout_s=0.5)
        for snapshot in update.jobs:
            if snapshot.state.ended and snapshot.id in files:  # a late warning tells of an ended job again
                done += 1
                states[snapshot.state] += 1
                writer.write(job_record(snapshot, files.pop(snapshot.id)))
        progress.tell(done, total, update.stats.queued + len(waiting))
