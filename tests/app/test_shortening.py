"""The process that makes the session's log short: what it makes of one, and that it never outlives who waits for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sigdesk.app.event_log import event_line
from sigdesk.app.event_reading import Json
from sigdesk.app.session_document import document_in, document_out
from sigdesk.app.session_state import SessionState
from sigdesk.app.shortening_run import ShorteningRun
from sigdesk.labels.edits import SignalKey

KEY = ["/lab/pump.csv", ""]
OPENED: Json = {"e": "open", "signals": [[KEY, "pump"]]}


def result(job: str) -> Json:
    return {"e": "results", "results": [[KEY, {"job": job}]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session of one signal, with two results in the events."""
    (tmp_path / "snapshot-1.sigdesk").write_text(json.dumps(document_out(SessionState())), encoding="utf-8")
    lines = [event_line(event) for event in (OPENED, result("first"), result("second"))]
    (tmp_path / "events-1.log").write_bytes(b"".join(lines))
    return tmp_path


def made(folder: Path, event_bytes: int) -> SessionState | None:
    """The session that the process makes of so many bytes of the events, None where it makes none."""
    into = folder / "snapshot-2.part"
    if not ShorteningRun().run(folder, 1, event_bytes, into):
        return None
    return document_in(json.loads(into.read_bytes()))


def test_a_snapshot_says_what_the_events_said_until_then_and_no_more(folder: Path) -> None:
    lines = (folder / "events-1.log").read_bytes().splitlines(keepends=True)
    for count, job in ((1, None), (2, {"job": "first"}), (3, {"job": "second"})):
        state = made(folder, sum(map(len, lines[:count])))
        assert state is not None
        assert state.signals[SignalKey(*KEY)].result == job


@pytest.mark.parametrize("damaged", ["snapshot-1.sigdesk", "events-1.log"])
def test_of_what_is_damaged_no_snapshot_is_made(folder: Path, damaged: str) -> None:
    data = bytearray((folder / damaged).read_bytes())
    data[12] ^= 1
    (folder / damaged).write_bytes(data)
    assert made(folder, (folder / "events-1.log").stat().st_size) is None


def test_who_does_not_want_it_any_more_need_not_wait(folder: Path) -> None:
    run = ShorteningRun()
    run.cancel()
    assert not run.run(folder, 1, 10, folder / "snapshot-2.part")
    assert not (folder / "snapshot-2.part").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="waits in a pipe with a name")
def test_it_goes_when_the_window_is_gone(folder: Path) -> None:
    (folder / "events-1.log").unlink()
    os.mkfifo(folder / "events-1.log")  # nobody writes into it: it would wait for ever
    command = [sys.executable, "-m", "sigdesk.app.shortening", str(folder), "1", "10", str(folder / "part")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        process.communicate(timeout=30)
    assert process.returncode
    assert not (folder / "part").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="waits in a pipe with a name")
def test_it_is_ended_when_the_window_closes(folder: Path) -> None:
    (folder / "events-1.log").unlink()
    os.mkfifo(folder / "events-1.log")
    run, ended = ShorteningRun(), []
    thread = threading.Thread(target=lambda: ended.append(run.run(folder, 1, 10, folder / "part")))
    thread.start()
    descriptor = os.open(folder / "events-1.log", os.O_WRONLY)  # waits until it reads
    run.cancel()
    thread.join(20)
    os.close(descriptor)
    assert ended == [False]
