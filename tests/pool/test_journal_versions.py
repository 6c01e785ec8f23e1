"""Every version's journal, as that version left it, opens with the present code and has all its jobs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sigdesk.errors import JournalError
from sigdesk.pool import journal_rescue
from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.pool.journal_schema import SCHEMA_VERSION, version_of

VERSIONS = range(1, SCHEMA_VERSION + 1)


def written_by(version: int, file: Path) -> Path:
    """A journal made by the SQL that stands beside this test: that of its version, which never changes again."""
    statements = Path(__file__).with_name(f"journal_version_{version}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(file)) as base:
        base.executescript(statements)
    return file


@pytest.mark.parametrize("version", VERSIONS)
def test_a_journal_of_any_version_opens_with_all_its_jobs(tmp_path: Path, version: int) -> None:
    file = written_by(version, tmp_path / "journal.sqlite")

    journal, notice = open_journal(file, "01JPRESENT0000000000000000", alone=True)
    waiting = journal.waiting([])
    journal.close()

    assert notice is None
    with closing(sqlite3.connect(file)) as base:
        assert version_of(base) == SCHEMA_VERSION
    rows = list(read_journal(file))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.state for row in rows] == [
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.INTERRUPTED,
        JobState.INTERRUPTED,
        JobState.QUEUED,
    ]
    assert (rows[0].label, rows[0].confidence, rows[1].error) == ("a", 0.75, "It said nothing. Ask it")
    assert [row.number for row in waiting] == [3, 4, 5]
    assert waiting[1].stored.samples is not None
    assert len(waiting[1].stored.samples) == 24


@pytest.mark.parametrize("version", VERSIONS)
def test_after_its_migration_a_journal_has_the_tables_of_a_new_one(tmp_path: Path, version: int) -> None:
    old = written_by(version, tmp_path / "journal.sqlite")
    new = tmp_path / "new.sqlite"
    for file in (old, new):
        open_journal(file, "01JPRESENT0000000000000000", alone=True)[0].close()

    assert columns(old) == columns(new)


@pytest.mark.parametrize(
    ("change", "told", "kept"),
    [
        ("UPDATE jobs SET request = 7 WHERE number = 1", "4 jobs were kept, 1 is lost", [2, 3, 4, 5]),
        ("UPDATE jobs SET item = x'ff00' WHERE number = 2", "4 jobs were kept, 1 is lost", [1, 3, 4, 5]),
        ("UPDATE jobs SET signal = 'other' WHERE number = 1", "4 jobs were kept, 1 is lost", [2, 3, 4, 5]),
        ("UPDATE endings SET label = 'b' WHERE number = 1", "1 of them without its result", [1, 2, 3, 4, 5]),
    ],
)
def test_fault_49_a_damaged_row_of_an_older_version_is_told_and_the_others_are_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, told: str, kept: list[int]
) -> None:
    monkeypatch.setattr(journal_rescue, "_NEWEST_CHECKED", 1)  # it is seen only when all rows are rewritten
    file = written_by(5, tmp_path / "journal.sqlite")
    with closing(sqlite3.connect(file)) as base:
        base.execute(change)
        base.commit()

    with pytest.raises(JournalError, match="another SigDesk uses it"):
        open_journal(file, "01JPRESENT0000000000000000", alone=False)
    journal, notice = open_journal(file, "01JPRESENT0000000000000000", alone=True)
    journal.close()

    assert notice is not None
    assert told in notice.what
    assert [row.number for row in read_journal(file)] == kept
    assert len(list(tmp_path.glob("journal.damaged-*.sqlite"))) == 1


def columns(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_schema ORDER BY name")]
        return {name: base.execute(f"PRAGMA table_xinfo({name})").fetchall() for name in names}
