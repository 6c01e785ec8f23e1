"""WAV, FLAC, OGG, AIFF and W64 through libsndfile: values from −1 to 1, or physical ones where the file states its
scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sigdesk.signals.annotations import Annotation, annotation, ordered
from sigdesk.signals.arrays import channels_of
from sigdesk.signals.calibration import Scale, scales_of
from sigdesk.signals.containers import aiff, ogg, riff, wave64
from sigdesk.signals.containers.markers import Notes, notes_of
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import printable_name, shown_bytes
from sigdesk.signals.recording import Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

_MAX_FRAMES = 2**62
_EXACT_IN_FLOAT32 = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ULAW", "ALAW", "VORBIS", "OPUS"}
_NAMES = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG", ".oga": "OGG", ".aif": "AIFF", ".aiff": "AIFF",
          ".aifc": "AIFF", ".w64": "W64"}  # fmt: skip
_SPEAKING_TAGS = ("comment", "title", "software")
"""The tags in which a scale may stand."""


class AudioSource(Struct, frozen=True):
    """Samples in an audio file. Each read opens the file for itself, so any number of threads may read at once and
    no open file is held between reads. `scales` holds one scale a channel, or none."""

    stamp: FileStamp
    dtype: str
    scales: tuple[Scale, ...] = ()

    def read(self, start: int, stop: int) -> Samples:
        import soundfile  # 30 ms and a shared library: only when audio is read

        self.stamp.check()
        try:
            with soundfile.SoundFile(self.stamp.path) as file:
                file.seek(start)
                table = file.read(stop - start, dtype=self.dtype, always_2d=True)
        except soundfile.SoundFileError as error:
            raise _broken(self.stamp.path, error) from error
        if len(table) < stop - start:
            raise refusal(
                self.stamp.path,
                f"ends after sample {start + len(table)}, though its header declares more.",
                "Copy the file again from where it was recorded.",
            )
        samples = np.ascontiguousarray(table.T)
        for row, scale in zip(samples, self.scales, strict=False):
            row *= scale.factor
        return samples


class AudioFormat(Struct, frozen=True):
    name: str = "WAV, FLAC, OGG, AIFF, W64"
    suffixes: tuple[str, ...] = tuple(_NAMES)

    def confidence(self, head: bytes, path: Path) -> float:
        if _kind_of(head):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        stamp = FileStamp.of(path)
        with path.open("rb") as file:
            kind = _kind_of(file.read(64)) or _NAMES.get(path.suffix.lower(), "WAV")
        _CHECKS[kind](path)
        stored = _stored(path)
        source = AudioSource(
            stamp,
            "float32"
            if stored.subtype in _EXACT_IN_FLOAT32 or (kind == "FLAC" and stored.subtype != "PCM_32")
            else "float64",
        )
        return [_recording(path, kind, stored, source)]


class _Stored(Struct, frozen=True):
    """What libsndfile finds in a file's header."""

    frames: int
    channels: int
    rate_hz: float
    subtype: str
    tags: Mapping[str, str]


def _kind_of(head: bytes) -> str:
    """The container that a file's first bytes mark, or ""."""
    if head.startswith(b"fLaC"):
        return "FLAC"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "AIFF"
    if head.startswith(wave64.RIFF_ID):
        return "W64"
    return "OGG" if head.startswith(ogg.MAGIC) else ""


def _check_flac(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4)
    if head != b"fLaC":
        raise refusal(path, f"is no FLAC file: it begins with {shown_bytes(head)}.", "Name it after what it is.")


_CHECKS: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        "WAV": riff.check_whole,
        "AIFF": aiff.check_whole,
        "W64": wave64.check_whole,
        "OGG": ogg.check_whole,
        "FLAC": _check_flac,
    }
)


def _stored(path: Path) -> _Stored:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            frames, channels, rate, subtype = file.frames, file.channels, file.samplerate, file.subtype
            tags = {key: printable_name(str(value)) for key, value in file.copy_metadata().items()}
    except soundfile.SoundFileError as error:
        raise _broken(path, error) from error
    if not 0 < frames < _MAX_FRAMES:
        raise refusal(path, "does not say how many samples it holds.", "Save it again with a complete header.")
    return _Stored(frames, channels, float(rate), subtype, tags)


def _recording(path: Path, kind: str, stored: _Stored, source: AudioSource) -> Recording:
    if kind in ("FLAC", "OGG"):
        source.read(stored.frames - 1, stored.frames)  # a shortened one shows only at its end
    notes = notes_of(path) if kind == "WAV" else Notes()
    texts = [stored.tags[tag] for tag in _SPEAKING_TAGS if tag in stored.tags]
    scales = scales_of([notes.description, *texts], stored.channels)
    channels = channels_of(stored.channels)
    metadata = {"stored as": stored.subtype, **stored.tags}
    if notes.description:
        metadata["description"] = printable_name(notes.description)
    if scales:
        channels = tuple(replace(each, unit=scale.unit) for each, scale in zip(channels, scales, strict=True))
        metadata["full scale"] = ", ".join(f"{scale.factor:g} {scale.unit}" for scale in scales)
    return Recording(
        name=printable_name(path.name),
        path=path,
        channels=channels,
        length=stored.frames,
        time_base=TimeBase(rate_hz=stored.rate_hz),
        source=replace(source, scales=scales),
        format_name=kind,
        start_time=notes.recorded or _date_of(stored.tags),
        metadata=MappingProxyType(metadata),
        annotations=_annotations(notes, stored),
    )


def _annotations(notes: Notes, stored: _Stored) -> tuple[Annotation, ...]:
    inside = (marker for marker in notes.markers if marker.start <= stored.frames)
    rate = stored.rate_hz
    return ordered(
        annotation(marker.start / rate, (marker.start + marker.length) / rate, marker.text) for marker in inside
    )


def _date_of(tags: Mapping[str, str]) -> datetime | None:
    """The moment that a tag states; a date alone is no moment."""
    text = tags.get("date", "")
    try:
        return datetime.fromisoformat(text) if len(text) > len("2026-01-01") else None
    except ValueError:
        return None


def _broken(path: Path, error: Any) -> Exception:
    why = getattr(error, "error_string", "") or str(error)
    return refusal(
        path,
        f"cannot be read as audio ({' '.join(why.split()).rstrip('.')}); it ends at byte {path.stat().st_size}.",
        "Copy the file again from where it was recorded, or save it as PCM WAV or FLAC.",
    )


FORMAT = AudioFormat()
