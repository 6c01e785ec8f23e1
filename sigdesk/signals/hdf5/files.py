"""Opening an HDF5 file, with the library's many kinds of complaint said in one way."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sigdesk.errors import RecordingError
from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import missing, refusal

MAGIC = b"\x89HDF\r\n\x1a\n"
_TRUNCATED = re.compile(r"truncated file: eof = (\d+).*?stored_eof = (\d+)")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The open `h5py.File`, for reading. Whatever goes wrong inside becomes a RecordingError.

    The file is not locked: another program may be writing it, and shared drives often cannot lock.
    """
    import h5py  # 0.2 s: only when such a file is read

    try:
        with h5py.File(path, "r", locking=False) as file:
            yield file
    except RecordingError:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, AttributeError, OverflowError) as error:
        raise _complaint(path, error) from error


def _complaint(path: Path, error: Exception) -> RecordingError:
    text = " ".join(str(error).split())
    cut = _TRUNCATED.search(text)
    if cut:
        there, declared = int(cut[1]), int(cut[2])
        return refusal(
            path,
            f"is cut short: its header declares {declared} bytes, but the file ends at byte {there} "
            f"({missing(declared - there)}).",
            "Copy the file again from where it was recorded.",
        )
    if "required filter" in text or "can't open directory" in text:
        return refusal(
            path,
            f"is packed in a way that is not installed here ({printable_name(text[:120])}).",
            "Save it with gzip packing, or without (h5repack -f NONE IN OUT).",
        )
    if "file signature not found" in text:
        return refusal(path, "is no HDF5 file.", "Name it after what it is.")
    return refusal(
        path,
        f"cannot be read as HDF5: {printable_name(text[:160]).rstrip('.')}.",
        "Copy the file again, or save it anew.",
    )
