"""The operator's labels beside signal files, as what a training is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from sigdesk.classifiers.training.plan import Source
from sigdesk.classifiers.training.stretches import stretch_sources
from sigdesk.cli.reading import Reader
from sigdesk.errors import ModelError
from sigdesk.labels.label_file import LabelFile, label_file_of, read_labels
from sigdesk.signals.describe import format_count
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.names import printable_name


def label_sources(data: Iterable[Path], warn: Callable[[str], None]) -> tuple[Source, ...]:
    """Every stretch of the signals in these files and folders to which an operator gave a class.

    Raises ModelError where there is none, LabelError for a label file that is broken, and RecordingError for a signal
    file that cannot be read.
    """
    reader = Reader()
    found: list[Source] = []
    unlabelled = 0
    for file in signal_files(path.absolute() for path in data):
        labels = read_labels(label_file_of(file))
        sources = [] if labels is None else _sources_in(file, labels, reader)
        unlabelled += not sources
        found += sources
    if not found:
        raise ModelError(
            "None of these signals has labels of an operator over a stretch of it.",
            "Label some in SigDesk, or write them into the table NAME.labels.csv beside the file.",
        )
    if unlabelled:
        warn(f"{format_count(unlabelled)} files without such labels are left out")
    return tuple(found)


def _sources_in(file: Path, labels: LabelFile, reader: Reader) -> list[Source]:
    recordings = {recording.item: recording for recording in reader.open(file)}
    unknown = [item for item in labels.labels if item not in recordings]
    if unknown:
        raise ModelError(
            f"{printable_name(file.name)} holds no signal {printable_name(unknown[0])!r}, but there are labels on it.",
            f"Correct {printable_name(label_file_of(file).name)}.",
        )
    return [source for item, some in labels.labels.items() for source in stretch_sources(recordings[item], some)]
