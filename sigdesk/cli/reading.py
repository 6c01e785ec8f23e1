"""The command line reads files as the window does: a table as the operator has corrected it there."""

from __future__ import annotations

from pathlib import Path

from sigdesk.places import find_places
from sigdesk.signals import Recording, Shelf
from sigdesk.signals.remembered import RememberedReading


class Reader:
    """Opens files of one run of the command line; what is parsed lies on one shelf."""

    def __init__(self) -> None:
        self._remembered = RememberedReading(find_places().reading_folder)
        self._shelf = Shelf()

    def open(self, path: Path) -> list[Recording]:
        """All signals of a file. Raises RecordingError."""
        return self._remembered.open_whole(path.absolute(), self._shelf)
