"""What can be tested of Windows' job objects elsewhere: their structures and their limits, and that they can be
imported."""

from __future__ import annotations

import ctypes
import importlib
import subprocess
import sys

import pytest

from sigdesk.pool import job_object
from sigdesk.pool.job_object import BasicLimits, ExtendedLimits, IoCounters, limits_for


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of a 64-bit system")
def test_structures_have_the_sizes_and_places_that_windows_documents() -> None:
    assert ctypes.sizeof(BasicLimits) == 64
    assert ctypes.sizeof(IoCounters) == 48
    assert ctypes.sizeof(ExtendedLimits) == 144
    assert BasicLimits.LimitFlags.offset == 16
    assert BasicLimits.ActiveProcessLimit.offset == 40
    assert ExtendedLimits.IoInfo.offset == 64
    assert ExtendedLimits.JobMemoryLimit.offset == 120


def test_limits_of_a_manifest_become_those_of_a_job_object() -> None:
    limits = limits_for(64, 2048 * 1024 * 1024)
    basic = limits.BasicLimitInformation
    assert basic.ActiveProcessLimit == 64
    assert limits.JobMemoryLimit == 2_147_483_648
    # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | _DIE_ON_UNHANDLED_EXCEPTION | _JOB_MEMORY | _ACTIVE_PROCESS, from winnt.h
    assert basic.LimitFlags == 0x2000 | 0x400 | 0x200 | 0x8


def test_constants_are_those_of_windows() -> None:
    assert job_object.EXTENDED_LIMIT_INFORMATION == 9
    assert getattr(subprocess, "CREATE_SUSPENDED", 4) == job_object.CREATE_SUSPENDED


@pytest.mark.skipif(sys.platform == "win32", reason="there it is used")
def test_the_branch_of_windows_can_be_imported_everywhere() -> None:
    module = importlib.import_module("sigdesk.pool.tree_windows")
    assert not hasattr(module, "WindowsTree")
