"""Which processes belong to which tree, and how much memory they hold: one look at the whole machine for all trees."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import psutil

from sigdesk.pool.process_tree import MARK_VARIABLE

_PROC: Final = "/proc"
_HAS_PROC: Final = sys.platform == "linux"
_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
# Where the fields of /proc/PID/stat stand, counted after the name in parentheses.
_STATE, _PARENT, _SESSION, _THREADS, _STARTED, _RESIDENT = 0, 1, 3, 17, 19, 21


@dataclass(frozen=True, slots=True)
class Member:
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
        if not _HAS_PROC:
            return {leader: list(_descendants(leader)) for leader in leaders}
        by_mark = {f"{MARK_VARIABLE}={mark}".encode(): leader for leader, mark in leaders.items()}
        trees: dict[int, list[Member]] = {leader: [] for leader in leaders}
        owners: dict[int, int] = {}
        marks: dict[tuple[int, str], bytes] = {}
        for pid in sorted(psutil.pids()):
            fields = _fields(pid)
            if not fields or fields[_STATE] in ("Z", "X"):
                continue
            identity = (pid, fields[_STARTED])
            mark = self._marks.get(identity)
            marks[identity] = mark = _mark(pid) if mark is None else mark
            session = int(fields[_SESSION])
            owner = session if session in trees else by_mark.get(mark, owners.get(int(fields[_PARENT])))
            if owner is not None:
                owners[pid] = owner
                trees[owner].append(Member(pid, int(fields[_RESIDENT]) * _PAGE))
        self._marks = marks
        return trees


def resident_bytes(pid: int) -> int:
    """The memory that one process holds; 0 when it is gone."""
    if _HAS_PROC:
        fields = _fields(pid)
        return int(fields[_RESIDENT]) * _PAGE if fields else 0
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
            if os.stat(f"{_PROC}/{pid}").st_uid == user and (fields := _fields(pid)):  # noqa: PTH116 - half the time
                tasks += int(fields[_THREADS])
    return tasks


def own_bytes(member: Member) -> int:
    """Its share of the memory that it holds together with others. Costs milliseconds for a large process."""
    with contextlib.suppress(psutil.Error, AttributeError):
        return int(psutil.Process(member.pid).memory_full_info().pss)
    return member.resident_bytes


def _fields(pid: int) -> list[str]:
    try:
        text = _read(f"{_PROC}/{pid}/stat")
    except (ProcessLookupError, FileNotFoundError):
        return []
    return text[text.rfind(b")") + 2 :].decode("ascii", "replace").split()


def _mark(pid: int) -> bytes:
    """ "" for processes without one, and for those that may not be asked."""
    try:
        environment = _read(f"{_PROC}/{pid}/environ")
    except (ProcessLookupError, FileNotFoundError, PermissionError):
        return b""
    wanted = f"{MARK_VARIABLE}=".encode()
    return next((entry for entry in environment.split(b"\0") if entry.startswith(wanted)), b"")


def _read(path: str) -> bytes:
    """A file of the system's, with half the calls that Python's own files make."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        parts = []
        while part := os.read(descriptor, 64 * 1024):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _descendants(leader: int) -> Iterator[Member]:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(leader)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                yield Member(one.pid, int(one.memory_info().rss))
