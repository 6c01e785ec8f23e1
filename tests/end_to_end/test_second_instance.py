"""Row 52 of the fault matrix: a second window on the same home hands its files over to the first, and ends."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.command_line import SAMPLES, environment

PATIENCE_S = 40.0


def wait_until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)  # another process has no signal to wait for


class Windows:
    """Windows as processes of their own, on one home, without a display."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *files: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sigdesk", *(str(SAMPLES / file) for file in files)],
            env={**environment(self.home), "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def recent(self) -> list[str]:
        """The files that a window has opened, by name."""
        file = self.home / "settings.json"
        settings = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return sorted(Path(path).name for path in settings.get("recent_files", ()))


@pytest.fixture
def windows(tmp_path: Path) -> Iterator[Windows]:
    windows = Windows(tmp_path / "home")
    yield windows
    for process in windows.started:
        process.kill()
        process.communicate()


def test_fault_52_a_second_window_hands_its_files_to_the_first(windows: Windows) -> None:
    first = windows.start("microwave.csv")
    wait_until(lambda: windows.recent() == ["microwave.csv"], "the first one's file")

    second = windows.start("hairdryer.csv")
    out, err = second.communicate(timeout=PATIENCE_S)

    assert (second.returncode, out, err) == (0, "", "")
    wait_until(lambda: windows.recent() == ["hairdryer.csv", "microwave.csv"], "both files in the first one")
    assert first.poll() is None
    assert len(list((windows.home / "tmp").glob("run-*"))) == 1, "there is one pool"


def test_fault_52_after_a_killed_window_the_next_is_the_first(windows: Windows) -> None:
    killed = windows.start("microwave.csv")
    wait_until(lambda: windows.recent() == ["microwave.csv"], "the first one's file")
    killed.kill()
    killed.wait()

    next_one = windows.start("hairdryer.csv")
    wait_until(lambda: "hairdryer.csv" in windows.recent(), "the next one's file")
    last = windows.start("vacuum.csv")
    last.communicate(timeout=PATIENCE_S)

    assert last.returncode == 0
    assert next_one.poll() is None


def test_fault_52_two_that_start_at_once_become_one(windows: Windows) -> None:
    both = [windows.start("microwave.csv"), windows.start("hairdryer.csv")]

    wait_until(lambda: windows.recent() == ["hairdryer.csv", "microwave.csv"], "both files")
    wait_until(lambda: [process.poll() for process in both].count(0) == 1, "one of them to end")

    assert [process.poll() for process in both].count(None) == 1
