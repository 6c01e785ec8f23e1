"""Feeding the pool and writing what has ended, without an event loop, until nothing is left."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from sigdesk.cli.report import Writer, job_record, refused_record
from sigdesk.errors import JournalDamaged, JournalError, ModelError, QueueFull, SigDeskError
from sigdesk.pool.jobs import JobState, PoolUpdate
from sigdesk.pool.journal_rows import JournalRow

if TYPE_CHECKING:
    from sigdesk.pool.pool import Pool  # most commands have no use for Qt, which takes half their start

_TELL_EVERY_S: Final = 2.0
GIVE_UP_S: Final = 60.0
"""So long it is waited for a disk that is full or a journal that is locked, without anything that goes on."""
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

    def write(self, update: PoolUpdate, files: dict[str, str]) -> int:
        """Write and count those of an update that have ended, and take them out of `files`, which holds each job's
        file; returns how many they are."""
        ended = 0
        for snapshot in update.jobs:
            if snapshot.state.ended and snapshot.id in files:  # a late warning tells of an ended job again
                ended += 1
                self.states[snapshot.state] += 1
                self.writer.write(job_record(snapshot, files.pop(snapshot.id)))
        return ended


class _Patience:
    """Waits for what stops the pool and goes by itself, tells what that is, and has an end."""

    def __init__(self, pool: Pool, progress: Progress) -> None:
        self._pool = pool
        self._progress = progress
        self._notice = pool.journal_notice  # told already
        self._trouble: SigDeskError | None = None
        self._since: float | None = None

    def renew(self) -> None:
        """Something goes on."""
        self._since = None

    def bear(self, trouble: SigDeskError | None, *, all_handed_over: bool) -> None:
        """Raises the trouble that there is once it has lasted too long. While something is still to be handed over, one
        that is gone for a moment has not ended. What was found in a journal that was opened late is told, too."""
        if self._pool.journal_notice is not self._notice:
            self._notice = self._pool.journal_notice
            self._progress.warn(str(self._notice))
        if trouble is not self._trouble:
            self._trouble = trouble
            if trouble is not None:
                self._progress.warn(f"{trouble} It is tried again for {GIVE_UP_S:g} s.")
            elif all_handed_over:
                self.renew()
        if trouble is None:
            return
        now = time.monotonic()
        self._since = self._since or now
        if now - self._since >= GIVE_UP_S:
            raise trouble


def _left_over(accepted: int, waiting: int, *, in_journal: bool) -> str:
    """What becomes of what has not ended."""
    kept, lost = (accepted + waiting, 0) if in_journal else (accepted, waiting)
    parts = []
    if kept:
        parts.append(f"{kept} {'job has' if kept == 1 else 'jobs have'} not ended: `sigdesk resume` runs what waits.")
    if lost:
        parts.append(f"{lost} {'signal was' if lost == 1 else 'signals were'} not accepted: classify again.")
    return " ".join(parts)


def waiting_jobs(pool: Pool, progress: Progress) -> list[JournalRow]:
    """What earlier runs have left, once the journal can be opened and written, for which it waits as `drain` does.

    Raises JournalError.
    """
    patience = _Patience(pool, progress)
    while True:
        try:
            rows = pool.waiting()
        except JournalDamaged:
            raise
        except JournalError as error:
            patience.bear(pool.trouble or error, all_handed_over=False)
            pool.take_update(timeout_s=0.5)
        else:
            patience.bear(None, all_handed_over=True)
            return rows


def drain(
    pool: Pool,
    waiting: deque[tuple[str, _Job]],
    submit: Callable[[Sequence[_Job]], Sequence[str]],
    tally: Tally,
    *,
    in_journal: bool = False,
) -> None:
    """Hand over `waiting` (each with its file's name; `in_journal` says that they were accepted by an earlier run) as
    the pool has room, and write each job's record as it ends.

    The pool tells of an end once it is in the journal. Ctrl C leaves in the journal what has not ended, and so does a
    model that is paused because its processes keep dying: then raises ModelError once nothing else runs. While the
    journal or a job file cannot be written it waits, for no longer than a minute: then raises that error.
    """
    files: dict[str, str] = {}
    patience = _Patience(pool, tally.progress)
    total, done = len(waiting) + tally.states.total(), tally.states.total()
    try:
        while waiting or files:
            room = 0 if pool.trouble is not None else pool.room
            if portion := [waiting.popleft() for _ in range(min(room, len(waiting)))]:
                try:
                    ids = submit([job for _, job in portion])
                    files |= {job_id: file for job_id, (file, _) in zip(ids, portion, strict=True)}
                    patience.renew()
                except (QueueFull, JournalError):  # a batch that failed has taken its places again just now, or trouble
                    waiting.extendleft(reversed(portion))
            update = pool.take_update(timeout_s=0.5)
            if ended := tally.write(update, files):
                done += ended
                patience.renew()
            patience.bear(pool.trouble, all_handed_over=not waiting)
            tally.progress.tell(done, total, update.stats.queued + len(waiting))
            if pool.is_stuck:  # nobody is there to resume a model
                reasons = " ".join(paused.reason for paused in pool.stats().paused)
                raise ModelError(reasons, "Look into the model's script.")
    except (SigDeskError, KeyboardInterrupt) as end:
        pool.close(keep_waiting=True)
        tally.write(pool.take_update(0.0), files)  # what could be written down at last
        left = _left_over(len(files), len(waiting), in_journal=in_journal)
        if isinstance(end, SigDeskError):
            raise SigDeskError(end.what, f"{end.way_out} {left}".strip()) from end
        raise KeyboardInterrupt(f"Stopped. {left}".rstrip()) from end
