"""The file beside a signal that holds its labels: `pump.wav.labels.csv`, a table that a person can read and edit.

The first line that is no comment (#) names the columns, in any order; `start`, `stop` and `class` must be among them:

    start       where the label begins and ends: seconds from the first sample, or sample numbers where the signal's
    stop        file names no time; an event has both the same
    class       its class
    source      `operator` (also where it is empty) or `model`
    confidence  0 to 1, or empty;  model, version: which model spoke
    channels    the channels that are meant, parted by semicolons (in a name \\; stands for one, \\\\ for a backslash);
                empty: all
    name, note  texts of the operator's
    signal      which signal of the file it is on, where it holds several
    state       of a model's label `open`, `accepted`, `corrected` or `rejected`; of an operator's `made`, `accepted`,
                `corrected`
    said        the class that a model had named where an operator's label was made of a model's;  origin: that one's id
    id          unique in the file; whoever writes one by hand may leave it empty

UTF-8; commas, or semicolons or tabs as spreadsheets write them (with semicolons also decimal commas).
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.errors import LabelError, LabelsChanged
from sigdesk.labels.label import Author, Label, Review, checked, new_id
from sigdesk.labels.writing import replace_file
from sigdesk.signals.discovery import LABEL_FILES
from sigdesk.signals.names import printable_name

MAX_BYTES: Final = 512 * 1024 * 1024
COLUMNS: Final = (
    "start", "stop", "class", "source", "confidence", "model", "version", "channels", "name", "note", "signal",
    "state", "said", "origin", "id",
)  # fmt: skip
_NEEDED: Final = ("start", "stop", "class")
_WAY_OUT: Final = "Correct the line in a text editor, or move the file away. It is kept as it is."

_Kind = TypeVar("_Kind", Author, Review)
LabelsByItem = Mapping[str, Iterable[Label]]


class LabelFile(Struct, frozen=True):
    """What a label file holds: labels by the signal in the file, and the digest of its bytes."""

    labels: dict[str, tuple[Label, ...]]
    digest: str


def label_file_of(signal_file: Path) -> Path:
    """Where the labels of a file's signals stand."""
    return signal_file.with_name(signal_file.name + LABEL_FILES)


def read_labels(file: Path) -> LabelFile | None:
    """The labels in a file, None where there is no such file. Raises LabelError, naming the line that is wrong."""
    data = _data_of(file)
    return None if data is None else LabelFile(_parse(data, file), _digest(data))


def digest_of(file: Path) -> str:
    """The digest of a label file's bytes, "" where there is none. Raises LabelError when it cannot be read."""
    data = _data_of(file)
    return "" if data is None else _digest(data)


def write_labels(file: Path, labels: LabelsByItem, known_digest: str) -> str:
    """Put the labels into the file, atomically; the digest of what stands there now.

    `known_digest` is that of the file as it was last read or written here ("" for none): raises LabelsChanged where it
    is another by now, and LabelError where it cannot be written. Nothing is overwritten in both cases.
    """
    data = labels_text(labels).encode("utf-8", "surrogatepass")
    if digest_of(file) != known_digest:
        raise LabelsChanged(
            f"Somebody else has changed {printable_name(str(file))}.",
            "Choose whose labels count: those in the file, or yours. Yours are kept in the session meanwhile.",
        )
    try:
        replace_file(file, data, new=not known_digest)
    except FileExistsError as error:
        raise LabelsChanged(
            f"Somebody else has just written {printable_name(str(file))}.",
            "Choose whose labels count: those in the file, or yours. Yours are kept in the session meanwhile.",
        ) from error
    except OSError as error:
        raise LabelError(
            f"The labels could not be stored in {printable_name(str(file))} ({error.strerror or error}).",
            "They are kept in the session. Make room, or see that you may write there.",
        ) from error
    return _digest(data)


def labels_text(labels: LabelsByItem) -> str:
    """The text of a label file."""
    out = io.StringIO()
    out.write("# Labels, one a line; start, stop and class are enough, and the columns may stand in any order.\n")
    plain, quoted = (csv.writer(out, lineterminator="\n", quoting=kind) for kind in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    plain.writerow(COLUMNS)
    for item, found in labels.items():
        for label in found:
            row = _row(label, item)
            # A carriage return alone ends a line for whoever reads it, and csv does not quote for it.
            (quoted if any("\r" in cell for cell in row) else plain).writerow(row)
    return out.getvalue()


def _row(label: Label, item: str) -> tuple[str, ...]:
    return (
        _number(label.start), _number(label.stop), label.class_name, label.author.value,
        "" if label.confidence is None else _number(label.confidence), label.model, label.version,
        ";".join(name.replace("\\", "\\\\").replace(";", "\\;") for name in label.channels), label.name, label.note,
        item, label.review.value, label.said, label.origin, label.id,
    )  # fmt: skip


def _number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _data_of(file: Path) -> bytes | None:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise LabelError(f"{printable_name(str(file))} is too large for a label file.", "Move it away.")
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return None  # the signal's own name is as long as the disk takes; the labels stay in the session
        raise LabelError(
            f"The labels in {printable_name(str(file))} cannot be read ({error.strerror or error}).",
            "See that you may read it, or move it away.",
        ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _parse(data: bytes, file: Path) -> dict[str, tuple[Label, ...]]:
    try:
        text = data.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError as error:
        raise _wrong(file, data[: error.start].count(b"\n") + 1, "is not UTF-8 text") from error
    lines = text.splitlines(keepends=True)
    skipped = 0
    while skipped < len(lines) and (not lines[skipped].strip() or lines[skipped].startswith("#")):
        skipped += 1
    if skipped == len(lines):
        return {}
    head = lines[skipped]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=delimiter, strict=True)
    found: dict[str, list[Label]] = {}
    ids: set[str] = set()
    line = skipped + 1
    try:
        columns = _columns(next(reader))
        line = skipped + reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                item, label = _label(row, columns, delimiter)
                label = replace(label, id=new_id()) if label.id in ids else label
                ids.add(label.id)
                found.setdefault(item, []).append(label)
            line = skipped + reader.line_num + 1
    except (ValueError, csv.Error, LabelError) as error:
        what = error.what.rstrip(".") if isinstance(error, LabelError) else str(error)
        raise _wrong(file, line, f"is wrong: {what}") from error
    return {item: tuple(labels) for item, labels in found.items()}


def _columns(head: list[str]) -> dict[str, int]:
    """The places of the columns by their names. Raises ValueError for a name too few or too many."""
    names = [cell.strip().casefold() for cell in head]
    columns = {name: place for place, name in enumerate(names) if name}
    missing = [name for name in _NEEDED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    if missing:
        raise ValueError(f"it names no column {', '.join(missing)}")
    if unknown:
        # They would be lost with the next label.
        raise ValueError(f"it names columns that are not known: {', '.join(unknown)}")
    return columns


def _label(row: list[str], columns: Mapping[str, int], delimiter: str) -> tuple[str, Label]:
    def cell(name: str) -> str:
        place = columns.get(name, len(row))
        return row[place] if place < len(row) else ""

    if len(row) > len(columns):
        raise ValueError(f"it has {len(row)} cells, but there are {len(columns)} columns")
    author = _one_of(Author, cell("source"), Author.OPERATOR, "source")
    usual = Review.OPEN if author is Author.MODEL else Review.MADE
    confidence = cell("confidence").strip()
    label = Label(
        start=_read_number(cell("start"), "start", delimiter),
        stop=_read_number(cell("stop"), "stop", delimiter),
        class_name=cell("class"),
        author=author,
        confidence=_read_number(confidence, "confidence", delimiter) if confidence else None,
        model=cell("model"),
        version=cell("version"),
        channels=_channels(cell("channels")),
        name=cell("name"),
        note=cell("note"),
        said=cell("said"),
        origin=cell("origin"),
        review=_one_of(Review, cell("state"), usual, "state"),
        id=cell("id").strip(),
    )
    return cell("signal"), checked(label)


def _one_of(kind: type[_Kind], text: str, usual: _Kind, column: str) -> _Kind:
    word = text.strip().casefold()
    if not word:
        return usual
    try:
        return kind(word)
    except ValueError:
        known = ", ".join(each.value for each in kind)
        raise ValueError(f"the {column} “{printable_name(text)}” is none of {known}") from None


def _read_number(text: str, column: str, delimiter: str) -> float:
    try:
        return float(text.strip().replace(",", ".") if delimiter == ";" else text)
    except ValueError:
        raise ValueError(f"the {column} “{printable_name(text)}” is no number") from None


def _channels(text: str) -> tuple[str, ...]:
    """The names between semicolons that no backslash stands before."""
    names, name, escaped = [], "", False
    for char in text:
        if escaped or char not in "\\;":
            name, escaped = name + char, False
        elif char == "\\":
            escaped = True
        else:
            names.append(name)
            name = ""
    return (*names, name) if text else ()


def _wrong(file: Path, line: int, what: str) -> LabelError:
    return LabelError(f"{printable_name(str(file))}: line {line} {what}.", _WAY_OUT)
