"""The benchmarks run, at CI's size, as real programs: that they do and what they print, never how fast."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"

pytestmark = pytest.mark.timeout(320)  # libraries are loaded and methods compiled, which a small machine does slowly

PEER_RATIOS = {"forest_vs_loky": "loky", "forest_vs_pebble": "pebble", "forest_vs_dask": "distributed"}
"""What a ratio needs to be installed."""
POOL_RATIOS = (
    "forest_vs_processpool",
    "forest_vs_limit",
    "onnx_vs_limit",
    "logistic_vs_processpool",
    "one_job_vs_processpool",
    "one_shot_vs_subprocess",
)
TRAINING_FIGURES = ("train_vs_bare", "train_s", "bare_s")
WINDOW_FIGURES = ("gap_p99_ms", "gap_max_ms", "jobs_per_s", "idle_gap_p99_ms", "idle_gap_max_ms")


def figures_of(name: str, home: Path, within_s: float = 300) -> dict[str, float | None]:
    """The last line of a benchmark's small run."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "SIGDESK_HOME": str(home),
        "PYTHONPATH": str(BENCHMARKS.parent.parent),
    }
    run = subprocess.run(
        [sys.executable, str(BENCHMARKS / name), "--small"],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=within_s,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(run.stdout.splitlines()[-1])
    assert isinstance(figures, dict)
    return figures


def is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value >= 0


def test_the_pool_is_measured_against_whichever_peers_are_installed(tmp_path: Path) -> None:
    figures = figures_of("pool.py", tmp_path)
    assert {name: figures[name] for name in POOL_RATIOS if not is_finite(figures[name])} == {}
    for ratio, module in PEER_RATIOS.items():
        if importlib.util.find_spec(module) is None:
            assert figures[ratio] is None, "this peer is not there to be measured against"
        else:
            assert is_finite(figures[ratio]), ratio


def test_the_event_loop_gap_is_measured_on_the_real_window(tmp_path: Path) -> None:
    figures = figures_of("window.py", tmp_path)
    assert {name: figures.get(name) for name in WINDOW_FIGURES if not is_finite(figures.get(name))} == {}


def test_a_training_is_measured_against_a_bare_script(tmp_path: Path) -> None:
    figures = figures_of("training.py", tmp_path)
    assert {name: figures.get(name) for name in TRAINING_FIGURES if not is_finite(figures.get(name))} == {}


def test_the_methods_are_compared_on_a_set_that_ships(tmp_path: Path) -> None:
    if not all(map(importlib.util.find_spec, ("aeon", "sktime"))):
        pytest.skip("aeon and sktime, which ship labelled sets, are not installed")
    figures = figures_of("accuracy.py", tmp_path)
    assert set(figures) == {"auto_behind_rocket"} | {
        f"UnitTest_{method}_{figure}"
        for method in ("auto", "rocket", "forest", "dtw")
        for figure in ("accuracy", "train_s", "answer_s")
    }
    assert {name for name, value in figures.items() if not is_finite(value)} == {
        f"UnitTest_dtw_{figure}" for figure in ("accuracy", "train_s", "answer_s")
    }, "the neighbour takes a minute to compile, so the small size leaves it out"
    assert (figures["UnitTest_auto_accuracy"] or 0) > 0.8
