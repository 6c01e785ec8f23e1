"""What a run that died, or the process that makes its log short, finds in the folder that `event_log` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from isal.isal_zlib import crc32
from msgspec import Struct

Json = dict[str, Any]

SNAPSHOT: Final = re.compile(r"snapshot-(\d{1,18})\.sigdesk")
EVENTS: Final = re.compile(r"events-(\d{1,18})\.log")


class Found(Struct, frozen=True):
    """What an earlier run has left. `lost` counts events that were damaged, `broken` names a snapshot that was."""

    snapshot: Json | None = None
    events: tuple[Json, ...] = ()
    lost: int = 0
    broken: Path | None = None
    number: int = 0


def read_log(folder: Path) -> Found:
    """The newest snapshot that is whole, and the events since. Raises OSError where they cannot be read."""
    snapshots = numbered(folder, SNAPSHOT)
    highest = max([*snapshots, *numbered(folder, EVENTS)], default=0)
    broken = None
    for number in sorted(snapshots, reverse=True):
        snapshot = read_snapshot(snapshots[number])
        if snapshot is not None:
            events, lost = _read_events(events_file(folder, number))
            return Found(snapshot, events, lost, broken, highest)
        broken = _set_aside(folder, number)
    events, lost = _read_events(events_file(folder, 0))
    return Found(None, events, lost, broken, highest)


def snapshot_file(folder: Path, number: int) -> Path:
    return folder / f"snapshot-{number}.sigdesk"


def events_file(folder: Path, number: int) -> Path:
    """What happened since the snapshot of this number."""
    return folder / f"events-{number}.log"


def numbered(folder: Path, pattern: re.Pattern[str]) -> dict[int, Path]:
    """The files in the folder whose names are of this kind, by their numbers."""
    if not folder.is_dir():
        return {}
    return {int(match[1]): path for path in folder.iterdir() if (match := pattern.fullmatch(path.name))}


def read_snapshot(file: Path) -> Json | None:
    """A snapshot, None where it is damaged. Raises OSError."""
    try:
        snapshot = _read_json(file.read_bytes())
    except (ValueError, RecursionError):
        return None
    return snapshot if isinstance(snapshot, dict) else None


def each_event(file: Path, most_bytes: int | None = None) -> Iterator[Json | None]:
    """The events of a file one by one, None for one that is damaged: of a long log most memory is taken by its events,
    of which nobody needs two at a time. With `most_bytes`, none that begins behind so many. Raises OSError."""
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        return
    read = 0
    with stream:
        for line in stream:
            if most_bytes is not None and read >= most_bytes:
                return
            read += len(line)
            if not line.endswith(b"\n"):
                return  # it was being written when the program died
            yield _event(line[:-1])


def _set_aside(folder: Path, number: int) -> Path:
    """Keep a snapshot that cannot be read, and the events since, for whoever can make something of them."""
    events = events_file(folder, number)
    if events.exists():
        events.replace(events.with_suffix(".broken"))
    snapshot = snapshot_file(folder, number)
    return snapshot.replace(snapshot.with_suffix(".broken"))


def _read_events(file: Path) -> tuple[tuple[Json, ...], int]:
    found = list(each_event(file))
    events = tuple(event for event in found if event is not None)
    return events, len(found) - len(events)


def _event(line: bytes) -> Json | None:
    try:
        if int(line[:8], 16) != crc32(line[9:]):
            return None
        event = _read_json(line[9:])
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _read_json(data: bytes) -> Any:
    """orjson is ten times as quick; but names of files may hold what is no text, which only json's escapes can say.
    Raises ValueError, RecursionError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)
