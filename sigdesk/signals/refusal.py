"""How a refused file is spoken of: first its name, then what is wrong and where, then the way out."""

from __future__ import annotations

from pathlib import Path

from sigdesk.errors import RecordingError
from sigdesk.signals.names import printable_name


def missing(count: int) -> str:
    """How many bytes a file that was cut short lacks."""
    return "1 byte is missing" if count == 1 else f"{count} bytes are missing"


def refusal(path: Path, what: str, way_out: str) -> RecordingError:
    """A RecordingError whose first sentence begins with the file's name."""
    return RecordingError(f"{printable_name(path.name) or path} {what}", way_out)
