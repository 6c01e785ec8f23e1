"""SigMF: a `.sigmf-meta` in JSON beside a `.sigmf-data` of plain samples, with annotations. Complex samples are two
channels, I and Q. Nothing but the JSON is parsed, so no library is needed."""

from __future__ import annotations

import bisect
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import orjson
from msgspec import Struct

from sigdesk.signals.annotations import Annotation, annotation, ordered
from sigdesk.signals.arrays import Layout, RawSource, float_type
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.gaps import GappySource, Piece, gap_text, pieces_of
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Channel, Recording, SampleSource, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

META, DATA = ".sigmf-meta", ".sigmf-data"
_MAX_META_BYTES = 64 * 1024**2
_DATATYPE = re.compile(r"([rc])([fiu])(8|16|32|64)(?:_(le|be))?")
_MEND = "Mend its .sigmf-meta, or have the program that wrote it write it again."
_SAID = ("core:description", "core:author", "core:hw", "core:recorder", "core:license")


class SigmfFormat(Struct, frozen=True):
    name: str = "SigMF"
    suffixes: tuple[str, ...] = (META,)

    def confidence(self, head: bytes, path: Path) -> float:
        if path.suffix.lower() == DATA or (b'"core:datatype"' in head and head.lstrip()[:1] == b"{"):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        meta = path.with_suffix(META)
        document = _load(meta)
        top = _object(document.get("global"), meta, "global")
        data = meta.with_suffix(DATA)
        named = top.get("core:dataset")
        if isinstance(named, str):
            if "/" in named or "\\" in named or named in ("", ".", ".."):
                raise refusal(meta, "names samples in another folder, which SigDesk does not follow.", _MEND)
            data = meta.with_name(named)
        if not data.is_file():
            what = f"describes the samples in {printable_name(data.name)}, which is not in its folder."
            raise refusal(meta, what, "Copy both files again, into one folder.")
        return [_Sigmf(meta, document, top, FileStamp.of(data)).recording()]


def _load(meta: Path) -> Mapping[str, Any]:
    if meta.stat().st_size > _MAX_META_BYTES:
        raise refusal(meta, f"has more than the {_MAX_META_BYTES:,} bytes that it may have.", _MEND)
    try:
        document = orjson.loads(meta.read_bytes())
    except orjson.JSONDecodeError as error:
        raise refusal(meta, f"is not valid JSON at line {error.lineno}, column {error.colno}.", _MEND) from error
    return _object(document, meta, "the document")


def _object(value: object, meta: Path, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise refusal(meta, f"has no object where {name} should be.", _MEND)
    return value


class _Sigmf(Struct, frozen=True):
    """The parts of a recording."""

    meta: Path
    document: Mapping[str, Any]
    top: Mapping[str, Any]
    stamp: FileStamp

    def recording(self) -> Recording:
        stored, is_complex = self._stored()
        count = self._whole(self.top, "core:num_channels", 1)
        captures = self._list("captures")
        offset = sum(self._whole(each, "core:header_bytes", 0) for each in captures[:1])
        if any(self._whole(each, "core:header_bytes", 0) for each in captures[1:]):
            raise refusal(self.meta, "has headers between its samples, which SigDesk does not read.", _MEND)
        width = count * (2 if is_complex else 1)
        if not 0 < width <= 100_000:
            raise refusal(self.meta, f"declares {count} channels.", _MEND)
        length, rest = divmod(self.stamp.size - offset, width * stored.itemsize)
        if length <= 0:
            raise refusal(self.stamp.path, f"ends at byte {self.stamp.size} with no samples.", "Copy it again.")
        if rest:
            raise refusal(
                self.stamp.path,
                f"is cut short: it ends at byte {self.stamp.size}, inside sample {length}.",
                "Copy the file again from where it was recorded.",
            )
        given = float_type(stored, self.stamp.path, "holds")
        source: SampleSource = RawSource(self.stamp, offset, stored, given, Layout(width, length, time_first=True))
        rate, start = self._rate(), self._moment(captures[0] if captures else {})
        pieces = self._pieces(captures, length, rate)
        said = {
            key.removeprefix("core:"): printable_name(str(self.top[key]))[:4000] for key in _SAID if key in self.top
        }
        said["stored as"] = str(self.top.get("core:datatype"))
        if captures and "core:frequency" in captures[0]:
            said["frequency"] = f"{captures[0]['core:frequency']} Hz"
        if len(pieces) > 1 and rate:
            source, said["gaps"] = GappySource(source, pieces), gap_text(pieces, rate)
        return Recording(
            name=printable_name(self.meta.stem),
            path=self.meta,
            channels=_channels(count, is_complex),
            length=pieces[-1].stop,
            time_base=TimeBase(rate_hz=rate),
            source=source,
            format_name="SigMF",
            start_time=start,
            metadata=MappingProxyType(said),
            annotations=self._annotations(pieces, rate),
        )

    def _stored(self) -> tuple[np.dtype[Any], bool]:
        if "core:datatype" not in self.top:
            raise refusal(self.meta, "does not say the type of its samples: it has no core:datatype.", _MEND)
        given = self.top["core:datatype"]
        found = _DATATYPE.fullmatch(given) if isinstance(given, str) else None
        if not found or (found[2] == "f" and found[3] in ("8", "16")) or (found[2] != "f" and found[3] == "64"):
            shown = printable_name(str(given)[:40])
            raise refusal(self.meta, f"has “{shown}” as core:datatype, which is no type of SigMF.", _MEND)
        order = ">" if found[4] == "be" else "<"
        return np.dtype(f"{order}{found[2]}{int(found[3]) // 8}"), found[1] == "c"

    def _rate(self) -> float | None:
        rate = self.top.get("core:sample_rate")
        if rate is None:
            return None
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not (0 < rate < math.inf):
            raise refusal(self.meta, "has a core:sample_rate that is no rate in Hz.", _MEND)
        return float(rate)

    def _whole(self, place: Mapping[str, Any], key: str, default: int) -> int:
        value = place.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**62:
            raise refusal(self.meta, f"has “{printable_name(str(value)[:40])}” as {key}, which is no count.", _MEND)
        return value

    def _list(self, key: str) -> Sequence[Mapping[str, Any]]:
        value = self.document.get(key, [])
        if not isinstance(value, list):
            raise refusal(self.meta, f"has no list where {key} should be.", _MEND)
        return [_object(each, self.meta, f"{key}[{at}]") for at, each in enumerate(value)]

    def _moment(self, capture: Mapping[str, Any]) -> datetime | None:
        text = capture.get("core:datetime")
        try:
            return datetime.fromisoformat(text) if isinstance(text, str) else None
        except ValueError:
            return None

    def _pieces(self, captures: Sequence[Mapping[str, Any]], length: int, rate: float | None) -> tuple[Piece, ...]:
        """Where the captures lie in time; without a hole where they do not all say when they began."""
        whole = (Piece(0, length, 0),)
        begins = [self._whole(each, "core:sample_start", 0) for each in captures]
        moments = [moment for each in captures if (moment := self._moment(each)) is not None]
        rising = begins[:1] == [0] and all(after > before for before, after in itertools.pairwise(begins))
        zoned = len({moment.tzinfo is None for moment in moments}) == 1
        if rate is None or len(moments) != len(captures) or not rising or not zoned or begins[-1] >= length:
            return whole
        starts = [(moment - moments[0]).total_seconds() for moment in moments]
        lengths = [after - before for before, after in zip(begins, [*begins[1:], length], strict=True)]
        return pieces_of(starts, lengths, rate) or whole

    def _annotations(self, pieces: Sequence[Piece], rate: float | None) -> tuple[Annotation, ...]:
        found = []
        for each in self._list("annotations"):
            begin, count = self._whole(each, "core:sample_start", 0), self._whole(each, "core:sample_count", 0)
            texts = [each.get(key) for key in ("core:label", "core:comment")]
            text = ": ".join(part for part in texts if isinstance(part, str) and part) or "annotation"
            # Annotations count the samples that are stored, not the holes between them.
            at = max(bisect.bisect_right(pieces, begin, key=lambda piece: piece.stored) - 1, 0)
            first = begin + pieces[at].first - pieces[at].stored
            found.append(annotation(first / (rate or 1.0), (first + count) / (rate or 1.0), text))
        return ordered(found)


def _channels(count: int, is_complex: bool) -> tuple[Channel, ...]:
    if not is_complex:
        return tuple(Channel(f"Channel {at + 1}") for at in range(count))
    return tuple(Channel(part if count == 1 else f"{part} {at + 1}") for at in range(count) for part in "IQ")


FORMAT = SigmfFormat()
