"""Which processes belong to which tree, and how much memory they hold: one look at the whole machine for all trees."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Final

import psutil
from msgspec import Struct

from sigdesk.pool.proc_files import (
    HAS_PROC,
    PARENT,
    RESIDENT,
    SESSION,
    STARTED,
    STATE,
    THREADS,
    environment,
    owner,
    stat_fields,
)
from sigdesk.pool.process_tree import MARK_VARIABLE

_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Member(Struct, frozen=True):
    """A living process of a tree and the memory that it holds."""

    pid: int
    resident_bytes: int


class Census:
    """Counts the processes of trees. It knows a process's mark from the last count, for marks never change."""

    def __init__(self) -> None:
        self._marks: dict[tuple[int, str], bytes] = {}

    def take(self, leaders: Mapping[int, str]) -> dict[int, list[Member]]:
        """The living members of the trees of these leaders (by process id, with their marks), the leader among them.

        A process belongs to a tree by its session, by the mark in its environment, or by its parent.
        Raises OSError when the system cannot be asked.
        """
        if not HAS_PROC:
            return {leader: list(_descendants(leader)) for leader in leaders}
        by_mark = {f"{MARK_VARIABLE}={mark}".encode(): leader for leader, mark in leaders.items()}
        trees: dict[int, list[Member]] = {leader: [] for leader in leaders}
        owners: dict[int, int] = {}
        marks: dict[tuple[int, str], bytes] = {}
        for pid in sorted(psutil.pids()):
            fields = stat_fields(pid)
            if not fields or fields[STATE] in ("Z", "X"):
                continue
            identity = (pid, fields[STARTED])
            mark = self._marks.get(identity)
            marks[identity] = mark = _mark(pid) if mark is None else mark
            session = int(fields[SESSION])
            leader = session if session in trees else by_mark.get(mark, owners.get(int(fields[PARENT])))
            if leader is not None:
                owners[pid] = leader
                trees[leader].append(Member(pid, int(fields[RESIDENT]) * _PAGE))
        self._marks = marks
        return trees


def resident_bytes(pid: int) -> int:
    """The memory that one process holds; 0 when it is gone."""
    if HAS_PROC:
        fields = stat_fields(pid)
        return int(fields[RESIDENT]) * _PAGE if fields else 0
    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def binds_user_tasks() -> bool:
    """Whether the system limits the tasks of this user: Linux does, and lets root have as many as it wants."""
    return sys.platform == "linux" and os.getuid() != 0


def user_tasks() -> int:
    """How many processes and threads this user has on Linux. Costs milliseconds."""
    user, tasks = os.getuid(), 0
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if owner(pid) == user and (fields := stat_fields(pid)):
                tasks += int(fields[THREADS])
    return tasks


def own_bytes(member: Member) -> int:
    """Its share of the memory that it holds together with others. Costs milliseconds for a large process."""
    with contextlib.suppress(psutil.Error, AttributeError):
        return int(psutil.Process(member.pid).memory_full_info().pss)
    return member.resident_bytes


def _mark(pid: int) -> bytes:
    """ "" for processes without one, and for those that may not be asked."""
    wanted = f"{MARK_VARIABLE}=".encode()
    return next((entry for entry in environment(pid) if entry.startswith(wanted)), b"")


def _descendants(leader: int) -> Iterator[Member]:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(leader)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                yield Member(one.pid, int(one.memory_info().rss))
