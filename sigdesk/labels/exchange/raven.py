"""Raven's selection tables: a table with tabs, of Raven Pro and Lite, and of the many programs that write the same.

As Raven's manual has it: `Selection`, `View`, `Channel` (from 1), `Begin Time (s)`, `End Time (s)`, `Low Freq (Hz)`,
`High Freq (Hz)`, then measurements and annotations of the user's own naming. A selection that is shown in waveform and
spectrogram stands in the table twice, once a view, with one number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sigdesk.errors import LabelError
from sigdesk.labels.exchange.foreign import Of, number_in, text_of, wrong
from sigdesk.labels.label import Label, checked

if TYPE_CHECKING:
    from _csv import Reader as Rows

_CLASS_COLUMNS: Final = ("annotation", "class", "label", "species", "call type", "type", "sound type", "tags", "code")
"""Names that users give to the column of the class, the likeliest first."""
_NOTE_COLUMNS: Final = ("notes", "note", "comments", "comment", "remarks")
_SCORE_COLUMNS: Final = ("score", "confidence")
_HEAD: Final = (
    "Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)",
    "Annotation", "Notes", "Score",
)  # fmt: skip
UNNAMED: Final = "Selection"


def read(data: bytes, file: Path, of: Of) -> list[Label]:
    """The selections as labels. Raises LabelError with the line that is wrong."""
    rows = csv.reader(text_of(file, data).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        return _selections(rows, file, of)
    except csv.Error as error:
        raise wrong(file, rows.line_num, f"is wrong: {error}") from error


def _selections(rows: Rows, file: Path, of: Of) -> list[Label]:
    head = [cell.strip().casefold() for cell in next(rows, [])]
    places = {name: place for place, name in reversed(list(enumerate(head)))}
    begin, end = places.get("begin time (s)"), places.get("end time (s)")
    if begin is None or end is None:
        raise wrong(file, 1, "names no columns “Begin Time (s)” and “End Time (s)”")
    columns = [_first(places, names) for names in (_CLASS_COLUMNS, _NOTE_COLUMNS, _SCORE_COLUMNS, ("channel",))]
    found: dict[object, Label] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        start, stop = (number_in(_cell(row, place)) for place in (begin, end))
        if start is None or stop is None:
            raise wrong(file, rows.line_num, "has no begin or end time that is a number")
        name, note, score, channel = (_cell(row, place) for place in columns)
        number = number_in(channel)
        selection = _cell(row, places.get("selection")).strip() or rows.line_num
        try:
            label = checked(
                Label(
                    start, stop, name if name.strip() else UNNAMED, confidence=_share(score), note=note,
                    channels=of.channel(int(number)) if number is not None and len(of.channels) > 1 else (),
                )
            )  # fmt: skip
        except LabelError as error:
            raise wrong(file, rows.line_num, f"is wrong: {error.what.rstrip('.')}") from error
        # The same selection in another view is the same label.
        found.setdefault((selection, start, stop, label.class_name, label.channels), label)
    return list(found.values())


def write(labels: Iterable[Label], of: Of) -> bytes:
    """A selection table of the labels; a label of several channels has a row for each."""
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar=None, quotechar=None, lineterminator="\n"
    )
    writer.writerow(_HEAD)
    for number, label in enumerate(sorted(labels, key=lambda each: each.order), 1):
        for channel in of.numbers(label.channels) or [1]:
            writer.writerow(
                (
                    number, "Waveform 1", channel, f"{label.start:.9f}", f"{label.stop:.9f}", "0.0", "0.0",
                    label.title, " ".join(label.note.split()),
                    "" if label.confidence is None else f"{label.confidence:.6f}",
                )
            )  # fmt: skip
    return out.getvalue().encode("utf-8", "backslashreplace")


def _first(places: dict[str, int], names: Iterable[str]) -> int | None:
    return next((places[name] for name in names if name in places), None)


def _cell(row: list[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _share(text: str) -> float | None:
    score = number_in(text)
    return score if score is not None and 0 <= score <= 1 else None
