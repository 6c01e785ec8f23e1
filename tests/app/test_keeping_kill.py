"""`kill -9` of a program that labels: what was older than two seconds is there, and undo goes on (as row 47)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.app.keeping_desk import build

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from PySide6.QtCore import QCoreApplication, QTimer
from tests.app.keeping_desk import build
import sigdesk.app.event_log as event_log

home, signal_file, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
application = QCoreApplication([])
if seed % 2:
    import sigdesk.app.autosave
    sigdesk.app.autosave.LARGE_BYTES = 2_000  # a new snapshot every few edits
program = build(home)
number = 0

def edit():
    global number
    (entry,) = program.session.entries
    if number % 5 == 4:
        program.labelling.undo()
    else:
        program.labelling.create_label(entry.id, number, number + 1, f"class {{number % 3}}")
    number += 1
    names = "".join(label.class_name[-1] for label in program.labelling.labels(entry.id))
    sys.stdout.write(f"{{time.time()}} {{len(program.labelling.book.done)}} {{names}}\\n")
    sys.stdout.flush()

def begin(_):
    timer.start(3)

timer = QTimer()
timer.timeout.connect(edit)
program.opened.connect(begin)
program.open([signal_file])
application.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_instant_nothing_older_than_two_seconds_is_missing(
    tmp_path: Path, seed: int, qtbot: QtBot
) -> None:
    file = tmp_path / "run.csv"
    file.write_text("time (s),a\n" + "".join(f"{at},{at % 3}\n" for at in range(50)), encoding="utf-8")
    home = tmp_path / "home"
    lived_s = random.Random(seed).uniform(2.2, 3.2)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(home), str(file), str(seed)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as program:  # fmt: skip
        assert program.stdout is not None
        lines = [program.stdout.readline()]
        assert lines[0], "it labels"
        die_at = time.monotonic() + lived_s
        while time.monotonic() < die_at:
            lines.append(program.stdout.readline())
        killed = time.time()
        program.send_signal(signal.SIGKILL)
        lines += program.stdout.readlines()
    told = [line.split() for line in lines if line.endswith("\n")]
    states = [(float(at), int(done), names) for at, done, names in told]

    again = build(home)
    try:
        assert [path.name for path in again.last_files()] == ["run.csv"]
        with qtbot.waitSignal(again.opened, timeout=20_000):
            again.open(again.last_files())
        (entry,) = again.session.entries
        found = "".join(label.class_name[-1] for label in again.labelling.labels(entry.id))
        known = {(done, names): at for at, done, names in states}
        done = len(again.labelling.book.done)
        assert (done, found) in {*known, (0, "")} or states[-1][1] < done, "one of the states that were"
        older = [state for state in states if state[0] < killed - 2]
        assert done >= (older[-1][1] if older else 0)
        assert states[-1][1] - done < 300, "it wrote as it went"
        while again.labelling.undo():
            pass
        assert not len(again.labelling.labels(entry.id)), "undo goes back to the start"
        assert not again.feed.problems.rowCount()
    finally:
        again.close()
