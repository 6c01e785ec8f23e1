"""Annotations of a recording as labels of another one: EDF+ and BDF+, also files that hold nothing else (hypnograms of
sleep laboratories are such), and SigMF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from sigdesk.errors import LabelError, RecordingError
from sigdesk.labels.exchange.annotations import from_annotations
from sigdesk.labels.exchange.foreign import Of
from sigdesk.labels.label import Label
from sigdesk.signals.annotations import Annotation
from sigdesk.signals.formats.edf import annotations_of_edf
from sigdesk.signals.opening import open_recordings

EDF_SUFFIXES: Final = (".edf", ".bdf", ".rec")
SIGMF_SUFFIXES: Final = (".sigmf-meta", ".sigmf-data")
_MOST_APART: Final = timedelta(days=1)
"""Files that began further apart are of no one measurement: one of them has lost its date."""


def holds_annotations(file: Path) -> bool:
    """Whether labels are read from a file as from a recording, by its name."""
    return file.suffix.lower() in (*EDF_SUFFIXES, *SIGMF_SUFFIXES)


def read(file: Path, of: Of) -> list[Label]:
    """The annotations of a file as labels of a signal; where both say when they began, at the same moments.

    Raises LabelError.
    """
    try:
        if file.suffix.lower() in EDF_SUFFIXES:
            start, annotations = annotations_of_edf(file)
        else:
            recording = open_recordings(file)[0]
            start, annotations = recording.start_time, recording.annotations
    except RecordingError as error:
        raise LabelError(error.what, error.way_out) from error
    except OSError as error:
        raise LabelError(f"{file.name} cannot be read ({error.strerror or error}).", "Check the drive.") from error
    return from_annotations(_of_signal(annotations, of, _later(start, of.start)))


def _later(start: datetime | None, than: datetime | None) -> float:
    """By how many seconds a file began later than the signal, as far as both say so."""
    if start is None or than is None or (start.tzinfo is None) != (than.tzinfo is None):
        return 0.0
    later = start - than
    return later.total_seconds() if abs(later) < _MOST_APART else 0.0


def _of_signal(annotations: Iterable[Annotation], of: Of, later_s: float) -> Iterable[Annotation]:
    for each in annotations:
        here = tuple(name for name in each.channels if name in of.channels)
        if here or not each.channels:
            yield replace(each, start_s=each.start_s + later_s, end_s=each.end_s + later_s, channels=here)
