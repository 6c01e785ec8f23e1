"""Audacity's label tracks: a start, an end and a text a line, parted by tabs.

As its manual has it (Importing and Exporting Labels): times in seconds; a point has the same time twice; a line that
begins with a backslash gives frequencies to the label before it; old files have a time and a text only.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sigdesk.errors import LabelError
from sigdesk.labels.exchange.foreign import Of, number_in, text_of, wrong
from sigdesk.labels.label import Label, checked

UNNAMED = "Label"
"""The class of labels without a text, which Audacity allows."""


def read(data: bytes, file: Path, _: Of) -> list[Label]:
    """The labels of a track. Raises LabelError with the line that is wrong."""
    labels = []
    for number, line in enumerate(text_of(file, data).splitlines(), 1):
        if not line.strip() or line.startswith("\\"):
            continue
        cells = line.split("\t")
        start = number_in(cells[0])
        end = number_in(cells[1]) if len(cells) > 1 else None
        if start is None or len(cells) < 2:
            raise wrong(file, number, "does not begin with two times and a text, parted by tabs")
        if end is None:
            end, text = start, "\t".join(cells[1:])
        else:
            text = "\t".join(cells[2:])
        try:
            labels.append(checked(Label(start, end, text if text.strip() else UNNAMED)))
        except LabelError as error:
            raise wrong(file, number, f"is wrong: {error.what.rstrip('.')}") from error
    return labels


def write(labels: Iterable[Label], _: Of) -> bytes:
    """A track of the labels, by their start; times to a nanosecond."""
    ordered = sorted(labels, key=lambda label: label.order)
    lines = (f"{label.start:.9f}\t{label.stop:.9f}\t{label.title}\n" for label in ordered)
    return "".join(lines).encode("utf-8", "backslashreplace")
