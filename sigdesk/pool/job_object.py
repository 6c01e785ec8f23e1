"""Windows' job objects by ctypes: a kernel object that holds processes with all that they start, limits them and ends
them at once. The structures can be made on every system, so that their sizes can be tested; the calls are Windows'
alone, and untested on this project's machines.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Final

KILL_ON_JOB_CLOSE: Final = 0x2000
LIMIT_ACTIVE_PROCESS: Final = 0x0008
LIMIT_JOB_MEMORY: Final = 0x0200
DIE_ON_UNHANDLED_EXCEPTION: Final = 0x0400
EXTENDED_LIMIT_INFORMATION: Final = 9
CREATE_SUSPENDED: Final = 0x0004
ENDED_BY_SIGDESK: Final = 1
"""The exit code of processes that are ended with their job object."""


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", c_int64),
        ("PerJobUserTimeLimit", c_int64),
        ("LimitFlags", c_uint32),
        ("MinimumWorkingSetSize", c_size_t),
        ("MaximumWorkingSetSize", c_size_t),
        ("ActiveProcessLimit", c_uint32),
        ("Affinity", c_size_t),
        ("PriorityClass", c_uint32),
        ("SchedulingClass", c_uint32),
    )


class IoCounters(ctypes.Structure):
    """IO_COUNTERS."""

    _fields_ = tuple(
        (name, c_uint64) for name in ("Reads", "Writes", "Others", "ReadBytes", "WriteBytes", "OtherBytes")
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", IoCounters),
        ("ProcessMemoryLimit", c_size_t),
        ("JobMemoryLimit", c_size_t),
        ("PeakProcessMemoryUsed", c_size_t),
        ("PeakJobMemoryUsed", c_size_t),
    )


def limits_for(processes: int, memory_bytes: int) -> ExtendedLimits:
    """What a job object is told: so many processes, so much memory for all, and to end all when it is closed, which it
    is with the program that holds it, however that ends. A crash shows no dialog."""
    limits = ExtendedLimits()
    basic = limits.BasicLimitInformation
    basic.LimitFlags = KILL_ON_JOB_CLOSE | LIMIT_ACTIVE_PROCESS | LIMIT_JOB_MEMORY | DIE_ON_UNHANDLED_EXCEPTION
    basic.ActiveProcessLimit = processes
    limits.JobMemoryLimit = memory_bytes
    return limits


if sys.platform == "win32":
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = c_void_p
    _kernel.CreateJobObjectW.argtypes = (c_void_p, c_void_p)
    _kernel.SetInformationJobObject.argtypes = (c_void_p, ctypes.c_int, c_void_p, c_uint32)
    _kernel.AssignProcessToJobObject.argtypes = (c_void_p, c_void_p)
    _kernel.TerminateJobObject.argtypes = (c_void_p, ctypes.c_uint)
    _kernel.CloseHandle.argtypes = (c_void_p,)

    class JobObject:
        """One job object. All calls raise OSError."""

        def __init__(self) -> None:
            self._handle = _kernel.CreateJobObjectW(None, None)
            _require(self._handle)

        def limit(self, processes: int, memory_bytes: int) -> None:
            limits = limits_for(processes, memory_bytes)
            size = ctypes.sizeof(limits)
            _require(
                _kernel.SetInformationJobObject(self._handle, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size)
            )

        def take(self, process_handle: int) -> None:
            """A process belongs to the job object from here on, and so does all that it will start."""
            _require(_kernel.AssignProcessToJobObject(self._handle, process_handle))

        def end(self) -> None:
            """End all processes that belong to it."""
            _require(_kernel.TerminateJobObject(self._handle, ENDED_BY_SIGDESK))

        def close(self) -> None:
            handle, self._handle = self._handle, None
            if handle:
                _kernel.CloseHandle(handle)

    def _require(done: int | None) -> None:
        if not done:
            raise ctypes.WinError(ctypes.get_last_error())
