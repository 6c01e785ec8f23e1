"""The tree of an HDF5 file's data sets, walked without reading a sample: which of them are signals, and why not.

Links that lead out of the file or back up the tree are not followed, and the walk is bounded, so a hostile file can
neither open others nor keep the walk going.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from sigdesk.signals.companions import TIMES, UNITS, texts_of
from sigdesk.signals.hdf5.files import opened
from sigdesk.signals.names import printable_name
from sigdesk.signals.refusal import refusal

MAX_DATASETS = 20_000
MAX_DEPTH = 32
MAX_CHUNK_BYTES = 256 * 1024**2
"""A packed chunk is unpacked whole, however short the stretch that is wanted of it."""
_HIDDEN = ("#", "_")
"""With these begin the names of what programs keep for themselves: MATLAB its references, PyTables its indexes."""


class DatasetEntry(Struct, frozen=True):
    """One data set. `path` names it inside the file ("run 1/current"), `refused` says why it is no signal, or "".
    `unit` is what an attribute of its own states."""

    path: str
    shape: tuple[int, ...]
    dtype: str
    refused: str = ""
    unit: str = ""

    @property
    def is_signal(self) -> bool:
        return not self.refused


def list_datasets(path: Path) -> list[DatasetEntry]:
    """All data sets of an HDF5 file (also a MATLAB 7.3 one), in the order of their names, for one to be chosen.

    Raises RecordingError when the file cannot be read, and OSError from the file system.
    """
    with opened(path) as file:
        return [entry_of(name, dataset) for name, dataset in walk(file, path)]


def walk(file: Any, path: Path) -> Iterator[tuple[str, Any]]:
    """The data sets of an open file with their paths in it."""
    import h5py

    seen: set[Any] = {file["/"].id}
    found = 0
    pending: list[tuple[str, Any, int]] = [("", file, 0)]
    while pending:
        prefix, group, depth = pending.pop()
        inner: list[tuple[str, Any, int]] = []
        for name in group:
            if name.startswith(_HIDDEN) or not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            node = group[name]
            if isinstance(node, h5py.Dataset):
                found += 1
                if found > MAX_DATASETS:
                    way_out = "Save signals as channels × samples, not one each."
                    raise refusal(path, f"holds over {MAX_DATASETS:,} data sets.", way_out)
                yield prefix + name, node
            elif isinstance(node, h5py.Group) and node.id not in seen and depth < MAX_DEPTH:
                seen.add(node.id)
                inner.append((f"{prefix}{name}/", node, depth + 1))
        pending += reversed(inner)


def entry_of(name: str, dataset: Any) -> DatasetEntry:
    """What the tree shows of a data set."""
    shape = tuple(int(size) for size in dataset.shape or ())
    try:
        dtype = str(dataset.dtype)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return DatasetEntry(printable_name(name), shape, "?", "is of a type that cannot be read")
    return DatasetEntry(printable_name(name), shape, dtype, _reason_against(name, dataset, shape), _unit_of(dataset))


def _unit_of(dataset: Any) -> str:
    """The unit in an attribute of the data set; "" where there is none, or one for each channel."""
    for key in dataset.attrs:
        if str(key).lower() in UNITS:
            try:
                units = texts_of(dataset.attrs[key])
            except (OSError, TypeError, ValueError, RuntimeError, KeyError):
                return ""  # a type that numpy has no word for
            return printable_name(units[0]) if len(units) == 1 else ""
    return ""


def _reason_against(name: str, dataset: Any, shape: tuple[int, ...]) -> str:
    key = name.rpartition("/")[2].lower()
    if dataset.dtype.kind not in "biuf":
        return "is not made of real numbers"
    if dataset.shape is None or 0 in shape or dataset.attrs.get("MATLAB_empty", 0):
        return "is empty"
    if dataset.attrs.get("MATLAB_class", b"double") in (b"char", b"cell", b"function_handle", b"string"):
        return "is text"
    if len(shape) not in (1, 2):
        return f"has {len(shape)} dimensions" if shape else "is a single value"
    if max(shape) < 2:
        return "is a single value"
    if key in TIMES and (len(shape) == 1 or 1 in shape):
        return "is the time of others"
    if dataset.external:
        return "lies in another file"
    chunk = dataset.chunks
    if chunk is not None and _bytes_of(chunk, dataset) > MAX_CHUNK_BYTES:
        return f"is packed in chunks of {_bytes_of(chunk, dataset):,} bytes"
    return ""


def _bytes_of(shape: tuple[int, ...], dataset: Any) -> int:
    size = int(dataset.dtype.itemsize)
    for each in shape:
        size *= int(each)
    return size
