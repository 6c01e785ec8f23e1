"""The sample signals as cards of the welcome page: what ships in resources/samples, each drawn from its own data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.errors import SigDeskError
from sigdesk.signals import open_recordings
from sigdesk.signals.describe import detail_text, duration_text
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording
from sigdesk.signals.thumbnails import thumbnail
from sigdesk.ui.shell.sample_card import SampleCard

SHOWN = 4
_BUCKETS = 150


class SampleCards(QObject):
    """Makes the cards off the window's thread: the first table that is read brings a library along. `made` has them."""

    made = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)

    def make(self, folder: Path) -> None:
        """Make the cards of the signals in a folder."""
        self._threads.start(_Task(folder, self.made.emit))

    def close(self) -> None:
        """Wait for the file that is being read."""
        self._threads.waitForDone(-1)


class _Task(QRunnable):
    def __init__(self, folder: Path, answer: Callable[[list[SampleCard]], object]) -> None:
        super().__init__()
        self._folder = folder
        self._answer = answer

    def run(self) -> None:
        self._answer(sample_cards(self._folder))


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
