"""The last page of an Ogg stream says that it is the last: without that mark the file was cut, or never finished."""

from __future__ import annotations

from pathlib import Path

from sigdesk.signals.names import shown_bytes
from sigdesk.signals.refusal import refusal

MAGIC = b"OggS"
_LONGEST_PAGE = 65_307
_HEAD_BYTES = 27
_LAST_PAGE = 4


def check_whole(path: Path) -> None:
    """Raise RecordingError when an Ogg file does not end with a whole page that ends its stream."""
    with path.open("rb") as file:
        head = file.read(4)
        if head != MAGIC:
            raise refusal(path, f"is no OGG file: it begins with {shown_bytes(head)}.", "Name it after what it is.")
        size = file.seek(0, 2)
        begin = max(0, size - _LONGEST_PAGE)
        file.seek(begin)
        tail = file.read()
    at = tail.rfind(MAGIC)
    page = tail[at:] if at >= 0 else b""
    if len(page) > _HEAD_BYTES:
        lengths = page[_HEAD_BYTES : _HEAD_BYTES + page[26]]
        whole = len(page) == _HEAD_BYTES + page[26] + sum(lengths)
        if whole and page[5] & _LAST_PAGE:
            return
    raise refusal(
        path,
        f"is cut short: it ends at byte {size}, before the page that ends its stream.",
        "Copy the file again from where it was recorded.",
    )
