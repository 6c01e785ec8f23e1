"""What jobs have in common is written once; each of them is read as if all of it stood in its own row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.signals import open_recordings
from tests.factories import MakeModel, MakeRecording
from tests.pool.journal_files import RUN, succeeded


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.sqlite"


@pytest.fixture
def journal(file: Path) -> Iterator[Journal]:
    journal = open_journal(file, RUN, alone=True)[0]
    yield journal
    journal.close()


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as base:
        (rows,) = base.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(rows)


def test_a_thousand_signals_of_a_set_share_one_row_and_a_lone_file_has_its_own_name(
    file: Path, journal: Journal, model_folder: MakeModel, tmp_path: Path
) -> None:
    first, second = model_folder("cat", name="first"), model_folder("cat", name="second")
    for name, columns in (("set", 1000), ("other", 40), ("lone", 1)):
        values = "\n".join(",".join(str(row + column) for column in range(columns)) for row in range(9))
        (tmp_path / f"{name}.csv").write_text(f"{','.join(f'c{n}' for n in range(columns))}\n{values}\n")
    (whole,) = open_recordings(tmp_path / "set.csv")
    (other,) = open_recordings(tmp_path / "other.csv")
    (lone,) = open_recordings(tmp_path / "lone.csv")
    asked = [
        *(JobRequest(first, whole, channels=(0,)) for _ in range(1000)),
        JobRequest(first, lone),
        JobRequest(first, lone, params={}, priority=3),
        JobRequest(second, lone),
        *(JobRequest(first, other) for _ in range(40)),
        JobRequest(first, whole),
    ]
    for part in (asked[:1000], asked[1000:1001], asked[1001:1002], asked[1002:1003], asked[1003:1043], asked[1043:]):
        journal.accept(part)

    rows = list(read_journal(file))

    assert [row.stored.path for row in rows] == [str(one.recording.path) for one in asked]
    assert [row.stored.model for row in rows] == [one.classifier.name for one in asked]
    assert b'"priority":3' in rows[1001].stored.request
    assert b'"channels":[0]' in rows[999].stored.request
    assert b'"channels":null' in rows[1043].stored.request
    assert (count(file, "requests"), count(file, "requests_again")) == (3, 3)


def test_jobs_of_two_models_by_turns_go_on_each_by_itself(
    file: Path, journal: Journal, model_folder: MakeModel, recording: MakeRecording
) -> None:
    models, signal = (model_folder("cat", name="first"), model_folder("cat", name="second")), recording()
    numbers = journal.accept([JobRequest(models[place % 2], signal) for place in range(40)])
    journal.begin(numbers[0:20:2], worker=1)
    journal.begin(numbers[1:10:2], worker=2)
    journal.end([succeeded(number) for number in numbers[0:16:2]])

    later = open_journal(file, "01JNEXTRUN0000000000000000", alone=True)[0]
    waiting = {row.number: row for row in later.waiting([])}
    later.take_over(list(waiting))
    later.begin(numbers[3:5], worker=1)
    later.end([succeeded(number) for number in waiting])
    later.close()

    ended = set(numbers[0:16:2])
    assert waiting.keys() == set(numbers) - ended
    assert [row.stored.model for row in read_journal(file)] == ["first", "second"] * 20
    assert {number for number, row in waiting.items() if row.state is JobState.INTERRUPTED} == {
        *numbers[16:20:2],
        *numbers[1:10:2],
    }
    assert {row.state for row in read_journal(file)} == {JobState.SUCCEEDED}
    assert count(file, "open_jobs") == 0


def test_what_a_full_disk_has_refused_is_not_relied_upon(
    file: Path, journal: Journal, model_folder: MakeModel, tmp_path: Path
) -> None:
    (tmp_path / f"{'a' * 200}.csv").write_text("x\n1\n2\n3\n")
    (signal,) = open_recordings(tmp_path / f"{'a' * 200}.csv")
    request = JobRequest(model_folder("cat"), signal)
    journal._base.execute("PRAGMA max_page_count = 14")
    with pytest.raises(JournalError, match="full"):
        journal.accept([request] * 400)
    assert not list(read_journal(file))
    journal._base.execute("PRAGMA max_page_count = 100000")

    numbers = journal.accept([request] * 400)

    assert [row.number for row in read_journal(file)] == numbers
