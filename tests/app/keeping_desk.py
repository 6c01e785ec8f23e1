"""A program without a window that can end and begin again in the same home, as tests of what is kept need it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sigdesk.app.program import Program
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import Classifier
from sigdesk.places import Places
from sigdesk.pool.pool import Pool

MakeProgram = Callable[[], Program]


def build(home: Path, models: tuple[Classifier, ...] = ()) -> Program:
    """A program with a real pool; close it before another is built in the same home."""
    places = Places(home)
    return Program(places, Settings(places.settings_file), Pool(places.temp_folder, workers=1), models)
