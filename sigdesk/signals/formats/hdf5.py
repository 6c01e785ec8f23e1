"""HDF5 (also netCDF 4 and NWB): every one- or two-dimensional data set of numbers is a signal."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.hdf5.files import MAGIC, opened
from sigdesk.signals.hdf5.signals import recording_of
from sigdesk.signals.hdf5.tree import DatasetEntry, entry_of, walk
from sigdesk.signals.recording import Recording
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp


class Hdf5Format(Struct, frozen=True):
    name: str = "HDF5"
    suffixes: tuple[str, ...] = (".h5", ".hdf5", ".hdf", ".nc", ".nwb")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(MAGIC):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        return open_datasets(path, format_name=self.name)


def open_datasets(path: Path, chosen: Collection[str] | None = None, *, format_name: str = "HDF5") -> list[Recording]:
    """The recordings of the data sets that `chosen` names as `list_datasets` does; of all signals when None.

    Raises RecordingError when there is none, or when one of them is no signal.
    """
    stamp = FileStamp.of(path)
    with opened(path) as file:
        found = [(name, dataset, entry_of(name, dataset)) for name, dataset in walk(file, path)]
        signals = [each for each in found if each[2].is_signal]
        wanted = signals if chosen is None else [each for each in found if each[2].path in chosen]
        refused = [entry for _, _, entry in wanted if not entry.is_signal]
        if refused or not wanted:
            raise _no_signal(path, [entry for *_, entry in found], [f"{e.path} {e.refused}" for e in refused])
        return [recording_of(path, stamp, name, data, format_name, only=len(signals) == 1) for name, data, _ in wanted]


def _no_signal(path: Path, found: list[DatasetEntry], reasons: list[str]) -> Exception:
    if reasons:
        return refusal(path, f"holds no such signal: {'; '.join(reasons[:5])}.", "Choose another data set.")
    only = "; ".join(f"{entry.path} {entry.refused}" for entry in found[:12]) if found else "no data set at all"
    return refusal(
        path,
        f"holds no data set of samples: {only}.",
        "Save the samples as a data set of channels × samples.",
    )


FORMAT = Hdf5Format()
