"""`kill -9` of the real window while labels, notes and view change: the next window misses nothing older than 2 s."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.end_to_end.command_line import environment
from tests.end_to_end.conftest import MakeDesk

PATIENCE = 40_000
ROOT = Path(__file__).resolve().parents[2]

# The program as it is started from a desktop; beside it, somebody who labels and writes as fast as the window takes it.
WINDOW = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import sigdesk.app.autosave
import sigdesk.ui.start as start

build, saved_file, snapshots = start.build_desk, Path(sys.argv[1]), sys.argv[2] == "snapshots"
if snapshots:
    sigdesk.app.autosave.LARGE_BYTES = 4_000  # a new snapshot every few edits

def build_and_work(application, places):
    desk = build(application, places)
    number = 0

    def work():
        nonlocal number
        number += 1
        labelling, entries = desk.program.labelling, desk.program.session.entries
        entry = entries[number % len(entries)]
        labelling.create_label(entry.id, number, number + 1, f"class {number % 3}")
        labelling.write_note(None, f"note {number}")
        desk.window.plots.show_stretch(number / 100, number / 100 + 5)
        if number == 40:
            desk.program.keeping.session_file.save(saved_file)
        sys.stdout.write(json.dumps([time.time(), number]) + "\\n")
        sys.stdout.flush()

    timer = QTimer(desk.window, interval=15)
    timer.timeout.connect(work)
    desk.program.opened.connect(lambda _: timer.start())
    return desk

start.build_desk = build_and_work
sys.exit(start.open_window([Path(name) for name in sys.argv[3:]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
@pytest.mark.parametrize("seed", range(2))
def test_fault_47_a_killed_window_is_there_again(tmp_path: Path, make_desk: MakeDesk, qtbot: QtBot, seed: int) -> None:
    files = [tmp_path / "pump.csv", tmp_path / "fan.csv"]
    for file in files:
        rows = "".join(f"{at / 10},{at % 7}\n" for at in range(3000))
        file.write_text(f"time (s),a\n{rows}", encoding="utf-8")
    session_file = tmp_path / "bench.sigdesk"
    lived_s = random.Random(seed).uniform(2.5, 4.0)
    kind = "snapshots" if seed else "events"
    with subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(session_file), kind, *map(str, files)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**environment(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"},
    ) as window:
        assert window.stdout is not None
        lines = [window.stdout.readline()]
        assert lines[0], "it works"
        die_at = time.monotonic() + lived_s
        while time.monotonic() < die_at:
            lines.append(window.stdout.readline())
        killed = time.time()
        window.send_signal(signal.SIGKILL)
        lines += window.stdout.readlines()
    told = [json.loads(line) for line in lines if line.endswith("\n")]
    older = [number for at, number in told if at < killed - 2]
    assert older, "it worked for more than two seconds"

    desk = make_desk()
    desk.program.open_at_start([])
    qtbot.waitUntil(lambda: desk.program.session.count() == 2, timeout=PATIENCE)
    labelling = desk.program.labelling
    notes = int(labelling.session_note.removeprefix("note "))
    assert notes >= older[-1], "no note that is older than two seconds is missing"
    starts = {span.start for entry in desk.program.session.entries for span in labelling.spans(entry.id)}
    assert starts >= set(map(float, range(1, older[-1] + 1))), "nor a label"
    assert len(starts) in (notes, notes + 1), "and it is one of the states that were"
    if any(number > 40 and at < killed - 2 for at, number in told):
        assert desk.program.keeping.session_file.path == session_file
    assert desk.window.isVisible()
    model = desk.program.feed.problems
    assert not model.rowCount(), "nothing was damaged, and no label file is in conflict"
    while labelling.undo():
        pass
    assert not any(labelling.spans(entry.id) for entry in desk.program.session.entries), "undo goes back to the start"
