"""Looking back through a journal: words, order, pages, and all that is kept of one job."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from sigdesk.errors import JournalError
from sigdesk.pool import journal_search
from sigdesk.pool.jobs import JobRequest, JobState, LogEntry, Origin, Outcome
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_rows import Ending
from sigdesk.pool.journal_search import FoundJob, Term, read_job, samples_of, search_jobs
from sigdesk.protocol import Level
from tests.factories import MakeModel, MakeRecording
from tests.pool.journal_files import RUN, succeeded, write_journal


@pytest.fixture
def request_(model_folder: MakeModel, recording: MakeRecording) -> JobRequest:
    return JobRequest(model_folder("#!/bin/sh"), recording())


def found(file: Path, *terms: Term, limit: int = 1000, below: int | None = None) -> list[FoundJob]:
    return [job for portion in search_jobs(file, terms, limit=limit, below=below) for job in portion.jobs]


def numbers(file: Path, *terms: Term, limit: int = 1000, below: int | None = None) -> list[int]:
    return [job.row.number for job in found(file, *terms, limit=limit, below=below)]


@pytest.fixture
def mixed(tmp_path: Path, model_folder: MakeModel, recording: MakeRecording) -> Path:
    """1 was labelled, 2 has failed on a file of its own, 3 runs, 4 waits."""
    file = tmp_path / "journal.sqlite"
    journal = Journal(file, RUN)
    pump, other = model_folder("#!/bin/sh", name="pump"), model_folder("#!/bin/sh", name="other")
    names = ("one.csv", "Größe_100%.csv", "three.csv", "four.csv")
    requests = [JobRequest(pump if place else other, recording(name=name)) for place, name in enumerate(names)]
    journal.accept(requests)
    journal.begin([1, 2, 3], worker=2)
    journal.end([succeeded(1)])
    lines = [LogEntry(5.5, "", 2, 2, Origin.LOG, Level.WARNING, "careful")]
    failed = Outcome(
        JobState.FAILED, None, "ERROR", "Pressure is stuck at 0.00 bar", "Check the cable", ("late",), "cable?", 3
    )
    journal.end([Ending(2, failed, 1_795_000_009.0, lines, dropped=7)])
    journal.close()
    return file


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Term("PRESSURE"), [2]),
        (Term("größe"), [2]),
        (Term("GRÖSSE"), []),
        (Term("100%"), [2]),
        (Term("1_0"), []),
        (Term("pump"), [4, 3, 2]),
        (Term("nothing", models=("other",)), [1]),
        (Term("nothing", labels=("a",)), [1]),
        (Term("nothing", states=(JobState.RUNNING, JobState.QUEUED)), [4, 3]),
        (Term("3"), [3]),
        (Term("csv"), [4, 3, 2, 1]),
    ],
)
def test_a_word_is_found_wherever_it_stands(mixed: Path, term: Term, expected: list[int]) -> None:
    assert numbers(mixed, term) == expected


def test_all_words_must_be_there(mixed: Path) -> None:
    assert numbers(mixed, Term("csv"), Term("bar")) == [2]
    assert numbers(mixed, Term("one"), Term("bar")) == []


def test_pages_go_on_where_the_last_one_ended(tmp_path: Path, request_: JobRequest) -> None:
    file = tmp_path / "journal.sqlite"
    write_journal(file, request_, ended=30, waiting=3)

    assert numbers(file, limit=5) == [33, 32, 31, 30, 29]
    assert numbers(file, limit=5, below=29) == [28, 27, 26, 25, 24]
    assert numbers(file, limit=5, below=3) == [2, 1]


def test_a_search_goes_back_in_stretches_and_can_be_left_at_each(
    tmp_path: Path, request_: JobRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_search, "_FIRST_STRETCH", 4)
    file = tmp_path / "journal.sqlite"
    write_journal(file, request_, ended=30, waiting=0)

    portions = search_jobs(file, [Term("2")])
    first = next(portions)
    assert [job.row.number for job in first.jobs] == []
    assert first.reached == 27
    rest = list(portions)
    assert rest[-1].reached == 1
    assert [job.row.number for portion in rest for job in portion.jobs] == [2]


def test_where_there_is_no_journal_nothing_is_found(tmp_path: Path) -> None:
    assert numbers(tmp_path / "none.sqlite") == []
    assert read_job(tmp_path / "none.sqlite", 1) is None


def test_one_job_with_its_changes_lines_and_words(mixed: Path) -> None:
    job = read_job(mixed, 2)

    assert job is not None
    assert job.outcome is not None
    assert [state for state, _ in job.changes] == [JobState.QUEUED, JobState.RUNNING, JobState.FAILED]
    assert job.changes[-1][1] == 1_795_000_009.0
    assert [(line.time, line.level, line.text) for line in job.lines] == [(5.5, Level.WARNING, "careful")]
    assert (job.lines_dropped, job.worker) == (7, 2)
    assert (job.outcome.what, job.outcome.way_out, job.outcome.exit_code) == (
        "Pressure is stuck at 0.00 bar", "Check the cable", 3,
    )  # fmt: skip
    assert (job.outcome.code, job.outcome.warnings, job.outcome.stderr_tail) == ("ERROR", ("late",), "cable?")
    assert read_job(mixed, 99) is None


def test_of_a_job_that_succeeded_the_label_is_known_and_of_an_open_one_no_outcome(mixed: Path) -> None:
    labelled, running = read_job(mixed, 1), read_job(mixed, 3)

    assert labelled is not None
    assert running is not None
    assert (labelled.row.label, labelled.row.confidence) == ("a", 0.5)
    assert labelled.outcome is not None
    assert labelled.outcome.state is JobState.SUCCEEDED
    assert running.outcome is None


def test_samples_of_a_signal_in_memory_outlive_its_job(
    tmp_path: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    file = tmp_path / "journal.sqlite"
    signal = recording([1.0, 2.0, 3.0])
    write_journal(file, JobRequest(model_folder("#!/bin/sh"), signal), ended=2, waiting=0)

    kept = samples_of(file, 2)

    assert kept is not None
    assert np.frombuffer(kept, dtype=signal.read(0, 3).dtype).tolist() == [1.0, 2.0, 3.0]
    assert samples_of(file, 99) is None


def test_a_damaged_row_is_passed_over_and_counted(tmp_path: Path, request_: JobRequest) -> None:
    file = tmp_path / "journal.sqlite"
    write_journal(file, request_, ended=6, waiting=0)
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("UPDATE endings SET label = 'b' WHERE number = 3")

    portions = list(search_jobs(file))

    assert [job.row.number for portion in portions for job in portion.jobs] == [6, 5, 4, 2, 1]
    assert sum(portion.damaged for portion in portions) == 1
    with pytest.raises(JournalError, match="Job 3"):
        read_job(file, 3)


def test_what_is_no_journal_says_so(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    file.write_bytes(b"no journal at all, and long enough to be looked at" * 40)

    with pytest.raises(JournalError, match=r"journal\.sqlite"):
        numbers(file)
