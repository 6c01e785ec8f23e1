"""What the journal asks of SQLite never walks through all jobs: a million of them cost no more than a thousand."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from tests.factories import MakeModel, MakeRecording
from tests.pool.journal_files import RUN, succeeded, write_journal


@pytest.fixture
def file(tmp_path: Path, model_folder: MakeModel, recording: MakeRecording) -> Path:
    file = tmp_path / "journal.sqlite"
    write_journal(file, JobRequest(model_folder("#!/bin/sh"), recording()), ended=60, waiting=3)
    return file


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that SQLite runs, with its values, on any connection that is opened from now on."""
    asked: list[str] = []
    connect = sqlite3.connect

    def connect_and_listen(*arguments: object, **options: object) -> sqlite3.Connection:
        base: sqlite3.Connection = connect(*arguments, **options)  # type: ignore[call-overload]
        base.set_trace_callback(asked.append)
        return base

    monkeypatch.setattr(sqlite3, "connect", connect_and_listen)
    yield asked
    monkeypatch.undo()


def plans(file: Path, asked: list[str]) -> dict[str, list[str]]:
    """How SQLite goes about each statement on the jobs."""
    words = ("SELECT", "UPDATE", "INSERT")
    statements = [text for text in dict.fromkeys(asked) if text.lstrip().startswith(words) and "jobs" in text]
    with closing(sqlite3.connect(file)) as base:
        return {
            text: [row[3] for row in base.execute(f"EXPLAIN QUERY PLAN {text}") if "json_each" not in row[3]]
            for text in statements
        }


def test_start_up_and_all_that_is_written_go_by_an_index(
    file: Path, asked: list[str], model_folder: MakeModel, recording: MakeRecording
) -> None:
    journal: Journal
    journal, _ = open_journal(file, "01JPRESENT0000000000000000", alone=True)
    request = JobRequest(model_folder("#!/bin/sh", name="other"), recording())
    waiting = [row.number for row in journal.waiting([])]
    journal.take_over(waiting)
    numbers = journal.accept([request] * 2)
    journal.begin([*waiting, *numbers], 1)
    journal.wait_again(numbers)
    journal.end([succeeded(number) for number in numbers])
    journal.close()

    found = plans(file, asked)

    assert len(found) >= 8
    whole = [f"{text}: {step}" for text, steps in found.items() for step in steps if walks_through_all(text, step)]
    assert not whole


def test_the_newest_are_listed_without_a_walk_through_the_others(file: Path, asked: list[str]) -> None:
    assert [row.number for row in read_journal(file, newest=5)] == [59, 60, 61, 62, 63]
    assert [row.number for row in read_journal(file, JobState.QUEUED, newest=2)] == [62, 63]
    assert [row.number for row in read_journal(file, JobState.SUCCEEDED, newest=2)] == [59, 60]
    assert len(list(read_journal(file, newest=1000))) == 63

    starts = [statement for statement in asked if "number >= 59" in statement or "number >= 62" in statement]
    assert len(starts) == 3
    for steps in plans(file, starts).values():
        assert re.match(r"SEARCH jobs USING INTEGER PRIMARY KEY \(rowid(>|=)\?", steps[0])
        assert not [step for step in steps if step.startswith(("SCAN jobs", "SCAN endings"))]


def test_listing_streams(file: Path, asked: list[str]) -> None:
    """The first row comes before the others are read: a journal of any length needs no more memory than a row."""
    listing = read_journal(file)
    assert next(iter(listing)).run == RUN
    before = len(asked)
    assert next(listing).number == 2
    assert len(asked) == before, "it goes on in the same walk"


def walks_through_all(statement: str, step: str) -> bool:
    """A walk over all jobs; one over the open ones, or one from the end that stops at its limit, is none."""
    return step.startswith(("SCAN jobs", "SCAN endings")) and "number DESC LIMIT" not in statement
