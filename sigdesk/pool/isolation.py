"""Which level of isolation is in force for the scripts of a pool, and what it keeps them from."""

from __future__ import annotations

import enum
import sys

from msgspec import Struct

from sigdesk.errors import JobError
from sigdesk.pool.sandbox import Sandbox

SANDBOX_SETTING = "sandbox"
"""The key of the operator's setting, which the command line reads too."""


class IsolationLevel(enum.Enum):
    """SANDBOXED: no network, no files but the job's and the model's. LIMITED: bounded, and ended with all they start.
    BLOCKED: the operator wants the sandbox, there is none, and so nothing is started."""

    SANDBOXED = "sandboxed"
    LIMITED = "limited"
    BLOCKED = "blocked"


class Isolation(Struct, frozen=True):
    """A level with the limits that the system keeps to, and, when BLOCKED, why."""

    level: IsolationLevel
    limits: tuple[str, ...]
    problem: JobError | None = None


def isolation_of(sandbox: Sandbox | None) -> Isolation:
    """What scripts are kept from, in this sandbox or in none."""
    if sandbox is None:
        return Isolation(IsolationLevel.LIMITED, _limits())
    if sandbox.problem is not None:
        return Isolation(IsolationLevel.BLOCKED, _limits(), sandbox.problem)
    return Isolation(IsolationLevel.SANDBOXED, _limits())


def _limits() -> tuple[str, ...]:
    """In the words of the operator. The size of files is limited by Linux alone."""
    common = ("memory", "processes", "time")
    return (*common[:2], "file size", common[2]) if sys.platform == "linux" else common
