"""What the journal holds, read as it stands on the disk, whether or not its program lives."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sigdesk.pool.journal_layouts import SELECT_JOBS
from sigdesk.pool.journal_reading import open_to_read
from sigdesk.pool.journal_rows import COLUMNS, job_id
from tests.benchmarks.soaking.plan import index_of


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job as it was written down. `output` is the script's own JSON; `log` the lines, as lists; `history` its states
    in their order."""

    id: str
    index: int
    state: str
    attempt: int
    ended: float | None
    code: str
    output: str | None
    what: str
    warnings: tuple[str, ...]
    log: list[tuple[float, str, str, str]]
    dropped: int
    stderr_tail: str
    history: tuple[str, ...]


def kept_jobs(journal: Path) -> list[KeptJob]:
    """All jobs of a journal, in the order in which they were accepted."""
    if not journal.exists():
        return []
    with contextlib.closing(open_to_read(journal)) as base:
        rows = base.execute(f"{SELECT_JOBS} ORDER BY number").fetchall()
    wanted = ("run", "number", "signal", "state", "attempt", "ended", "outcome", "log", "history")
    return [_kept(*(row[COLUMNS.index(name)] for name in wanted)) for row in rows]


def _kept(
    run: str,
    number: int,
    signal: str,
    state: str,
    attempt: int,
    ended: float | None,
    outcome: bytes | None,
    log: bytes | None,
    history: str,
) -> KeptJob:
    document: dict[str, Any] = orjson.loads(outcome) if outcome else {}
    plain = "label" in document or "windows" in document  # the script's own answer, with nothing to add
    told: dict[str, Any] = {"output": None if outcome is None else outcome.decode()} if plain else document
    lines: dict[str, Any] = orjson.loads(log) if log else {"lines": [], "dropped": 0}
    return KeptJob(
        id=job_id(run, number),
        index=index_of(signal),
        state=state,
        attempt=attempt,
        ended=ended,
        code=str(told.get("code", "")),
        output=told.get("output"),
        what=str(told.get("what", "")),
        warnings=tuple(told.get("warnings", ())),
        log=[tuple(line) for line in lines["lines"]],
        dropped=lines["dropped"],
        stderr_tail=str(told.get("stderr_tail", "")),
        history=tuple(change.split(" ")[0] for change in history.split("; ")),
    )
