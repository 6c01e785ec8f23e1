"""The log under the autosave: what a run that died has left, damage, and a disk that does not take it."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sigdesk.app.event_log import EventLog, event_line
from sigdesk.app.event_reading import Json, read_log

Open = Callable[[], EventLog]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "session"


@pytest.fixture
def troubles() -> list[OSError | None]:
    return []


@pytest.fixture
def begin(folder: Path, troubles: list[OSError | None]) -> Iterator[Open]:
    logs: list[EventLog] = []

    def begin() -> EventLog:
        logs.append(EventLog(folder, read_log(folder).number, troubles.append))
        return logs[-1]

    yield begin
    for log in logs:
        log.close()


def event(number: int) -> Json:
    return {"e": "edit", "n": number, "name": "caf\u00e9 \udc80"}


def test_a_first_start_finds_nothing(folder: Path) -> None:
    assert read_log(folder).snapshot is None
    assert not folder.exists()


def test_events_come_back_in_order_and_a_snapshot_takes_their_place(folder: Path, begin: Open) -> None:
    log = begin()
    log.compact({"state": 0})
    for number in range(100):
        log.append(event(number))
    log.append(lambda: event(100))
    assert log.close()
    found = read_log(folder)
    assert (found.snapshot, found.lost) == ({"state": 0}, 0)
    assert list(found.events) == [event(number) for number in range(101)]

    log = begin()
    log.append(event(1))
    log.compact({"state": 1})
    log.append(event(2))
    log.close()
    found = read_log(folder)
    assert (found.snapshot, found.events) == ({"state": 1}, (event(2),))
    assert len(list(folder.iterdir())) == 2, "what is not needed any more is gone"


class Beside:
    """Makes a snapshot when it is told to, and tells what it was made of."""

    def __init__(self, *, whole: bool = True) -> None:
        self.whole = whole
        self.begun, self.may_end, self.cancelled = threading.Event(), threading.Event(), False

    def run(self, folder: Path, number: int, event_bytes: int, into: Path) -> bool:
        lines = (folder / f"events-{number}.log").read_bytes()[:event_bytes].splitlines()
        into.write_text(json.dumps({"said": len(lines)}), encoding="utf-8")
        self.begun.set()
        assert self.may_end.wait(20)
        return self.whole and not self.cancelled

    def cancel(self) -> None:
        self.cancelled = True
        self.may_end.set()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what a thread does that gives no sign of it."""
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.005)


@pytest.fixture
def long_log(folder: Path, begin: Open) -> EventLog:
    """A log with an event in its file."""
    log = begin()
    log.compact({"state": 0})
    log.append(event(0))
    until(lambda: log.written > 0)
    return log


def test_a_log_goes_on_while_a_snapshot_of_it_is_made_beside_it(folder: Path, long_log: EventLog) -> None:
    beside = Beside()
    long_log.shorten(beside)
    assert beside.begun.wait(20)
    before = long_log.written
    long_log.append(event(1))
    until(lambda: long_log.written > before)
    assert read_log(folder).events == (event(0), event(1)), "all of it is there meanwhile"
    beside.may_end.set()
    until(lambda: (folder / "snapshot-2.sigdesk").exists() and not (folder / "snapshot-1.sigdesk").exists())
    long_log.append(event(2))
    assert long_log.close()
    found = read_log(folder)
    assert (found.snapshot, found.events) == ({"said": 1}, (event(1), event(2)))
    assert len(list(folder.iterdir())) == 2, "what is not needed any more is gone"


@pytest.mark.parametrize("ended_early", [False, True])
def test_a_snapshot_that_cannot_be_made_leaves_what_was_there(
    folder: Path, long_log: EventLog, ended_early: bool
) -> None:
    beside = Beside(whole=False)
    long_log.shorten(beside)
    assert beside.begun.wait(20)
    long_log.append(event(1))
    if not ended_early:
        beside.may_end.set()
        until(lambda: not (folder / "snapshot-2.part").exists())
    assert long_log.close()
    found = read_log(folder)
    assert (found.snapshot, found.events) == ({"state": 0}, (event(0), event(1)))
    assert len(list(folder.iterdir())) == 2


def test_a_snapshot_of_what_another_session_has_replaced_is_thrown_away(folder: Path, long_log: EventLog) -> None:
    beside = Beside()
    long_log.shorten(beside)
    assert beside.begun.wait(20)
    long_log.compact({"state": "another session"})
    until(lambda: (folder / "snapshot-2.sigdesk").exists())
    beside.may_end.set()
    long_log.append(event(1))
    assert long_log.close()
    found = read_log(folder)
    assert (found.snapshot, found.events) == ({"state": "another session"}, (event(1),))
    assert len(list(folder.iterdir())) == 2


def test_a_run_that_died_before_its_new_snapshot_was_in_place_is_found_whole(
    folder: Path, begin: Open, long_log: EventLog
) -> None:
    long_log.append(event(1))
    assert long_log.close()
    (folder / "events-2.log").write_bytes(event_line(event(1)))
    (folder / "snapshot-2.part").write_text('{"said"', encoding="utf-8")
    found = read_log(folder)
    assert (found.snapshot, found.events, found.lost) == ({"state": 0}, (event(0), event(1)), 0)
    log = begin()
    log.compact({"state": 1})
    assert log.close()
    assert read_log(folder).snapshot == {"state": 1}
    assert len(list(folder.iterdir())) == 1, "what it left behind is gone"


def test_where_the_new_snapshot_s_events_find_no_place_the_old_ones_stay(folder: Path, long_log: EventLog) -> None:
    (folder / "events-2.log").mkdir()
    beside = Beside()
    beside.may_end.set()
    long_log.shorten(beside)
    until(lambda: beside.begun.is_set() and not (folder / "snapshot-2.part").exists())
    long_log.append(event(1))
    assert long_log.close()
    found = read_log(folder)
    assert (found.snapshot, found.events) == ({"state": 0}, (event(0), event(1)))


def test_a_log_cut_at_any_byte_gives_what_was_whole(folder: Path, begin: Open) -> None:
    log = begin()
    log.compact({})
    for number in range(3):
        log.append(event(number))
    log.close()
    (file,) = folder.glob("*.log")
    whole = file.read_bytes()
    for cut in range(len(whole) + 1):
        file.write_bytes(whole[:cut])
        found = read_log(folder)
        assert list(found.events) == [event(number) for number in range(whole[:cut].count(b"\n"))]
        assert found.lost == 0


def test_a_flipped_bit_costs_one_event_which_is_counted(folder: Path, begin: Open) -> None:
    log = begin()
    log.compact({})
    for number in range(3):
        log.append(event(number))
    log.close()
    (file,) = folder.glob("*.log")
    data = bytearray(file.read_bytes())
    data[len(event_line(event(0))) + 20] ^= 1
    file.write_bytes(data)
    found = read_log(folder)
    assert list(found.events) == [event(0), event(2)]
    assert found.lost == 1


def test_a_damaged_snapshot_is_set_aside_with_its_events(folder: Path, begin: Open) -> None:
    log = begin()
    log.compact({"state": 0})
    log.append(event(0))
    log.close()
    (snapshot,) = folder.glob("snapshot-*.sigdesk")
    snapshot.write_bytes(snapshot.read_bytes()[:-3])
    found = read_log(folder)
    assert (found.snapshot, found.events) == (None, ())
    assert found.broken is not None
    assert sorted(path.suffix for path in folder.iterdir()) == [".broken", ".broken"]
    log = begin()
    log.compact({"state": 1})
    log.close()
    assert read_log(folder).snapshot == {"state": 1}
    assert found.broken.exists()


def test_a_full_disk_is_told_and_everything_written_once_it_has_room(
    folder: Path, begin: Open, troubles: list[OSError | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.app.event_log.RETRY_S", 0.01)
    full, told = threading.Event(), threading.Event()
    write = os.write

    def half_a_line(descriptor: int, data: bytes) -> int:
        if not full.is_set():
            return write(descriptor, data)
        if troubles:
            told.set()
            raise OSError(errno.ENOSPC, "No space left on device")
        troubles.append(None)  # the first half of a line still finds room
        return write(descriptor, data[:5])

    log = begin()
    log.compact({})
    log.append(event(0))
    monkeypatch.setattr(os, "write", half_a_line)
    full.set()
    log.append(event(1))
    log.append(event(2))
    assert told.wait(20)
    full.clear()
    assert log.close()
    found = read_log(folder)
    assert list(found.events) == [event(0), event(1), event(2)]
    assert found.lost == 0
    assert [error.errno for error in troubles if error is not None][:1] == [errno.ENOSPC]
    assert troubles[-1] is None


def test_a_disk_that_stays_full_does_not_hold_the_end(
    folder: Path, begin: Open, troubles: list[OSError | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = begin()

    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", no_room)
    log.append(event(0))
    assert not log.close()
    assert troubles
    assert not read_log(folder).events
