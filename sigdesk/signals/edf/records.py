"""The records of an EDF or BDF file: samples of channels of one rate, and the annotations that stand between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals.annotations import MAX_ANNOTATIONS, Annotation, annotation, ordered
from sigdesk.signals.arrays import fill
from sigdesk.signals.edf.header import EdfChannel, EdfHeader
from sigdesk.signals.recording import Samples
from sigdesk.signals.refusal import refusal
from sigdesk.signals.stamp import FileStamp

_BLOCK_BYTES = 8 * 1024**2
_SHORT_RECORD_BYTES = 4096


class RecordSource(Struct, frozen=True):
    """Samples of channels that have as many in each record; read record by record, the file is open only meanwhile."""

    stamp: FileStamp
    header: EdfHeader
    channels: tuple[EdfChannel, ...]

    def read(self, start: int, stop: int) -> Samples:
        self.stamp.check()
        each = self.channels[0].samples
        values = np.empty(
            (len(self.channels), stop - start), dtype=np.float32 if self.header.width == 2 else np.float64
        )
        try:
            with self.stamp.path.open("rb", buffering=0) as file:
                for first, records in self._blocks(file, start // each, -(-stop // each)):
                    begin, end = max(first * each, start), min((first + len(records)) * each, stop)
                    for row, channel in zip(values, self.channels, strict=True):
                        part = self._of(channel, records)[begin - first * each : end - first * each]
                        row[begin - start : end - start] = part * channel.gain + channel.shift
        except OSError as error:
            why = error.strerror or str(error)
            raise refusal(
                self.stamp.path, f"cannot be read ({why}).", "Check the drive, then open it again."
            ) from error
        return values

    def _blocks(self, file: BinaryIO, first: int, last: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Records `first` to `last` in blocks, as bytes of shape (records, bytes of a record)."""
        size = self.header.record_bytes
        step = max(1, _BLOCK_BYTES // size)
        for at in range(first, last, step):
            block = np.empty((min(step, last - at), size), dtype=np.uint8)
            file.seek(self.header.data_at + at * size)
            fill(file, block.reshape(-1).data, self.stamp.path)
            yield at, block

    def _of(self, channel: EdfChannel, records: NDArray[np.uint8]) -> NDArray[Any]:
        """The stored numbers of a channel."""
        width = self.header.width
        raw = np.ascontiguousarray(records[:, channel.offset : channel.offset + channel.samples * width])
        if width == 2:
            return raw.view("<i2").reshape(-1)
        # Three bytes go to the top of four, and the shift back carries their sign.
        wide = np.zeros((raw.size // 3, 4), dtype=np.uint8)
        wide[:, 1:] = raw.reshape(-1, 3)
        return (wide.view("<i4") >> 8).reshape(-1)


def read_annotations(path: Path, header: EdfHeader) -> tuple[list[float | None], tuple[Annotation, ...]]:
    """When each record begins (s after the header's start, None where it does not say), and the annotations, by the
    same clock. Raises RecordingError when there are more than anybody can look at."""
    holders = [channel for channel in header.channels if channel.is_annotations]
    onsets: list[float | None] = []
    found: list[Annotation | None] = []
    if not holders:
        return onsets, ()
    for parts in _annotation_bytes(path, header, holders):
        onset: float | None = None
        for index, raw in enumerate(parts):
            for at, (begins, lasts, texts) in enumerate(_lists(raw)):
                if index == at == 0 and not any(texts):
                    onset = begins
                found += [_annotation(begins, lasts, text) for text in texts if text]
        onsets.append(onset)
        if len(found) > MAX_ANNOTATIONS:
            raise refusal(path, f"holds over {MAX_ANNOTATIONS:,} annotations.", "Cut it into smaller files.")
    return onsets, ordered(found)


def _annotation_bytes(path: Path, header: EdfHeader, holders: list[EdfChannel]) -> Iterator[list[bytes]]:
    """The bytes of the channels of annotations, record by record."""
    size = header.record_bytes
    # Short records are read many at a time; in long ones the way to the annotations is skipped.
    step = max(1, _BLOCK_BYTES // size) if size <= _SHORT_RECORD_BYTES else 1
    with path.open("rb", buffering=0) as file:
        for first in range(0, header.records, step):
            if step == 1:
                parts = []
                for each in holders:
                    file.seek(header.data_at + first * size + each.offset)
                    parts.append(file.read(each.samples * header.width))
                yield parts
                continue
            file.seek(header.data_at + first * size)
            block = file.read(min(step, header.records - first) * size)
            for at in range(0, len(block) // size * size, size):
                yield [block[at + each.offset : at + each.offset + each.samples * header.width] for each in holders]


def _lists(raw: bytes) -> Iterator[tuple[float, float | None, list[str]]]:
    """The time-stamped lists in a record's annotations: onset, duration and texts. What is damaged is left out."""
    for part in raw.split(b"\x14\x00"):
        part = part.lstrip(b"\x00")
        if part[:1] not in (b"+", b"-"):
            continue
        when, *texts = part.split(b"\x14")
        onset, _, duration = when.partition(b"\x15")
        try:
            begins, lasts = float(onset), float(duration) if duration else None
        except ValueError:
            continue
        if abs(begins) < 1e12:
            yield begins, lasts, [text.decode("utf-8", "replace") for text in texts]


def _annotation(begins: float, lasts: float | None, text: str) -> Annotation | None:
    """Behind two @ stands the channel that it is about."""
    said, _, channel = text.partition("@@")
    return annotation(begins, None if lasts is None else begins + lasts, said, [channel.strip()] if channel else ())
