"""WFDB of PhysioNet: a `.hea` beside its `.dat`, with the annotations beside both. An extra: the library is heavy."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct

from sigdesk.signals.annotations import Annotation, annotation, ordered
from sigdesk.signals.describe import format_rate
from sigdesk.signals.extras import BROKEN, broken, library, same_length
from sigdesk.signals.format import LIKELY, NAME_ONLY
from sigdesk.signals.names import distinct, printable_name
from sigdesk.signals.recording import Channel, Recording, Samples, TimeBase
from sigdesk.signals.refusal import missing, refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

_ANNOTATORS = ("atr", "ari", "ecg", "qrs", "apn", "st", "ann", "man", "wabp", "event", "sta", "stb", "pwave")
_BITS = {"8": 8, "16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12}


class WfdbSource(Struct, frozen=True):
    """Samples of the channels of one rate, of `per_frame` samples in each of the record's frames."""

    stamp: FileStamp
    data: tuple[FileStamp, ...]
    rows: tuple[int, ...]
    per_frame: int

    def read(self, start: int, stop: int) -> Samples:
        for stamp in (self.stamp, *self.data):
            stamp.check()
        wfdb = library(self.stamp.path, "wfdb", "WFDB")
        first, last = start // self.per_frame, -(-stop // self.per_frame)
        if first == last:
            return np.empty((len(self.rows), 0))
        name = str(self.stamp.path.with_suffix(""))
        try:
            record = wfdb.rdrecord(
                name, sampfrom=first, sampto=last, channels=list(self.rows), smooth_frames=False, return_res=64
            )
            table = np.stack([np.asarray(row, dtype=np.float64) for row in record.e_p_signal])
        except BROKEN as error:
            raise broken(self.stamp.path, "WFDB", error) from error
        skip = start - first * self.per_frame
        return same_length(self.stamp.path, table[:, skip : skip + stop - start], stop - start)


class WfdbFormat(Struct, frozen=True):
    name: str = "WFDB"
    suffixes: tuple[str, ...] = (".hea",)

    def confidence(self, head: bytes, path: Path) -> float:
        if path.suffix.lower() not in self.suffixes:
            return 0.0
        lines = [line for line in head.split(b"\n") if line.strip() and not line.startswith(b"#")]
        words = lines[0].split() if lines else []
        return LIKELY if len(words) > 1 and words[1].isdigit() else NAME_ONLY

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        wfdb = library(path, "wfdb", "WFDB")
        stamp = FileStamp.of(path)
        try:
            header = wfdb.rdheader(str(path.with_suffix("")))
            frames = _frames(path, header)
            data = _check_data(path, header, frames)
            annotations = _annotations(wfdb, path, float(header.fs))
            return [
                _recording(path, stamp, data, header, frames, per_frame, annotations)
                for per_frame in dict.fromkeys(header.samps_per_frame)
            ]
        except BROKEN as error:
            raise broken(path, "WFDB", error) from error


def _frames(path: Path, header: Any) -> int:
    if hasattr(header, "segments") or hasattr(header, "seg_name"):
        raise refusal(path, "is made of several segments, which SigDesk does not join.", "Open the segments' own .hea.")
    frames = header.sig_len
    if not header.n_sig or not isinstance(frames, int) or not 0 < frames < 2**50:
        raise refusal(path, "does not say how many samples it holds.", "Write it again with its length.")
    return frames


def _check_data(path: Path, header: Any, frames: int) -> tuple[FileStamp, ...]:
    """The files of samples, each as long as the header says. One in another folder is not followed."""
    bits: dict[str, int] = {}
    for name, kind, per_frame in zip(header.file_name, header.fmt, header.samps_per_frame, strict=True):
        if "/" in name or "\\" in name or name in ("", ".", "..", "-"):
            raise refusal(path, f"names its samples “{printable_name(name)}”, which is no file beside it.", "Mend it.")
        bits[name] = bits.get(name, 0) + _BITS.get(kind, 0) * per_frame
    offsets = dict(zip(header.file_name, header.byte_offset, strict=True))
    stamps = []
    for name, per_frame in bits.items():
        stamp = FileStamp.of(path.with_name(name))
        needed = (frames * per_frame + 7) // 8 + (offsets[name] or 0)
        if stamp.size < needed:
            raise refusal(
                stamp.path,
                f"is cut short: {printable_name(path.name)} declares samples up to byte {needed}, but it ends at byte "
                f"{stamp.size} ({missing(needed - stamp.size)}).",
                "Copy the file again from where it was recorded.",
            )
        stamps.append(stamp)
    return tuple(stamps)


def _annotations(wfdb: Any, path: Path, rate: float) -> tuple[Annotation, ...]:
    """What the files of annotations beside the record say: their symbol, and the note behind it."""
    found: list[Annotation | None] = []
    for annotator in _ANNOTATORS:
        if not path.with_suffix(f".{annotator}").is_file():
            continue
        read = wfdb.rdann(str(path.with_suffix("")), annotator)
        scale = float(read.fs or rate)
        for sample, symbol, note in zip(read.sample.tolist(), read.symbol, read.aux_note, strict=True):
            text = f"{symbol} {note}".strip("\0 ")
            found.append(annotation(sample / scale, None, text))
    return ordered(found)


def _recording(
    path: Path,
    stamp: FileStamp,
    data: tuple[FileStamp, ...],
    header: Any,
    frames: int,
    per_frame: int,
    annotations: tuple[Annotation, ...],
) -> Recording:
    rows = tuple(at for at, each in enumerate(header.samps_per_frame) if each == per_frame)
    rate = float(header.fs) * per_frame
    item = format_rate(rate) if len(set(header.samps_per_frame)) > 1 else ""
    names = distinct(printable_name(header.sig_name[at] or "") or f"Channel {at + 1}" for at in rows)
    comments = "\n".join(printable_name(str(each)) for each in header.comments or ())
    return Recording(
        name=printable_name(f"{path.stem} {item}" if item else path.name),
        path=path,
        channels=tuple(
            Channel(name, printable_name(header.units[at] or "")) for name, at in zip(names, rows, strict=True)
        ),
        length=frames * per_frame,
        time_base=TimeBase(rate_hz=rate),
        source=WfdbSource(stamp, data, rows, per_frame),
        format_name="WFDB",
        item=item,
        start_time=header.base_datetime,
        metadata=MappingProxyType({"comment": comments[:4000]} if comments else {}),
        annotations=annotations,
    )


FORMAT = WfdbFormat()
