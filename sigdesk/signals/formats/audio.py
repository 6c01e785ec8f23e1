"""WAV and FLAC through libsndfile, as full-scale values from −1 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from sigdesk.signals.arrays import channels_of
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.riff import check_whole
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp

_MAX_FRAMES = 2**62
_EXACT_IN_FLOAT32 = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ULAW", "ALAW"}


@dataclass(frozen=True, slots=True)
class AudioSource:
    """Samples in an audio file. Each read opens the file for itself, so any number of threads may read at once and
    no open file is held between reads."""

    stamp: FileStamp
    dtype: str

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
        return np.ascontiguousarray(table.T)


@dataclass(frozen=True, slots=True)
class AudioFormat:
    name: str = "WAV, FLAC"
    suffixes: tuple[str, ...] = (".wav", ".flac")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(b"fLaC") or (head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        import soundfile

        stamp = FileStamp.of(path)
        with path.open("rb") as file:
            flac = file.read(4) == b"fLaC"
        if not flac:
            check_whole(path)
        try:
            with soundfile.SoundFile(path) as file:
                frames, channels, rate, subtype = file.frames, file.channels, file.samplerate, file.subtype
                tags = {key: printable_name(str(value)) for key, value in file.copy_metadata().items()}
        except soundfile.SoundFileError as error:
            raise _broken(path, error) from error
        if not 0 < frames < _MAX_FRAMES:
            raise refusal(path, "does not say how many samples it holds.", "Save it again with a complete header.")
        source = AudioSource(
            stamp, "float32" if subtype in _EXACT_IN_FLOAT32 or (flac and subtype != "PCM_32") else "float64"
        )
        if flac:
            source.read(frames - 1, frames)  # a shortened FLAC shows only at its end
        return [
            Recording(
                name=printable_name(path.name),
                path=path,
                channels=channels_of(channels),
                length=frames,
                time_base=TimeBase(rate_hz=float(rate)),
                source=source,
                format_name="FLAC" if flac else "WAV",
                metadata=MappingProxyType({"stored as": subtype, **tags}),
            )
        ]


def _broken(path: Path, error: Any) -> Exception:
    why = getattr(error, "error_string", "") or str(error)
    return refusal(
        path, f"cannot be read as audio: {' '.join(why.split()).rstrip('.')}.", "Save it again as PCM WAV or FLAC."
    )


FORMAT = AudioFormat()
