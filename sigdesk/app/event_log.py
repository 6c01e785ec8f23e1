"""A snapshot and an append-only log of what happened since: what a program that is killed at any instant finds again.

In a folder of its own stand `snapshot-N.sigdesk`, the whole state, and `events-N.log`, one line an event: the CRC-32 of
its JSON in hexadecimal, a space, the JSON. A thread writes what is appended at once and syncs it within half a second,
so nobody waits for a disk. A kill loses what was appended in the last moments at most, a power cut half a second of it.
Now and then a new snapshot N+1 takes the place of all: it is renamed into place when it is whole, and only then the old
files go. A line that was cut by the death of the program ends the log; a damaged one is left out and counted.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import Struct

from sigdesk.labels.writing import replace_file
from sigdesk.pool.right_of_way import give_way

Json = dict[str, Any]
Lazy = Json | Callable[[], Json]
_Content = Json | Callable[[], Json | None]

SYNC_S: Final = 0.5
RETRY_S: Final = 1.0
_SNAPSHOT: Final = re.compile(r"snapshot-(\d{1,18})\.sigdesk")
_EVENTS: Final = re.compile(r"events-(\d{1,18})\.log")


class Found(Struct, frozen=True):
    """What an earlier run has left. `lost` counts events that were damaged, `broken` names a snapshot that was."""

    snapshot: Json | None = None
    events: tuple[Json, ...] = ()
    lost: int = 0
    broken: Path | None = None
    number: int = 0


def read_log(folder: Path) -> Found:
    """The newest snapshot that is whole, and the events since. Raises OSError where they cannot be read."""
    snapshots = _numbered(folder, _SNAPSHOT)
    highest = max([*snapshots, *_numbered(folder, _EVENTS)], default=0)
    broken = None
    for number in sorted(snapshots, reverse=True):
        try:
            snapshot = _read_json(snapshots[number].read_bytes())
        except (ValueError, RecursionError):
            broken = _set_aside(folder, number)
            continue
        if isinstance(snapshot, dict):
            events, lost = _read_events(folder / f"events-{number}.log")
            return Found(snapshot, events, lost, broken, highest)
    events, lost = _read_events(folder / "events-0.log")
    return Found(None, events, lost, broken, highest)


def _set_aside(folder: Path, number: int) -> Path:
    """Keep a snapshot that cannot be read, and the events since, for whoever can make something of them."""
    events = folder / f"events-{number}.log"
    if events.exists():
        events.replace(events.with_suffix(".broken"))
    snapshot = folder / f"snapshot-{number}.sigdesk"
    return snapshot.replace(snapshot.with_suffix(".broken"))


def _numbered(folder: Path, pattern: re.Pattern[str]) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    return {int(match[1]): path for path in folder.iterdir() if (match := pattern.fullmatch(path.name))}


def newest_snapshot(folder: Path) -> tuple[Json, Iterator[Json | None]] | None:
    """The newest snapshot, and the events since one by one, None for one that is damaged: of a long log most memory is
    taken by its events, of which nobody needs two at a time. None where that snapshot is damaged. Raises OSError."""
    snapshots = _numbered(folder, _SNAPSHOT)
    if not snapshots:
        return None
    number = max(snapshots)
    try:
        snapshot = _read_json(snapshots[number].read_bytes())
    except (ValueError, RecursionError):
        return None
    return (snapshot, _each_event(folder / f"events-{number}.log")) if isinstance(snapshot, dict) else None


def _read_events(file: Path) -> tuple[tuple[Json, ...], int]:
    found = list(_each_event(file))
    events = tuple(event for event in found if event is not None)
    return events, len(found) - len(events)


def _each_event(file: Path) -> Iterator[Json | None]:
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        return
    with stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return  # it was being written when the program died
            give_way()
            yield _event(line[:-1])


def _event(line: bytes) -> Json | None:
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        event = _read_json(line[9:])
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def event_line(event: Json) -> bytes:
    """The line of an event."""
    text = _json(event)
    return b"%08x %s\n" % (zlib.crc32(text), text)


class EventLog:
    """Writes snapshots and events, in the order in which they are handed over, from a thread of its own.

    `on_trouble` is called from that thread with an OSError when the disk does not take something, which is tried again
    until it does, and with None when it has; `on_synced` when all that was handed over until then is on the disk.
    """

    def __init__(
        self,
        folder: Path,
        number: int,
        on_trouble: Callable[[OSError | None], object],
        on_synced: Callable[[], object] = lambda: None,
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._number = number
        self._on_trouble = on_trouble
        self._on_synced = on_synced
        self._descriptor: int | None = None
        self._written = 0
        self._troubled = False
        self._waiting: list[tuple[bool, _Content]] = []
        self._ready = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="session log", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """Bytes of events since the last snapshot."""
        return self._written

    def append(self, event: Lazy) -> None:
        """Keep an event. One that is a function is made into JSON by the thread: it must not change meanwhile."""
        self._hand_over(False, event)

    def compact(self, snapshot: Json | Callable[[], Json | None]) -> None:
        """Put a snapshot in the place of everything that was handed over before. One that is a function is made by the
        thread once all that was written; where it answers with None, everything stays as it is."""
        self._hand_over(True, snapshot)

    def close(self) -> bool:
        """Write what waits and end; whether all was taken. The disk is tried once more, not for ever."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()
        self._close_file()
        return not self._waiting

    def _hand_over(self, is_snapshot: bool, content: _Content) -> None:
        with self._ready:
            self._waiting.append((is_snapshot, content))
            self._ready.notify()

    def _run(self) -> None:
        unsynced_since: float | None = None
        while True:
            with self._ready:
                due = None if unsynced_since is None else max(unsynced_since + SYNC_S - time.monotonic(), 0.0)
                if not (self._waiting or self._closing):
                    self._ready.wait(due)
                batch, closing = list(self._waiting), self._closing
            try:
                self._write(batch)
                if batch and unsynced_since is None:
                    unsynced_since = time.monotonic()
                if unsynced_since is not None and (closing or time.monotonic() >= unsynced_since + SYNC_S):
                    self._sync()
                    unsynced_since = None
                    self._on_synced()
            except OSError as error:
                self._tell(error)
                if closing:
                    return
                self._pause()
                continue
            if batch:
                self._tell(None)
            if closing and not self._waiting:
                return

    def _pause(self) -> None:
        with self._ready:
            if not self._closing:
                self._ready.wait_for(lambda: self._closing, RETRY_S)

    def _tell(self, error: OSError | None) -> None:
        if error is not None or self._troubled:
            self._troubled = error is not None
            self._on_trouble(error)

    def _write(self, batch: list[tuple[bool, _Content]]) -> None:
        """Write a batch; what is written leaves the line, so that after an error only the rest is tried again."""
        place = 0
        while place < len(batch):
            count = 1
            if batch[place][0]:
                snapshot = _made(batch[place][1])
                if snapshot is not None:
                    self._write_snapshot(snapshot)
            else:
                while place + count < len(batch) and not batch[place + count][0]:
                    count += 1
                made = [_made(event) for _, event in batch[place : place + count]]
                self._write_events(b"".join(event_line(event) for event in made if event is not None))
            with self._ready:
                del self._waiting[:count]
            place += count

    def _write_events(self, lines: bytes) -> None:
        if self._descriptor is None:
            file = self._folder / f"events-{self._number}.log"
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(file, flags, 0o600)
            self._written = os.fstat(self._descriptor).st_size
        try:
            left = memoryview(lines)
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            with contextlib.suppress(OSError):  # else half a line would stand before the next
                os.ftruncate(self._descriptor, self._written)
            raise
        self._written += len(lines)

    def _write_snapshot(self, snapshot: Json) -> None:
        number = self._number + 1
        replace_file(self._folder / f"snapshot-{number}.sigdesk", _json(snapshot))
        self._close_file()
        self._number, self._written = number, 0
        for pattern in (_SNAPSHOT, _EVENTS):
            for old, path in _numbered(self._folder, pattern).items():
                if old < number:
                    with contextlib.suppress(OSError):  # it does no harm; the next snapshot tries again
                        path.unlink()

    def _sync(self) -> None:
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def _close_file(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _json(value: Json) -> bytes:
    """orjson is ten times as quick; but names of files may hold what is no text, which only json's escapes can say."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _read_json(data: bytes) -> Any:
    """As quick as `_json` where it can be. Raises ValueError, RecursionError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _made(content: _Content) -> Json | None:
    return content() if callable(content) else content
