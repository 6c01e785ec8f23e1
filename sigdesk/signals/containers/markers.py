"""What a WAV tells beside its samples: cue points with their texts, as editors and field recorders set them, and when a
Broadcast WAV was recorded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field

_MAX_CHUNKS = 10_000
_MAX_CHUNK_BYTES = 16 * 1024**2
_DATE_AT, _TIME_AT, _DESCRIPTION_CHARS = 320, 330, 256


class Marker(Struct, frozen=True):
    """A cue point: its first sample, how many samples it covers (0 for a moment), and its text."""

    start: int
    length: int
    text: str


class Notes(Struct):
    """What the chunks around the samples say. `description` is a Broadcast WAV's own text."""

    markers: list[Marker] = field(default_factory=list)
    recorded: datetime | None = None
    description: str = ""


def notes_of(path: Path) -> Notes:
    """The notes of a RIFF or RF64 file that was found to be whole. What is damaged in them is left out."""
    notes = Notes()
    places: dict[int, int] = {}
    lengths: dict[int, int] = {}
    texts: dict[int, str] = {}
    with path.open("rb") as file:
        for kind, body in _small_chunks(file):
            if kind == b"cue ":
                places.update(_places(body))
            elif kind == b"LIST" and body[:4] == b"adtl":
                _read_texts(body[4:], texts, lengths)
            elif kind == b"bext":
                notes.description = body[:_DESCRIPTION_CHARS].split(b"\0")[0].decode("utf-8", "replace").strip()
                notes.recorded = _moment(body)
    for cue, start in places.items():
        notes.markers.append(Marker(start, lengths.get(cue, 0), texts.get(cue, "") or f"Marker {cue}"))
    return notes


def _small_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a file without its samples: their kind and their bytes."""
    size = file.seek(0, 2)
    file.seek(12)
    long_size: int | None = None
    for _ in range(_MAX_CHUNKS):
        at = file.tell()
        head = file.read(8)
        if len(head) < 8:
            return
        kind, declared = head[:4], struct.unpack("<I", head[4:])[0]
        if kind == b"data" and declared == 0xFFFFFFFF and long_size is not None:
            declared = long_size
        end = at + 8 + declared + declared % 2
        if kind != b"data" and declared <= _MAX_CHUNK_BYTES:
            body = file.read(declared)
            if kind == b"ds64" and len(body) >= 16:
                long_size = struct.unpack("<QQ", body[:16])[1]
            yield kind, body
        if end >= size:
            return
        file.seek(end)


def _places(body: bytes) -> dict[int, int]:
    """The sample of each cue point by its number."""
    count = min(struct.unpack("<I", body[:4])[0] if len(body) >= 4 else 0, (len(body) - 4) // 24)
    points = (struct.unpack_from("<II4sIII", body, 4 + 24 * index) for index in range(max(count, 0)))
    # The offset within the data chunk is the one that writers agree on; the position in a playlist may be zero.
    return {number: offset or position for number, position, _, _, _, offset in points}


def _read_texts(body: bytes, texts: dict[int, str], lengths: dict[int, int]) -> None:
    at = 0
    while at + 12 <= len(body):
        kind, declared, cue = struct.unpack_from("<4sII", body, at)
        inner = body[at + 12 : at + 8 + declared]
        if kind == b"ltxt" and len(inner) >= 16:
            lengths[cue] = struct.unpack_from("<I", inner)[0]
            inner = inner[16:]
        if kind in (b"labl", b"note", b"ltxt"):
            text = inner.split(b"\0")[0].decode("utf-8", "replace").strip()
            if text and (kind == b"labl" or cue not in texts):
                texts[cue] = text
        at += 8 + declared + declared % 2


def _moment(body: bytes) -> datetime | None:
    text = body[_DATE_AT : _DATE_AT + 10] + b"T" + body[_TIME_AT : _TIME_AT + 8]
    try:
        return datetime.fromisoformat(text.decode("ascii").replace("_", "-").replace(".", ":"))
    except ValueError:
        return None
