"""Which exchange format a file is of, and all of them by name, for dialogs and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from msgspec import Struct

from sigdesk.errors import LabelError
from sigdesk.labels.exchange import audacity, label_studio, raven, recorded, table
from sigdesk.labels.exchange.foreign import Of
from sigdesk.labels.label import Label
from sigdesk.labels.writing import replace_file
from sigdesk.signals.names import printable_name


class Exchange(Struct, frozen=True):
    """A format: `name` as operators know it, `suffix` of files that are written."""

    name: str
    suffix: str
    read: Callable[[bytes, Path, Of], list[Label]]
    write: Callable[[Iterable[Label], Of], bytes]


EXCHANGES: Final = (
    Exchange("CSV", ".csv", table.read, table.write),
    Exchange("Audacity label track", ".txt", audacity.read, audacity.write),
    Exchange("Raven selection table", ".selections.txt", raven.read, raven.write),
    Exchange("Label Studio JSON", ".json", label_studio.read, label_studio.write),
)


def import_labels(file: Path, of: Of) -> list[Label]:
    """The labels that another program has written of a signal; the format is seen from the content. Those of EDF+ and
    SigMF are the annotations of the recording.

    Raises LabelError, with the line where one is wrong.
    """
    if recorded.holds_annotations(file):
        return recorded.read(file, of)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise LabelError(
            f"{printable_name(str(file))} cannot be read ({error.strerror or error}).", "Check the name and the drive."
        ) from error
    return recognised(data).read(data, file, of)


def export_labels(file: Path, labels: Iterable[Label], of: Of, exchange: Exchange) -> None:
    """Write labels as another program reads them, in place of a file that is there. Raises LabelError."""
    try:
        replace_file(file, exchange.write(labels, of))
    except OSError as error:
        raise LabelError(
            f"The labels could not be written to {printable_name(str(file))} ({error.strerror or error}).",
            "Choose another folder, or make room.",
        ) from error


def recognised(data: bytes) -> Exchange:
    """The format that content looks like."""
    by_name = {each.name: each for each in EXCHANGES}
    head = data[:4096].decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    first = next((line for line in head.lstrip("\ufeff").splitlines() if line.strip() and line[0] != "#"), "")
    if first.lstrip()[:1] in ("[", "{"):
        return by_name["Label Studio JSON"]
    if "begin time (s)" in first.casefold():
        return by_name["Raven selection table"]
    cells = first.split("\t")
    if len(cells) > 1 and cells[0].strip().replace(",", ".").replace(".", "", 1).lstrip("-").isdigit():
        return by_name["Audacity label track"]
    return by_name["CSV"]
