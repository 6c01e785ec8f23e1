"""Is a billion samples as easy to look at as a thousand? Run: `python tests/benchmarks/plot.py [--small]`. The last
line is JSON; each figure is a ratio measured side by side in this run.

- `pan_1e9_vs_1e5`, `pan_1e8_vs_pyqtgraph`: a frame is a pan or a zoom of the real plot, 1600 px wide, until it is
  painted as sharp as the screen allows; against the same frames of a short file, and against pyqtgraph's own curve with
  peak downsampling and clipping over the same mapped samples (there the higher, the further ahead).
- `first_paint_s`, `overview_vs_scan`: from opening the long file until something of it is painted, and until all of it
  is, the latter against one pass of minimum and maximum over the mapped file; both read it from the disk. The same for
  a file that the system still holds in memory is `overview_vs_scan_in_memory`; `reopened_s` is the second time.
- `start_vs_bare`, `memory_vs_bare`: the program until its window takes input, against a bare PySide6 window with one
  empty pyqtgraph plot; each in processes of their own, the median of several.
- `csv_vs_polars`: a CSV file of a million rows by four, opened and read by SigDesk, against polars reading the same.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from sigdesk.signals import Shelf, open_recordings
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.theme.apply import apply_look
from sigdesk.ui.theme.look import Look

WIDTH, HEIGHT = 1600, 500
SHARES = (0.6, 0.06, 0.006)
"""How much of the file is in view while frames are taken."""
WIDE = 0.6
"""pyqtgraph's own curve is slow where much is in view; there it is compared."""
PARTS = ("opening", "frames", "start", "csv")
Figures = dict[str, float]
FRAMES = 8
ROUNDS = 3
PATIENCE_S = 120.0

BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
application = QApplication([])
window = QMainWindow()
plot = pyqtgraph.PlotWidget()
plot.plot([], [])
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
"""
OURS = """
import gc, sys, time
from pathlib import Path
from sigdesk.__main__ import window_module
from sigdesk.places import Places
start = window_module()
from PySide6.QtWidgets import QApplication
application = QApplication([])
desk = start.build_desk(application, Places(Path(sys.argv[1])))
window = desk.window
window.show()
gc.enable()
"""
REPORT = """
from PySide6.QtCore import QTimer
def report():
    import psutil
    # What is shared with other programs is not this program's: on Linux its own share, elsewhere all that is resident.
    held = psutil.Process().memory_full_info()
    print(time.monotonic(), getattr(held, "pss", held.rss), flush=True)
    window.close()
    application.quit()
QTimer.singleShot(0, report)
application.exec()
"""


def spin_until(done: Callable[[], bool], what: str) -> None:
    """Run the event loop as a program does: it sleeps while nothing happens, and takes no processor from who reads."""
    if done():
        return
    give_up = time.monotonic() + PATIENCE_S
    heartbeat = QTimer(interval=5)
    heartbeat.start()
    while not done():
        QApplication.processEvents(
            QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        )
        if time.monotonic() > give_up:
            sys.exit(f"It took over {PATIENCE_S:g} s until {what}.")


def write_wave(path: Path, length: int) -> Path:
    """A float32 `.npy` of a slow wave with noise, written a few megabytes at a time."""
    generator = np.random.default_rng(0)
    noise = generator.normal(size=4_000_000).astype(np.float32)
    with path.open("wb") as file:
        head = {"descr": "<f4", "fortran_order": False, "shape": (length,)}
        np.lib.format.write_array_header_1_0(file, head)
        for start in range(0, length, len(noise)):
            count = min(len(noise), length - start)
            phase = np.float32(2 * np.pi * 40 * start / length)
            slow = np.sin(np.linspace(phase, phase + 2 * np.pi * 40 * count / length, count, dtype=np.float32))
            file.write((slow * 3 + noise[:count]).data)
    return path


def opened(path: Path) -> Recording:
    return open_recordings(path, Shelf())[0]


def make_area(application: QApplication, store: PyramidStore | None = None) -> PlotArea:
    look = Look(application)
    apply_look(application, look)
    area = PlotArea(look, store)
    area.resize(WIDTH, HEIGHT)
    area.show()
    return area


def frames_ms(area: PlotArea, shares: Sequence[float]) -> list[float]:
    """Pans and zooms, each until it is painted sharp."""
    spans: list[float] = []
    total = area.visible_range.span
    for share in shares:
        area.show_stretch(total * 0.1, total * (0.1 + share))
        spin_until(lambda: area.is_settled, "a stretch was sharp")
        for frame in range(FRAMES):
            began = time.perf_counter()
            if frame % 4 == 3:
                area.zoom_in()
            else:
                area.pan_steps(1.0 if share == WIDE else 4.0)  # by 40 % of the view: beyond what is kept in reserve
            spin_until(lambda: area.is_settled, "a frame was sharp")
            QApplication.processEvents()  # the scene tells the window what has changed only now; then it is painted
            spans.append((time.perf_counter() - began) * 1000)
    return spans


def our_frame_ms(application: QApplication, path: Path, store: PyramidStore, shares: Sequence[float] = SHARES) -> float:
    area = make_area(application, store)
    area.show_recording(opened(path))
    spin_until(lambda: area.is_settled, f"{path.name} was read")
    found = []
    for _ in range(ROUNDS):
        area.fit_all()
        spin_until(lambda: area.is_settled, "the whole was sharp")
        found += frames_ms(area, shares)
    area.stop_reading()
    area.close()
    return statistics.median(found)


def pyqtgraph_frame_ms(path: Path) -> float:
    """The same pans and zooms of pyqtgraph's own curve."""
    import pyqtgraph

    samples = np.load(path, mmap_mode="r")
    plot = pyqtgraph.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    curve = plot.plot(np.arange(len(samples), dtype=np.float32), samples)
    curve.setDownsampling(auto=True, method="peak")
    curve.setClipToView(True)
    plot.show()
    found = []
    left, span = len(samples) * 0.1, len(samples) * WIDE
    plot.setXRange(left, left + span, padding=0)
    QApplication.processEvents()
    plot.repaint()
    for frame in range(FRAMES):
        began = time.perf_counter()
        if frame % 4 == 3:
            span /= 1.5
        else:
            left += span * 0.1
        plot.setXRange(left, left + span, padding=0)
        QApplication.processEvents()
        found.append((time.perf_counter() - began) * 1000)
    plot.close()
    return statistics.median(found)


def opening_s(application: QApplication, path: Path, store: PyramidStore) -> tuple[float, float]:
    """Seconds until the first of a file is painted, and until all of it is."""
    area = make_area(application, store)
    QApplication.processEvents()
    painted: list[float] = []
    began = time.perf_counter()
    area.show_recording(opened(path))
    area.repaint()
    painted.append(time.perf_counter() - began)
    spin_until(lambda: area.is_settled, f"{path.name} was read")
    area.repaint()
    whole = time.perf_counter() - began
    area.stop_reading()
    area.close()
    return painted[0], whole


def forget(path: Path) -> None:
    """Have the system drop what it keeps of a file in memory, where it can be asked: a file is opened once."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def scan_s(path: Path) -> float:
    began = time.perf_counter()
    samples = np.load(path, mmap_mode="r")
    step = 4_000_000
    low = min(float(samples[at : at + step].min()) for at in range(0, len(samples), step))
    high = max(float(samples[at : at + step].max()) for at in range(0, len(samples), step))
    assert low < high
    return time.perf_counter() - began


def start(code: str, home: Path, runs: int) -> tuple[float, float]:
    """Median seconds from the process's start until the window takes input, and median bytes held by then.

    The first run is not counted: it compiles what an installed program finds compiled.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds, held = [], []
    for _ in range(runs + 1):
        began = time.monotonic()  # one clock for all processes, on every system that SigDesk runs on
        run = subprocess.run(
            [sys.executable, "-c", code + REPORT, str(home)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        ready, bytes_held = map(float, run.stdout.split())
        seconds.append(ready - began)
        held.append(bytes_held)
    return statistics.median(seconds[1:]), statistics.median(held[1:])


def csv_ratio(folder: Path, rows: int) -> float:
    import polars

    generator = np.random.default_rng(0)
    path = folder / "table.csv"
    columns = {"time (s)": np.arange(rows) / 1000.0}
    columns |= {f"c{number} (V)": generator.normal(size=rows).round(6) for number in range(3)}
    polars.DataFrame(columns).write_csv(path)

    def ours() -> None:
        opened(path).read()

    def theirs() -> None:
        polars.read_csv(path).to_numpy()

    return timed(ours) / timed(theirs)


def timed(work: Callable[[], object], runs: int = 5) -> float:
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def measure_opening(application: QApplication, folder: Path, long: int) -> Figures:
    path = write_wave(folder / f"{long}.npy", long)
    forget(path)
    scan = scan_s(path)
    forget(path)
    store = PyramidStore(folder / "cache")
    first_s, whole_s = opening_s(application, path, store)
    _, again_s = opening_s(application, path, store)
    scan_warm = scan_s(path)
    _, whole_warm_s = opening_s(application, path, PyramidStore(folder / "other cache"))
    return {
        "first_paint_s": round(first_s, 3),
        "overview_vs_scan": round(whole_s / scan, 3),
        "overview_vs_scan_in_memory": round(whole_warm_s / scan_warm, 3),
        "reopened_s": round(again_s, 3),
        "scan_s": round(scan, 3),
        "overview_s": round(whole_s, 3),
    }


def measure_frames(application: QApplication, folder: Path, long: int, middle: int, short: int) -> Figures:
    files = {size: folder / f"{size}.npy" for size in (long, middle, short)}
    for size, path in files.items():
        if not path.exists():
            write_wave(path, size)
    store = PyramidStore(folder / "cache")
    small_ms = our_frame_ms(application, files[short], store)
    long_ms = our_frame_ms(application, files[long], store)
    middle_ms = our_frame_ms(application, files[middle], store, (WIDE,))
    theirs_ms = pyqtgraph_frame_ms(files[middle])
    return {
        "pan_1e9_vs_1e5": round(long_ms / small_ms, 3),
        "pan_1e8_vs_pyqtgraph": round(theirs_ms / middle_ms, 1),
        "frame_1e5_ms": round(small_ms, 2),
        "frame_1e8_ms": round(middle_ms, 2),
        "frame_1e9_ms": round(long_ms, 2),
        "pyqtgraph_1e8_ms": round(theirs_ms, 1),
    }


def measure_start(folder: Path, runs: int) -> Figures:
    bare = start(BARE, folder / "home", runs)
    ours = start(OURS, folder / "home", runs)
    return {
        "start_vs_bare": round(ours[0] / bare[0], 3),
        "memory_vs_bare": round(ours[1] / bare[1], 3),
        "start_s": round(ours[0], 3),
        "bare_start_s": round(bare[0], 3),
        "memory_mb": round(ours[1] / 1e6, 1),
        "bare_memory_mb": round(bare[1] / 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    arguments = parser.parse_args()
    long, middle, short = (2_000_000, 1_000_000, 100_000) if arguments.small else (10**9, 10**8, 10**5)
    wanted = (arguments.only,) if arguments.only else PARTS
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    figures: Figures = {"samples": long}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "opening" in wanted:
            figures |= measure_opening(application, folder, long)
        if "frames" in wanted:
            figures |= measure_frames(application, folder, long, middle, short)
        for path in folder.glob("*.npy"):  # while the system writes gigabytes to the disk, nothing else is as quick
            with contextlib.suppress(OSError):  # some systems keep a file that was mapped
                path.unlink()
        if "start" in wanted:
            figures |= measure_start(folder, 1 if arguments.small else 5)
        if "csv" in wanted:
            figures["csv_vs_polars"] = round(csv_ratio(folder, 10_000 if arguments.small else 1_000_000), 3)
    for key, value in figures.items():
        print(f"{key:26} {value:>14}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
