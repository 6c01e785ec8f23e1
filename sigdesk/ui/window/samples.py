"""The sample signals as cards of the welcome page: what ships in resources/samples, each drawn from its own data."""

from __future__ import annotations

from pathlib import Path

from sigdesk.errors import SigDeskError
from sigdesk.signals import open_recordings
from sigdesk.signals.describe import detail_text, duration_text
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording
from sigdesk.signals.thumbnails import thumbnail
from sigdesk.ui.shell.sample_card import SampleCard

SHOWN = 4
_BUCKETS = 150


def sample_cards(folder: Path) -> list[SampleCard]:
    """A card for each of the first samples, of different kinds where there are several; small files, quickly read."""
    cards = []
    for path in _varied(signal_files([folder]))[:SHOWN]:
        try:
            recording = open_recordings(path)[0]
            mins, maxs = thumbnail(recording, _BUCKETS)
        except SigDeskError:
            continue  # a damaged sample is no reason to keep the others from the operator
        cards.append(SampleCard(_title(path), _detail(recording), mins.tolist(), maxs.tolist(), (path,)))
    return cards


def _varied(files: list[Path]) -> list[Path]:
    """Each file type's first file before any type's second, so that the cards show what SigDesk can."""
    seen: dict[str, int] = {}
    ranked = []
    for place, path in enumerate(files):
        seen[path.suffix] = seen.get(path.suffix, 0) + 1
        ranked.append((seen[path.suffix], place, path))
    return [path for _, _, path in sorted(ranked)]


def _title(path: Path) -> str:
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


def _detail(recording: Recording) -> str:
    return f"{detail_text(recording)} · {duration_text(recording)}"
