"""The chunks of an AIFF file, walked to find out whether the file holds all that its header promises."""

from __future__ import annotations

import struct
from pathlib import Path

from sigdesk.signals.names import shown_bytes
from sigdesk.signals.refusal import missing, refusal

_MAX_CHUNKS = 10_000
_COPY_AGAIN = "Copy the file again from where it was recorded."


def check_whole(path: Path) -> None:
    """Raise RecordingError when an AIFF or AIFF-C file lacks bytes that its header declares, or its samples."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(12)
        if size < 12 and head[:4] == b"FORM":
            raise refusal(path, f"is cut short: it ends at byte {size}, inside its header.", _COPY_AGAIN)
        if len(head) < 12 or head[:4] != b"FORM" or head[8:] not in (b"AIFF", b"AIFC"):
            raise refusal(
                path, f"is no AIFF file: it begins with {shown_bytes(head[:4])}.", "Name it after what it is."
            )
        for _ in range(_MAX_CHUNKS):
            at = file.tell()
            chunk = file.read(8)
            if len(chunk) < 8:
                raise refusal(path, f"is cut short: it ends at byte {size}, before its samples.", _COPY_AGAIN)
            declared = struct.unpack(">I", chunk[4:])[0]
            if chunk[:4] == b"SSND":
                if at + 8 + declared > size:
                    raise refusal(
                        path,
                        f"is cut short: its header declares {declared} bytes of samples from byte {at + 8} on, but the "
                        f"file ends at byte {size} ({missing(at + 8 + declared - size)}).",
                        _COPY_AGAIN,
                    )
                return
            file.seek(at + 8 + declared + declared % 2)
    raise refusal(path, f"has over {_MAX_CHUNKS:,} chunks before its samples.", "Save it again as a plain WAV.")
