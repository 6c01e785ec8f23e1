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
    recordings = []
    for path in signal_files([folder]):
        try:
            recordings.append(open_recordings(path)[0])
        except SigDeskError:
            continue  # a damaged sample is no reason to keep the others from the operator
    return [_card(recording) for recording in _varied(recordings)[:SHOWN]]


def _card(recording: Recording) -> SampleCard:
    mins, maxs = thumbnail(recording, _BUCKETS)
    return SampleCard(_title(recording.path), _detail(recording), mins.tolist(), maxs.tolist(), (recording.path,))


def _varied(recordings: list[Recording]) -> list[Recording]:
    """Each kind's first signal before any kind's second, so that the cards show what SigDesk can."""
    seen: dict[tuple[str, int], int] = {}
    ranked = []
    for place, recording in enumerate(recordings):
        kind = (recording.format_name, len(recording.channels))
        seen[kind] = seen.get(kind, 0) + 1
        ranked.append((seen[kind], place, recording))
    return [recording for _, _, recording in sorted(ranked, key=lambda entry: entry[:2])]


def _title(path: Path) -> str:
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


def _detail(recording: Recording) -> str:
    return f"{detail_text(recording)} · {duration_text(recording)}"
