"""A data set becomes a recording: its rate, times, names and units stand in attributes or in data sets beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sigdesk.signals import companions
from sigdesk.signals.arrays import Layout, as_samples, channels_of, float_type, layout_of, with_units
from sigdesk.signals.companions import texts_of
from sigdesk.signals.hdf5.files import opened
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording, Samples, TimeBase
from sigdesk.signals.stamp import FileStamp

_MAX_SIDE_VALUES = 100_000
_TIME_UNITS = {"ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0}
_MATLAB_TEXT = b"char"


class Packing(Struct, frozen=True):
    """How stored numbers become values: times `factor` plus `offset`; `missing` marks a gap."""

    factor: float = 1.0
    offset: float = 0.0
    missing: float | None = None

    @property
    def is_plain(self) -> bool:
        return self == Packing()

    def unpack(self, samples: Samples) -> Samples:
        """The values of `samples`, which may be changed."""
        if self.missing is not None:
            samples[samples == self.missing] = np.nan
        return samples if self.factor == 1.0 and self.offset == 0.0 else samples * self.factor + self.offset


class DatasetSource(Struct, frozen=True):
    """A stretch of a data set, read by itself; the file is open only while it is read."""

    stamp: FileStamp
    dataset: str
    layout: Layout
    given: np.dtype[Any]
    packing: Packing

    def read(self, start: int, stop: int) -> Samples:
        self.stamp.check()
        with opened(self.stamp.path) as file:
            dataset = file[self.dataset]
            flat = len(dataset.shape) == 1 or self.layout.time_first
            table = dataset[start:stop] if flat else dataset[:, start:stop]
        part = replace(self.layout, length=stop - start)
        samples = as_samples(table.reshape(-1) if table.ndim == 1 else table, part, self.given)
        return samples if self.packing.is_plain else self.packing.unpack(samples)


class Surroundings(Struct):
    """What stands beside a data set: the attributes of it and of the groups above, and the small data sets near it."""

    own: dict[str, Any]
    inherited: dict[str, Any]
    beside: dict[str, Any]

    @classmethod
    def of(cls, dataset: Any) -> Surroundings:
        group = dataset.parent
        beside = {name.lower(): name for name in group if name.lower() in _SPEAKING}
        own = _attributes(dataset)
        inherited: dict[str, Any] = {}
        above = group
        while True:
            inherited = {**_attributes(above), **inherited}
            if above.name == "/":
                break
            above = above.parent
        return cls(own, inherited, {key: group[name] for key, name in beside.items() if hasattr(group[name], "shape")})

    def value(self, keys: Iterable[str]) -> Any:
        """The first value under one of `keys`: an attribute of the data set, a small data set beside it, an attribute
        of a group above; None where there is none."""
        wanted = set(keys)
        for key in wanted & self.own.keys():
            return self.own[key]
        for key in wanted & self.beside.keys():
            if self.beside[key].size and self.beside[key].size <= _MAX_SIDE_VALUES:
                return _value_of(self.beside[key])
        for key in wanted & self.inherited.keys():
            return self.inherited[key]
        return None


_SPEAKING = {
    *companions.RATES, *companions.INTERVALS, *companions.TIMES, *companions.NAMES, *companions.UNITS,
    *companions.LABELS, *companions.STARTS, "starting_time",
}  # fmt: skip


def recording_of(path: Path, stamp: FileStamp, name: str, dataset: Any, format_name: str, *, only: bool) -> Recording:
    """The recording of one data set; `only`: the file holds no other signal, so the file's name is enough."""
    near = Surroundings.of(dataset)
    shown = printable_name(name)
    times = _times_of(dataset, near)
    layout = layout_of(
        tuple(dataset.shape),
        path,
        f"holds the data set “{shown}”, which has",
        time_length=None if times is None else max(times.shape),
    )
    packing = _packing(near.own)
    given = float_type(dataset.dtype, path, f"holds the data set “{shown}” with")
    if not packing.is_plain:
        given = np.dtype(np.float64)
    time_base, first_s, start = _time_of(path, near, times, layout.length)
    channels = channels_of(layout.channels, texts_of(near.value(companions.NAMES)))
    label = texts_of(near.value(companions.LABELS))
    return Recording(
        name=printable_name(path.name if only else f"{path.stem} {name}"),
        path=path,
        channels=with_units(channels, texts_of(near.value(companions.UNITS))),
        length=layout.length,
        time_base=time_base,
        source=DatasetSource(stamp, name, layout, given, packing),
        format_name=format_name,
        item=shown,
        start_time=start,
        label=label[0] if len(label) == 1 else None,
        metadata=MappingProxyType(
            {
                "data set": shown,
                "layout": layout.text,
                "stored as": str(dataset.dtype),
                **companions.begins_at(first_s),
                **_said(near),
            }
        ),
    )


def _times_of(dataset: Any, near: Surroundings) -> Any:
    """The data set of times that belongs to `dataset`: its dimension's scale, or one that is named so beside it."""
    for axis in range(len(dataset.shape)):
        scales = [dataset.dims[axis][at] for at in range(len(dataset.dims[axis]))]
        for scale in scales:
            named = scale.name.rpartition("/")[2].lower()
            if named in companions.TIMES and scale.dtype.kind in "iuf" and scale.size == dataset.shape[axis]:
                return scale
    for key in companions.TIMES & near.beside.keys():
        times = near.beside[key]
        # MATLAB keeps a row of times as a table of one column.
        fits = times.shape is not None and times.dtype.kind in "iuf" and times.size == max(times.shape, default=0)
        if fits and times.size > 1 and times.size in dataset.shape:
            return times
    return None


def _time_of(path: Path, near: Surroundings, times: Any, length: int) -> tuple[TimeBase, float, datetime | None]:
    """The time base, the first time (s) and the moment of the first sample."""
    start = companions.moment_from(near.value(companions.STARTS))
    rate = near.value(companions.RATES)
    if rate is not None:
        return TimeBase(rate_hz=companions.rate_from(np.asarray(rate), path)), 0.0, start
    nwb = near.beside.get("starting_time")
    if nwb is not None and "rate" in nwb.attrs:
        begin = float(np.asarray(nwb[()]).ravel()[0])
        return TimeBase(rate_hz=companions.rate_from(np.asarray(nwb.attrs["rate"]), path)), begin, start
    if times is not None and times.size == length:
        unit = (texts_of(_attributes(times).get("units", "")) or [""])[0]
        since = companions.seconds_since(unit)
        scale = since[0] if since else _TIME_UNITS.get(unit.lower(), 1.0)
        column = len(times.shape) == 2 and times.shape[1] == 1

        def read(begin: int, end: int) -> Any:
            return times[begin:end].ravel() if column or len(times.shape) == 1 else times[0, begin:end]

        base, first_s = companions.time_base_from(path, read, length, scale)
        if since and since[1]:
            return base, 0.0, since[1] + timedelta(seconds=first_s)
        return base, first_s, start
    interval = near.value(companions.INTERVALS)
    if interval is not None:
        return TimeBase(rate_hz=companions.rate_from(np.asarray(interval), path, interval=True)), 0.0, start
    return TimeBase(), 0.0, start


def _packing(own: Mapping[str, Any]) -> Packing:
    """The packing that CF (netCDF) and NWB attributes state."""

    def number(*keys: str) -> float | None:
        for key in keys:
            value = np.asarray(own.get(key))
            if value.size == 1 and value.dtype.kind in "iuf" and np.isfinite(float(value.ravel()[0])):
                return float(value.ravel()[0])
        return None

    factor, offset = number("scale_factor", "conversion"), number("add_offset", "offset")
    return Packing(1.0 if factor is None else factor, offset or 0.0, number("_fillvalue", "missing_value"))


def _said(near: Surroundings) -> dict[str, str]:
    """What the attributes say in words, for the operator to read."""
    said: dict[str, str] = {}
    for key, value in {**near.inherited, **near.own}.items():
        texts = texts_of(value)
        if len(texts) == 1 and texts[0] and not key.startswith(("matlab_", "_", "class", "dimension_", "reference_")):
            said[printable_name(key)] = texts[0][:4000]
    return dict(list(said.items())[:100])


def _attributes(node: Any) -> dict[str, Any]:
    """The attributes that are text or numbers, by their names in lower case; one that cannot be read is left out."""
    found: dict[str, Any] = {}
    for key in node.attrs:
        try:
            value = node.attrs[key]
        except (OSError, TypeError, ValueError, RuntimeError, KeyError):
            continue  # a type that numpy has no word for
        if (
            isinstance(value, str | bytes | int | float | np.generic | np.ndarray)
            and np.size(value) <= _MAX_SIDE_VALUES
        ):
            found[str(key).lower()] = value
    return found


def _value_of(dataset: Any) -> Any:
    value = dataset[()]
    if dataset.attrs.get("MATLAB_class") == _MATLAB_TEXT and isinstance(value, np.ndarray) and value.dtype.kind == "u":
        return "".join(map(chr, value.ravel().tolist()))
    return np.asarray(value) if not isinstance(value, str | bytes) else value
