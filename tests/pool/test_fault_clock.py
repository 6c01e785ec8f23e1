"""Fault 29: the wall clock jumps an hour, back and forth, while jobs run. Only the monotonic clock may count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pool.conftest import FAULTY_SCRIPTS

PROGRAM = Path(__file__).with_name("jumping_clock.py")


@pytest.fixture(params=["python", "system"])
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """How the clock jumps, and the environment that it takes."""
    how: str = request.param
    if how == "python":
        return how, {}
    library, offset = tmp_path / "jumping_clock.so", tmp_path / "offset"
    compiler = ["cc", "-shared", "-fPIC", "-o", str(library), str(PROGRAM.with_suffix(".c")), "-ldl"]
    try:
        subprocess.run(compiler, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no compiler for the clock that jumps in the whole process")
    offset.write_bytes(bytes(8))
    return how, {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(offset)}


def test_fault_29_a_clock_that_jumps_an_hour_ends_no_job_and_saves_none(
    clock: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    how, environment = clock
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.pool.jumping_clock", how, str(tmp_path), str(FAULTY_SCRIPTS)],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stderr == ""
    told = json.loads(ran.stdout)
    assert [jumped_s for jumped_s, _, _ in told] == [3600, -7200] + 3 * [7200, -7200]
    assert [state for _, state, _ in told] == ["SUCCEEDED"] * 4 + ["TIMED_OUT"] * 4, "none is stopped early, none late"
    for _, state, run_s in told:
        assert (1.0 if state == "TIMED_OUT" else 0.1) <= run_s < 10, "what the operator reads has not jumped"
    assert not list((tmp_path / "tmp").iterdir())
