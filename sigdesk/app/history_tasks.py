"""What the history does off the window's thread: search, read one job, open its signal again, write the found jobs."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QRunnable

from sigdesk.classifiers.trust import TrustBook
from sigdesk.cli.report import JOURNAL_FIELDS, journal_record, writer_for
from sigdesk.errors import JobError, JournalError, RecordingError, SigDeskError
from sigdesk.pool.jobs import JobRequest, JobSnapshot
from sigdesk.pool.journal_search import StoredJob, Term, read_job, samples_of, search_jobs
from sigdesk.pool.requests import Restoring
from sigdesk.signals import Shelf

_ALL: Final = 2**62

Answer = Callable[[object], object]
Wanted = Callable[[], bool]
"""Whether the answer is still waited for."""


class Search(QRunnable):
    """Answers with portions as they are found, and at its end with None, or with a JournalError."""

    def __init__(
        self, file: Path, terms: Sequence[Term], below: int | None, limit: int, wanted: Wanted, answer: Answer
    ) -> None:
        super().__init__()
        self._file = file
        self._terms = terms
        self._below = below
        self._limit = limit
        self._wanted = wanted
        self._answer = answer

    def run(self) -> None:
        try:
            for portion in search_jobs(self._file, self._terms, below=self._below, limit=self._limit):
                if not self._wanted():
                    return
                self._answer(portion)
        except JournalError as error:
            self._answer(error)
        else:
            self._answer(None)


class Read(QRunnable):
    """Answers with the StoredJob of a number, or with a SigDeskError."""

    def __init__(self, file: Path, number: int, answer: Answer) -> None:
        super().__init__()
        self._file = file
        self._number = number
        self._answer = answer

    def run(self) -> None:
        try:
            self._answer(_read(self._file, self._number))
        except SigDeskError as error:
            self._answer(error)


class Restore(QRunnable):
    """Opens the signals of jobs again; answers with (job, request or SigDeskError) pairs."""

    def __init__(self, file: Path, numbers: Sequence[int], trust: TrustBook, answer: Answer) -> None:
        super().__init__()
        self._file = file
        self._numbers = numbers
        self._trust = trust
        self._answer = answer

    def run(self) -> None:
        restoring = Restoring(Shelf(), self._trust.readable_entries())
        self._answer([_restored(self._file, number, restoring) for number in self._numbers])


class Remake(QRunnable):
    """Answers with the JobSnapshot of an ended job as this session would have it, or with a SigDeskError."""

    def __init__(self, file: Path, number: int, trust: TrustBook, answer: Answer) -> None:
        super().__init__()
        self._file = file
        self._number = number
        self._trust = trust
        self._answer = answer

    def run(self) -> None:
        job, request = _restored(self._file, self._number, Restoring(Shelf(), self._trust.readable_entries()))
        if isinstance(request, SigDeskError) or job is None:
            self._answer(request)
            return
        row = job.row
        ran = None if row.started is None or row.ended is None else row.ended - row.started
        self._answer(
            JobSnapshot(
                row.id,
                row.number,
                request,
                row.state,
                row.created,
                worker=job.worker,
                attempt=row.attempt,
                run_s=ran,
                ended=row.ended,
                outcome=job.outcome,
            )
        )


class Export(QRunnable):
    """Writes all jobs that a search finds as CSV, whole or not at all; answers with how many it has written so far,
    then with the path, or with a JobError or JournalError. One that is not wanted any more leaves nothing behind."""

    def __init__(self, file: Path, terms: Sequence[Term], target: Path, wanted: Wanted, answer: Answer) -> None:
        super().__init__()
        self._file = file
        self._terms = terms
        self._target = target
        self._wanted = wanted
        self._answer = answer

    def run(self) -> None:
        try:
            if self._write():
                self._answer(self._target)
        except OSError as error:
            what = f"{self._target} could not be written ({error.strerror or error})."
            self._answer(JobError(what, "Choose another folder, or make room."))
        except JournalError as error:
            self._answer(error)

    def _write(self) -> bool:
        descriptor, name = tempfile.mkstemp(prefix=f".{self._target.name}-", dir=self._target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
                done = self._write_rows(stream)
                stream.flush()
                os.fsync(stream.fileno())
            if done:
                Path(name).replace(self._target)
            return done
        finally:
            Path(name).unlink(missing_ok=True)

    def _write_rows(self, stream: io.TextIOBase) -> bool:
        text = io.StringIO()  # the writer hands over every row; a file gets them by the thousand
        writer = writer_for("csv", JOURNAL_FIELDS, wide={}, stream=text)
        count = 0
        for portion in search_jobs(self._file, self._terms, limit=_ALL):
            if not self._wanted():
                return False
            for job in portion.jobs:
                writer.write(journal_record(job.row))
            stream.write(text.getvalue())
            text.seek(0)
            text.truncate()
            count += len(portion.jobs)
            self._answer(count)
        if not count:
            stream.write(",".join(JOURNAL_FIELDS) + "\n")
        return True


def _read(file: Path, number: int) -> StoredJob:
    """Raises JobError where there is none of that number, JournalError when it cannot be read."""
    job = read_job(file, number)
    if job is None:
        raise JobError(f"Job {number} is not in the journal.", "Search for it anew.")
    return job


def _restored(file: Path, number: int, restoring: Restoring) -> tuple[StoredJob | None, JobRequest | SigDeskError]:
    job = None
    try:
        job = _read(file, number)
        stored = job.row.stored
        if stored.path and not Path(stored.path).exists():
            raise RecordingError(f"{stored.path} is not there any more.", "Put the file back, then retry.")
        if not stored.path:
            stored = replace(stored, samples=samples_of(file, number))
        return job, restoring.request(stored)
    except SigDeskError as error:
        return job, error
