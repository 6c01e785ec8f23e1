"""What was committed moves from the journal's log into its file beside the work, and the log does not grow for ever."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal import Journal
from tests.factories import MakeModel, MakeRecording


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    monkeypatch.setattr("sigdesk.pool.checkpoints.EVERY_S", 0.05)
    monkeypatch.setattr("sigdesk.pool.checkpoints._LONG_LOG_PAGES", 50)
    one = Journal(file, "run")
    yield one
    one.close()


@pytest.fixture
def requests(model_folder: MakeModel, recording: MakeRecording) -> list[JobRequest]:
    classifier = model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'')
    return [JobRequest(classifier, recording(np.arange(10_000.0)))] * 10


def jobs_in(file: Path) -> int:
    """How many jobs the file itself holds, whatever is still in its log."""
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as base:
        try:
            (count,) = base.execute("SELECT count(*) FROM jobs").fetchone()
        except sqlite3.DatabaseError:  # not even the table has been moved, or a part of it only
            return 0
    return int(count)


def wait_until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    give_up = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_what_was_committed_reaches_the_file_while_the_journal_is_open(
    journal: Journal, file: Path, requests: list[JobRequest]
) -> None:
    journal.accept(requests)
    wait_until(lambda: jobs_in(file) == len(requests))
    journal.accept(requests)
    wait_until(lambda: jobs_in(file) == 2 * len(requests))


def test_a_log_that_was_moved_is_used_again_from_its_beginning(
    journal: Journal, file: Path, requests: list[JobRequest]
) -> None:
    for times in range(1, 11):
        journal.accept(requests)
        wait_until(lambda times=times: jobs_in(file) == times * len(requests))  # type: ignore[misc]
    log = file.with_name(f"{file.name}-wal")
    assert log.stat().st_size < file.stat().st_size / 2


def test_nothing_is_left_in_the_log_when_the_journal_is_closed(
    journal: Journal, file: Path, requests: list[JobRequest]
) -> None:
    journal.accept(requests)
    journal.close()
    assert jobs_in(file) == len(requests)
    assert not file.with_name(f"{file.name}-wal").exists()
