"""Files that are replaced as a whole or not at all: written beside their place, synced, renamed.

Other than a program's own files these stand among the operator's: a file keeps its permissions, and a new one gets
those that the system gives to new files.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path


def replace_file(file: Path, data: bytes, *, new: bool = False) -> None:
    """Put `data` in the place of `file`. With `new`, raise FileExistsError where there is a file by now.

    What a link points to is replaced, not the link. Raises OSError; the old file is then as it was.
    """
    file = Path(os.path.realpath(file))
    temporary = file.parent / f".sigdesk-{secrets.token_hex(8)}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if not new:
                _keep_mode(file, stream.fileno())
            os.fsync(stream.fileno())
        if new:
            _put_new(temporary, file)
        else:
            temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _keep_mode(file: Path, descriptor: int) -> None:
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(file.stat().st_mode)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)


def _put_new(temporary: Path, file: Path) -> None:
    """A link never replaces a file, as a rename would; some drives know none, there the moment in between stays."""
    try:
        os.link(temporary, file)
    except FileExistsError:
        raise
    except OSError:
        if file.exists():
            raise FileExistsError(str(file)) from None
        temporary.replace(file)
    else:
        temporary.unlink()
