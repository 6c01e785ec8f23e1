"""The labelled sets that aeon and sktime ship, each with its own training and test half."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.signals import open_recordings
from sigdesk.signals.recording import Samples

PACKAGES = ("aeon", "sktime")
_SUFFIXES = ("_TRAIN.ts", "_TEST.ts")


@dataclass(frozen=True, slots=True)
class Half:
    """Signals of shape (channels, samples) with their classes."""

    path: Path
    signals: tuple[Samples, ...]
    labels: tuple[str, ...]

    def padded(self, length: int) -> NDArray[np.float64]:
        """All signals at one length, zeros at their ends, shape (n, channels, length)."""
        values = np.zeros((len(self.signals), len(self.signals[0]), length))
        for place, signal in enumerate(self.signals):
            values[place, :, : min(length, signal.shape[1])] = np.nan_to_num(signal[:, :length])
        return values


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set as its package ships it."""

    name: str
    train: Half
    test: Half

    @property
    def length(self) -> int:
        """Of its longest training signal."""
        return max(int(signal.shape[1]) for signal in self.train.signals)


def find_sets(wanted: tuple[str, ...] = ()) -> tuple[list[LabelledSet], tuple[str, ...]]:
    """All sets with classes (or only those that are wanted), by name; of two packages that ship one, the first's. Then
    the names of those that are left out: their signals have numbers for classes."""
    found: dict[str, tuple[Path, Path]] = {}
    for package in PACKAGES:
        for train in sorted(_data_of(package).glob(f"*/*{_SUFFIXES[0]}")):
            name = train.name.removesuffix(_SUFFIXES[0])
            test = train.with_name(name + _SUFFIXES[1])
            if test.is_file() and (not wanted or name in wanted):
                found.setdefault(name, (train, test))
    sets = {name: _read(name, *found[name]) for name in sorted(found)}
    return [one for one in sets.values() if one is not None], tuple(name for name, one in sets.items() if one is None)


def _data_of(package: str) -> Path:
    """The package's folder of data, found without importing it; one that does not exist where it is not installed."""
    found = importlib.util.find_spec(package)
    folders: Any = found.submodule_search_locations if found else None
    return Path(next(iter(folders))) / "datasets" / "data" if folders else Path("not installed")


def _read(name: str, train: Path, test: Path) -> LabelledSet | None:
    """None for a set whose signals have numbers for classes (regression), or no classes."""
    halves = [_half(path) for path in (train, test)]
    if any(half is None for half in halves):
        return None
    ours, theirs = halves
    assert ours is not None
    assert theirs is not None
    known = set(ours.labels)
    return LabelledSet(name, ours, theirs) if len(known) > 1 and set(theirs.labels) <= known else None


def _half(path: Path) -> Half | None:
    recordings = open_recordings(path)
    if not all(recording.label for recording in recordings):
        return None
    signals = tuple(recording.read() for recording in recordings)
    return Half(path, signals, tuple(recording.label or "" for recording in recordings))
