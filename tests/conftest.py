"""What all tests share. Whatever a test leaves behind (a process, a thread, an error in the log) fails that test."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars
import psutil
import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import Manifest, ParamValue, Run, RunMode, SamplesForm
from sigdesk.places import HOME_VARIABLE
from sigdesk.pool.pool import Pool
from sigdesk.signals.recording import ArraySource, Channel, Recording, Samples, TimeBase
from tests.factories import MakeModel, MakePool, MakeRecording

ERRORS_IN_LOG = "errors_in_log"
_RUN_VARIABLE = "SIGDESK_TEST_RUN"
PATIENCE_MS = 30_000
RANDOM_VARIABLE = "SIGDESK_TEST_RANDOM"
"""Set to anything, hypothesis draws other examples on every run, which is how new ones are found. Without it a test
draws the same ones until it is changed: whether a commit passes must not be a matter of luck."""
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=RANDOM_VARIABLE not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")
_WORTH_A_SEARCH = 10_000
_FILES_ALLOWED = 2  # what Qt and the interpreter may open for good on first use


def pytest_configure(config: pytest.Config) -> None:
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named == "offscreen" or not (named or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        # Offscreen has a screen of 800 x 800, to which a restored window would be cut; this one is larger.
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).with_name('offscreen.json')}"
    config.addinivalue_line("markers", f"{ERRORS_IN_LOG}: the test provokes log records over WARNING on purpose")


def pytest_collection_finish() -> None:
    """What all tests have imported stays: no search for cycles need look through it again, and pools' tests ask for
    hundreds of full ones. And none comes by itself: in a thread of a pool it would end parts of a window that a test
    has left, whose timers Qt would call afterwards. In the program the window sees to that."""
    gc.collect()
    gc.freeze()
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    if gc.get_count()[0] > _WORTH_A_SEARCH:
        gc.collect()


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    threads, children = set(threading.enumerate()), _children()
    yield
    _wait_until(lambda: not _children() - children)
    left = _children() - children
    names = [_name_of(pid) for pid in left]
    for pid in left:
        psutil.Process(pid).kill()
    assert not left, f"processes left behind: {names}"
    _wait_until(lambda: not _strays(threads))
    assert not _strays(threads), "threads left behind"


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    if request.node.get_closest_marker(ERRORS_IN_LOG) is None:
        records = [*caplog.get_records("setup"), *caplog.get_records("call"), *caplog.records]
        loud = [record.getMessage() for record in records if record.levelno > logging.WARNING]
        assert not loud, f"errors in the log: {loud}"


class PatientBot(QtBot):
    """Waits as long as a busy machine may take; what comes at once is seen at once all the same."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> MultiSignalBlocker:
        return super().waitSignals(signals, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def sigdesk_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for the program, for this test alone; also for the programs that the test starts."""
    home = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return home


@pytest.fixture
def sandboxed(request: pytest.FixtureRequest) -> bool:
    """Whether the test's pools run scripts in the sandbox; parametrised by `both_levels`."""
    return bool(getattr(request, "param", False))


@pytest.fixture(scope="session")
def _library_threads() -> None:
    """Threads that a library starts once and keeps are there before a pool's own are counted."""
    polars.read_csv(b"seconds,volt\n" + b"0,1\n" * 100_000)


@pytest.fixture
def pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandboxed: bool, _library_threads: None
) -> Iterator[MakePool]:
    run = secrets.token_hex(8)
    monkeypatch.setenv(_RUN_VARIABLE, run)  # everything that the pool's processes start inherits it
    temp_folder = tmp_path / "pool temp"
    pools: list[Pool] = []
    threads, files = _native_threads(), _open_files()

    def make(
        *, workers: int = 1, queue_limit: int = 20_000, memory_budget_mb: int | None = None, steps: bool = True
    ) -> Pool:
        limits: dict[str, Any] = {"queue_limit": queue_limit, "memory_budget_mb": memory_budget_mb}
        pools.append(Pool(temp_folder, workers=workers, sandboxed=sandboxed, steps=steps, **limits))
        return pools[-1]

    yield make
    for one in pools:
        one.close()
    assert not _marked(run), "processes left behind by the pool"
    assert not temp_folder.is_dir() or not list(temp_folder.iterdir()), "files left behind by the pool"
    pools.clear()
    gc.collect()
    _wait_until(lambda: _native_threads() <= threads)
    assert _native_threads() <= threads, f"threads left behind by the pool, one of {_thread_names()}"
    assert _open_files() <= files + _FILES_ALLOWED, "file descriptors left open by the pool"


@pytest.fixture
def model_folder(tmp_path: Path) -> MakeModel:
    def make(
        script: str | Path,
        *,
        name: str = "model",
        classes: Sequence[str] = ("a", "b"),
        params: Mapping[str, ParamValue] | None = None,
        **run: Any,
    ) -> Classifier:
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        if isinstance(script, Path):
            shell = script.suffix == ".sh"
            shutil.copy(script, folder)
        else:
            shell = script.startswith("#!/bin/sh")
            (folder / ("classify.sh" if shell else "classify.py")).write_text(script, encoding="utf-8")
        (file,) = folder.iterdir()
        if "command" not in run:
            run |= {"command": ("sh", file.name)} if shell else {"script": file.name}
        run.setdefault("samples", SamplesForm.NPY if "script" in run else SamplesForm.JSON)
        run.setdefault("mode", RunMode.ONE_SHOT)
        manifest = Manifest(name, "1.0.0", tuple(classes), Run(**run), params=MappingProxyType(dict(params or {})))
        return Classifier(folder, manifest)

    return make


@pytest.fixture
def recording(tmp_path: Path) -> MakeRecording:
    def make(
        samples: Samples | Sequence[float] | None = None, *, name: str = "signal.csv", rate_hz: float = 1000.0
    ) -> Recording:
        values: Samples = np.atleast_2d(np.arange(100.0) if samples is None else np.asarray(samples, dtype=float))
        channels = tuple(Channel(f"channel {number}", "V") for number in range(1, len(values) + 1))
        return Recording(
            name=name,
            path=tmp_path / name,
            channels=channels,
            length=values.shape[1],
            time_base=TimeBase(rate_hz=rate_hz),
            source=ArraySource(values),
            format_name="memory",
        )

    return make


def _children() -> set[int]:
    """Ids of this process's own children, ended or not."""
    try:
        lists = [(task / "children").read_text() for task in Path("/proc/self/task").iterdir()]
    except OSError:  # no such system, or a thread has just ended
        return {child.pid for child in psutil.Process().children()}
    return {int(pid) for found in lists for pid in found.split()}


def _name_of(pid: int) -> str:
    try:
        return " ".join(psutil.Process(pid).cmdline()) or f"process {pid}, ended but not waited for"
    except psutil.Error:
        return f"process {pid}"


def _strays(before: set[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]


def _marked(run: str) -> list[str]:
    """Living processes that this test's pools have started, however far removed."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(_RUN_VARIABLE) == run:
                found.append(_name_of(process.pid))
        except psutil.Error:
            continue
    return found


def _native_threads() -> int:
    return int(psutil.Process().num_threads())


def _thread_names() -> list[str]:
    """What the system calls the threads of this process, where it tells."""
    return sorted(file.read_text(encoding="utf-8").strip() for file in Path("/proc/self/task").glob("*/comm"))


def _open_files() -> int:
    return int(psutil.Process().num_fds())


def _wait_until(condition: Callable[[], bool], within_s: float = 2.0) -> None:
    give_up = time.monotonic() + within_s
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.01)
