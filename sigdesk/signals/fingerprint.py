"""By which a file is known again wherever it was moved to: a hash of its content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

WHOLE_BYTES: Final = 32 * 1024 * 1024
"""Up to this size the whole file is hashed; of larger ones, parts that lie evenly in it."""
_PARTS: Final = 64
_PART_BYTES: Final = 512 * 1024


def fingerprint(path: Path) -> str:
    """The hash of a file, "sha256:…" of all of it, or "sha256-parts:…" of its size and 32 MiB spread over it.

    Raises OSError. It may read tens of megabytes, so this does not belong on the window's thread.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size <= WHOLE_BYTES:
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
        digest = hashlib.sha256(size.to_bytes(8, "big"))
        for part in range(_PARTS):
            stream.seek((size - _PART_BYTES) * part // (_PARTS - 1))
            digest.update(stream.read(_PART_BYTES))
        return f"sha256-parts:{digest.hexdigest()}"
