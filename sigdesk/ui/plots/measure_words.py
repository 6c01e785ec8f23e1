"""What was measured as text: all figures of a channel with one prefix and as many decimals as its range asks for."""

from __future__ import annotations

import math
from typing import Final

from msgspec import Struct

from sigdesk.signals.describe import (
    NOTHING,
    format_count,
    format_number,
    format_rate,
    format_value,
    prefixed_unit,
    printable_name,
)
from sigdesk.signals.measure import ChannelMeasure, Measurement
from sigdesk.signals.recording import Channel, Recording
from sigdesk.ui.plots.ticks import decimals_for

COLUMNS: Final = ("Δ", "RMS", "mean", "peak to peak")
_FINEST: Final = 6
_LARGEST: Final = 1e7


class MeasureRow(Struct, frozen=True):
    """A channel's figures in the order of COLUMNS, and what of it is missing or ""."""

    name: str
    figures: tuple[str, ...]
    missing: str


def times_text(found: Measurement, recording: Recording) -> tuple[tuple[str, str], ...]:
    """The time between the cursors, its inverse, and the samples between: captions with their values."""
    count = (f"sample{'' if found.samples == 1 else 's'}", format_count(found.samples))
    if not recording.time_base.unit:
        return (count,)
    rate = format_rate(1 / found.span) if found.span > 0 else NOTHING
    return (("Δt", span_text(found.span, recording)), ("1/Δt", rate), count)


def span_text(span: float, recording: Recording) -> str:
    """A time between two samples, to the decimal that tells two of them apart: "2.6000 s"."""
    base = recording.time_base
    if not base.unit:
        return f"{format_count(round(span))} sample{'' if round(span) == 1 else 's'}"
    duration = recording.duration_s or 0.0
    spacing = 1 / base.rate_hz if base.rate_hz else duration / max(recording.length - 1, 1)
    return f"{format_number(span, min(decimals_for(spacing), 9))} {base.unit}"


def row_of(found: ChannelMeasure, channel: Channel) -> MeasureRow:
    """The figures of one channel."""
    figures = (found.step, found.rms, found.mean, found.peak_to_peak)
    unit = printable_name(channel.unit)
    missing = f"{format_count(found.missing)} missing" if found.missing else ""
    return MeasureRow(printable_name(channel.name), _same_form(figures, found, unit), missing)


def as_table(found: Measurement, recording: Recording, rows: list[MeasureRow]) -> str:
    """All of it as lines with tabs between, for a spreadsheet."""
    head = [f"{caption}\t{value}" for caption, value in times_text(found, recording)]
    body = ["\t".join((row.name, *row.figures, row.missing)).rstrip() for row in rows]
    return "\n".join((*head, "\t".join(("Channel", *COLUMNS)), *body))


def _same_form(figures: tuple[float, ...], found: ChannelMeasure, unit: str) -> tuple[str, ...]:
    sizes = [abs(figure) for figure in (*figures, found.low, found.high) if math.isfinite(figure)]
    scale, prefixed = prefixed_unit(max(sizes, default=0.0), unit)
    largest, spread = max(sizes, default=0.0) / scale, found.peak_to_peak / scale
    resolution = (spread if spread > 0 else largest) / 1000
    if largest >= _LARGEST or decimals_for(resolution) > _FINEST or (largest and not resolution > 0):
        return tuple(format_value(figure, unit) for figure in figures)
    decimals = decimals_for(resolution)
    return tuple(
        f"{format_number(figure / scale, decimals)} {prefixed}".rstrip() if math.isfinite(figure) else NOTHING
        for figure in figures
    )
