"""What Linux tells of its processes in /proc, read with half the system calls that Python's own files make: some of it
is read of every process of the machine, several times a second."""

from __future__ import annotations

import os
import sys
from typing import Final

HAS_PROC: Final = sys.platform == "linux"
_PROC: Final = "/proc"
# Where the fields of /proc/PID/stat stand, counted after the name in parentheses.
STATE, PARENT, SESSION, THREADS, STARTED, RESIDENT = 0, 1, 3, 17, 19, 21
_CHUNK: Final = 64 * 1024


def stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name; none when the process is gone."""
    try:
        text = _read(f"{_PROC}/{pid}/stat")
    except (ProcessLookupError, FileNotFoundError):
        return []
    return text[text.rfind(b")") + 2 :].decode("ascii", "replace").split()


def is_alive(pid: int) -> bool:
    """Whether the process runs: one that only waits to be reaped does not."""
    fields = stat_fields(pid)
    return bool(fields) and fields[STATE] not in ("Z", "X")


def environment(pid: int) -> list[bytes]:
    """The entries `NAME=value` that the process was started with; none when it is gone or may not be asked."""
    try:
        return _read(f"{_PROC}/{pid}/environ").split(b"\0")
    except (ProcessLookupError, FileNotFoundError, PermissionError):
        return []


def last_pid() -> int:
    """The process id that was given out last."""
    return int(_read(f"{_PROC}/loadavg").split()[-1])


def owner(pid: int) -> int:
    """The user of the process. Raises OSError."""
    return os.stat(f"{_PROC}/{pid}").st_uid  # noqa: PTH116 - half the time


def children(pid: int) -> list[int]:
    """The processes that the first thread of this one has started and that live; none when it is gone."""
    try:
        return [int(child) for child in _read(f"{_PROC}/{pid}/task/{pid}/children").split()]
    except (ProcessLookupError, FileNotFoundError):
        return []


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        parts = []
        while part := os.read(descriptor, _CHUNK):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)
