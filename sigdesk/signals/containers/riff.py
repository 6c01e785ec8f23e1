"""The chunks of a WAV file, walked to find out whether the file holds all that its header promises.

libsndfile reads a shortened file silently as far as it goes, so an operator would judge half a recording.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from sigdesk.signals.names import shown_bytes
from sigdesk.signals.refusal import missing, refusal

_MAX_CHUNKS = 10_000
_UNKNOWN = 0xFFFFFFFF
_COPY_AGAIN = "Copy the file again from where it was recorded."
_FINISH = "Open it in the program that recorded it and save it again, so that its header is completed."


def check_whole(path: Path) -> None:
    """Raise RecordingError when a RIFF or RF64 file lacks bytes that its header declares, or declares none."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(12)
        if size < 12 and head[:4] in (b"RIFF", b"RF64"):
            raise refusal(path, f"is cut short: it ends at byte {size}, inside its header.", _COPY_AGAIN)
        if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
            kind = path.suffix.lstrip(".").upper() or "WAV"
            what = f"is no {kind} file: it begins with {shown_bytes(head[:4])}."
            raise refusal(path, what, "Name it after what it is.")
        _find_data(file, path, size)


def _find_data(file: BinaryIO, path: Path, size: int) -> None:
    long_size: int | None = None
    described = False
    for _ in range(_MAX_CHUNKS):
        at = file.tell()
        chunk = file.read(8)
        if len(chunk) < 8:
            missing = "its samples" if described else "its description"
            raise refusal(path, f"is cut short: it ends at byte {size}, before {missing}.", _COPY_AGAIN)
        kind, declared = chunk[:4], struct.unpack("<I", chunk[4:])[0]
        if kind == b"ds64":
            sizes = file.read(16)
            long_size = struct.unpack("<QQ", sizes)[1] if len(sizes) == 16 else None
        described = described or kind == b"fmt "
        if kind == b"data":
            _check_data(path, size, at + 8, long_size if declared == _UNKNOWN and long_size is not None else declared)
            return
        file.seek(at + 8 + declared + declared % 2)
    raise refusal(path, f"has over {_MAX_CHUNKS:,} chunks before its samples.", "Save it again as a plain WAV.")


def _check_data(path: Path, size: int, start: int, declared: int) -> None:
    there = size - start
    if declared == 0 and there == 0:
        raise refusal(path, f"ends at byte {size} with no samples.", "Check that the recording was saved.")
    if declared in (0, _UNKNOWN):
        raise refusal(
            path, f"does not say how many samples it holds: {there} bytes follow its header at byte {start}.", _FINISH
        )
    if declared > there:
        raise refusal(
            path,
            f"is cut short: its header declares {declared} bytes of samples from byte {start} on, but the file ends "
            f"at byte {size} ({missing(declared - there)}).",
            _COPY_AGAIN,
        )
