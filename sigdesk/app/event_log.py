"""A snapshot and an append-only log of what happened since: what a program that is killed at any instant finds again.

In a folder of its own stand `snapshot-N.sigdesk`, the whole state, and `events-N.log`, one line an event: the CRC-32 of
its JSON in hexadecimal, a space, the JSON. A thread writes what is appended at once and syncs it within half a second,
so nobody waits for a disk. A kill loses what was appended in the last moments at most, a power cut half a second of it.
Now and then a new snapshot N+1 takes the place of all: it is renamed into place when it is whole, and only then the old
files go. A line that was cut by the death of the program ends the log; a damaged one is left out and counted.

A long log is made short beside the program: what is at it reads the files as they stood when it began, while the log
goes on behind them. Of what came meanwhile `events-N+1.log` is made before the new snapshot is renamed into place:
until then snapshot N with its own events says all, and from then on the other two do.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import orjson
from isal.isal_zlib import crc32
from msgspec import Struct

from sigdesk.app.event_reading import EVENTS, SNAPSHOT, Json, events_file, numbered, snapshot_file
from sigdesk.labels.writing import replace_file, sync_folder

Lazy = Json | Callable[[], Json]

SYNC_S: Final = 0.5
RETRY_S: Final = 1.0
_UNFINISHED: Final = re.compile(r"snapshot-(\d{1,18})\.part")
_COPIED_BYTES: Final = 1 << 20


class Shortening(Protocol):
    """Makes one snapshot of another and the events since."""

    def run(self, folder: Path, number: int, event_bytes: int, into: Path) -> bool:
        """Write into a file, and to the disk, what the snapshot of this number amounts to with so many bytes of its
        events. Blocks; whether that was done."""
        ...

    def cancel(self) -> None:
        """End it, from any thread; `run` comes back soon."""
        ...


class _Snapshot(Struct, frozen=True):
    """What takes the place of all that was handed over before."""

    content: Json


class _Shortened(Struct, frozen=True):
    """A snapshot in an unfinished file, which says all that this one and so many bytes of its events have said."""

    file: Path
    number: int
    event_bytes: int
    whole: bool


_Work = Lazy | _Snapshot | _Shortened


def event_line(event: Json) -> bytes:
    """The line of an event."""
    text = json_bytes(event)
    return b"%08x %s\n" % (crc32(text), text)


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
        self._looked_at = 0
        self._troubled = False
        self._waiting: list[_Work] = []
        self._ready = threading.Condition()
        self._closing = False
        self._shortening: tuple[Shortening, threading.Thread] | None = None
        self._thread = threading.Thread(target=self._run, name="session log", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """Bytes of events since the last snapshot, or since it was last tried to make one."""
        return self._written - self._looked_at

    def append(self, event: Lazy) -> None:
        """Keep an event. One that is a function is made into JSON by the thread: it must not change meanwhile."""
        self._hand_over(event)

    def compact(self, snapshot: Json) -> None:
        """Put a snapshot in the place of everything that was handed over before."""
        self._hand_over(_Snapshot(snapshot))

    def shorten(self, shortening: Shortening) -> None:
        """Put a snapshot in the place of what is written by now, once this has made it; meanwhile the log goes on.
        Nothing is done while another one is at it."""
        if self._shortening is None:
            work = threading.Thread(target=self._shorten, args=(shortening,), name="session shortening", daemon=True)
            self._shortening = shortening, work
            work.start()

    def close(self) -> bool:
        """Write what waits and end; whether all was taken. The disk is tried once more, not for ever."""
        if self._shortening is not None:
            shortening, work = self._shortening
            shortening.cancel()
            work.join()
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()
        self._close_file()
        return not self._waiting

    def _hand_over(self, work: _Work) -> None:
        with self._ready:
            self._waiting.append(work)
            self._ready.notify()

    def _shorten(self, shortening: Shortening) -> None:
        with self._ready:
            number, event_bytes = self._number, self._written
        part = self._folder / f"snapshot-{number + 1}.part"
        whole = shortening.run(self._folder, number, event_bytes, part)
        self._hand_over(_Shortened(part, number, event_bytes, whole))

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

    def _write(self, batch: Sequence[_Work]) -> None:
        """Write a batch; what is written leaves the line, so that after an error only the rest is tried again."""
        place = 0
        while place < len(batch):
            count, work = 1, batch[place]
            if isinstance(work, _Shortened):
                self._take_over(work)
            elif isinstance(work, _Snapshot):
                self._write_snapshot(work.content)
            else:
                events = _events_until_other(batch[place:])
                count = len(events)
                self._write_events(b"".join(map(event_line, events)))
            with self._ready:
                del self._waiting[:count]
            place += count

    def _write_events(self, lines: bytes) -> None:
        if self._descriptor is None:
            self._descriptor = _open_to_append(events_file(self._folder, self._number))
            self._written = os.fstat(self._descriptor).st_size
        try:
            _write_all(self._descriptor, lines)
        except OSError:
            with contextlib.suppress(OSError):  # else half a line would stand before the next
                os.ftruncate(self._descriptor, self._written)
            raise
        self._written += len(lines)

    def _write_snapshot(self, snapshot: Json) -> None:
        number = self._number + 1
        replace_file(snapshot_file(self._folder, number), json_bytes(snapshot))
        self._go_on_with(number, event_bytes=0)

    def _take_over(self, made: _Shortened) -> None:
        """Go on with a snapshot that was made beside the program. What cannot be used changes nothing: what stands
        there says all of it, only at length."""
        number = made.number + 1
        rest = events_file(self._folder, number)
        if made.whole and made.number == self._number:
            try:
                event_bytes = _copy_rest(events_file(self._folder, made.number), made.event_bytes, rest)
                sync_folder(self._folder)
                made.file.replace(snapshot_file(self._folder, number))
            except OSError:
                with contextlib.suppress(OSError):
                    rest.unlink(missing_ok=True)
            else:
                sync_folder(self._folder)
                self._go_on_with(number, event_bytes)
        with contextlib.suppress(OSError):
            made.file.unlink(missing_ok=True)
        self._looked_at = self._written
        self._shortening = None

    def _go_on_with(self, number: int, event_bytes: int) -> None:
        """There is a newer snapshot, with so many bytes of events already: the older files have had their time."""
        self._close_file()
        with self._ready:
            self._number, self._written, self._looked_at = number, event_bytes, 0
        for pattern, newest_gone in ((SNAPSHOT, number - 1), (EVENTS, number - 1), (_UNFINISHED, number)):
            for old, path in numbered(self._folder, pattern).items():
                if old <= newest_gone:
                    with contextlib.suppress(OSError):  # it does no harm; the next snapshot tries again
                        path.unlink()

    def _sync(self) -> None:
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def _close_file(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _open_to_append(file: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    return os.open(file, flags, 0o600)


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _copy_rest(file: Path, begin: int, into: Path) -> int:
    """Copy what stands behind so many bytes into a file of its own, and that to the disk; how many bytes it has."""
    copied = 0
    descriptor = _open_to_append(into)
    try:
        os.ftruncate(descriptor, 0)
        with file.open("rb") as stream:
            stream.seek(begin)
            while piece := stream.read(_COPIED_BYTES):
                _write_all(descriptor, piece)
                copied += len(piece)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return copied


def json_bytes(value: Json) -> bytes:
    """orjson is ten times as quick; but names of files may hold what is no text, which only json's escapes can say."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _events_until_other(batch: Sequence[_Work]) -> list[Json]:
    """The events that stand first in a batch, made."""
    events = []
    for work in batch:
        if isinstance(work, _Snapshot | _Shortened):
            break
        events.append(work() if callable(work) else work)
    return events
