"""What a file was when it was opened, so that a file that changed since is noticed rather than misread."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from sigdesk.signals.refusal import refusal


class FileStamp(Struct, frozen=True, cache_hash=True):
    """A file's size (bytes) and time of change (ns) at one instant."""

    path: Path
    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """The stamp of `path` now. Raises OSError when there is no such file."""
        now = os.stat(path)  # noqa: PTH116 - half the cost of Path.stat, and this runs once a read
        return cls(path, now.st_size, now.st_mtime_ns)

    def check(self) -> None:
        """Raise RecordingError when the file is gone or is not what it was."""
        try:
            now = os.stat(self.path)  # noqa: PTH116 - as above
        except FileNotFoundError as error:
            raise refusal(
                self.path, "is no longer where it was opened.", "Put the file back or open it from its new place."
            ) from error
        except OSError as error:
            why = error.strerror or str(error)
            raise refusal(
                self.path,
                f"can no longer be reached ({why}).",
                "Check the drive or the connection, then open it again.",
            ) from error
        if now.st_size != self.size or now.st_mtime_ns != self.modified_ns:
            raise refusal(self.path, "has changed since it was opened.", "Open it again to read what it holds now.")


def is_of_same_file_state(one: object, other: object) -> bool:
    """Whether two sources of samples read the same file as it was at the same instant; sources without a file do."""
    return bool(getattr(one, "stamp", None) == getattr(other, "stamp", None))
