"""The way in: a path becomes recordings, by the format that knows the file's content and name best."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import stat
from pathlib import Path

from sigdesk.signals import formats as formats_package
from sigdesk.signals.format import HEAD_BYTES, NAME_ONLY, Format
from sigdesk.signals.formats.table import open_by
from sigdesk.signals.recording import Recording
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.tables.shape import TableShape


@functools.cache
def formats() -> tuple[Format, ...]:
    """Every format of `sigdesk.signals.formats`, in the order of their modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(formats_package.__path__))
    modules = [importlib.import_module(f"{formats_package.__name__}.{name}") for name in names]
    return tuple(module.FORMAT for module in modules if hasattr(module, "FORMAT"))


def readable_suffixes() -> tuple[str, ...]:
    """The endings of readable files, with the dot, in lower case, each once."""
    return tuple(sorted({suffix for each in formats() for suffix in each.suffixes}))


def open_recordings(path: Path, shelf: Shelf | None = None, *, table: TableShape | None = None) -> list[Recording]:
    """The recordings of a file, at least one; nothing of a binary file but its header is read.

    `shelf` keeps what is parsed from text files; hand the same one to every call, so that all files together stay
    within its budget. `table` says how a text table is to be read, whatever would be recognised.
    Raises RecordingError, which names the file, the place in it and the way out.
    """
    path = Path(path)
    try:
        head = read_head(path)
        kept = Shelf() if shelf is None else shelf
        return _choose(head, path).open(path, kept) if table is None else open_by(path, kept, table)
    except OSError as error:
        raise refusal(path, f"cannot be opened: {reason_of(error)}.", _way_out_of(error)) from error
    except MemoryError as error:
        raise refusal(
            path, "needs more memory than there is.", "Close other programs, or cut the file into smaller ones."
        ) from error


def read_head(path: Path) -> bytes:
    """The first bytes of a file. Raises RecordingError for what is no regular file or is empty, and OSError."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise refusal(path, "is a folder, not a signal file.", "Choose the files in it, or add the folder itself.")
    if not stat.S_ISREG(status.st_mode):
        # A pipe or a device could make the reader wait for ever.
        raise refusal(path, "is not a regular file.", "Copy what it gives into a file, and open that.")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise refusal(path, "is empty (0 bytes).", "Check that the recording was saved, or choose another file.")
    return head


def format_of(path: Path) -> Format:
    """The format that a file is opened by. Raises RecordingError where it is of none, and OSError."""
    return _choose(read_head(path), path)


def best_confidence(head: bytes, path: Path) -> float:
    """How sure the surest format is of a file that begins with `head`."""
    return max(each.confidence(head, path) for each in formats())


def _choose(head: bytes, path: Path) -> Format:
    known = formats()
    ranked = sorted(known, key=lambda each: -each.confidence(head, path))
    if ranked[0].confidence(head, path) < NAME_ONLY:
        names = ", ".join(dict.fromkeys(each.name for each in known))
        raise refusal(path, "is of no kind that SigDesk can read.", f"Readable are: {names}.")
    return ranked[0]


def reason_of(error: OSError) -> str:
    """Why the file system refused, in the operator's words."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "you may not read it"
    return (error.strerror or str(error) or type(error).__name__).lower()


def _way_out_of(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Check the name, or find where the file was moved to."
    if isinstance(error, PermissionError):
        return "Ask the owner for the right to read it, or copy it to a folder of your own."
    return "Check the drive or the connection, then try again."
