"""The job protocol, version 1, as SigDesk hears it: bytes become typed lines here, at the edge, and nowhere else.

A script prints lines; `LineParser` turns whatever bytes arrive, however they are cut, into `Line` values.
`read_output` checks what a script promised in an `OUTPUT:` line. Both know nothing of processes.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import methodcaller
from types import MappingProxyType
from typing import Any, Final

import orjson
from msgspec import Struct

from sigdesk.errors import ProtocolError

VERSION: Final = 1
KEPT_BYTES: Final = 64 * 1024
"""What is kept of a line that is no `OUTPUT:`."""
MAX_LINE_BYTES: Final = 64 * 1024 * 1024
"""A longer line ends the job."""


class FailureCode(enum.StrEnum):
    """Why a job FAILED or was REJECTED, in one word that tests and scripts can rely on."""

    ERROR = "ERROR"  # the script said so itself
    NO_OUTPUT = "NO_OUTPUT"
    BAD_OUTPUT = "BAD_OUTPUT"
    LINE_TOO_LONG = "LINE_TOO_LONG"
    EXIT = "EXIT"
    START = "START"
    POISON = "POISON"  # it ended two processes, and is not tried again
    MEMORY = "MEMORY"  # over memory_mb of the manifest
    PROCESSES = "PROCESSES"  # over processes of the manifest
    TEMP = "TEMP"
    INPUT_CHANGED = "INPUT_CHANGED"
    UNTRUSTED = "UNTRUSTED"  # the model file is not one that may be loaded
    INTERNAL = "INTERNAL"  # a mistake of SigDesk's own


class Level(enum.Enum):
    """The level of a `LOG:` line."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"

    # Looked up for every line; an enum's own hash is made from the name in Python.
    __hash__ = object.__hash__


class LogLine(Struct, frozen=True):
    level: Level
    text: str


class ProgressLine(Struct, frozen=True):
    fraction: float


class OutputLine(Struct, frozen=True, gc=False):
    """The bytes after `OUTPUT:`, not yet judged: what they must hold depends on the job (`read_output`).

    `whole` is False for a last line without its newline, which the script may not have finished.
    """

    payload: bytes
    whole: bool = True


class ErrorLine(Struct, frozen=True):
    text: str


class OtherLine(Struct, frozen=True):
    """Anything else: shown live as plain output, never an error."""

    text: str


class TooLongLine(Struct, frozen=True):
    """A line passed the bound; what came of it is `start`, and the rest of it is not kept."""

    start: str


class ReadyLine(Struct, frozen=True):
    """A warm script has loaded its model."""


class JobLine(Struct, frozen=True, gc=False):
    """The lines after it belong to this job."""

    job_id: str


class DoneLine(Struct, frozen=True):
    """The end of a batch of `count` jobs."""

    count: int


class AnswerLines(Struct, frozen=True, gc=False):
    """What a batch mostly says, in one: a `JobLine` and an `OutputLine` by turns, one each for as many jobs."""

    job_ids: list[str]
    payloads: list[bytes]


Line = LogLine | ProgressLine | OutputLine | ErrorLine | OtherLine | TooLongLine | ReadyLine | JobLine | DoneLine

_OUTPUT = b"OUTPUT:"
_JOB = b"JOB:"
_is_output: Final = methodcaller("startswith", _OUTPUT)
_names_job: Final = methodcaller("startswith", _JOB)


class Dialect(enum.Enum):
    """Which words count at the start of a line."""

    PLAIN = "plain"  # none: standard error
    ONE_SHOT = "one-shot"
    WARM = "warm"  # READY, JOB: and DONE: besides


class LineParser:
    """Cuts a byte stream into lines and names them. Any cutting of the same bytes gives the same lines."""

    def __init__(self, dialect: Dialect, *, kept: int = KEPT_BYTES, limit: int = MAX_LINE_BYTES) -> None:
        self._dialect = dialect
        self._kept = max(kept, len(_OUTPUT))
        self._limit = limit
        self._partial = bytearray()
        self._length = 0  # of the unfinished line, with what was not kept of it

    def feed(self, data: bytes) -> list[Line]:
        """The lines that `data` completes, in order."""
        return singly(self.feed_answers(data))

    def feed_answers(self, data: bytes) -> list[Line | AnswerLines]:
        """The same, with the plain answers of a batch in one: a fraction of the work of naming them one by one."""
        pieces = data.split(b"\n")
        rest = pieces.pop()
        lines: list[Line | AnswerLines] = []
        if self._length and pieces:
            lines.extend(self._grow(pieces[0]))
            lines.extend(self._finish())
            del pieces[0]
        if self._dialect is Dialect.WARM:
            if pieces and _is_output(pieces[0]) and len(pieces[0]) <= self._kept:  # of a job that was named before
                piece = pieces.pop(0)
                lines.append(self._name(piece, len(piece), True))
            if (answers := self._answers(pieces)) is not None:
                lines.append(answers)
                del pieces[: 2 * len(answers.job_ids)]
        for piece in pieces:
            if len(piece) <= self._kept:  # nearly always; a flood is read twice as fast
                lines.append(self._name(piece, len(piece), True))
            else:
                lines.extend(self._grow(piece))
                lines.extend(self._finish())
        lines.extend(self._grow(rest))
        return lines

    def _answers(self, pieces: Sequence[bytes]) -> AnswerLines | None:
        """The lines of `pieces` if, but for an odd last one, they are `JOB:` and `OUTPUT:` by turns."""
        names, outputs = pieces[: len(pieces) & ~1 : 2], pieces[1::2]
        if not outputs or not (all(map(_names_job, names)) and all(map(_is_output, outputs))):
            return None
        job_ids = [name[len(_JOB) :].decode("utf-8", "replace").strip() for name in names]
        if not all(job_ids) or max(map(len, pieces)) > self._kept:
            return None
        return AnswerLines(job_ids, [output[len(_OUTPUT) :].strip() for output in outputs])

    def close(self) -> list[Line]:
        """The last line, if the stream ended without its newline."""
        return list(self._finish(whole=False)) if self._length else []

    def _grow(self, piece: bytes) -> Iterator[Line]:
        """Add to the unfinished line, keeping no more of it than its kind deserves."""
        before = self._length
        self._length += len(piece)
        if before > self._limit:
            return
        missing = len(_OUTPUT) - len(self._partial)
        if missing > 0:
            self._partial += piece[:missing]
            piece = piece[missing:]
        whole = self._dialect is not Dialect.PLAIN and self._partial.startswith(_OUTPUT)
        room = (self._limit if whole else self._kept) - len(self._partial)
        if room > 0:
            self._partial += piece[:room]
        if self._length > self._limit:
            start = bytes(self._partial[:200]).decode("utf-8", "replace")
            self._partial.clear()
            yield TooLongLine(start)

    def _finish(self, *, whole: bool = True) -> Iterator[Line]:
        raw, length = bytes(self._partial), self._length
        self._partial.clear()
        self._length = 0
        if length <= self._limit:
            yield self._name(raw, length, whole)

    def _name(self, raw: bytes, length: int, whole: bool) -> Line:
        if raw.startswith(_OUTPUT) and self._dialect is not Dialect.PLAIN:
            return OutputLine(raw[len(_OUTPUT) :].strip(), whole)
        if raw.startswith(_JOB) and length == len(raw) and self._dialect is Dialect.WARM and whole:
            job_id = raw[len(_JOB) :].decode("utf-8", "replace").strip()
            if job_id:
                return JobLine(job_id)
        text = raw.decode("utf-8", "replace").removesuffix("\r")
        if length > len(raw):
            text += f" … [the first {len(raw):,} of {length:,} bytes of this line]"
        if self._dialect is Dialect.PLAIN:
            return OtherLine(text)
        prefix, colon, rest = text.partition(":")
        rest = rest.removeprefix(" ")
        if prefix == "JOB" and self._dialect is Dialect.WARM and whole and (job_id := rest.strip()):
            return JobLine(job_id)
        if colon and prefix == "LOG":
            return _log_line(rest)
        if colon and prefix == "ERROR":
            return ErrorLine(rest)
        if colon and prefix == "PROGRESS":
            return _progress_line(rest) or OtherLine(text)
        if self._dialect is Dialect.WARM and whole:  # half a job's number is another's, and half a count another one
            return _warm_line(text, prefix, rest) or OtherLine(text)
        return OtherLine(text)


def singly(lines: Sequence[Line | AnswerLines]) -> list[Line]:
    """Lines with each answer by itself."""
    single: list[Line] = []
    for line in lines:
        if isinstance(line, AnswerLines):
            single += chain.from_iterable(zip(map(JobLine, line.job_ids), map(OutputLine, line.payloads), strict=True))
        else:
            single.append(line)
    return single


def _log_line(rest: str) -> LogLine:
    word, _, text = rest.partition(" ")
    if word in Level.__members__:
        return LogLine(Level[word], text)
    return LogLine(Level.INFO, rest)


def _progress_line(rest: str) -> ProgressLine | None:
    try:
        fraction = float(rest)
    except ValueError:
        return None
    return ProgressLine(fraction) if 0.0 <= fraction <= 1.0 else None


def _warm_line(text: str, prefix: str, rest: str) -> Line | None:
    if text == "READY":
        return ReadyLine()
    if prefix == "DONE" and rest.strip().isascii() and rest.strip().isdigit():
        return DoneLine(int(rest)) if len(rest) < 20 else None
    return None


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Result(Struct, frozen=True, gc=False):
    """What a classifier said of one window. `extra` holds the keys that the protocol does not know."""

    label: str
    confidence: float | None = None
    probabilities: Mapping[str, float] = _NOTHING
    extra: Mapping[str, object] = _NOTHING


class Output(Struct, frozen=True, gc=False):
    """A checked `OUTPUT:`: one result, or, when windows were asked for, one a window in their order."""

    results: tuple[Result, ...]
    windowed: bool
    raw: bytes = b""


def read_output(line: OutputLine, *, classes: Collection[str], windows: int | None = None) -> Output:
    """Check an `OUTPUT:` line against the manifest's classes and the number of windows that were asked for.

    Raises ProtocolError(BAD_OUTPUT) naming the field and its value.
    """
    try:
        document = orjson.loads(line.payload)
    except orjson.JSONDecodeError as error:
        _name_what_is_no_number(line.payload, classes, windows)
        cut = "" if line.whole else ", the script ended in the middle of the line"
        raise _bad(f"is not JSON ({error}){cut}", line.payload) from error
    return Output(_results(document, classes, windows, line.payload), windowed=windows is not None, raw=line.payload)


def _name_what_is_no_number(payload: bytes, classes: Collection[str], windows: int | None) -> None:
    """Where a script wrote NaN or Infinity, which JSON has not, raise the error that names the field."""
    try:
        document = json.loads(payload.decode())
    except (ValueError, RecursionError):
        return
    _results(document, classes, windows, payload)


def _results(document: object, classes: Collection[str], windows: int | None, payload: bytes) -> tuple[Result, ...]:
    if not isinstance(document, dict):
        raise _bad("is not a JSON object", payload)
    if windows is None:
        return (_result(document, "", classes),)
    rows = document.get("windows")
    if not isinstance(rows, list):
        raise _bad(f"has no list named windows, though {windows} windows were asked for", payload)
    if len(rows) != windows:
        raise _bad(f"has {len(rows)} windows, but {windows} were asked for", payload)
    results = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise _bad(f"windows[{index}] is {_quote(row)}, not an object", payload)
        results.append(_result(row, f"windows[{index}].", classes))
    return tuple(results)


_KNOWN_KEYS = {"label", "confidence", "probabilities"}


def _result(row: Mapping[str, object], where: str, classes: Collection[str]) -> Result:
    label = row.get("label")
    if not isinstance(label, str):
        raise _bad(f"{where}label is {_quote(label)}, not a text" if "label" in row else f"{where}label is missing")
    if label not in classes:
        raise _bad(f"{where}label is {_quote(label)}, which is not a class of the model ({_listed(classes)})")
    probabilities = row.get("probabilities")
    if probabilities is None:
        probabilities = {}
    if not isinstance(probabilities, dict):
        raise _bad(f"{where}probabilities is {_quote(probabilities)}, not an object")
    checked = {}
    for name, value in probabilities.items():
        if name not in classes:
            raise _bad(f"{where}probabilities names {_quote(name)}, which is not a class ({_listed(classes)})")
        # Nearly every value is a float in its range, which is seen here before anything is said of where it stands.
        right = type(value) is float and 0.0 <= value <= 1.0
        checked[name] = value if right else _fraction(value, f"{where}probabilities.{name}")
    confidence = row.get("confidence")
    return Result(
        label,
        checked.get(label) if confidence is None else _fraction(confidence, f"{where}confidence"),
        checked,
        _NOTHING if row.keys() <= _KNOWN_KEYS else {key: row[key] for key in row if key not in _KNOWN_KEYS},
    )


def _fraction(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:  # NaN is not
        return float(value)
    raise _bad(f"{where} is {_quote(value)}, not a number from 0 to 1")


def _bad(what: str, payload: bytes | None = None) -> ProtocolError:
    start = "" if payload is None else f": {payload[:120].decode('utf-8', 'replace')}"
    return ProtocolError(
        FailureCode.BAD_OUTPUT,
        f"The script's OUTPUT {what}{start}",
        "No label was written. Show the script output to the model's author.",
    )


def _quote(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        text = f"a {type(value).__name__} of great depth"
    return text if len(text) <= 80 else text[:79] + "…"


def _listed(names: Collection[str]) -> str:
    some = list(names)[:12]
    return ", ".join(some) + (", …" if len(names) > len(some) else "")


def windows_of(length: int, window: int, step: int) -> tuple[tuple[int, int], ...]:
    """The windows (start, stop) of `window` samples every `step` that fit whole into `length` samples.

    A signal shorter than one window is one window of its own length, so that nothing goes unclassified.
    """
    if window < 1 or step < 1:
        raise ValueError("window and step are at least one sample")
    if length < window:
        return ((0, length),) if length else ()
    return tuple((start, start + window) for start in range(0, length - window + 1, step))
