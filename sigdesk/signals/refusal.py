"""How a refused file is spoken of: first its name, then what is wrong and where, then the way out."""

from __future__ import annotations

from pathlib import Path

from sigdesk.errors import RecordingError
from sigdesk.signals.names import printable_name


def refusal(path: Path, what: str, way_out: str) -> RecordingError:
    """A RecordingError whose first sentence begins with the file's name."""
    return RecordingError(f"{printable_name(path.name) or path} {what}", way_out)
