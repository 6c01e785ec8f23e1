"""Damage to the journal's file: never a crash, never a wrong row; what can be read is kept, what is lost is told."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import astuple, replace

from sigdesk.errors import JournalError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal import mark_damaged
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.journal_schema import SCHEMA_VERSION
from sigdesk.pool.pool import Pool
from sigdesk.pool.requests import restore
from tests.factories import MakeModel, MakeRecording, Watch
from tests.pool.journal_files import RUN, accept_and_die, open_and_close, put, set_aside, succeeded, write_journal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "journal.sqlite"


@pytest.fixture
def request_(model_folder: MakeModel, recording: MakeRecording) -> JobRequest:
    return JobRequest(model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\''), recording())


def listed(file: Path) -> tuple[list[JournalRow], list[str]]:
    """What reading lists, and what it tells."""
    told: list[JournalError] = []
    try:
        found = list(read_journal(file, tell=told.append))
    except JournalError as error:
        return [], [*map(str, told), str(error)]
    return found, list(map(str, told))


def test_fault_48_truncated_anywhere_the_file_is_set_aside_and_what_can_be_read_is_kept(
    file: Path, request_: JobRequest
) -> None:
    write_journal(file, request_, ended=60, waiting=5)
    whole = file.read_bytes()
    before = {row.number: row for row in read_journal(file)}
    page = 4096
    cuts = sorted({0, 1, 50, 99, 100, *range(0, len(whole), 1499), *range(page, len(whole), page), len(whole) - 1})
    kept_at, unknown_at = {}, {}
    for cut in cuts:
        put(file, whole[:cut])

        notice = open_and_close(file)

        assert notice is not None, cut
        assert "was damaged" in notice.what, cut
        assert [aside.read_bytes() for aside in set_aside(file)] == [whole[:cut]], cut
        assert set_aside(file)[0].name in notice.way_out, cut
        kept = list(read_journal(file))
        unknown = [row for row in kept if row != before[row.number]]
        assert [accepted(row) for row in unknown] == [accepted(before[row.number]) for row in unknown], cut
        assert all(row.state is JobState.INTERRUPTED and row.label is None for row in unknown), cut
        assert f"{len(kept)} job" in notice.what, cut
        assert (f"{len(unknown)} of them without" in notice.what) == (len(unknown) > 0), cut
        assert open_and_close(file) is None, "it is told once"
        kept_at[cut] = len(kept)
        unknown_at[cut] = len(unknown)
    assert kept_at[0] == 0
    assert kept_at[len(whole) - 1] > 40, "the cut costs the jobs in its page, not the others"
    assert max(unknown_at.values()) > 10, "nor does it cost a job of which the ending alone is in it"


def test_fault_48_of_a_truncated_log_a_clean_prefix_opens(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=3, waiting=0)
    data, log = accept_and_die(file, request_, count=8)
    counts = []
    for cut in [*range(1, len(log), 997), len(log)]:
        put(file, data, log[:cut])

        assert open_and_close(file) is None, cut
        assert not set_aside(file), cut
        numbers = [row.number for row in read_journal(file)]
        assert numbers == list(range(1, len(numbers) + 1)), cut
        counts.append(len(numbers))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (3, 11)


def test_fault_48_a_file_that_was_cut_while_its_log_was_left_is_set_aside(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=60, waiting=0)
    data, log = accept_and_die(file, request_, count=2)
    for cut in (0, 4096, len(data) // 3, len(data) // 2):
        put(file, data[:cut], log)
        assert open_and_close(file) is not None, cut
        assert all(row.label in ("a", None) for row in read_journal(file))


def test_fault_48_a_journal_that_another_run_uses_is_not_set_aside(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=3, waiting=0)
    data = file.read_bytes()
    put(file, data[:5000])

    with pytest.raises(JournalError) as told:
        open_journal(file, RUN, alone=False)

    assert str(told.value) == (
        f"The journal {file} is damaged, and another SigDesk uses it. "
        "Close every other window and command of SigDesk: this one then saves what can be read."
    )
    assert file.read_bytes() == data[:5000]


def test_fault_48_the_pool_works_on_and_says_what_was_lost(tmp_path: Path, file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=60, waiting=0)
    file.write_bytes(file.read_bytes()[:-1])

    with Pool(tmp_path / "home" / "tmp", workers=1, journal=file) as pool:
        assert pool.journal_notice is not None
        Watch(pool).run(request_)

    assert [row.state for row in read_journal(file)][-1] is JobState.SUCCEEDED


def test_fault_48_samples_that_cannot_be_read_cost_their_job_alone(
    file: Path, request_: JobRequest, recording: MakeRecording
) -> None:
    memory = JobRequest(request_.classifier, recording(np.arange(20_000.0), name="in memory"))
    journal = open_journal(file, RUN, alone=True)[0]
    journal.accept([request_])
    journal.accept([memory])
    journal.close()
    file.write_bytes(file.read_bytes()[:-20_000])

    notice = open_and_close(file)

    assert notice is not None
    assert "1 job was kept, 1 is lost" in notice.what
    assert [row.number for row in read_journal(file)] == [1]


def test_fault_49_a_flipped_bit_costs_one_row_and_the_rest_loads(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=400, waiting=1)
    data = file.read_bytes()
    place = data.index(b'"note": "7"') + 1
    put(file, data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])

    rows, told = listed(file)
    assert [row.number for row in rows] == [number for number in range(1, 402) if number != 7]
    assert told == [
        "Job 7 in the journal is damaged, and cannot be read. "
        "Start SigDesk again: it sets the file aside and keeps every job that can still be read."
    ]
    notice = open_and_close(file)

    assert notice is not None
    (aside,) = set_aside(file)
    assert str(notice) == (
        f"The journal {file} was damaged: 401 jobs were kept, 1 of them without its result. "
        f"The damaged file is kept as {aside.name}. What has no result is offered to be run again."
    )
    rows, told = listed(file)
    assert (len(rows), told) == (401, [])
    assert [row.number for row in rows if row.state is JobState.INTERRUPTED] == [7]


def test_fault_49_wherever_a_bit_flips_no_row_is_wrong(file: Path, request_: JobRequest) -> None:
    """What a checksum covers is right or told; no flip anywhere in the file is more than an error in words."""
    write_journal(file, request_, ended=20, waiting=2)
    data = file.read_bytes()
    before = {row.number: covered(row) for row in read_journal(file)}
    chance, refused = random.Random(49), []
    for _ in range(250):
        place = chance.randrange(len(data))
        put(file, data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :])

        rows, told = listed(file)
        assert all(covered(row) == before[row.number] for row in rows), place
        assert len(rows) == len(before) or told, place
        try:
            open_and_close(file)
        except JournalError as error:
            refused.append(error.what)
        for row in listed(file)[0]:
            of_accepted = slice(len(covered(row))) if row.state is JobState.INTERRUPTED else slice(None)
            assert covered(row) == before[row.number][of_accepted], place
    assert all("newer SigDesk" in what for what in refused), refused


def test_fault_49_a_broken_name_of_a_table_is_damage_like_any_other(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=3, waiting=1)
    data = file.read_bytes()
    place = data.index(b"tableendingsendings") + len("table")
    put(file, data[:place] + bytes([data[place] ^ 0x80]) + data[place + 1 :])

    rows, told = listed(file)

    assert [row.label for row in rows] == ["a", "a", "a", None]
    assert "damaged" in told[0]
    assert open_and_close(file) is not None


@pytest.mark.parametrize("table", ["requests", "requests_again"])
def test_fault_49_what_many_jobs_were_asked_for_stands_in_two_places(
    file: Path, request_: JobRequest, table: str
) -> None:
    write_journal(file, request_, ended=40, waiting=20)
    before = list(read_journal(file))
    with closing(sqlite3.connect(file)) as base:
        base.execute(f"UPDATE {table} SET model = 'another'")
        base.execute(f"DELETE FROM {table} WHERE number > 1")
        base.commit()
    mark_damaged(file)

    notice = open_and_close(file)

    assert notice is not None
    assert "60 jobs were kept." in notice.what
    assert list(read_journal(file)) == before


def accepted(row: JournalRow) -> tuple[object, ...]:
    """What is known of a job of which nobody knows how far it has come."""
    return (row.id, row.created, replace(row.stored, samples=None))


@pytest.mark.parametrize("in_memory", [False, True])
def test_fault_48_a_job_of_which_only_that_it_was_accepted_can_be_read_is_offered_again(
    file: Path, request_: JobRequest, recording: MakeRecording, in_memory: bool
) -> None:
    request = JobRequest(request_.classifier, recording(np.arange(50.0))) if in_memory else request_
    write_journal(file, request, ended=9, waiting=3)
    before = {row.number: row for row in read_journal(file)}
    with closing(sqlite3.connect(file)) as base:  # as where the pages of these rows are gone, and no others
        base.execute("DELETE FROM endings WHERE number IN (4, 9)")
        base.execute("UPDATE open_jobs SET last = 10")
        base.execute("DELETE FROM jobs WHERE number IN (2, 9)")
        base.commit()
    mark_damaged(file)

    journal, notice = open_journal(file, "01JNEXTRUN0000000000000000", alone=True)
    waiting = journal.waiting([])
    journal.take_over([row.number for row in waiting])
    journal.end([succeeded(row.number) for row in waiting])
    journal.close()

    assert notice is not None
    assert "10 jobs were kept, 4 of them without their results" in notice.what
    offered = {row.number: row.state for row in waiting}
    assert offered == dict.fromkeys([4, 10, 11, 12], JobState.INTERRUPTED), (
        "that of a span which is no longer whole, too"
    )
    after = {row.number: row for row in read_journal(file)}
    assert sorted(after) == sorted(before.keys() - {2, 9})
    assert {row.state for row in after.values()} == {JobState.SUCCEEDED}, "and has one ending more, not two"
    assert [number for number, row in after.items() if row.attempt > 1] == [4, 10, 11, 12]
    assert [after[number] for number in (1, 3, 5, 6, 7, 8)] == [before[number] for number in (1, 3, 5, 6, 7, 8)]


def covered(row: JournalRow) -> tuple[object, ...]:
    ending = (row.state, row.label, row.confidence, row.error) if row.ended else ()
    return (row.number, row.created, *astuple(replace(row.stored, samples=None)), *ending)


def test_fault_49_a_flipped_bit_in_stored_samples_is_told_when_they_are_wanted(
    file: Path, request_: JobRequest
) -> None:
    write_journal(file, request_, ended=0, waiting=1)
    with closing(sqlite3.connect(file)) as base:
        base.execute("UPDATE samples SET data = zeroblob(length(data))")
        base.commit()

    (request_.classifier.folder / "model.toml").write_text(
        '[model]\nname = "model"\nversion = "1.0.0"\n[run]\ncommand = ["sh", "classify.sh"]\n'
        '[output]\nclasses = ["a", "b"]\n',
        encoding="utf-8",
    )
    (row,) = read_journal(file)
    with pytest.raises(JournalError, match=r"samples of .* are damaged"):
        restore(row.stored)


def test_fault_49_damage_that_is_seen_while_it_runs_is_in_words(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=400, waiting=0)
    journal = open_journal(file, RUN, alone=True)[0]
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(bytes(len(file.read_bytes()) - 4096))

    with pytest.raises(JournalError, match="is damaged") as raised:
        journal.accept([request_])
    journal.close()

    assert "Start SigDesk again" in raised.value.way_out
    assert open_and_close(file) is not None


def test_fault_51_of_a_newer_journal_what_is_understood_is_listed(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=3, waiting=0)
    with closing(sqlite3.connect(file)) as base:
        base.execute("ALTER TABLE jobs ADD COLUMN later TEXT")
        base.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = file.read_bytes()

    rows, told = listed(file)

    assert [row.label for row in rows] == ["a"] * 3
    assert told == [
        f"The journal {file} was written by a newer SigDesk; only what this one understands is listed. "
        "Use the newer version to see all of it."
    ]
    assert file.read_bytes() == before


def test_fault_51_a_newer_journal_that_is_not_understood_is_said_to_be(file: Path, request_: JobRequest) -> None:
    write_journal(file, request_, ended=3, waiting=0)
    with closing(sqlite3.connect(file)) as base:
        base.execute("ALTER TABLE endings RENAME COLUMN label TO word")
        base.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

    rows, told = listed(file)

    assert rows == []
    assert told == [
        f"The journal {file} was written by a newer SigDesk, and this one cannot read it "
        "(no such column: endings.label). Use the newer version."
    ]
