"""Labels as CSV: written as a label file is, read more freely, whatever the columns are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sigdesk.errors import LabelError
from sigdesk.labels.exchange.foreign import Of, number_in, text_of, wrong
from sigdesk.labels.label import Label, checked
from sigdesk.labels.label_file import labels_text

_NAMES: Final = {
    "start": ("start", "start_s", "start (s)", "begin", "onset", "from", "start time", "start_time", "begin time (s)"),
    "stop": ("stop", "stop_s", "stop (s)", "end", "end_s", "end (s)", "offset", "to", "end time", "end_time"),
    "duration": ("duration", "duration_s", "duration (s)", "length"),
    "class": ("class", "label", "class_name", "annotation", "description", "event", "trial_type", "name", "text"),
    "confidence": ("confidence", "score", "probability"),
    "note": ("note", "notes", "comment", "comments"),
    "channel": ("channel", "channels"),
}


def read(data: bytes, file: Path, of: Of) -> list[Label]:
    """Labels of a table with a start, a stop or duration, and a class.

    Raises LabelError with the line that is wrong.
    """
    lines = text_of(file, data).splitlines(keepends=True)
    skipped = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    if skipped == len(lines):
        return []
    delimiter = max(",;\t", key=lines[skipped].count)
    rows = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=delimiter)
    labels: list[Label] = []
    try:
        head = [cell.strip().casefold() for cell in next(rows)]
        columns = {
            kind: next((head.index(name) for name in names if name in head), None) for kind, names in _NAMES.items()
        }
        if columns["start"] is None or columns["class"] is None:
            raise wrong(file, skipped + 1, "names no columns “start” and “class”")
        labels += [
            _label(row, columns, file, skipped + rows.line_num, of) for row in rows if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise wrong(file, skipped + rows.line_num, f"is wrong: {error}") from error
    return labels


def write(labels: Iterable[Label], _: Of) -> bytes:
    """The same table as a label file."""
    return labels_text({"": sorted(labels, key=lambda label: label.order)}).encode("utf-8", "surrogatepass")


def _label(row: list[str], columns: dict[str, int | None], file: Path, line: int, of: Of) -> Label:
    cells = {
        kind: row[place].strip() if place is not None and place < len(row) else "" for kind, place in columns.items()
    }
    start, stop, duration = (number_in(cells[kind]) for kind in ("start", "stop", "duration"))
    if start is None:
        raise wrong(file, line, f"has the start “{cells['start']}”, which is no number")
    if stop is None:
        stop = start + (duration or 0.0)
    confidence = number_in(cells["confidence"])
    channels = tuple(name for name in cells["channel"].split(";") if name in of.channels)
    try:
        return checked(Label(start, stop, cells["class"], confidence=confidence, note=cells["note"], channels=channels))
    except LabelError as error:
        raise wrong(file, line, f"is wrong: {error.what.rstrip('.')}") from error
