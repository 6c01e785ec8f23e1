"""Rows of the journal: whatever in one of them is not what was written is told, and kills outlast the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from tests.factories import MakeModel, MakeRecording
from tests.pool.journal_files import RUN, write_journal


@pytest.fixture(name="request_")
def make_request(model_folder: MakeModel, recording: MakeRecording) -> JobRequest:
    return JobRequest(model_folder("cat"), recording())


@pytest.mark.parametrize(
    "change",
    ["attempt = 2", "started = started + 1", "worker = 9", "kills = 1", "history = history || ' '", "log = x'7b7d'"],
)
@pytest.mark.parametrize("number", [1, 2], ids=["ended", "waiting"])
def test_a_row_that_was_changed_is_told(tmp_path: Path, request_: JobRequest, change: str, number: int) -> None:
    if number == 2 and change.startswith(("started", "log")):
        pytest.skip("a job that waits has none")
    file = tmp_path / "journal.sqlite"
    write_journal(file, request_, ended=1, waiting=1)
    with closing(sqlite3.connect(file)) as base, base:
        which = "endings SET {} WHERE number = ?" if number == 1 else "open_jobs SET {} WHERE first = ?"
        base.execute(f"UPDATE {which.format(change)}", (number,))

    told: list[JournalError] = []
    rows = list(read_journal(file, tell=told.append))

    assert [row.number for row in rows] == [3 - number]
    assert f"Job {number} in the journal is damaged" in told[0].what


def test_kills_are_known_to_the_run_that_resumes_the_job(tmp_path: Path, request_: JobRequest) -> None:
    file = tmp_path / "journal.sqlite"
    first = open_journal(file, RUN, alone=True)[0]
    numbers = first.accept([request_, request_])
    first.begin(numbers, worker=1)
    first.wait_again(numbers, {numbers[0]: 1})
    first.begin(numbers[:1], worker=1)
    first.close()

    later = open_journal(file, "01JNEXTRUN0000000000000000", alone=True)[0]
    found = later.waiting([])
    later.close()

    assert [(row.state.value, row.kills) for row in found] == [("INTERRUPTED", 1), ("QUEUED", 0)]
