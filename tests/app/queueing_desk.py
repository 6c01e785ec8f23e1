"""A program without a window, whose pool has a short queue and is paused."""

from __future__ import annotations

from pathlib import Path

from sigdesk.app.program import Program
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import read_classifier
from sigdesk.places import Places
from sigdesk.pool.pool import Pool

QUEUE = 2


def build(home: Path, model_folder: Path) -> Program:
    """Close it before another is built in the same home."""
    places, model = Places(home), read_classifier(model_folder)
    pool = Pool(places.temp_folder, workers=1, queue_limit=QUEUE, journal=places.journal_file)
    pool.pause()
    return Program(places, Settings(places.settings_file), pool, (model,))
