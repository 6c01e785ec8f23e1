"""Where SigDesk keeps and finds things: the operator's home folder for the program, and what ships with it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from msgspec import Struct

HOME_VARIABLE = "SIGDESK_HOME"


class Places(Struct, frozen=True):
    """Every folder that SigDesk writes to stands below `home`, so that moving one folder moves everything."""

    home: Path

    @property
    def settings_file(self) -> Path:
        return self.home / "settings.json"

    @property
    def log_file(self) -> Path:
        """SigDesk's own log, of what went wrong inside it."""
        return self.home / "sigdesk.log"

    @property
    def models_folder(self) -> Path:
        return self.home / "models"

    @property
    def trust_file(self) -> Path:
        """Which model files the operator has trusted or blocked."""
        return self.home / "trust.json"

    @property
    def journal_file(self) -> Path:
        return self.home / "journal.sqlite"

    @property
    def reading_folder(self) -> Path:
        """What the operator has said of how files are read."""
        return self.home / "reading"

    @property
    def cache_folder(self) -> Path:
        """What can be made again, and may be removed at any time."""
        return self.home / "cache"

    @property
    def temp_folder(self) -> Path:
        return self.home / "tmp"


def find_places(home: Path | None = None) -> Places:
    """The places below `home`, else below `SIGDESK_HOME`, else below the system's folder for a user's program data."""
    if home is None:
        named = os.environ.get(HOME_VARIABLE, "")
        home = Path(named) if named else Path(platformdirs.user_data_dir("sigdesk", appauthor=False))
    return Places(home.expanduser().absolute())


def shipped_folder(name: str) -> Path:
    """`models` or `resources`: inside an installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent / name
