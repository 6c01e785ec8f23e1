"""Writing a stretch to a file of its own: beside the target first, and in its place only when all of it is there."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sigdesk.errors import RecordingError
from sigdesk.signals.export.columns import write_csv, write_parquet
from sigdesk.signals.export.edf import write_edf
from sigdesk.signals.export.raw import write_npy, write_wav
from sigdesk.signals.export.stretch import Stretch
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording
from sigdesk.signals.refusal import refusal

_WRITERS: Final[Mapping[str, Callable[[Stretch, Path], None]]] = MappingProxyType(
    {"wav": write_wav, "npy": write_npy, "csv": write_csv, "parquet": write_parquet, "edf": write_edf}
)
KINDS: Final = tuple(_WRITERS)
_UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')
_MAX_NAME_BYTES = 200


def target_name(recording: Recording, kind: str) -> str:
    """The name of the file that a recording becomes: its file's, and which of the file's signals it is."""
    stem = recording.path.stem + (f" {recording.item}" if recording.item else "")
    stem = _UNSAFE.sub("-", printable_name(stem)).strip(" .") or "signal"
    while len(stem.encode("utf-8")) > _MAX_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}.{kind}"


def save(stretch: Stretch, target: Path, kind: str, *, overwrite: bool = False) -> None:
    """Write `stretch` to `target` as one of `KINDS`. What is there already stays unless `overwrite`.

    Raises RecordingError when the file is there, when the kind cannot hold the signal, or when it cannot be written;
    then nothing is left behind.
    """
    if not overwrite and target.exists():
        raise refusal(target, "is there already.", "Choose another folder, or overwrite it.")
    part = target.with_name(f".{target.stem[:60]}.{secrets.token_hex(6)}.{kind}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.touch(exist_ok=False)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        _WRITERS[kind](stretch, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> RecordingError:
    why = error.strerror or str(error)
    return refusal(target, f"cannot be written ({why}).", "Make room there, or choose another folder.")
