"""EDF, EDF+, BDF and BDF+, with annotations. Channels of one rate are one signal, so a file with two rates is two."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.signals.annotations import Annotation
from sigdesk.signals.describe import format_rate
from sigdesk.signals.edf.header import BDF_MAGIC, EDF_MAGIC, EdfChannel, EdfHeader, read_header
from sigdesk.signals.edf.records import RecordSource, read_annotations
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.gaps import GappySource, Piece, gap_text, pieces_of
from sigdesk.signals.names import distinct, printable_name
from sigdesk.signals.recording import Channel, Recording, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

_VERSION_BYTES, _COUNT_AT = 8, 252


class EdfFormat(Struct, frozen=True):
    name: str = "EDF, BDF"
    suffixes: tuple[str, ...] = (".edf", ".bdf", ".rec")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(BDF_MAGIC):
            return SURE
        if head.startswith(EDF_MAGIC) and head[_COUNT_AT : _COUNT_AT + 4].strip().isdigit():
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        stamp = FileStamp.of(path)
        header = read_header(path)
        onsets, begins, annotations = _annotations(path, header)
        groups = _groups(header)
        if not groups or not header.records:
            what = f"holds {len(annotations)} annotations, but no signal." if annotations else "holds no samples."
            raise refusal(
                path, what, "Open the file that holds the signal to which they belong, and import these as labels."
            )
        many = len(groups) > 1
        return [
            _recording(path, stamp, header, channels, onsets, begins, annotations, many=many) for channels in groups
        ]


def annotations_of_edf(path: Path) -> tuple[datetime | None, tuple[Annotation, ...]]:
    """When a file began, and its annotations from then on, whether it holds a signal or not. Raises RecordingError."""
    header = read_header(path)
    _, begins, annotations = _annotations(path, header)
    return header.start + timedelta(seconds=begins) if header.start else None, annotations


def _annotations(path: Path, header: EdfHeader) -> tuple[list[float | None], float, tuple[Annotation, ...]]:
    """When each record begins, when the first one does, and the annotations from there on."""
    onsets, annotations = read_annotations(path, header)
    begins = next((onset for onset in onsets[:1] if onset is not None), 0.0)
    if begins:
        annotations = tuple(
            replace(each, start_s=each.start_s - begins, end_s=each.end_s - begins) for each in annotations
        )
    return onsets, begins, annotations


def _groups(header: EdfHeader) -> list[tuple[EdfChannel, ...]]:
    """The channels by how many samples they have in a record, in the order of the file."""
    by_rate: dict[int, list[EdfChannel]] = {}
    for channel in header.channels:
        if not channel.is_annotations and channel.samples:
            by_rate.setdefault(channel.samples, []).append(channel)
    return [tuple(channels) for channels in by_rate.values()]


def _recording(
    path: Path,
    stamp: FileStamp,
    header: EdfHeader,
    channels: tuple[EdfChannel, ...],
    onsets: list[float | None],
    begins: float,
    annotations: tuple[Annotation, ...],
    *,
    many: bool,
) -> Recording:
    rate = channels[0].samples / header.record_s if header.record_s else None
    item = "" if not many else format_rate(rate) if rate else f"{channels[0].samples} samples a record"
    named = distinct(printable_name(each.label) or f"Channel {at}" for at, each in enumerate(channels, start=1))
    source = RecordSource(stamp, header, channels)
    pieces = _pieces(path, header, channels[0].samples, rate, onsets, begins)
    metadata = _metadata(header, channels)
    if len(pieces) > 1 and rate:
        metadata["gaps"] = gap_text(pieces, rate)
    return Recording(
        name=printable_name(f"{path.stem} {item}" if item else path.name),
        path=path,
        channels=tuple(Channel(name, each.unit) for name, each in zip(named, channels, strict=True)),
        length=pieces[-1].stop,
        time_base=TimeBase(rate_hz=rate),
        source=GappySource(source, pieces) if len(pieces) > 1 else source,
        format_name=header.name,
        item=item,
        start_time=header.start + timedelta(seconds=begins) if header.start else None,
        metadata=MappingProxyType(metadata),
        annotations=_of_channels(annotations, named),
    )


def _of_channels(annotations: Iterable[Annotation], names: Iterable[str]) -> tuple[Annotation, ...]:
    """The annotations that are about one of these channels, or about all."""
    here = set(names)
    return tuple(each for each in annotations if not each.channels or here.intersection(each.channels))


def _pieces(
    path: Path, header: EdfHeader, samples: int, rate: float | None, onsets: list[float | None], begins: float
) -> tuple[Piece, ...]:
    """Where the records lie in time: without a hole, unless the file says that it is discontinuous."""
    whole = (Piece(0, header.records * samples, 0),)
    if not header.is_discontinuous or rate is None or None in onsets:
        return whole
    starts = [onset - begins for onset in onsets if onset is not None]
    pieces = pieces_of(starts, [samples] * header.records, rate)
    if pieces is None:
        raise refusal(
            path,
            "holds records that overlap, or that lie further apart than any recording lasts.",
            "Save it again with the program that recorded it.",
        )
    return pieces


def _metadata(header: EdfHeader, channels: tuple[EdfChannel, ...]) -> dict[str, str]:
    said = {
        "patient": header.patient,
        "recording": header.recording,
        "transducer": "; ".join(dict.fromkeys(each.transducer for each in channels if each.transducer)),
        "prefilter": "; ".join(dict.fromkeys(each.prefilter for each in channels if each.prefilter)),
        "stored as": "16-bit integers" if header.width == 2 else "24-bit integers",
    }
    if header.unfinished:
        said["records"] = f"{header.records} whole ones; the recorder never wrote how many there should be"
    return {key: text for key, text in said.items() if text}


FORMAT = EdfFormat()
