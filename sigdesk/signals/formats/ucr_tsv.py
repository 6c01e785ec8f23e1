"""`.tsv` as the UCR archive writes it: no header, a signal a line, its class in the first column, shorter signals
filled up with NaN. A plain table of measurements may be called `.tsv` as well, so the content decides."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from msgspec import Struct

from sigdesk.signals.format import SURE
from sigdesk.signals.labelled import LineError, Parsed, lines_of, numbers, recordings_of
from sigdesk.signals.recording import Recording
from sigdesk.signals.shelf import Shelf

MIN_VALUES = 15
"""The shortest signals of the archive have 15 samples; tables of that many channels are rare."""


class UcrTsvFormat(Struct, frozen=True):
    name: str = "UCR TSV (labelled set)"
    suffixes: tuple[str, ...] = (".tsv",)

    def confidence(self, head: bytes, path: Path) -> float:
        if path.suffix.lower() not in self.suffixes:
            return 0.0
        return SURE if _looks_labelled(head) else 0.0

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        signals = (line for line in lines_of(path) if line.text.strip())
        return recordings_of(path, shelf, signals, _parse, "TSV", {})


def _looks_labelled(head: bytes) -> bool:
    """Whether the lines begin with a whole number that is a class: one that comes again, or at least does not count
    the lines as a time or an index would."""
    lines = head.split(b"\n")
    whole = lines[:-1] if len(lines) > 1 else lines
    labels = []
    for line in whole[:200]:
        cells = line.split(b"\t")
        if len(cells) <= MIN_VALUES:
            return False
        try:
            label, *_ = [float(cell) for cell in cells]
        except ValueError:
            return False
        if not label.is_integer():
            return False
        labels.append(label)
    rising = len(labels) > 2 and all(after > before for before, after in itertools.pairwise(labels))
    return bool(labels) and not rising


def _parse(text: bytes) -> Parsed:
    label, _, rest = text.partition(b"\t")
    values = numbers(rest, b"\t")
    known = np.flatnonzero(~np.isnan(values))
    if len(known):
        values = values[: known[-1] + 1]
    try:
        number = float(label)
    except ValueError:
        raise LineError("does not begin with a class") from None
    shown = str(int(number)) if number.is_integer() else label.decode("ascii").strip()
    return Parsed(values.reshape(1, -1), shown)


FORMAT = UcrTsvFormat()
