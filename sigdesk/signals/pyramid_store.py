"""Pyramids of long recordings on disk, so that a file which was looked at once shows whole at once.

A cache and nothing more: it is bounded, what stands in it can be made again, and a file of it that is damaged, or that
cannot be written, is as good as none. What a recording's file holds is told by its size, its time of change and
samples of its bytes, as reading all of it is what the cache is there to spare.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import uuid
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from isal.isal_zlib import crc32

from sigdesk.signals.pyramid import BASE, Level, Pyramid
from sigdesk.signals.recording import Recording
from sigdesk.signals.stamp import FileStamp

_log = logging.getLogger(__name__)

SUFFIX: Final = ".pyramid"
WORTH_SAMPLES: Final = 4_000_000
"""Shorter recordings are read in less time than a file of the cache is found."""
KEPT_BYTES: Final = 1024**3
_MAGIC: Final = b"SigDesk pyramid 2\n"
_PROBES, _PROBE_BYTES = 64, 4096


class PyramidStore:
    """Keeps pyramids in `folder`, the least recently used going first beyond `kept_bytes`. Any thread."""

    def __init__(self, folder: Path, kept_bytes: int = KEPT_BYTES) -> None:
        self._folder = folder
        self._kept_bytes = kept_bytes

    def load(self, recording: Recording) -> Pyramid | None:
        """The whole pyramid of this recording, or None where it is not known, or not worth it."""
        path = self._path(recording)
        if path is None:
            return None
        try:
            levels = _read(path, recording)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.info("A pyramid of the cache was of no use: %s", error)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it is of use, so others go before it
        return Pyramid(recording, levels)

    def save(self, pyramid: Pyramid) -> None:
        """Keep a pyramid that is whole; where that fails there is none next time."""
        path = self._path(pyramid.recording)
        if path is None or not pyramid.is_whole:
            return
        draft = path.with_name(f".{uuid.uuid4().hex}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(pyramid.stored_bytes)
            with draft.open("xb") as file:
                for part in _parts(pyramid):
                    file.write(part)
            draft.replace(path)
        except OSError as error:
            _log.info("A pyramid was not kept: %s", error)
            with contextlib.suppress(OSError):
                draft.unlink()

    def _path(self, recording: Recording) -> Path | None:
        if recording.length * len(recording.channels) < WORTH_SAMPLES:
            return None
        try:
            return self._folder / f"{_key(recording)}{SUFFIX}"
        except OSError:
            return None

    def _make_room(self, wanted: int) -> None:
        """Remove what was not used for longest, and what a killed program has left half-written."""
        files = [(path.stat(), path) for path in self._folder.iterdir() if path.is_file()]
        total = wanted + sum(status.st_size for status, _ in files)
        for status, path in sorted(files, key=lambda one: one[0].st_mtime):
            if total > self._kept_bytes:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
                total -= status.st_size


def _key(recording: Recording) -> str:
    """What tells this recording's samples from all others. Raises OSError when its file cannot be read."""
    stamp = FileStamp.of(recording.path)
    # A table may be read in more than one way, and a signal seen through a filter.
    way = getattr(recording.source, "mark", "")
    way = f"{way}{recording.processing}"
    shape = (recording.format_name, recording.item, len(recording.channels), recording.length, way)
    digest = hashlib.blake2b(orjson.dumps((stamp.size, stamp.modified_ns, shape)), digest_size=20)
    with recording.path.open("rb", buffering=0) as file:
        for place in np.linspace(0, max(stamp.size - _PROBE_BYTES, 0), _PROBES).astype(int).tolist():
            file.seek(place)
            digest.update(file.read(_PROBE_BYTES))
    return digest.hexdigest()


def _parts(pyramid: Pyramid) -> list[bytes | memoryview]:
    """The file: a first line that names it, a line of JSON that describes the rest, then the levels."""
    arrays = [np.ascontiguousarray(array) for level in pyramid.levels for array in (level.lows, level.highs)]
    check = 0
    for array in arrays:
        check = crc32(array.data.cast("B"), check)
    head = {
        "base": BASE,
        "dtype": arrays[0].dtype.str,
        "levels": [[level.grain, *level.lows.shape] for level in pyramid.levels],
        "crc32": check,
    }
    return [_MAGIC, orjson.dumps(head) + b"\n", *(array.data.cast("B") for array in arrays)]


def _read(path: Path, recording: Recording) -> list[Level]:
    """Raises ValueError for a file that is not what it should be."""
    with path.open("rb") as file:
        if file.readline(len(_MAGIC)) != _MAGIC:
            raise ValueError(f"{path.name} is no pyramid")
        head: dict[str, Any] = orjson.loads(file.readline(64 * 1024))
        data = file.read()
    if head["base"] != BASE or crc32(data) != head["crc32"]:
        raise ValueError(f"{path.name} is damaged")
    dtype = np.dtype(head["dtype"])
    levels: list[Level] = []
    at = 0
    for grain, channels, entries in head["levels"]:
        if channels != len(recording.channels) or entries != -(-recording.length // grain):
            raise ValueError(f"{path.name} is of another recording")
        both = np.frombuffer(data, dtype, 2 * channels * entries, at).reshape(2, channels, entries)
        levels.append(Level(grain, both[0], both[1]))
        at += both.nbytes
    return levels
