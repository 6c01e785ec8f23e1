"""Journals for tests, written by the journal itself, with jobs that no process ever ran."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobRequest, JobState, Outcome
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.pool.journal_rows import Ending
from sigdesk.protocol import OutputLine, read_output

RUN = "01JDEADRUN0000000000000000"


def write_journal(file: Path, request: JobRequest, ended: int, waiting: int) -> None:
    """A closed journal: `ended` jobs that succeeded, three a transaction, then `waiting` ones."""
    journal = open_journal(file, RUN, alone=True)[0]
    for first in range(0, ended, 3):
        numbers = journal.accept([request] * min(3, ended - first))
        journal.begin(numbers, worker=1)
        journal.end([succeeded(number) for number in numbers])
    if waiting:
        journal.accept([request] * waiting)
    journal.close()


def succeeded(number: int) -> Ending:
    """The end of a job that was given a label."""
    line = OutputLine(b'{"label": "a", "confidence": 0.5, "note": "%d"}' % number)
    output = read_output(line, classes=["a"])
    return Ending(number, Outcome(JobState.SUCCEEDED, output), ended=1_795_000_000.0 + number)


def accept_and_die(file: Path, request: JobRequest, count: int) -> tuple[bytes, bytes]:
    """Accept jobs one by one; the bytes of the journal and of its log as a killed program would leave them."""
    with closing(sqlite3.connect(file)) as keeps_the_log:
        keeps_the_log.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        journal = Journal(file, RUN)
        for _ in range(count):
            journal.accept([request])
        journal.close()
        return file.read_bytes(), file.with_name(file.name + "-wal").read_bytes()


def put(file: Path, data: bytes, log: bytes = b"") -> None:
    """A home in which nothing else is left but these bytes."""
    for other in file.parent.iterdir():
        other.unlink()
    file.write_bytes(data)
    if log:
        file.with_name(file.name + "-wal").write_bytes(log)


def open_and_close(file: Path) -> JournalError | None:
    journal, notice = open_journal(file, "01JNEXTRUN0000000000000000", alone=True)
    journal.close()
    return notice


def set_aside(file: Path) -> list[Path]:
    return list(file.parent.glob("journal.damaged-*.sqlite"))
