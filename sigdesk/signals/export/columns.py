"""CSV and Parquet: a column of times, and a column for each channel with its unit in the heading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigdesk.errors import RecordingError
from sigdesk.signals.export.stretch import Stretch
from sigdesk.signals.names import distinct

if TYPE_CHECKING:
    import polars as pl

TIME_COLUMN, NUMBER_COLUMN = "time (s)", "sample"


def write_csv(stretch: Stretch, path: Path) -> None:
    """Remarks with what else is known, a line of headings, and a row a sample, in UTF-8."""
    with path.open("wb") as file:
        file.write("".join(f"# {line}\n" for line in _remarks(stretch)).encode())
        for number, frame in enumerate(_frames(stretch)):
            frame.write_csv(file, include_header=number == 0)


def table_text(stretch: Stretch) -> str:
    """Headings and rows with tabs between the cells, as spreadsheets take them from the clipboard."""
    frames = enumerate(_frames(stretch))
    return "".join(frame.write_csv(separator="\t", include_header=number == 0) for number, frame in frames)


def write_parquet(stretch: Stretch, path: Path) -> None:
    """Row groups as they are read."""
    from polars.exceptions import PolarsError
    from polars.io.plugins import register_io_source  # 0.1 s: only when such a file is written

    frames = _frames(stretch)
    first = next(frames)

    unread: list[RecordingError] = []

    def source(*_: Any) -> Iterator[pl.DataFrame]:
        yield first
        try:
            yield from frames
        except RecordingError as error:
            unread.append(error)
            raise

    try:
        register_io_source(source, schema=first.schema).sink_parquet(path)
    except PolarsError as error:
        if unread:
            raise unread[0] from error
        raise OSError(str(error).rpartition("IO error: ")[2]) from error


def _frames(stretch: Stretch) -> Iterator[pl.DataFrame]:
    import polars as pl

    timed = bool(stretch.recording.time_base.unit)
    channels = [f"{each.name} ({each.unit})" if each.unit else each.name for each in stretch.channels]
    names = distinct([TIME_COLUMN if timed else NUMBER_COLUMN, *channels])
    for at, samples in stretch.blocks():
        times = stretch.times(at, samples.shape[1])
        columns = [times if timed else times.astype("int64"), *samples]
        yield pl.DataFrame(dict(zip(names, columns, strict=True)))


def _remarks(stretch: Stretch) -> Iterator[str]:
    recording = stretch.recording
    yield f"source: {recording.name}"
    if stretch.rate_hz is not None:
        yield f"sample rate: {stretch.rate_hz!r} Hz"
    moment = stretch.start_time
    if moment is not None:
        yield f"start: {moment.isoformat()}"
    if recording.processing:
        yield f"processing: {recording.processing}"
    if recording.label is not None:
        yield f"class: {recording.label}"
