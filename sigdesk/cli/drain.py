"""Feeding the pool and writing what has ended, without an event loop, until nothing is left."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final, TextIO, TypeVar

from sigdesk.cli.report import Writer, job_record, refused_record
from sigdesk.errors import ModelError, QueueFull, SigDeskError
from sigdesk.pool.jobs import JobState
from sigdesk.pool.pool import Pool

_TELL_EVERY_S: Final = 2.0
_Job = TypeVar("_Job")


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

    def warn(self, text: str) -> None:
        """Say what is in the way."""
        self._stream.write(f"\r\x1b[K{text}\n" if self._live else text + "\n")
        self._stream.flush()

    def end(self, states: Counter[JobState]) -> None:
        """Say how all of them ended."""
        parts = [f"{count} {state.value}" for state, count in states.most_common()]
        clear = "\r\x1b[K" if self._live else ""
        noun = "signal" if states.total() == 1 else "signals"
        self._stream.write(f"{clear}{states.total()} {noun}: {', '.join(parts)}\n")
        self._stream.flush()


class Tally:
    """Writes records and counts how jobs ended."""

    def __init__(self, writer: Writer, progress: Progress) -> None:
        self.writer = writer
        self.progress = progress
        self.states: Counter[JobState] = Counter()

    @property
    def all_succeeded(self) -> bool:
        return set(self.states) <= {JobState.SUCCEEDED}

    def refuse(self, file: str, signal: str, error: str, state: JobState = JobState.REJECTED) -> None:
        """Write and count a signal for which nothing was run."""
        self.states[state] += 1
        self.writer.write(refused_record(file, signal, error, state))


def drain(
    pool: Pool, waiting: deque[tuple[str, _Job]], submit: Callable[[Sequence[_Job]], Sequence[str]], tally: Tally
) -> None:
    """Hand over `waiting` (each with its file's name) as the pool has room, and write each job's record as it ends.

    The pool tells of an end once it is in the journal. Ctrl C leaves in the journal what has not ended, and so does a
    model that is paused because its processes keep dying: then raises ModelError once nothing else runs.
    """
    files: dict[str, str] = {}
    trouble: SigDeskError | None = None
    total, done = len(waiting) + tally.states.total(), tally.states.total()
    try:
        while waiting or files:
            if portion := [waiting.popleft() for _ in range(min(pool.room, len(waiting)))]:
                try:
                    ids = submit([job for _, job in portion])
                    files |= {job_id: file for job_id, (file, _) in zip(ids, portion, strict=True)}
                except QueueFull:  # a batch that failed has taken its places again just now
                    waiting.extendleft(reversed(portion))
            update = pool.take_update(timeout_s=0.5)
            for snapshot in update.jobs:
                if snapshot.state.ended and snapshot.id in files:  # a late warning tells of an ended job again
                    done += 1
                    tally.states[snapshot.state] += 1
                    tally.writer.write(job_record(snapshot, files.pop(snapshot.id)))
            if pool.trouble is not trouble:
                trouble = pool.trouble
                if trouble is not None:  # it goes on by itself when that is gone
                    tally.progress.warn(str(trouble))
            tally.progress.tell(done, total, update.stats.queued + len(waiting))
            if pool.is_stuck:  # nobody is there to resume a model
                reasons = " ".join(paused.reason for paused in pool.paused_classifiers())
                raise ModelError(reasons, "Look into the model's script, then run `sigdesk resume`.")
    except (ModelError, KeyboardInterrupt):
        pool.close(keep_waiting=True)
        raise
