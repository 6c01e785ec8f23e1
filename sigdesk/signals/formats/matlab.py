"""MATLAB's `.mat`: version 7.3, which is HDF5 and read by stretches, and version 5 and 4.

Of version 5 what was saved without packing (-v6) is read by stretches too. A packed variable can only be loaded whole,
so it may not be larger than what the shelf keeps; that is told from its declared size. Objects are not loaded.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.signals import companions
from sigdesk.signals.arrays import Layout, RawSource, as_samples, channels_of, float_type, layout_of, with_units
from sigdesk.signals.companions import texts_of
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.formats.hdf5 import open_datasets
from sigdesk.signals.hdf5.files import MAGIC
from sigdesk.signals.matlab.elements import byte_order, variables_of
from sigdesk.signals.matlab.old import old_variables_of
from sigdesk.signals.matlab.workspace import Leaf, leaves_of
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording, Samples, SampleSource, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf, ShelvedSource
from sigdesk.signals.stamp import FileStamp

_HDF5_AT = 512


class MatlabFormat(Struct, frozen=True):
    name: str = "MATLAB"
    suffixes: tuple[str, ...] = (".mat",)

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith(b"MATLAB ") and (byte_order(head) or head[_HDF5_AT:].startswith(MAGIC)):
            return SURE
        # Version 4 has no mark, and other programs write what they like into the text of version 5.
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        head = _head_of(path)
        if _begins_hdf5(head):
            return open_datasets(path, format_name=self.name)
        stamp = FileStamp.of(path)
        variables = variables_of(path) if byte_order(head) else old_variables_of(path)
        leaves = leaves_of(path, variables)
        if not leaves:
            held = ", ".join(f"{printable_name(each.name)} ({each.kind_name})" for each in variables[:12]) or "nothing"
            raise refusal(
                path, f"holds no matrix of real numbers, only {held}.", "Save the samples as channels × samples."
            )
        return [_recording(path, stamp, shelf, leaf, only=len(leaves) == 1) for leaf in leaves]


def is_hdf5(path: Path) -> bool:
    """Whether a MATLAB file is of version 7.3, which is HDF5. Raises OSError."""
    return _begins_hdf5(_head_of(path))


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HDF5_AT + len(MAGIC))


def _begins_hdf5(head: bytes) -> bool:
    return head[_HDF5_AT:] == MAGIC or head.startswith(MAGIC)


def _recording(path: Path, stamp: FileStamp, shelf: Shelf, leaf: Leaf, *, only: bool) -> Recording:
    shown, beside = printable_name(leaf.path), leaf.beside
    times = next((beside[key] for key in companions.TIMES & beside.keys() if beside[key].dtype.kind in "iuf"), None)
    given = float_type(leaf.dtype, path, f"holds “{shown}” with")
    layout = layout_of(
        leaf.shape, path, f"holds “{shown}”, which has", time_length=None if times is None else times.size
    )
    time_base, first_s = _time_base(path, leaf, times, layout.length)
    label = _texts(leaf, companions.LABELS)
    channels = channels_of(layout.channels, _texts(leaf, companions.NAMES))
    return Recording(
        name=printable_name(path.name if only else f"{path.stem} {leaf.path}"),
        path=path,
        channels=with_units(channels, _texts(leaf, companions.UNITS)),
        length=layout.length,
        time_base=time_base,
        source=_source(stamp, shelf, leaf, layout, given),
        format_name="MATLAB",
        item=shown,
        label=label[0] if len(label) == 1 else None,
        metadata=MappingProxyType(
            {
                "variable": shown,
                "layout": layout.text,
                "stored as": str(leaf.dtype),
                **companions.begins_at(first_s),
            }
        ),
    )


def _source(stamp: FileStamp, shelf: Shelf, leaf: Leaf, layout: Layout, given: np.dtype[Any]) -> SampleSource:
    variable = leaf.variable
    if variable is not None and not variable.packed and variable.stored is not None:
        # MATLAB writes column by column.
        return RawSource(stamp, variable.values_at, variable.stored, given, layout.stored(fortran_order=True))
    return ShelvedSource(stamp, shelf, leaf.path, _Loader(leaf, layout, given))


class _Loader(Struct, frozen=True):
    """Loads one matrix whole."""

    leaf: Leaf
    layout: Layout
    given: np.dtype[Any]

    def __call__(self) -> Samples:
        return as_samples(self.leaf.load(), self.layout, self.given)


def _time_base(path: Path, leaf: Leaf, times: NDArray[Any] | None, length: int) -> tuple[TimeBase, float]:
    rate = next((leaf.beside[key] for key in companions.RATES & leaf.beside.keys()), None)
    if rate is not None and rate.size == 1:
        return TimeBase(rate_hz=companions.rate_from(rate, path)), 0.0
    if times is not None and times.size == length:
        flat = times.ravel()
        return companions.time_base_from(path, lambda start, stop: flat[start:stop], length)
    interval = next((leaf.beside[key] for key in companions.INTERVALS & leaf.beside.keys()), None)
    if interval is not None and interval.size == 1:
        return TimeBase(rate_hz=companions.rate_from(interval, path, interval=True)), 0.0
    return TimeBase(), 0.0


def _texts(leaf: Leaf, keys: set[str]) -> list[str]:
    return next((texts for key in keys & leaf.beside.keys() if (texts := texts_of(leaf.beside[key]))), [])


FORMAT = MatlabFormat()
