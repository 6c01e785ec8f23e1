"""The journal's tables, and the way from each version of them to the next."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from sigdesk.pool.journal_insert import Insert, insert_rows
from sigdesk.pool.journal_layouts import accepted_sum_2, layout_of, row_sum_2
from sigdesk.pool.journal_requests import Requests, job_row_of
from sigdesk.pool.journal_rows import course_of
from sigdesk.pool.open_spans import in_spans, span_rows

_VERSION_1: Final = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,   -- the job's number, counted over all runs
    run TEXT NOT NULL,            -- the run of the pool that accepted it; part of its id
    owner TEXT NOT NULL,          -- the run that works on it: another one after a resume
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    created REAL NOT NULL,        -- seconds since the epoch, as all times here
    started REAL,
    ended REAL,
    worker INTEGER,
    file TEXT NOT NULL,           -- "" for a signal that exists only in memory
    item TEXT NOT NULL,
    signal TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    model_folder TEXT NOT NULL,
    request BLOB NOT NULL,        -- JSON: what it takes to run the job again
    chunk INTEGER,                -- where the samples are, of a signal that exists only in memory
    offset INTEGER,
    size INTEGER,
    label TEXT,
    confidence REAL,
    error TEXT,
    outcome BLOB,                 -- the script's own JSON, or ours where there is more to say
    log BLOB,                     -- JSON: the lines that were kept, and how many were not
    history TEXT NOT NULL,        -- "QUEUED 1795536912.125; RUNNING 1795536912.131"
    accepted_sum INTEGER NOT NULL,
    ended_sum INTEGER
);
CREATE TABLE samples (
    chunk INTEGER PRIMARY KEY,
    data BLOB NOT NULL            -- of all jobs that were accepted together: rows that change often stay small
);
CREATE INDEX jobs_open ON jobs (number) WHERE ended IS NULL;
"""

_VERSION_2: Final = """
ALTER TABLE jobs ADD COLUMN kills INTEGER NOT NULL DEFAULT 0;  -- processes that have died of it
ALTER TABLE jobs RENAME COLUMN ended_sum TO row_sum;           -- of all that changes, whether it has ended or not
CREATE INDEX jobs_troubled ON jobs (state, number) WHERE ended IS NOT NULL AND state <> 'SUCCEEDED';
"""
_VERSION_3: Final = """
CREATE TABLE moved (
    number INTEGER PRIMARY KEY,   -- a job that the operator has moved in the line
    level INTEGER NOT NULL,       -- in place of its priority: higher ones go first
    turn INTEGER NOT NULL         -- its place among those of its level
);
"""
_VERSION_4: Final = """
ALTER TABLE jobs ADD COLUMN input_sum INTEGER;  -- CRC-32 of the samples that were read, where it came to that
"""
_VERSION_5: Final = """
-- A row that grows must move, and its neighbours with it: what changes of a job stands apart from what never does, and
-- each of its rows is as long as it will ever be.
ALTER TABLE jobs RENAME TO old_jobs;
DROP INDEX jobs_open;
DROP INDEX jobs_troubled;
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,   -- the job's number, counted over all runs
    run TEXT NOT NULL,            -- the run of the pool that accepted it; part of its id
    created REAL NOT NULL,        -- seconds since the epoch, as all times here
    file TEXT NOT NULL,           -- "" for a signal that exists only in memory
    item TEXT NOT NULL,
    signal TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    model_folder TEXT NOT NULL,
    request BLOB NOT NULL,        -- JSON: what it takes to run the job again
    chunk INTEGER,                -- where the samples are, of a signal that exists only in memory
    offset INTEGER,
    size INTEGER,
    accepted_sum INTEGER NOT NULL
);
CREATE TABLE open_jobs (          -- how far those have come that have not ended
    number INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,          -- the run that works on it: another one after a resume
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started REAL,
    worker INTEGER,
    kills INTEGER NOT NULL,       -- processes that have died of it
    history TEXT NOT NULL,        -- "QUEUED 1795536912.125; RUNNING 1795536912.131"
    row_sum INTEGER NOT NULL
);
CREATE TABLE endings (            -- how those came to their end that have, and what came of them
    number INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started REAL,
    worker INTEGER,
    kills INTEGER NOT NULL,
    history TEXT NOT NULL,
    ended REAL NOT NULL,
    label TEXT,
    confidence REAL,
    error TEXT,
    outcome BLOB,                 -- the script's own JSON, or ours where there is more to say
    log BLOB,                     -- JSON: the lines that were kept, and how many were not
    row_sum INTEGER NOT NULL,
    input_sum INTEGER             -- CRC-32 of the samples that were read, where it came to that
);
CREATE INDEX endings_troubled ON endings (state, number) WHERE state <> 'SUCCEEDED';
INSERT INTO jobs SELECT number, run, created, file, item, signal, model, version, model_folder, request, chunk, offset,
                        size, accepted_sum FROM old_jobs;
INSERT INTO open_jobs SELECT number, owner, state, attempt, started, worker, kills, history, coalesce(row_sum, -1)
FROM old_jobs WHERE ended IS NULL;
INSERT INTO endings SELECT number, owner, state, attempt, started, worker, kills, history, ended, label, confidence,
                           error, outcome, log, coalesce(row_sum, -1), input_sum FROM old_jobs WHERE ended IS NOT NULL;
DROP TABLE old_jobs;
"""
_VERSION_6: Final = """
-- A row a job costs more than all else that is done for a thousand jobs at once: what they have in common stands apart.
CREATE TABLE requests (           -- what jobs were asked for
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL,            -- the run of the pool that accepted them; part of their ids
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    model_folder TEXT NOT NULL,
    file TEXT NOT NULL,           -- "" for a signal that exists only in memory
    request BLOB NOT NULL         -- JSON: what it takes to run a job again
);
CREATE TABLE requests_again (     -- the same once more: where a page is damaged, thousands of jobs would hang on it
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    model_folder TEXT NOT NULL,
    file TEXT NOT NULL,
    request BLOB NOT NULL
);
CREATE TABLE new_jobs (
    number INTEGER PRIMARY KEY,   -- the job's number, counted over all runs
    asked INTEGER NOT NULL,       -- which of the requests
    created REAL NOT NULL,        -- seconds since the epoch, as all times here
    item TEXT NOT NULL,
    signal TEXT NOT NULL,
    file TEXT,                    -- where it is another one than in the request
    request BLOB,                 -- likewise
    chunk INTEGER,                -- where the samples are, of a signal that exists only in memory
    offset INTEGER,
    size INTEGER,
    accepted_sum INTEGER NOT NULL
);
CREATE TABLE new_open_jobs (      -- how far those have come that have not ended
    first INTEGER PRIMARY KEY,    -- all jobs from this number on
    last INTEGER NOT NULL,        -- up to this one
    owner TEXT NOT NULL,          -- the run that works on them: another one after a resume
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started REAL,
    worker INTEGER,
    kills INTEGER NOT NULL,       -- processes that have died of it
    history TEXT NOT NULL,        -- "QUEUED 1795536912.125; RUNNING 1795536912.131"
    row_sum INTEGER NOT NULL
);
"""
_NEW_IN_PLACE: Final = """
DROP TABLE jobs;
DROP TABLE open_jobs;
ALTER TABLE new_jobs RENAME TO jobs;
ALTER TABLE new_open_jobs RENAME TO open_jobs;
"""
JOBS: Final = Insert("jobs", "asked, created", "number, item, signal, accepted_sum, file, request, chunk, offset, size")
PLAIN_JOBS: Final = JOBS._replace(own="number, item, signal, accepted_sum")
"""Of signals that a file holds, which were asked just what stands in `requests`, as most are."""
OPEN_JOBS: Final = Insert(
    "open_jobs", "", "first, last, owner, state, attempt, started, worker, kills, history, row_sum"
)
_NO_SUM: Final = -1
_ROWS_A_STEP: Final = 1000


def _rows(base: sqlite3.Connection, version: int) -> Iterator[list[tuple[Any, ...]]]:
    """All jobs of a version's tables, as in `COLUMNS`, a thousand at a time."""
    last = 0
    select = f"{layout_of(version).select} WHERE number > ? ORDER BY number LIMIT {_ROWS_A_STEP}"
    while rows := base.execute(select, (last,)).fetchall():
        last = rows[-1][0]
        yield rows


def _sum_anew(base: sqlite3.Connection) -> None:
    """Give every row the checksums of version 2; of one that was damaged they go on saying so."""
    was_whole = layout_of(1).is_whole
    for rows in _rows(base, 2):
        sums = [(accepted_sum_2(row), row_sum_2(row)) if was_whole(row) else (_NO_SUM, _NO_SUM) for row in rows]
        named = [(*pair, row[0]) for pair, row in zip(sums, rows, strict=True)]
        base.executemany("UPDATE jobs SET accepted_sum = ?, row_sum = ? WHERE number = ?", named)


class DamagedRows(sqlite3.DatabaseError):
    """Rows are not what was written: they are for a rescue, which tells of them, not to be rewritten as if whole."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def _set_apart(base: sqlite3.Connection) -> None:
    """Fill the tables of version 6. Raises DamagedRows."""
    is_whole = layout_of(5).is_whole
    requests = Requests(base)
    for rows in _rows(base, 5):
        if not all(map(is_whole, rows)):
            raise DamagedRows("rows of an earlier version are not what was written")
        alike = Counter(row[16:19] for row in rows)
        jobs: dict[tuple[int, float], list[tuple[Any, ...]]] = {}
        for row in rows:
            asked = requests.row_for(row[1], row[16:19], row[13], row[19], alike[row[16:19]])
            jobs.setdefault((asked.number, row[4]), []).append(job_row_of(asked, row))
        for shared, of_one in jobs.items():
            insert_rows(base, JOBS._replace(table="new_jobs"), shared, of_one)
        waiting = ((row[0], row[27], course_of(row)) for row in rows if row[6] is None)
        insert_rows(base, OPEN_JOBS._replace(table="new_open_jobs"), (), span_rows(in_spans(waiting)))
    for statement in _NEW_IN_PLACE.split(";")[:-1]:
        base.execute(statement)  # a script would commit before it begins


def _nothing_more(base: sqlite3.Connection) -> None:
    """A step that is all in its statements."""


_STEPS: Final = (
    (_VERSION_1, _nothing_more),
    (_VERSION_2, _sum_anew),
    (_VERSION_3, _nothing_more),
    (_VERSION_4, _nothing_more),
    (_VERSION_5, _nothing_more),
    (_VERSION_6, _set_apart),
)
"""Step N takes a journal from version N to version N + 1."""

SCHEMA_VERSION: Final = len(_STEPS)


def version_of(base: sqlite3.Connection) -> int:
    """The version of a journal's tables; 0 for a new file."""
    (version,) = base.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(base: sqlite3.Connection) -> None:
    """Bring the tables up to date, each step whole or not at all."""
    while (version := version_of(base)) < SCHEMA_VERSION:
        statements, more = _STEPS[version]
        base.executescript(f"BEGIN IMMEDIATE; {statements}")
        try:
            more(base)
            base.execute(f"PRAGMA user_version = {version + 1}")
            base.execute("COMMIT")
        except BaseException:
            base.rollback()
            raise
