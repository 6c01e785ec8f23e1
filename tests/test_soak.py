"""The soak (`tests/benchmarks/soak.py`) as a real program: that the pool survives a thousand jobs of it, and that it
fails with every bug that is planted in the pool, in the shortest run that shows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.soaking.plants import PLANTS

ROOT = Path(__file__).resolve().parents[1]
ROWS = {str(row) for row in range(31)} - {"28", "29"}
"""Row 28 are the kills of the program, 29 the jumps of its clock, and 0 the jobs without a fault."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and counts processes as Linux has them")


def soak(home: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and last line of a run."""
    home.mkdir(parents=True, exist_ok=True)
    run = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "benchmarks" / "soak.py"), *options],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "TMPDIR": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.stdout, run.stderr
    figures = json.loads(run.stdout.splitlines()[-1])
    assert not list(home.iterdir()), "it leaves nothing behind itself"
    return run.returncode, figures


@pytest.mark.timeout(400)
def test_a_thousand_jobs_of_which_three_in_ten_misbehave_while_workers_and_the_program_are_killed(
    tmp_path: Path,
) -> None:
    exit_code, figures = soak(tmp_path / "soak", "--jobs", "1000", "--faulty", "0.3", "--seed", "4")
    assert figures["failed"] == []
    assert exit_code == 0
    assert figures["jobs"] == 1000
    assert set(figures["rows"]) == ROWS
    assert figures["app_kills"] >= 2
    assert figures["kills"] > 10
    assert set(figures["leftovers"].values()) == {0}


PLANTED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "processes": {
        "no-group-kill": ("--jobs 6 --faulty 1 --rows 20", "a process is left behind: sleep 60"),
        "leaves-zombies": ("--jobs 12 --faulty 0", "zombies"),
        "leaks-descriptors": ("--jobs 24 --faulty 0", "descriptors"),
        "keeps-temp-files": ("--jobs 12 --faulty 0", "job files"),
        "succeeds-when-crashed": ("--jobs 12 --faulty 1 --rows 17", "ended as FAILED NO_OUTPUT"),
    },
    "journal": {
        "tells-before-commit": ("--jobs 60 --faulty 0", "and the journal has"),
        "second-ending-wins": ("--jobs 30 --faulty 1 --rows 27", "and as CANCELLED"),
        "attempt-not-counted": (
            "--jobs 9 --faulty 1 --rows 11 --app-kills 2",
            "attempt 1, but it was running at 1 deaths",
        ),
        "runs-the-finished-again": ("--jobs 40 --faulty 0 --app-kills 2", "2 endings were told"),
    },
    "reading": {
        "reads-by-line": ("--jobs 6 --faulty 1 --rows 11 --patience 6", "nothing moves"),
        "forgets-errors-pipe": ("--jobs 6 --faulty 1 --rows 10 --patience 6", "nothing moves"),
        "keeps-every-line": ("--jobs 3 --faulty 1 --rows 9", "of its lines are kept"),
        "accepts-nan": ("--jobs 12 --faulty 1 --rows 14", "ended as SUCCEEDED"),
    },
    "batches": {
        "answers-the-neighbour": ("--jobs 60 --faulty 0", "and without faults"),
        "fails-as-one": ("--jobs 40 --faulty 0.2 --rows 26", "(0 warm): ended as FAILED EXIT"),
        "no-poison": ("--jobs 40 --faulty 0.4 --rows 26", "it ended two processes, and is no poison"),
        "tries-for-ever": ("--jobs 20 --faulty 0.5 --rows 26 --patience 6", "nothing moves"),
        "loses-the-batch": ("--jobs 30 --faulty 0.4 --rows 26 --patience 6", "nothing moves"),
    },
    "time": {
        "time-stands-still": ("--jobs 6 --faulty 1 --rows 11 --patience 6", "nothing moves"),
        "trusts-the-wall-clock": ("--jobs 30 --faulty 1 --rows 22 --app-kills 2", "ended as TIMED_OUT TIMED_OUT"),
        "blocks-the-loop": ("--jobs 60 --faulty 0", "the event loop was away"),
    },
}
"""For each bug the options of the shortest run that shows it, and what the soak says of it."""


def test_every_planted_bug_is_tried() -> None:
    assert {name for group in PLANTED.values() for name in group} == set(PLANTS)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("group", PLANTED)
def test_the_soak_fails_with_a_planted_bug(tmp_path: Path, group: str) -> None:
    planted = PLANTED[group]

    def run(name: str) -> tuple[int, dict[str, Any]]:
        # Nothing but the bug is to disturb it: worker processes are not killed, nor the program where its death is no
        # part of what is looked for.
        options = f"--app-kills 0 {planted[name][0]} --seed 1 --kill-every 600 --plant {name}"
        return soak(tmp_path / name, *options.split())

    with ThreadPoolExecutor(2) as runs:
        results = dict(zip(planted, runs.map(run, planted), strict=True))
    missed = {
        name: figures["failed"]
        for name, (exit_code, figures) in results.items()
        if exit_code != 1 or not any(planted[name][1] in failure for failure in figures["failed"])
    }
    assert missed == {}
