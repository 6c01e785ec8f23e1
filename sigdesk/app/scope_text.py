"""What Classify would look at, as the line under Apply to says it."""

from __future__ import annotations

from sigdesk.signals.describe import duration_text, format_count, stretch_text
from sigdesk.signals.recording import Recording


def windows_text(count: int) -> str:
    return "1 window" if count == 1 else f"{format_count(count)} windows"


def whole_text(recording: Recording) -> str:
    return f"Whole signal, {duration_text(recording)}"


def stretch_of(recording: Recording, start: int, stop: int) -> str:
    count, times = f"{format_count(stop - start)} samples", recording.time_base
    if not times.unit:
        return count
    return f"{stretch_text(times.time_of(start), times.time_of(stop), times.unit)}  {count}"
