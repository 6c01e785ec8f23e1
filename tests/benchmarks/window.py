"""Does the window stay free? Drops a labelled set on the real window and classifies all of it, again and again, while a
timer measures how long the event loop was away. Run: `python tests/benchmarks/window.py [--small]`. The last line is
JSON.

The model waits as one does that computes elsewhere, so that somewhat over 5,000 jobs end in a second on any machine
that can carry them; `--flat-out` lets it answer at once, so that all cores are taken. `idle_gap_p99_ms` and
`idle_gap_max_ms` are the same measure on the same window with nothing to do: the machine's own noise.
`memory_growth_mb` is what the window holds after 100,000 jobs, less what it held after the first 1,000, with the same
signals open; only the full size measures it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from sigdesk.app.rows import SignalState
from sigdesk.places import Places
from sigdesk.ui.start import Desk, build_desk

SCRIPT = """
import time
import sigdesk.script

def load(folder):
    return None

def classify(model, windows, params):
    time.sleep(len(windows) * WAIT_S)
    return [{"label": "up" if mean > 0 else "down", "confidence": 0.9} for mean in windows.mean(axis=(1, 2)).tolist()]

sigdesk.script.main(load, classify)
"""
MANIFEST = """
[model]
name = "sign"
version = "1.0.0"
[run]
script = "classify.py"
mode = "warm"
batch = 512
samples = "npy"
[output]
classes = ["up", "down"]
"""
DONE = (SignalState.CLASSIFIED, SignalState.UNSURE)
RATE = 7_000
"""Jobs a second that the models alone would end; what they cost the pool comes on top."""
OPEN_JOBS = (SignalState.QUEUED, SignalState.RUNNING)
FIRST_JOBS = 1_000
"""After so many jobs the window's memory is measured for the first time."""


class GapMeter:
    """A timer that should fire every millisecond; how late it is, is how long the loop was away."""

    def __init__(self) -> None:
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def take(self) -> np.ndarray:
        """The gaps since the last call."""
        gaps, self.gaps_ms = np.array(self.gaps_ms or [0.0]), []
        return gaps

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now


def wait_until(condition: Callable[[], bool], timeout_s: float = 120.0) -> None:
    end = time.monotonic() + timeout_s
    loop = QEventLoop()
    while not condition():
        assert time.monotonic() < end, "the benchmark did not get on"
        QTimer.singleShot(20, loop.quit)
        loop.exec()


def wait_s(seconds: float) -> None:
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end)


def held_mb() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6


def write_set(file: Path, signals: int) -> None:
    noise = np.random.default_rng(1).normal(size=(signals, 300)).round(3)
    head = ["@problemName Bench", "@timeStamps false", "@univariate true", "@classLabel true up down", "@data"]
    file.write_text("\n".join(head + [",".join(map(str, row)) + ":up" for row in noise]), encoding="utf-8")


def make_desk(application: QApplication, folder: Path, wait_s: float) -> Desk:
    """A desk with a model that takes so long for each signal."""
    model = folder / "home" / "models" / "sign"
    model.mkdir(parents=True)
    (model / "model.toml").write_text(MANIFEST, encoding="utf-8")
    (model / "classify.py").write_text(f"WAIT_S = {wait_s}\n{SCRIPT}", encoding="utf-8")
    desk = build_desk(application, Places(folder / "home"))
    desk.program.classifying.choose_model("sign")
    desk.window.show()
    return desk


def classify_all(desk: Desk, count: int) -> None:
    """Classify the first `count` signals, whatever they were called before, and wait for the last of them."""
    session = desk.program.session
    desk.program.classifying.classify([entry.id for entry in session.entries[:count]])
    wait_until(lambda: not session.count(*OPEN_JOBS))
    assert session.count(*DONE) >= count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    parser.add_argument("--flat-out", action="store_true", help="a model that answers at once")
    parser.add_argument("--signals", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=0)
    arguments = parser.parse_args()
    signals = arguments.signals or (1_000 if arguments.small else 20_000)
    rounds = arguments.rounds or (2 if arguments.small else 5)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_set(folder / "Bench_TEST.ts", signals)
        desk = make_desk(application, folder, 0.0 if arguments.flat_out else (os.cpu_count() or 1) / RATE)
        wait_s(1.0)  # the window comes up
        meter = GapMeter()
        wait_s(1.0)
        idle = meter.take()
        began = time.monotonic()
        desk.program.open([folder / "Bench_TEST.ts"])
        wait_until(lambda: desk.program.session.count() == signals)
        open_s = time.monotonic() - began
        wait_s(0.5)
        opened = meter.take()
        classify_all(desk, FIRST_JOBS)
        first_mb = held_mb()
        wait_s(0.1)  # to search for garbage and look at the memory is the benchmark's own gap
        meter.take()
        began = time.monotonic()
        for _ in range(rounds):
            classify_all(desk, signals)
        classify_s = time.monotonic() - began
        gaps = meter.take()
        grown_mb = held_mb() - first_mb
        desk.window.close()
    figures = {
        "signals": signals,
        "jobs": signals * rounds,
        "jobs_per_s": round(signals * rounds / classify_s),
        "gap_p99_ms": round(float(np.percentile(gaps, 99)), 2),
        "gap_max_ms": round(float(gaps.max()), 2),
        "open_s": round(open_s, 2),
        "open_gap_p99_ms": round(float(np.percentile(opened, 99)), 2),
        "open_gap_max_ms": round(float(opened.max()), 2),
        "idle_gap_p99_ms": round(float(np.percentile(idle, 99)), 2),
        "idle_gap_max_ms": round(float(idle.max()), 2),
    }
    if not arguments.small:
        figures["memory_growth_mb"] = round(grown_mb, 1)
    for key, value in figures.items():
        print(f"{key:18} {value:>12}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
