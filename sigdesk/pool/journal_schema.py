"""The journal's tables, and the way from each version of them to the next."""

from __future__ import annotations

import sqlite3
from typing import Final

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

_STEPS: Final = (_VERSION_1,)
"""Step N takes a journal from version N to version N + 1."""

SCHEMA_VERSION: Final = len(_STEPS)


def version_of(base: sqlite3.Connection) -> int:
    """The version of a journal's tables; 0 for a new file."""
    (version,) = base.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(base: sqlite3.Connection) -> None:
    """Bring the tables up to date, each step whole or not at all."""
    while (version := version_of(base)) < SCHEMA_VERSION:
        base.executescript(f"BEGIN IMMEDIATE; {_STEPS[version]} PRAGMA user_version = {version + 1}; COMMIT;")
