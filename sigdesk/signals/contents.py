"""What a file of many arrays holds, for the operator to choose from; and opening only what was chosen.

Asked where there is real choice: HDF5, MATLAB and NPZ files with two signals or more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from sigdesk.signals.formats.hdf5 import FORMAT as HDF5
from sigdesk.signals.formats.hdf5 import open_datasets
from sigdesk.signals.formats.matlab import FORMAT as MATLAB
from sigdesk.signals.formats.matlab import is_hdf5
from sigdesk.signals.formats.npz import FORMAT as NPZ
from sigdesk.signals.hdf5.tree import list_datasets
from sigdesk.signals.opening import format_of, open_recordings
from sigdesk.signals.recording import Recording
from sigdesk.signals.shelf import Shelf

_SUFFIXES: Final = frozenset({*HDF5.suffixes, *MATLAB.suffixes, *NPZ.suffixes})


class Content(Struct, frozen=True):
    """One array of a file. `path` names it inside the file, with a slash between groups, as `Recording.item` does;
    `refused` says why it is no signal, or ""."""

    path: str
    shape: tuple[int, ...]
    dtype: str
    unit: str = ""
    refused: str = ""

    @property
    def is_signal(self) -> bool:
        return not self.refused


def contents_of(path: Path) -> list[Content]:
    """The arrays of a file, those included that are no signals; none for a file of another kind.

    Raises RecordingError when it cannot be read, and OSError.
    """
    if path.suffix.lower() not in _SUFFIXES:
        return []
    known = format_of(path)
    if known is HDF5 or (known is MATLAB and is_hdf5(path)):
        return [Content(each.path, each.shape, each.dtype, each.unit, each.refused) for each in list_datasets(path)]
    if known is not MATLAB and known is not NPZ:
        return []
    return [_content(recording) for recording in open_recordings(path, Shelf(0)) if recording.item]


def is_of_arrays(recording: Recording) -> bool:
    """Whether a recording is one array of a file that may hold more."""
    return bool(recording.item) and recording.format_name in (HDF5.name, MATLAB.name, NPZ.name)


def has_choice(contents: Sequence[Content]) -> bool:
    """Whether there is anything to choose between."""
    return sum(content.is_signal for content in contents) > 1


def open_contents(chosen: Collection[str], path: Path, shelf: Shelf) -> list[Recording]:
    """The recordings of the arrays that are chosen by their paths. Raises RecordingError where one is none."""
    known = format_of(path)
    if known is HDF5 or (known is MATLAB and is_hdf5(path)):
        return open_datasets(path, chosen, format_name=known.name)
    return [recording for recording in open_recordings(path, shelf) if recording.item in chosen]


def _content(recording: Recording) -> Content:
    units = {channel.unit for channel in recording.channels}
    shape = (len(recording.channels), recording.length)
    dtype = recording.metadata.get("stored as", "")
    return Content(recording.item, shape, dtype, units.pop() if len(units) == 1 else "")
