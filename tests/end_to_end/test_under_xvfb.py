"""The program as a process of its own on a real X server, driven from outside with the keyboard."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_reading import read_journal
from tests.end_to_end.command_line import SAMPLES, environment
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button

PATIENCE_S = 40.0
TITLE = "SigDesk$"  # after the name of the session, where one is open

pytestmark = pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("xdotool") is None, reason="Xvfb and xdotool are not installed"
)


def wait_until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)  # another process has no signal to wait for


class Server:
    """An X server, which may be killed before its time. It names its own display."""

    def __init__(self) -> None:
        read, write = os.pipe()
        # When its last client leaves, who only asked for windows, a server resets and refuses others meanwhile.
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = f":{pipe.readline().strip()}"


@pytest.fixture
def server() -> Iterator[Server]:
    """An X server for this test alone."""
    server = Server()
    yield server
    server.process.terminate()
    server.process.wait()


@pytest.fixture
def display(server: Server) -> str:
    return server.display


class Driven:
    """The running program, and a hand on its keyboard."""

    def __init__(self, home: Path, display: str, *arguments: str) -> None:
        self.home = home
        self._environment = {**environment(home), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sigdesk", *arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def xdotool(self, *arguments: str) -> str:
        ran = subprocess.run(
            ["xdotool", *arguments], env=self._environment, capture_output=True, text=True, check=False, timeout=20
        )
        return ran.stdout.strip()

    def wait_for_window(self) -> None:
        wait_until(self._windows, "the window")
        self.xdotool("windowfocus", self._windows()[0])

    def _windows(self) -> list[str]:
        assert self.process.poll() is None, f"it has ended: {self.end()}"
        return self.xdotool("search", "--onlyvisible", "--name", TITLE).splitlines()

    def press(self, keys: str) -> None:
        self.xdotool("key", "--clearmodifiers", keys)

    def settings(self) -> dict[str, object]:
        file = self.home / "settings.json"
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}

    def end(self) -> tuple[int, str]:
        """Wait for the program's own end; its exit code and what it said on standard error."""
        try:
            _, said = self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, said

    def kill(self) -> None:
        """See that nothing is left of it, whatever came of the test."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()


Drive = Callable[..., Driven]


@pytest.fixture
def drive() -> Iterator[Drive]:
    """Starts the program."""
    started: list[Driven] = []

    def start(*arguments: Any) -> Driven:
        started.append(Driven(*arguments))
        return started[-1]

    yield start
    for driven in started:
        driven.kill()


def test_the_window_opens_takes_keys_and_leaves_nothing(drive: Drive, display: str, tmp_path: Path) -> None:
    driven = drive(tmp_path / "home", display, str(SAMPLES / "microwave.csv"))
    driven.wait_for_window()
    wait_until(lambda: driven.settings().get("recent_files"), "the file to be opened")

    driven.press("ctrl+shift+d")
    wait_until(lambda: driven.settings().get("theme") == "dark", "the dark theme")
    driven.press("ctrl+Return")
    temp = driven.home / "tmp"
    wait_until(lambda: list(temp.glob("run-*")), "the pool's folder")
    wait_until(lambda: JobState.SUCCEEDED in states(driven.home), "the job's end")
    driven.press("ctrl+q")
    code, said = driven.end()

    assert code == 0, said
    assert not said.strip(), said
    assert driven.settings()["open_files"] == [str(SAMPLES / "microwave.csv")]
    assert not list(temp.iterdir())


def names_below(driven: Driven) -> list[str]:
    """Of the processes that the program has started, and that are there still."""
    names = []
    for process in psutil.Process(driven.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            names.append(process.name())
    return names


def states(home: Path) -> list[JobState]:
    return [row.state for row in read_journal(home / "journal.sqlite")]


def test_fault_70_display_lost(drive: Drive, server: Server, tmp_path: Path, make_desk: MakeDesk, qtbot: QtBot) -> None:
    home = tmp_path / "home"
    write_model(home / "models", "slow", "sleep 60")
    manifest = home / "models" / "slow" / "model.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("timeout_s = 1", "timeout_s = 90"))
    (home / "settings.json").write_text(json.dumps({"model": "slow", "workers": 1}), encoding="utf-8")
    files = [str(SAMPLES / name) for name in ("microwave.csv", "hairdryer.csv", "fan.csv")]
    driven = drive(home, server.display, *files)
    driven.wait_for_window()
    wait_until(lambda: len(driven.settings().get("recent_files", ())) == 3, "the files")  # type: ignore[arg-type]
    driven.press("ctrl+shift+Return")
    wait_until(lambda: states(home).count(JobState.RUNNING) == 1 and len(states(home)) == 3, "the jobs")
    wait_until(lambda: any("sleep" in name for name in names_below(driven)), "the script to run")
    started = psutil.Process(driven.process.pid).children(recursive=True)

    server.process.kill()
    server.process.wait()
    code, _ = driven.end()

    assert code != 0, "it ends by itself, and says that something was wrong"
    _, alive = psutil.wait_procs(started, timeout=2)
    assert not alive, "no process is left 2 s later"
    assert sorted(state.value for state in states(home)) == ["QUEUED", "QUEUED", "RUNNING"], "each is there once"
    later = make_desk()
    qtbot.waitUntil(lambda: later.window.banner.text.startswith("3 signals were waiting"))
    assert states(home).count(JobState.INTERRUPTED) == 1
    assert later.program.feed.jobs.rowCount() == 0, "nothing runs again by itself"
    (later.program.places.models_folder / "slow" / "run.sh").write_text('echo \'OUTPUT: {"label": "good"}\'\n')
    qtbot.mouseClick(button(later.window.banner, "Resume"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: states(home) == [JobState.SUCCEEDED] * 3, timeout=20_000)


def test_a_second_start_opens_what_was_open(drive: Drive, display: str, tmp_path: Path) -> None:
    first = drive(tmp_path / "home", display, str(SAMPLES / "microwave.csv"), str(SAMPLES / "hairdryer.csv"))
    first.wait_for_window()
    wait_until(lambda: len(first.settings().get("recent_files", ())) == 2, "both files")  # type: ignore[arg-type]
    first.press("ctrl+q")
    assert first.end()[0] == 0

    second = drive(tmp_path / "home", display)
    second.wait_for_window()
    second.press("ctrl+q")
    code, said = second.end()

    assert code == 0, said
    assert not said.strip(), said


def test_without_a_display_the_way_out_is_said(tmp_path: Path) -> None:
    bare = {
        k: v for k, v in environment(tmp_path).items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    ran = subprocess.run(
        [sys.executable, "-m", "sigdesk"], env=bare, capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 2
    assert "sigdesk classify" in ran.stderr


def test_a_home_that_cannot_be_used_is_told_in_a_dialog(drive: Drive, display: str, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder", encoding="utf-8")
    driven = drive(tmp_path / "home", display)
    driven.wait_for_window()
    driven.press("Return")
    code, said = driven.end()

    assert code == 2
    assert str(tmp_path / "home") in said


def test_a_home_that_cannot_be_used_where_nobody_looks(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder", encoding="utf-8")
    unseen = {**environment(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-m", "sigdesk"], env=unseen, capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 2
    assert "--home" in ran.stderr
