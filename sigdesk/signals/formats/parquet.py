"""Parquet and Feather (Arrow): one column a channel, one row a sample, read by stretches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.errors import RecordingError
from sigdesk.signals import companions
from sigdesk.signals.format import NAME_ONLY, SURE
from sigdesk.signals.names import distinct, printable_name, shown_bytes
from sigdesk.signals.recording import Channel, Recording, Samples, TimeBase
from sigdesk.signals.refusal import refusal
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.stamp import FileStamp
from sigdesk.signals.tables.clock import epoch_scale, means_time, seconds_in, start_of
from sigdesk.signals.tables.headings import split_unit

if TYPE_CHECKING:
    import polars as pl

_PARQUET, _ARROW, _OLD_FEATHER = b"PAR1", b"ARROW1", b"FEA1"
_MAX_RATIO, _RATIO_MATTERS_FROM_BYTES = 300, 64 * 1024**2
_INDEX = "__index_level_0__"
_BROKEN = (ValueError, TypeError, OverflowError)
_COPY_AGAIN: Final = "Copy the file again from where it was written."


class ColumnSource(Struct, frozen=True):
    """Some columns of a file, read by rows."""

    stamp: FileStamp
    columns: tuple[str, ...]
    dtype: np.dtype[Any]

    def read(self, start: int, stop: int) -> Samples:
        import polars as pl

        self.stamp.check()
        kind = pl.Float32 if self.dtype == np.float32 else pl.Float64
        wanted = [pl.col(name).cast(kind, strict=False) for name in self.columns]
        with _complaints(self.stamp.path):
            frame = _scan(self.stamp.path).slice(start, stop - start).select(wanted).collect()
            if len(frame) < stop - start:
                raise refusal(self.stamp.path, f"ends after row {start + len(frame)}.", _COPY_AGAIN)
            return np.stack([np.asarray(column.to_numpy(), dtype=self.dtype) for column in frame])


class ParquetFormat(Struct, frozen=True):
    name: str = "Parquet, Feather"
    suffixes: tuple[str, ...] = (".parquet", ".pq", ".feather", ".arrow", ".ipc")

    def confidence(self, head: bytes, path: Path) -> float:
        if head.startswith((_PARQUET, _ARROW, _OLD_FEATHER)):
            return SURE
        return NAME_ONLY if path.suffix.lower() in self.suffixes else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:  # noqa: ARG002 - read by stretches, nothing to keep
        stamp = FileStamp.of(path)
        parquet = _check_ends(path, stamp.size)
        with _complaints(path):
            import polars as pl

            schema = _scan(path).collect_schema()
            rows = int(_scan(path).select(pl.len()).collect().item())
            said = pl.read_parquet_metadata(path) if parquet else {}
        if not rows:
            raise refusal(path, "holds no row of values.", "Check that the recording was saved.")
        if not parquet:
            _refuse_bomb(path, rows * len(schema) * 8, stamp.size)
        return [_recording(path, stamp, dict(schema), rows, said, "Parquet" if parquet else "Feather")]


def _scan(path: Path) -> pl.LazyFrame:
    """The file, of which nothing is read yet."""
    import polars as pl  # 0.1 s: only when such a file is read

    with path.open("rb") as file:
        parquet = file.read(4) == _PARQUET
    # A name may hold what polars would take for a pattern.
    return pl.scan_parquet(path, glob=False) if parquet else pl.scan_ipc(path, glob=False)


@contextmanager
def _complaints(path: Path) -> Iterator[None]:
    """What polars cannot do, as a refusal; it panics on some damaged files."""
    import polars as pl

    try:
        yield
    except RecordingError:
        raise
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, *_BROKEN) as error:
        why = printable_name(" ".join(str(error).split())[:160]).rstrip(".")
        raise refusal(path, f"cannot be read ({why}).", _COPY_AGAIN) from error


def _check_ends(path: Path, size: int) -> bool:
    """Whether it is Parquet (else Arrow). Both begin and end with their mark, and their index stands at the end."""
    with path.open("rb") as file:
        head = file.read(8)
        file.seek(max(0, size - 10))
        tail = file.read(10)
    if head.startswith(_OLD_FEATHER):
        raise refusal(path, "is a Feather file of version 1.", "Save it again as Feather of version 2, or as Parquet.")
    parquet = head.startswith(_PARQUET)
    if not parquet and not head.startswith(_ARROW):
        raise refusal(path, f"is no such file: it begins with {shown_bytes(head[:4])}.", "Name it after what it is.")
    mark = _PARQUET if parquet else _ARROW
    if size < 12 or not tail.endswith(mark):
        raise refusal(path, f"is cut short: it ends at byte {size}, before its index.", _COPY_AGAIN)
    declared = int.from_bytes(tail[-len(mark) - 4 : -len(mark)], "little")
    if declared + 12 > size:
        what = f"declares an index of {declared} bytes at byte {size - 8}, but is only {size} bytes long."
        raise refusal(path, what, _COPY_AGAIN)
    return parquet


def _refuse_bomb(path: Path, unpacked: int, size: int) -> None:
    """Packed Arrow can only be unpacked by whole batches; Parquet is made of small pages."""
    if unpacked > _MAX_RATIO * size and unpacked > _RATIO_MATTERS_FROM_BYTES:
        raise refusal(
            path,
            f"would unpack to {unpacked // size:,} times its size.",
            "Save it as Parquet, which is read in pieces.",
        )


class _Times(Struct, frozen=True):
    """The column of times: its name, and the seconds of one step of its numbers. `dated`: they count from 1970."""

    name: str
    scale: float
    dated: bool


def _recording(
    path: Path, stamp: FileStamp, schema: dict[str, Any], rows: int, said: dict[str, str], format_name: str
) -> Recording:
    numeric = [name for name, kind in schema.items() if kind.is_numeric() or kind == _boolean()]
    times = _times_of(path, schema, numeric)
    columns = [name for name in numeric if name != _INDEX and (times is None or name != times.name)]
    if not columns:
        raise refusal(path, "holds no column of numbers besides its time.", "Save a column for each channel.")
    small = all(str(schema[name]) in _EXACT_IN_FLOAT32 for name in columns)
    headings = [split_unit(name) for name in columns]
    named = distinct(printable_name(name) or f"Channel {at}" for at, (name, _) in enumerate(headings, start=1))
    base, first_s, start = _time_base(path, times, rows, said)
    used = {*columns, _INDEX, *([times.name] if times else [])}
    left_out = [printable_name(name) for name in schema if name not in used]
    metadata = {"stored as": ", ".join(dict.fromkeys(str(schema[name]) for name in columns))}
    metadata |= {"time column": printable_name(times.name)} if times else {}
    metadata |= companions.begins_at(first_s) | ({"columns left out": ", ".join(left_out)} if left_out else {})
    return Recording(
        name=printable_name(path.name),
        path=path,
        channels=tuple(Channel(name, printable_name(unit)) for name, (_, unit) in zip(named, headings, strict=True)),
        length=rows,
        time_base=base,
        source=ColumnSource(stamp, tuple(columns), np.dtype(np.float32 if small else np.float64)),
        format_name=format_name,
        start_time=start,
        metadata=MappingProxyType(metadata),
    )


_EXACT_IN_FLOAT32 = {"Float32", "Int8", "Int16", "UInt8", "UInt16", "Boolean"}


def _boolean() -> Any:
    import polars as pl

    return pl.Boolean


def _times_of(path: Path, schema: dict[str, Any], numeric: list[str]) -> _Times | None:
    """The first column that is made of moments, or of numbers under a heading that means time."""
    for name, kind in schema.items():
        if kind.is_temporal():
            text = str(kind)
            return _Times(name, 1e-9, text.startswith(("Datetime", "Date")))
    for name in numeric:
        title, unit = split_unit(name)
        if means_time(title, unit) and len(numeric) > 1:
            with _complaints(path):
                first = _scan(path).select(name).head(1).collect().to_series()[0]
            epoch = epoch_scale(float(first)) if first is not None and not unit else None
            return _Times(name, epoch or seconds_in(title, unit), epoch is not None)
    return None


def _time_base(
    path: Path, times: _Times | None, rows: int, said: dict[str, str]
) -> tuple[TimeBase, float, datetime | None]:
    if times is not None:
        base, first_s = companions.time_base_from(path, _Reader(path, times.name), rows, times.scale)
        return (base, 0.0, start_of(first_s)) if times.dated else (base, first_s, None)
    rate = next((value for key, value in said.items() if key.lower() in companions.RATES), None)
    try:
        number = float(rate) if rate is not None else 0.0
    except ValueError:
        number = 0.0
    return TimeBase(rate_hz=number if 0 < number < 1e15 else None), 0.0, None


class _Reader(Struct, frozen=True):
    """Reads the times of some rows, moments as nanoseconds."""

    path: Path
    column: str

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        import polars as pl

        with _complaints(self.path):
            series = _scan(self.path).slice(start, stop - start).select(self.column).collect().to_series()
            kind = str(series.dtype)
            if kind.startswith(("Datetime", "Date")):
                series = series.dt.epoch("ns")
            elif kind.startswith("Duration"):
                series = series.dt.total_nanoseconds()
            elif kind == "Time":
                series = series.cast(pl.Int64)
            return np.asarray(series.cast(pl.Float64).to_numpy(), dtype=np.float64)


FORMAT = ParquetFormat()
