"""What a killed run leaves is gone after the next start, and a living run is never touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sigdesk.pool.file_lock import FileLock
from sigdesk.pool.pool import Pool
from sigdesk.pool.process_tree import RUN_VARIABLE
from sigdesk.pool.sweep import LOCK_NAME, live_runs, sweep
from tests.pool.conftest import left_by, needs_sandbox

ROOT = Path(__file__).resolve().parents[2]


def write_model(folder: Path) -> None:
    """A one-shot script that never answers and starts a grandchild in a session of its own."""
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(
        f'[model]\nname = "{folder.name}"\nversion = "1"\n[run]\ncommand = ["sh", "run.sh"]\n'
        '[output]\nclasses = ["a"]\n',
        encoding="utf-8",
    )
    (folder / "run.sh").write_text("setsid sleep 600 &\nsleep 600\n", encoding="utf-8")


def wait_until(condition: object) -> None:
    assert callable(condition)
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)  # another process has no signal to wait for


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
@pytest.mark.parametrize("level", ["--no-sandbox", pytest.param("--sandbox", marks=needs_sandbox)])
def test_fault_28_what_a_killed_program_left_is_ended_and_removed(tmp_path: Path, level: str) -> None:
    home = tmp_path / "home"
    write_model(tmp_path / "models" / "hangs")
    signal_file = tmp_path / "signal.csv"
    signal_file.write_text("a\n1\n2\n3\n", encoding="utf-8")
    environment = {**os.environ, "SIGDESK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "sigdesk", "classify", str(signal_file), "--model", "hangs", level]
    command += ["--models-folder", str(tmp_path / "models")]
    killed = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: list((home / "tmp").glob("run-*")))
    (run,) = (home / "tmp").glob("run-*")
    wait_until(lambda: len(left_by(run.name)) >= 3)
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    wait_until(lambda: not left_by(run.name))
    wait_until(lambda: not list((home / "tmp").glob("*run-*")))


def test_what_a_dead_run_left_is_removed_at_the_next_start_if_nobody_could_do_it_before(tmp_path: Path) -> None:
    dead = tmp_path / "run-dead"
    dead.mkdir()
    (dead / LOCK_NAME).touch()
    (dead / "job-1.json").write_text("{}", encoding="utf-8")
    left = subprocess.Popen(["sleep", "600"], env={**os.environ, RUN_VARIABLE: "run-dead"})

    with Pool(tmp_path, workers=1) as pool:
        assert not dead.exists()
        assert pool.temp_folder.exists()
    left.wait(timeout=10)


def test_a_run_that_is_still_being_swept_up_is_none_that_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who starts at once after a crash is offered what waits, though the reaper has not done its work yet."""
    dead = tmp_path / "run-dead"
    dead.mkdir()
    (dead / LOCK_NAME).touch()
    at_it, go_on = threading.Event(), threading.Event()

    def kill(name: str) -> None:
        assert name == "run-dead"
        at_it.set()
        assert go_on.wait(20)

    monkeypatch.setattr("sigdesk.pool.process_tree.kill_run", kill)
    with ThreadPoolExecutor(1) as reaper:
        swept = reaper.submit(sweep, tmp_path)
        assert at_it.wait(20)
        assert sweep(tmp_path) == []
        assert live_runs(tmp_path) == []
        go_on.set()
        assert swept.result(20) == ["run-dead"]
    assert not list(tmp_path.iterdir())


def test_what_a_sweeper_that_died_has_left_is_swept_by_the_next(tmp_path: Path) -> None:
    half = tmp_path / "dead-run-half"
    half.mkdir()
    (half / LOCK_NAME).touch()
    left = subprocess.Popen(["sleep", "600"], env={**os.environ, RUN_VARIABLE: "run-half"})
    assert sweep(tmp_path) == ["run-half"]
    left.wait(timeout=10)
    assert not list(tmp_path.iterdir())


def test_a_living_run_is_not_swept(tmp_path: Path) -> None:
    with Pool(tmp_path, workers=1) as first, Pool(tmp_path, workers=1) as second:
        assert first.temp_folder.exists()
        assert second.temp_folder.exists()
    assert not list(tmp_path.iterdir())


def test_a_folder_whose_lock_is_not_there_yet_may_be_a_run_that_is_just_starting(tmp_path: Path) -> None:
    young, old = tmp_path / "run-young", tmp_path / "run-old"
    young.mkdir()
    old.mkdir()
    os.utime(old, (1, 1))

    assert sweep(tmp_path) == ["run-old"]
    assert young.exists()


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / LOCK_NAME).touch()
    parent = tmp_path / "tmp"
    parent.mkdir()
    (parent / "run-link").symlink_to(victim)

    assert sweep(parent) == []
    assert victim.exists()


def test_a_lock_is_held_by_one_and_free_after_its_release(tmp_path: Path) -> None:
    first = FileLock.take(tmp_path / "lock")
    assert first is not None
    assert FileLock.take(tmp_path / "lock") is None
    first.release()
    again = FileLock.take(tmp_path / "lock")
    assert again is not None
    again.release()
