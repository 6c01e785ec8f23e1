"""What a tree of processes may take, as far as the system itself keeps it to that."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from sigdesk.classifiers.manifest import Run

MB: Final = 1024 * 1024


class Limits(Struct, frozen=True):
    """How much a tree may take; `user_tasks` bounds the processes and threads of its whole user, None leaves them."""

    processes: int
    memory_bytes: int
    file_bytes: int
    user_tasks: int | None = None


def limits_of(run: Run, user_tasks: int | None) -> Limits:
    """The limits of a manifest."""
    return Limits(run.processes, run.memory_mb * MB, run.file_mb * MB, user_tasks)
