"""miniSEED of seismologists, an extra. Traces that were taken together are channels of one signal; what was not
recorded between two segments is a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct

from sigdesk.signals.extras import BROKEN, MAX_WHOLE_BYTES, broken, check_size, library
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.gaps import GappySource, Piece, gap_text, pieces_of
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Channel, Recording, Samples, SampleSource, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf, ShelvedSource
from sigdesk.signals.stamp import FileStamp

_NS = 1e-9
_QUALITIES = {quality + blank for quality in (b"D", b"R", b"Q", b"M") for blank in (b" ", b"\0")}


class _Trace(Struct, frozen=True):
    """One trace: where it stands in the list, its name, rate, and the start (ns) and length of each segment."""

    at: int
    name: str
    rate_hz: float
    segments: tuple[tuple[int, int], ...]


class MiniseedFormat(Struct, frozen=True):
    name: str = "miniSEED"
    suffixes: tuple[str, ...] = (".mseed", ".miniseed", ".ms", ".seed")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(b"MS\x03"):
            return SURE
        if (
            len(head) >= 48
            and head[:6].isdigit()
            and head[6:7] in (b"D", b"R", b"Q", b"M")
            and head[7:8] in (b" ", b"\0")
        ):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        stamp = FileStamp.of(path)
        check_size(path, stamp.size, "miniSEED")
        _check_whole(path, stamp.size)
        together: dict[Any, list[_Trace]] = {}
        for trace in _traces(path):
            together.setdefault((trace.rate_hz, trace.segments), []).append(trace)
        found: list[Recording] = []
        for traces in together.values():
            needed = sum(length for _, length in traces[0].segments) * 8 * len(traces)
            if needed > MAX_WHOLE_BYTES:
                raise refusal(path, f"unpacks to {needed:,} bytes, over the {MAX_WHOLE_BYTES:,} allowed.", "Cut it.")
            found += _recordings(path, stamp, shelf, traces, many=len(together) > 1)
        if not found:
            raise refusal(path, "holds no trace of numbers.", "Check that the recording was saved.")
        return found


def _check_whole(path: Path, size: int) -> None:
    """Raise RecordingError when the records do not fill the file; the library passes over a last half one."""
    pymseed = library(path, "pymseed", "miniSEED")
    end = 0
    try:
        for record in pymseed.MS3Record.from_file(str(path)):
            end += int(record.reclen)
    except (pymseed.PymseedError, *BROKEN) as error:
        raise broken(path, "miniSEED", error) from error
    if end != size:
        raise refusal(
            path,
            f"is cut short or damaged: its whole records end at byte {end}, but the file ends at byte {size}.",
            "Copy the file again from where it was recorded.",
        )


def _traces(path: Path) -> list[_Trace]:
    return [
        _Trace(
            at,
            _name(trace.sourceid),
            float(trace[0].samprate),
            tuple((int(segment.starttime), int(segment.samplecnt)) for segment in trace),
        )
        for at, trace in enumerate(_opened(path))
        if len(trace) and trace[0].samprate > 0 and all(segment.samplecnt > 0 for segment in trace)
    ]


def _name(source: str) -> str:
    """A source as seismologists write it: NET.STA.LOC.BHZ."""
    parts = source.removeprefix("FDSN:").split("_")
    return ".".join([*parts[:3], "".join(parts[3:])]) if len(parts) == 6 else ".".join(parts)


def _opened(path: Path) -> Any:
    """The list of traces, nothing of which is unpacked yet."""
    pymseed = library(path, "pymseed", "miniSEED")
    try:
        return pymseed.MS3TraceList.from_file(str(path), record_list=True)
    except (pymseed.PymseedError, *BROKEN) as error:
        raise broken(path, "miniSEED", error) from error


def _recordings(path: Path, stamp: FileStamp, shelf: Shelf, traces: Sequence[_Trace], *, many: bool) -> list[Recording]:
    """One recording, or one for each segment where segments overlap."""
    first = traces[0]
    starts = [(start - first.segments[0][0]) * _NS for start, _ in first.segments]
    lengths = [length for _, length in first.segments]
    pieces = pieces_of(starts, lengths, first.rate_hz)
    loader = _Loader(path, tuple(trace.at for trace in traces), sum(lengths))
    source = ShelvedSource(stamp, shelf, loader.traces, loader)
    item = first.name if len(traces) == 1 else f"{first.name[:-1]}*"
    if pieces is not None:
        return [_recording(path, traces, source, pieces, first.segments[0][0], item if many else "")]
    found, stored = [], 0
    for number, (start, length) in enumerate(first.segments, start=1):
        part = (Piece(0, length, stored),)
        found.append(_recording(path, traces, source, part, start, f"{item} part {number}"))
        stored += length
    return found


def _recording(
    path: Path, traces: Sequence[_Trace], source: SampleSource, pieces: tuple[Piece, ...], start_ns: int, item: str
) -> Recording:
    rate = traces[0].rate_hz
    whole = len(pieces) == 1 and pieces[0].stored == 0 and "part" not in item
    return Recording(
        name=printable_name(f"{path.stem} {item}" if item else path.name),
        path=path,
        channels=tuple(Channel(printable_name(trace.name), "counts") for trace in traces),
        length=pieces[-1].stop,
        time_base=TimeBase(rate_hz=rate),
        source=source if whole else GappySource(source, pieces),
        format_name="miniSEED",
        item=item,
        start_time=datetime.fromtimestamp(start_ns * _NS, UTC) if abs(start_ns) < 2**62 else None,
        metadata=MappingProxyType({"gaps": gap_text(pieces, rate)} if len(pieces) > 1 else {}),
    )


class _Loader(Struct, frozen=True):
    """Unpacks some traces, their segments one after another."""

    path: Path
    traces: tuple[int, ...]
    length: int

    def __call__(self) -> Samples:
        opened = list(_opened(self.path))
        rows = []
        try:
            for at in self.traces:
                parts = []
                for segment in opened[at]:
                    segment.unpack_recordlist()
                    parts.append(np.array(segment.np_datasamples, dtype=np.float64))
                rows.append(np.concatenate(parts))
        except BROKEN as error:
            raise broken(self.path, "miniSEED", error) from error
        if any(len(row) != self.length for row in rows):
            raise refusal(self.path, "unpacks to another length than it declares.", "Copy the file again.")
        return np.stack(rows)


FORMAT = MiniseedFormat()
