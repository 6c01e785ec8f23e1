"""The segments of a TDMS file, walked by their heads to find out whether all that they declare is there.

npTDMS reads a shortened file silently as far as it goes, so an operator would judge half a recording.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from sigdesk.signals.names import shown_bytes
from sigdesk.signals.refusal import missing, refusal

MAGIC: Final = b"TDSm"
_HEAD_BYTES = 28
_UNKNOWN = 0xFFFFFFFFFFFFFFFF
_MAX_SEGMENTS = 5_000_000


def check_segments(path: Path) -> bool:
    """Whether the file was finished: False where its writer ended before it wrote the last segment's size.

    Raises RecordingError naming the byte when a segment declares more than is there, or when it is no TDMS file.
    """
    with path.open("rb") as file:
        size, at = file.seek(0, 2), 0
        for _ in range(_MAX_SEGMENTS):
            file.seek(at)
            head = file.read(_HEAD_BYTES)
            if not head:
                return True
            if head[:4] != MAGIC[: len(head)]:
                where = f"it begins with {shown_bytes(head[:4])}" if not at else f"there is no segment at byte {at}"
                raise refusal(path, f"is no TDMS file: {where}.", "Name it after what it is, or copy it again.")
            if len(head) < _HEAD_BYTES:
                raise _cut(path, at, at + _HEAD_BYTES, size)
            flags, _, following, raw_at = struct.unpack("<IIQQ", head[4:])
            if flags & 0x40:  # big-endian
                following, raw_at = struct.unpack(">QQ", head[12:])
            if following == _UNKNOWN:
                return False
            if raw_at > following:
                raise refusal(
                    path,
                    f"has a segment at byte {at} whose samples begin after its end.",
                    "Copy the file again from where it was recorded.",
                )
            end = at + _HEAD_BYTES + following
            if end > size:
                raise _cut(path, at, end, size)
            at = end
    raise refusal(path, f"has over {_MAX_SEGMENTS:,} segments.", "Defragment it in LabVIEW or DIAdem.")


def _cut(path: Path, at: int, end: int, size: int) -> Exception:
    return refusal(
        path,
        f"is cut short: its segment at byte {at} declares {end - at} bytes, but the file ends at byte {size} "
        f"({missing(end - size)}).",
        "Copy the file again from where it was recorded.",
    )
