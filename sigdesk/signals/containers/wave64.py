"""The chunks of a Sony Wave64 file, a WAV with sizes of 64 bits, walked to find out whether it is whole."""

from __future__ import annotations

import struct
from pathlib import Path

from sigdesk.signals.names import shown_bytes
from sigdesk.signals.refusal import refusal

RIFF_ID = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
WAVE_ID, DATA_ID = b"wave" + _TAIL, b"data" + _TAIL
_HEAD_BYTES = 24
_MAX_CHUNKS = 10_000
_COPY_AGAIN = "Copy the file again from where it was recorded."


def check_whole(path: Path) -> None:
    """Raise RecordingError when a W64 file lacks bytes that its header declares, or its samples."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(40)
        if size < 40 and head[:16] == RIFF_ID[:size]:
            raise refusal(path, f"is cut short: it ends at byte {size}, inside its header.", _COPY_AGAIN)
        if head[:16] != RIFF_ID or head[24:] != WAVE_ID:
            raise refusal(path, f"is no W64 file: it begins with {shown_bytes(head[:4])}.", "Name it after what it is.")
        for _ in range(_MAX_CHUNKS):
            at = file.tell()
            chunk = file.read(_HEAD_BYTES)
            if len(chunk) < _HEAD_BYTES:
                raise refusal(path, f"is cut short: it ends at byte {size}, before its samples.", _COPY_AGAIN)
            declared = struct.unpack("<Q", chunk[16:])[0]  # counts its own head
            if declared < _HEAD_BYTES:
                raise refusal(path, f"has a chunk at byte {at} that declares {declared} bytes.", _COPY_AGAIN)
            if chunk[:16] == DATA_ID:
                if at + declared > size:
                    raise refusal(
                        path,
                        f"is cut short: its header declares {declared - _HEAD_BYTES} bytes of samples from byte "
                        f"{at + _HEAD_BYTES} on, but the file ends at byte {size} ({at + declared - size} bytes are "
                        f"missing).",
                        _COPY_AGAIN,
                    )
                return
            file.seek(min(at + declared + -declared % 8, size))
    raise refusal(path, f"has over {_MAX_CHUNKS:,} chunks before its samples.", "Save it again as a plain WAV.")
